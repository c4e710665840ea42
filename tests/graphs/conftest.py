"""A small world for graph tests: texts in memory, a scripted check, rows in a list."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from glue2lakehouse.agents.validator import Gathered
from glue2lakehouse.domain import Certainty, Edit, Evidence, Finding, Issue, Severity
from glue2lakehouse.graphs.entity_state import EntityTask, Workshop
from glue2lakehouse.graphs.texts import Texts
from glue2lakehouse.settings import Settings

RESOLVED = Gathered(evidence=Evidence.RESOLVED)
BLOCKER = Finding(rule="from-jdbc", severity=Severity.BLOCKER, path="a.py", line=1, message="m", action="do it")
LOST = Gathered(
    evidence=Evidence.PARSED,
    issues=(Issue(type="LOST_WRITE", severity="critical", message="the write at line 3 is gone"),),
)


class World:
    """One workshop with what it recorded; `verdicts` maps code to what the checks say, `resolved` otherwise."""

    blocker = BLOCKER
    lost = LOST

    def __init__(self, folder: Path, model: Any = None, **settings: Any) -> None:
        self.texts = Texts(folder / "texts.sqlite")
        self.rows: dict[str, dict[str, Any]] = {}
        self.recorded: list[str] = []
        self.verdicts: dict[str, Gathered] = {}
        self.settings = Settings(home=folder, **settings)
        self.model = model

    def gather(self, before: str, after: str, path: str, findings: tuple[Finding, ...]) -> Gathered:
        return self.verdicts.get(after, RESOLVED)

    def record(self, rows: Sequence[dict[str, Any]]) -> None:
        self.recorded += [row["decision_id"] for row in rows]
        self.rows.update({row["decision_id"]: row for row in rows})

    def workshop(self, convert: Callable[..., Any] | None = None) -> Workshop:
        more = {"convert": convert} if convert else {}
        return Workshop(self.settings, self.texts, self.gather, self.record, self.model, **more)

    def task(self, *findings: Finding, before: str = "old", after: str = "new", path: str = "a.py") -> EntityTask:
        edit = Edit(rule="from-catalog", certainty=Certainty.EXACT, source_line=1, target_line=1)
        return EntityTask(
            project_id="p",
            entity_id=f"e-{path}",
            entity_type="job",
            path=path,
            source=self.texts.put(before),
            draft=self.texts.put(after),
            edits=[edit.model_dump(mode="json")],
            findings=[finding.model_dump(mode="json") for finding in findings],
        )


@pytest.fixture
def make_world(tmp_path: Path) -> Callable[..., World]:
    return lambda model=None, **settings: World(tmp_path, model, **settings)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)
