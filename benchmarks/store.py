"""Time, memory and size of the store: one-row and batched writes, a project's queries alone and among many projects.

    python benchmarks/store.py [--projects 100] [--entities 1000] [--decisions 200]

Each figure stands beside a baseline from the same run: bare delta-rs for writes, the project alone for queries.
"""

import argparse
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

from glue2lakehouse.domain import Entity, EntityType, stable_id
from glue2lakehouse.store import AgentDecision, MigrationProject, SourceEntity, Store, Writer, open_store

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CODE = "    frame = glueContext.create_dynamic_frame.from_catalog(database='d', table_name='t')\n" * 12
TYPES = (EntityType.JOB, EntityType.MODULE, EntityType.CLASS, *[EntityType.FUNCTION] * 7)


def entities(project: str, count: int) -> list[SourceEntity]:
    found = []
    for number in range(count):
        name, path = f"entity_{number}", f"jobs/group_{number % 20}/file_{number}.py"
        entity = Entity(
            id=stable_id(project, path, name), type=TYPES[number % len(TYPES)], name=name, path=path, module="jobs", line_end=12,
            code=CODE, imports=("awsglue.context.GlueContext", "sys"), calls=("from_catalog",), complexity=number % 9, lines_of_code=12,
        )  # fmt: skip
        found.append(SourceEntity.of(project, entity, NOW))
    return found


def decision(project: str, number: int) -> AgentDecision:
    return AgentDecision(
        decision_id=stable_id(project, str(number)), project_id=project, source_entity_id=f"e{number}",
        agent_name="code_converter", model_name="rules", input_code=CODE, output_code=CODE, confidence_score=0.97,
        executed_at=NOW, attempt=1, tokens_used=0, cost=0,
    )  # fmt: skip


def median_ms(action: Callable[[], object], times: int = 15) -> float:
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        action()
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent) * 1000


def show(what: str, figure: str, baseline: str = "") -> None:
    print(f"{what:<58}{figure:>16}{baseline:>34}", flush=True)


def writes(home: Path, count: int) -> None:
    store = open_store(home / "writes")
    with store.hold("p"):
        store.put(decision("p", -1))
        begun = time.perf_counter()
        for number in range(count):
            store.put(decision("p", number))
        each = (time.perf_counter() - begun) / count * 1000
    show(
        f"one-row decisions, {count} commits", f"{each:.1f} ms a row", f"bare append {bare_appends(home, count):.1f} ms"
    )
    begun = time.perf_counter()
    with Writer(store) as writer:
        for number in range(count, count + 5000):
            writer.put(decision("p", number))
    show("5,000 decisions through the writer's queue", f"{5000 / (time.perf_counter() - begun):,.0f} rows/s")
    with store.hold("p"):
        again = [decision("p", number) for number in range(count)]
        show("the same decisions again (nothing is written)", f"{median_ms(lambda: store.put(*again), 5):.1f} ms")


def bare_appends(home: Path, count: int) -> float:
    """Milliseconds of delta-rs alone for the same rows, in the same partitions."""
    folder = str(home / "bare")
    rows = [decision("p", number).model_dump() for number in range(count)]
    open_store(home / "schema")
    schema = pa.schema(DeltaTable(str(home / "schema/tables/agent_decisions")).schema().to_arrow())
    table = DeltaTable.create(folder, schema, partition_by=["project_id", "agent_name"])
    data = [pa.Table.from_pylist([row], schema=pa.schema(_plain(schema))) for row in rows]
    begun = time.perf_counter()
    for one in data:
        write_deltalake(table, one, mode="append")
    return (time.perf_counter() - begun) / count * 1000


def _plain(schema: pa.Schema) -> list[pa.Field]:
    return [field.with_type(pa.string()) if pa.types.is_string_view(field.type) else field for field in schema]


def queries(store: Store, project: str) -> dict[str, float]:
    return {
        "all entities of the project": median_ms(lambda: store.rows(SourceEntity, project)),
        "its jobs": median_ms(lambda: store.rows(SourceEntity, project, entity_type="job")),
        "its counts by type and status": median_ms(
            lambda: store.counts(SourceEntity, ["entity_type", "migration_status"], project)
        ),
        "one decision, written": median_ms(lambda: store.put(decision(project, time.perf_counter_ns()))),
    }


def many(home: Path, projects: int, size: int) -> None:
    alone = open_store(home / "alone")
    fill(alone, ["p0"], size)
    among = open_store(home / "among")
    begun = time.perf_counter()
    fill(among, [f"p{number}" for number in range(projects)], size)
    show(f"{projects} projects x {size:,} entities written", f"{time.perf_counter() - begun:.1f} s")
    begun = time.perf_counter()
    among.maintain()
    show("maintenance of all tables", f"{time.perf_counter() - begun:.1f} s")
    middle = f"p{projects // 2}"
    baseline, figures = queries(alone, "p0"), queries(among, middle)
    for what, figure in figures.items():
        show(what, f"{figure:.1f} ms", f"alone {baseline[what]:.1f} ms")
    summary = median_ms(lambda: among.counts(SourceEntity, ["project_id", "entity_type", "migration_status"]))
    show("counts of every project (portfolio page)", f"{summary:.0f} ms")
    show(
        "opening the store anew and one query",
        f"{median_ms(lambda: open_store(home / 'among').keys(SourceEntity, middle)):.1f} ms",
    )
    changed = [row.model_copy(update={"migration_status": "converted"}) for row in among.rows(SourceEntity, middle)]
    begun = time.perf_counter()
    among.put(*changed)
    show(f"status of {size:,} entities changed (one merge)", f"{(time.perf_counter() - begun) * 1000:.0f} ms")
    bytes_used = sum(file.stat().st_size for file in (home / "among").rglob("*") if file.is_file())
    show("size of the store", f"{bytes_used / 1e6:.1f} MB")


def fill(store: Store, projects: list[str], size: int) -> None:
    for project in projects:
        with store.hold(project):
            store.put(MigrationProject(project_id=project, project_name=project, status="in_progress"))
            store.put(*entities(project, size))
            store.put(*[decision(project, number) for number in range(size // 10)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=100)
    parser.add_argument("--entities", type=int, default=1000)
    parser.add_argument("--decisions", type=int, default=200)
    given = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="glue2lakehouse-bench-"))
    try:
        writes(home, given.decisions)
        many(home, given.projects, given.entities)
    finally:
        shutil.rmtree(home)
    show("peak memory of this process", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
