"""One suite for both backends, and for Spark on a live Unity Catalog: what is written comes back, once, however often it was handed in."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from glue2lakehouse.domain import Entity, EntityType
from glue2lakehouse.errors import StoreError
from glue2lakehouse.store import (
    ROWS,
    AgentDecision,
    ColumnInfo,
    DestinationEntity,
    MigrationProject,
    Row,
    SchemaDrift,
    SourceEntity,
    Store,
    ValidationResult,
    open_spark_store,
    open_store,
)

pytestmark = pytest.mark.integration

NOW = datetime(2026, 3, 29, 1, 30, 0, 123456, UTC)


@pytest.fixture(scope="module")
def reopen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Store]:
    """Open the same tables anew, as another run would."""
    home: Path = tmp_path_factory.mktemp("home")
    if request.param == "folder":
        return lambda: open_store(home)
    if request.param == "unity":
        server, unity = (request.getfixturevalue(name) for name in ("unity_server", "_unity_process"))
        return lambda: open_spark_store(unity, server.catalog, "store_suite", home)
    spark = request.getfixturevalue("_spark_process")
    return lambda: open_spark_store(spark, "spark_catalog", "store_suite", home)


@pytest.fixture(scope="module")
def store(reopen: Callable[[], Store]) -> Store:
    return reopen()


@pytest.fixture
def project() -> str:
    """A project of its own for each test, because all tests share the tables."""
    return f"it's a {uuid.uuid4().hex}\\"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "reopen" in metafunc.fixturenames:
        live = pytest.param("unity", marks=[pytest.mark.spark, pytest.mark.live_uc])
        backends = ["folder", pytest.param("spark", marks=pytest.mark.spark), live]
        metafunc.parametrize("reopen", backends, indirect=True, scope="module")


def full_rows(project: str) -> list[Row]:
    """One row for each table with every kind of value in it."""
    columns = (ColumnInfo(name="id", type="bigint", nullable=False), ColumnInfo(name="größe", type="array<int>"))
    return [
        MigrationProject(
            project_id=project, project_name="n", start_time=NOW, total_files=2**40, agent_cost=Decimal("12.45"),
            config={"photon": "true", "": "empty"}, status="in_progress",
        ),
        SourceEntity(
            entity_id=f"{project}e", project_id=project, entity_type="table", column_list=columns, partition_keys=(),
            imports=("a", "b"), code_snippet="x = 'quoted'\n\\n\u2028", complexity=3, dynamic_frame_usage=False,
            extracted_at=NOW, confidence=0.1,
        ),
        DestinationEntity(
            dest_entity_id=f"{project}d", project_id=project, catalog_name="c", schema_name=None, row_count_source=2**40,
            partition_columns=("y", "m"), schema_match=True, created_at=NOW,
        ),
        ValidationResult(
            validation_id=f"{project}v", project_id=project, validation_type="schema", passed=True, severity="info",
            details='{"a": [1]}', validated_at=NOW, execution_time_ms=2**33,
        ),
        AgentDecision(
            decision_id=f"{project}a", project_id=project, agent_name="code_converter", cost=Decimal("0.0123"),
            recommendations=("r",), confidence_score=0.97, executed_at=NOW, attempt=1, trace_id="tr",
        ),
        SchemaDrift(
            drift_id=f"{project}s", project_id=project, drift_type="NEW_COLUMN", resolved=True, resolution_type="accepted",
            resolved_at=NOW,
        ),
    ]  # fmt: skip


def test_every_value_comes_back_as_it_was(store: Store, project: str, reopen: Callable[[], Store]) -> None:
    rows = full_rows(project)
    assert store.put(*rows) == 6
    again = reopen()
    for row in rows:
        assert again.rows(type(row), project) == [row]


def test_the_same_rows_again_change_nothing(store: Store, project: str) -> None:
    rows = full_rows(project)
    store.put(*rows)
    assert store.put(*rows) == 0
    with store.hold(project):
        assert store.put(*rows, *rows) == 0
    assert [store.counts(kind, project_id=project)[0]["row_count"] for kind in ROWS] == [1] * 6


def test_what_is_true_now_is_replaced_and_what_happened_stays(store: Store, project: str) -> None:
    entity = SourceEntity(entity_id=f"{project}e", project_id=project, entity_type="module", migration_status="pending")
    decision = AgentDecision(decision_id=f"{project}a", project_id=project, agent_name="review", reviewer="first")
    store.put(entity, decision)
    later = entity.model_copy(update={"entity_type": "job", "migration_status": "converted"})
    other = entity.model_copy(update={"entity_id": f"{project}f"})
    assert store.put(later, other, decision.model_copy(update={"reviewer": "second"})) == 2
    assert store.rows(SourceEntity, project) == [later, other]
    assert store.rows(AgentDecision, project) == [decision]


def test_only_a_newer_time_of_the_run_makes_no_new_row(store: Store, project: str) -> None:
    found = Entity(id=f"{project}e", type=EntityType.CLASS, name="A", path="jobs/a.py", module="jobs.a")
    store.put(SourceEntity.of(project, found, NOW))
    assert store.put(SourceEntity.of(project, found, NOW + timedelta(days=1))) == 0
    row = store.row(SourceEntity, f"{project}e", project)
    assert row is not None
    assert (row.extracted_at, row.full_path, row.migration_status) == (NOW, "jobs.a.A", "pending")


def test_rows_are_chosen_by_columns_and_null_is_a_value(store: Store, project: str) -> None:
    make: Callable[..., Any] = DestinationEntity
    rows = [
        make(dest_entity_id=f"{project}{n}", project_id=project, catalog_name=c, photon_enabled=p)
        for n, (c, p) in enumerate([("c", True), ("c", False), (None, None)])
    ]
    store.put(*rows)
    assert store.rows(DestinationEntity, project, catalog_name="c", photon_enabled=True) == rows[:1]
    assert store.rows(DestinationEntity, project, catalog_name=None) == rows[2:]
    assert store.keys(DestinationEntity, project) == {row.id for row in rows}
    assert store.row(DestinationEntity, "not there", project) is None


def test_counts_are_by_group_with_sums(store: Store, project: str) -> None:
    for number, (agent, cost) in enumerate([("b", "0.5"), ("a", "0.25"), ("b", "0.125"), ("a", None)]):
        store.put(AgentDecision(decision_id=f"{project}{number}", project_id=project, agent_name=agent, cost=cost))
    assert store.counts(AgentDecision, ["agent_name"], project, sums=["cost"]) == [
        {"agent_name": "a", "row_count": 2, "cost_sum": Decimal("0.2500")},
        {"agent_name": "b", "row_count": 2, "cost_sum": Decimal("0.6250")},
    ]
    assert store.counts(AgentDecision, project_id=project, agent_name="a")[0]["row_count"] == 2


def test_a_column_that_is_not_there_is_refused_before_any_sql(store: Store, project: str) -> None:
    with pytest.raises(StoreError, match="source_entities has no column 'x; DROP TABLE t'"):
        store.counts(SourceEntity, ["x; DROP TABLE t"], project)


def test_rows_can_be_removed_by_key(store: Store, project: str) -> None:
    rows = [SourceEntity(entity_id=f"{project}{n}", project_id=project, entity_type="job") for n in range(3)]
    store.put(*rows)
    store.remove(SourceEntity, project, [rows[0].id, rows[2].id])
    assert store.rows(SourceEntity, project) == [rows[1]]
    assert store.put(*rows) == 2


def test_many_rows_of_two_projects_in_one_call(store: Store, project: str) -> None:
    other = project + "other"
    rows = [
        SourceEntity(entity_id=f"{owner}{n:05}", project_id=owner, entity_type="function")
        for owner in (project, other)
        for n in range(2500)
    ]
    assert store.put(*rows) == 5000
    assert store.put(*rows) == 0
    changed = [row.model_copy(update={"complexity": 1}) for row in rows[::500]]
    assert store.put(*changed) == 10
    assert store.counts(SourceEntity, ["complexity"], project) == [
        {"complexity": 1, "row_count": 5},
        {"complexity": None, "row_count": 2495},
    ] or store.counts(SourceEntity, ["complexity"], project) == [
        {"complexity": None, "row_count": 2495},
        {"complexity": 1, "row_count": 5},
    ]


def test_maintenance_keeps_every_row(store: Store, project: str) -> None:
    rows = [AgentDecision(decision_id=f"{project}{n}", project_id=project, agent_name="a") for n in range(4)]
    for row in rows:
        store.put(row)
    store.maintain(project)
    assert store.rows(AgentDecision, project) == rows
    assert store.put(*rows) == 0


def test_a_second_run_finds_nothing_to_migrate(store: Store, reopen: Callable[[], Store], project: str) -> None:
    assert reopen().rows(AgentDecision, project) == []


def test_threads_with_stores_of_their_own_keep_their_rows_apart(
    store: Store, reopen: Callable[[], Store], project: str
) -> None:
    owners = [f"{project}{number}" for number in range(3)]

    def write(owner: str) -> None:
        own = reopen()
        for number in range(4):
            row = MigrationProject(project_id=owner, project_name="n", total_files=number)
            own.put(row, SourceEntity(entity_id=f"{owner}e", project_id=owner, entity_type="job", complexity=number))

    with ThreadPoolExecutor(len(owners)) as pool:
        list(pool.map(write, owners))
    for owner in owners:
        assert [row.total_files for row in store.rows(MigrationProject, owner)] == [3]
        assert [row.complexity for row in store.rows(SourceEntity, owner)] == [3]
        assert store.counts(MigrationProject, project_id=owner)[0]["row_count"] == 1
