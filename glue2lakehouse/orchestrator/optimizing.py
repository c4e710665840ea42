"""`optimize`: layout advice for the tables of a source, and figures measured on sample rows where they are asked for."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from glue2lakehouse.domain import Finding
from glue2lakehouse.errors import SourceNotFound
from glue2lakehouse.orchestrator.reading import Progress, read_sql, silent
from glue2lakehouse.orchestrator.run import settings_beside
from glue2lakehouse.orchestrator.trust import SettingsOf, settings_for
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.catalog import Partition, Table, scan_dump
from glue2lakehouse.tools.catalog.from_ddl import table_of_ddl
from glue2lakehouse.tools.catalog.of_definitions import tables_of
from glue2lakehouse.tools.ddl import extract_tables
from glue2lakehouse.tools.jobs import read_definitions
from glue2lakehouse.tools.optimize import Advice, TableFacts, TableUses, advise, uses_of
from glue2lakehouse.tools.source import PythonUnit, SourceTree, open_source, read_all_units

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@dataclass(frozen=True)
class TableAdvice:
    """The advice for one table, under its name before and after the migration."""

    table: str
    target: str
    advice: tuple[Advice, ...]


def advise_project(
    source: str,
    settings: SettingsOf = settings_beside,
    *,
    dumps: Sequence[Path] = (),
    sample: Path | None = None,
    branch: str | None = None,
    progress: Progress = silent,
) -> list[TableAdvice]:
    """Advise on every table of the project's DDL and of `dumps`, from the project's own code; nothing is applied.

    `sample` is a folder with rows, `<database>/<table>/` or `<database>.<table>` as Parquet, Delta, CSV or JSON: it turns on
    measuring, which needs Spark, and the figures are those of the sample. Raises SourceNotFound, RuntimeUnavailable.
    """
    if sample is not None and not sample.is_dir():
        raise SourceNotFound(f"{sample}: no such folder of sample rows")
    with open_source(source, branch) as tree:
        chosen = settings_for(settings, tree)[0]
        tables, partitions = _tables(tree, dumps)
        uses = uses_of(_code(tree))
    made = []
    for number, (name, table) in enumerate(sorted(tables.items()), start=1):
        facts = TableFacts.of(table, partitions=partitions.get(name))
        used = uses.get(name, TableUses())
        advice = _measured(facts, used, sample) if sample else advise(facts, used)
        target = _target(chosen, table)
        made.append(TableAdvice(name, target, tuple(_named(item, target) for item in advice)))
        progress("optimize", number, len(tables))
    return made


def _tables(tree: SourceTree, dumps: Sequence[Path]) -> tuple[dict[str, Table], Counter[str]]:
    defined = tables_of(read_definitions({file.path: file.absolute for file in tree.files}))
    tables = {table.full_name: table for table in defined if table.table_kind not in ("view", "link")}
    partitions: Counter[str] = Counter()
    for file in tree.of_type("sql"):
        text = read_sql(file.absolute, file.path)
        if not isinstance(text, Finding):
            found = (table_of_ddl(each) for each in extract_tables(text, file.path) if not each.temporary)
            tables |= {table.full_name: table for table in found}
    for dump in dumps:
        for item in scan_dump(dump):
            if isinstance(item, Table) and item.table_kind not in ("view", "link"):
                tables[item.full_name] = item
            elif isinstance(item, Partition):
                partitions[f"{item.database}.{item.table}".lower()] += 1
    return tables, partitions


def _code(tree: SourceTree) -> dict[str, str]:
    files = tree.of_type("py", "ipynb")
    return {unit.path: unit.code for unit in read_all_units(files) if isinstance(unit, PythonUnit)}


def _target(settings: Settings, table: Table) -> str:
    return settings.table_for(table.database, table.name) if table.database else table.name


def _named(advice: Advice, target: str) -> Advice:
    return advice.model_copy(update={"sql": advice.sql.replace("{table}", target)}) if advice.sql else advice


def _measured(facts: TableFacts, uses: TableUses, sample: Path) -> list[Advice]:
    """Count values on the sample before advising, and measure the layout that is advised."""
    from glue2lakehouse.tools.optimize.measure import count_distinct, measure_clustering
    from glue2lakehouse.tools.spark import local_session

    place = _sample_of(sample, facts.name)
    if place is None:
        return advise(facts, uses)
    frame = _read(local_session("optimize"), place)
    used = list(dict.fromkeys((*uses.filters, *uses.joins)))
    distinct = count_distinct(frame, used)
    advice = advise(facts.model_copy(update={"distinct": distinct}), uses)
    for number, item in enumerate(advice):
        if item.type == "LIQUID_CLUSTERING" and set(item.columns) <= {name.lower() for name in frame.columns}:
            with tempfile.TemporaryDirectory() as folder:
                figure = str(measure_clustering(frame, item.columns, Path(folder)))
            advice[number] = item.model_copy(update={"estimated_improvement": figure})
    return advice


def _sample_of(folder: Path, table: str) -> Path | None:
    database, _, name = table.partition(".")
    wanted = (folder / database / name, folder / "catalog" / database / name, folder / table)
    return next((place for place in wanted if place.is_dir()), None)


def _read(spark: "SparkSession", place: Path) -> "DataFrame":
    names = {file.suffix for file in place.rglob("*") if file.is_file()}
    if (place / "_delta_log").is_dir():
        return spark.read.format("delta").load(str(place))
    if ".parquet" in names:
        return spark.read.parquet(str(place))
    if names & {".json", ".jsonl"}:
        return spark.read.json(str(place))
    return spark.read.csv(str(place), header=True, inferSchema=True)
