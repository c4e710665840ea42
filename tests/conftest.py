"""What every test may use: one Spark session with Delta for all that a process runs, started by the first test that asks.

Tests marked `live_uc` use a Unity Catalog server: `G2L_UC_SERVER` is its address, `G2L_UC_JARS` the jars of its Spark
connector, comma-separated. Without them they are skipped.
"""

import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from glue2lakehouse.tools.spark import local_session
from glue2lakehouse.tools.spark.session import session_settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass(frozen=True)
class UnityServer:
    """A live server, and a catalog on it that is gone after the run."""

    host: str
    catalog: str
    jars: tuple[str, ...]

    def call(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """Ask its REST API; what it refuses is an AssertionError with its answer."""
        data = json.dumps(body).encode() if body else None
        address = f"{self.host}/api/2.1/unity-catalog/{path}"
        request = Request(address, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urlopen(request, timeout=30) as answer:
                text = answer.read()
        except HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()}") from error
        # It answers a DELETE with a number rather than JSON.
        return dict(json.loads(text)) if text.startswith(b"{") else {}

    def spark_settings(self) -> dict[str, str]:
        """What a session needs to know of the catalog."""
        own = f"spark.sql.catalog.{self.catalog}"
        jars = ",".join((session_settings()["spark.jars"], *self.jars))
        return {
            own: "io.unitycatalog.spark.UCSingleCatalog",
            f"{own}.uri": self.host,
            f"{own}.token": "",
            "spark.jars": jars,
        }


def _unity_server() -> UnityServer | None:
    host = os.environ.get("G2L_UC_SERVER", "").rstrip("/")
    jars = tuple(filter(None, os.environ.get("G2L_UC_JARS", "").split(",")))
    return UnityServer(host, _CATALOG, jars) if host else None


_CATALOG = f"g2l_{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="session")
def unity_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UnityServer]:
    """The server at $G2L_UC_SERVER with an empty catalog."""
    server = _unity_server()
    if server is None:
        pytest.skip("G2L_UC_SERVER names no Unity Catalog server")
    server.call("POST", "catalogs", name=server.catalog, storage_root=tmp_path_factory.mktemp("unity").as_uri())
    yield server
    server.call("DELETE", f"catalogs/{server.catalog}?force=true")


@pytest.fixture(scope="session")
def _unity_process(unity_server: UnityServer, request: pytest.FixtureRequest) -> "SparkSession":
    if not unity_server.jars:
        pytest.skip("G2L_UC_JARS names no jars of the Spark connector")
    session: SparkSession = request.getfixturevalue("_spark_process")
    return session


@pytest.fixture
def unity_spark(_unity_process: "SparkSession", spark: "SparkSession") -> "SparkSession":
    """The shared session, in which the server's catalog has its own name."""
    return spark


@pytest.fixture(scope="session")
def _spark_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator["SparkSession"]:
    warehouse: Path = tmp_path_factory.mktemp("warehouse")
    server = _unity_server()
    conf = server.spark_settings() if server and server.jars else {}
    session = local_session("tests", warehouse=warehouse, conf=conf)
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
    # Names of Hadoop's settings are none that Spark knows, and can be changed all the same.
    if name.startswith("spark.") and not session.conf.isModifiable(name):
        return
    if value is None:
        session.conf.unset(name)
    else:
        session.conf.set(name, value)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the snapshots of rendered prompts")
    parser.addoption("--record-unity", action="store_true", help="record the answers of the server at $G2L_UC_SERVER")
