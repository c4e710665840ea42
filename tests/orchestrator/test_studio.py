import json
from importlib import import_module
from pathlib import Path

import pytest

from glue2lakehouse.domain import EntityType
from glue2lakehouse.graphs.queue import TEXTS
from glue2lakehouse.graphs.texts import Texts
from glue2lakehouse.store import AgentDecision, open_store

ROOT = Path(__file__).parents[2]
SOURCE = "def twice(x):\n    return 2 * x\n"


def test_every_graph_of_langgraph_json_opens_and_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    graphs = json.loads((ROOT / "langgraph.json").read_text())["graphs"]
    assert set(graphs) == {"entity"}
    for place in graphs.values():
        file, _, function = place.partition(":")
        assert (ROOT / file).is_file()
        module = import_module(file.removeprefix("./").removesuffix(".py").replace("/", "."))
        texts = Texts(tmp_path / ".glue2lakehouse" / TEXTS)
        ended = getattr(module, function)().invoke(
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
