"""The same project in one go, in batches and in processes: the same conversions, byte for byte."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from glue2lakehouse.errors import PluginError, RunError
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion, JobFacts, convert_project
from glue2lakehouse.tools.rewrite import batches as batches_module
from glue2lakehouse.tools.rewrite.batches import Ground, batches_of, convert_batch
from glue2lakehouse.tools.rewrite.processes import _Process, convert_in_processes

pytestmark = pytest.mark.integration

EXAMPLE = Path(__file__).parents[3] / "examples" / "retail"
FACTS = {"jobs/load_customers.py": JobFacts("4.0", bookmarks_enabled=True)}


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """The example: groups of connected files, single ones, one out of reach of Glue and one that does not parse."""
    texts = {str(path.relative_to(EXAMPLE)): path.read_text() for path in sorted(EXAMPLE.rglob("*.py"))}
    return texts | {"plain.py": "def twice(x):\n    return 2 * x\n", "old.py": "print 'python 2'\n"}


def sorted_by_path(made: Iterable[Conversion]) -> list[Conversion]:
    return sorted(made, key=lambda conversion: conversion.path)


def in_batches(files: dict[str, str]) -> Iterator[Conversion]:
    ground = Ground(Settings(), tuple(files), {})
    for batch in batches_of(files, FACTS):
        yield from convert_batch(batch, ground)


def test_batches_give_what_one_go_gives(files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches_module, "FILES_A_BATCH", 2)
    assert len(list(batches_of(files, FACTS))) > 3
    assert sorted_by_path(in_batches(files)) == sorted_by_path(convert_project(files, Settings(), FACTS))


def test_a_group_of_connected_files_is_never_cut(files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches_module, "FILES_A_BATCH", 1)
    batches = list(batches_of(files, FACTS))
    assert sorted(path for batch in batches for path in batch.files) == sorted(files)
    together = next(batch for batch in batches if "retail_etl/catalog_job.py" in batch.files)
    assert len(together.groups) == 1
    assert any(path.startswith("jobs/") for path in together.files)


def test_processes_give_what_one_go_gives(files: dict[str, str]) -> None:
    ground = Ground(Settings(), tuple(files), {})
    made = convert_in_processes(files, FACTS, ground, 2)
    assert sorted_by_path(made) == sorted_by_path(convert_project(files, Settings(), FACTS))


def test_a_process_that_ends_is_one_clear_line(files: dict[str, str]) -> None:
    process = _Process(Ground(Settings(), tuple(files), {}))
    process.end()
    with pytest.raises(RunError, match=r"ended; is there enough memory\? --workers 1"):
        process.convert(next(batches_of(files, FACTS)))


def test_a_teams_rule_that_cannot_be_loaded_is_told_by_the_process(files: dict[str, str]) -> None:
    ground = Ground(Settings(plugins=("no/such/folder",)), tuple(files), {})
    with pytest.raises(PluginError):
        list(convert_in_processes(files, FACTS, ground, 1))
