import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from glue2lakehouse.domain import EntityType
from glue2lakehouse.errors import UsageError
from glue2lakehouse.graphs.queue import TEXTS
from glue2lakehouse.graphs.texts import Texts
from glue2lakehouse.store import AgentDecision, open_store

ROOT = Path(__file__).parents[2]
SOURCE = "def twice(x):\n    return 2 * x\n"


@pytest.fixture
def graphs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[..., Any]]:
    """What langgraph.json names, as its tooling finds it, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    found = {}
    for name, place in json.loads((ROOT / "langgraph.json").read_text())["graphs"].items():
        file, _, function = place.partition(":")
        module = import_module(file.removeprefix("./").removesuffix(".py").replace("/", "."))
        found[name] = getattr(module, function)
    return found


def test_langgraph_json_names_the_graphs_of_an_entity_and_of_a_review(graphs: dict[str, Callable[..., Any]]) -> None:
    assert set(graphs) == {"entity", "review"}


@pytest.mark.integration
def test_the_graph_of_an_entity_converts_and_records(graphs: dict[str, Callable[..., Any]], tmp_path: Path) -> None:
    texts = Texts(tmp_path / ".glue2lakehouse" / TEXTS)
    ended = graphs["entity"]().invoke(
        {
            "project_id": "p",
            "entity_id": "e",
            "entity_type": EntityType.MODULE.value,
            "path": "a.py",
            "source": texts.put(SOURCE),
            "draft": texts.put(SOURCE),
            "edits": [],
            "findings": [],
        }
    )
    assert ended["status"] == "converted"
    assert open_store(tmp_path / ".glue2lakehouse").rows(AgentDecision, "p") != []


def test_the_graph_of_a_review_opens_without_a_file_and_refuses_to_talk_about_none(
    graphs: dict[str, Callable[..., Any]],
) -> None:
    graph = graphs["review"]({"configurable": {}})
    assert {"hear", "obey", "talk"} <= set(graph.get_graph().nodes)
    with pytest.raises(UsageError):
        graph.invoke({"said": "/diff", "by": "ana"})
