"""Migrations lead from nothing, and from any point on the way, to the tables that the row models describe."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from glue2lakehouse.store import ROWS, Row, open_store
from glue2lakehouse.store.embedded import FolderBackend
from glue2lakehouse.store.migrations import MIGRATIONS, AddColumns, migrate
from glue2lakehouse.store.types import Column

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("kind", ROWS, ids=lambda kind: kind.table)
def test_the_migrations_end_at_the_columns_of_the_models(kind: type[Row]) -> None:
    steps = [step for migration in MIGRATIONS for step in migration.steps if step.table == kind.table]
    columns = [column for step in steps for column in step.columns]
    assert sorted(columns, key=lambda column: column.name) == sorted(kind.columns(), key=lambda column: column.name)
    assert tuple(steps[0].partition_by if not isinstance(steps[0], AddColumns) else ()) == kind.partition_by


def test_every_table_has_a_model_and_a_key_that_is_required() -> None:
    assert {kind.table for kind in ROWS} == {step.table for migration in MIGRATIONS for step in migration.steps}
    for kind in ROWS:
        assert Column(kind.key, "STRING", required=True) in kind.columns()


@pytest.mark.parametrize("done", range(len(MIGRATIONS)))
def test_a_store_of_any_age_is_brought_up_to_date(done: int, tmp_path: Path) -> None:
    backend = FolderBackend(tmp_path / "tables")
    for number, migration in enumerate(MIGRATIONS[:done], start=1):
        for step in migration.steps:
            step.run(backend)
        backend.set_property("migration_projects", "glue2lakehouse.migration", str(number))
    # A kill in the middle of the next one: its first step is done and not recorded.
    MIGRATIONS[done].steps[0].run(backend)
    assert migrate(backend) == len(MIGRATIONS) - done
    assert migrate(backend) == 0
    for kind in ROWS:
        assert set(backend.columns(kind.table)) == {column.name for column in kind.columns()}


@pytest.mark.slow
def test_a_kill_while_migrating_leaves_a_store_that_opens(tmp_path: Path) -> None:
    code = "import sys, pathlib; from glue2lakehouse.store import open_store; open_store(pathlib.Path(sys.argv[1]))"
    for number in range(3):
        home = tmp_path / str(number)
        process = subprocess.Popen([sys.executable, "-c", code, str(home)])
        while not (home / "tables/migration_projects/_delta_log").exists() and process.poll() is None:
            time.sleep(0.002)
        time.sleep(random.uniform(0, 0.15))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert open_store(home).rows(ROWS[0]) == []
