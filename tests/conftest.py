"""What every test may use: one Spark session with Delta for the whole run, started by the first test that asks."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from glue2lakehouse.tools.spark import local_session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture(scope="session")
def _spark_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator["SparkSession"]:
    warehouse: Path = tmp_path_factory.mktemp("warehouse")
    session = local_session("tests", warehouse=warehouse)
    yield session
    session.stop()


@pytest.fixture
def spark(_spark_process: "SparkSession") -> Iterator["SparkSession"]:
    """The shared session with Delta; its settings, temporary views and tables are put back after each test."""
    before = dict(_spark_process.conf.getAll)
    yield _spark_process
    _forget_tables(_spark_process)
    for name, value in _spark_process.conf.getAll.items():
        if before.get(name) != value:
            _restore(_spark_process, name, before.get(name))


def _forget_tables(session: "SparkSession") -> None:
    session.sql("USE spark_catalog.default")
    for row in session.sql("SHOW DATABASES").collect():
        if row[0] != "default":
            session.sql(f"DROP DATABASE `{row[0]}` CASCADE")
    for row in session.sql("SHOW TABLES").collect():
        kind = "VIEW" if row.isTemporary else "TABLE"
        session.sql(f"DROP {kind} IF EXISTS `{row.tableName}`")


def _restore(session: "SparkSession", name: str, value: str | None) -> None:
    if not session.conf.isModifiable(name):
        return
    if value is None:
        session.conf.unset(name)
    else:
        session.conf.set(name, value)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the snapshots of rendered prompts")
