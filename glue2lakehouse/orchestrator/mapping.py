"""`map`: every table that a source, its DDL and exported catalogs speak of, in one file that people edit."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.mapping import MappingRow, mapping_findings, merge_mapping, read_mapping, write_mapping
from glue2lakehouse.orchestrator.reading import Progress, read_sql, silent
from glue2lakehouse.orchestrator.run import settings_beside
from glue2lakehouse.orchestrator.trust import SettingsOf, settings_for
from glue2lakehouse.tools.catalog import Refusal, Table, scan_dump
from glue2lakehouse.tools.catalog.code_names import tables_in_code
from glue2lakehouse.tools.catalog.from_ddl import table_of_ddl
from glue2lakehouse.tools.catalog.of_definitions import tables_of
from glue2lakehouse.tools.catalog.propose import propose
from glue2lakehouse.tools.ddl import extract_tables
from glue2lakehouse.tools.jobs import read_definitions
from glue2lakehouse.tools.source import PythonUnit, SourceTree, open_source, read_all_units

_DUMPS = (".json", ".jsonl", ".ndjson")


@dataclass(frozen=True)
class MappingRun:
    """The rows as written, how many of them are new, and what a person has to look at."""

    out: Path
    rows: tuple[MappingRow, ...]
    added: int
    findings: tuple[Finding, ...]


def map_names(
    source: str,
    out: Path,
    settings: SettingsOf = settings_beside,
    *,
    dumps: Sequence[Path] = (),
    branch: str | None = None,
    progress: Progress = silent,
) -> MappingRun:
    """Write, or bring up to date, the mapping file `out`; what people wrote into it stays as it is.

    `source` is a project, or an exported catalog on its own; `dumps` are further catalogs. Raises SourceNotFound for either,
    SettingsError when the file there is now cannot be read.
    """
    findings: list[Finding] = []
    if Path(source).is_file() and Path(source).suffix in _DUMPS:
        chosen = settings(Path(source).parent) if callable(settings) else settings
        tables = list(_dumped([Path(source), *dumps], findings))
    else:
        with open_source(source, branch) as tree:
            chosen = settings_for(settings, tree)[0]
            tables = [*_dumped(dumps, findings), *_of_project(tree, findings, progress)]
    # The file that is being written does not decide what is proposed for a new table.
    proposed = propose(tables, chosen.model_copy(update={"table_actions": {}}) if chosen.mapping else chosen)
    kept = read_mapping(out) if out.exists() else []
    rows = merge_mapping(kept, proposed)
    write_mapping(out, rows)
    # Read it back: what two rows contradict is told now, with the line.
    read_mapping(out)
    findings += mapping_findings(str(out), rows)
    return MappingRun(out, tuple(rows), len(rows) - len(kept), tuple(findings))


def _dumped(paths: Iterable[Path], findings: list[Finding]) -> Iterator[Table]:
    for path in paths:
        for item in scan_dump(path):
            if isinstance(item, Table):
                yield item.model_copy(update={"columns": (), "partition_keys": (), "properties": {}})
            elif isinstance(item, Refusal):
                findings.append(_finding(item.where, item.message, item.action))


def _of_project(tree: SourceTree, findings: list[Finding], progress: Progress) -> Iterator[Table]:
    sql = tree.of_type("sql")
    for number, file in enumerate(sql, start=1):
        text = read_sql(file.absolute, file.path)
        if isinstance(text, Finding):
            findings.append(text)
        else:
            yield from (table_of_ddl(table) for table in extract_tables(text, file.path) if not table.temporary)
        progress("ddl", number, len(sql))
    defined = tables_of(read_definitions({file.path: file.absolute for file in tree.files}))
    yield from (table.model_copy(update={"columns": (), "partition_keys": (), "properties": {}}) for table in defined)
    code = tree.of_type("py", "ipynb")
    for number, file in enumerate(code, start=1):
        units = [unit for unit in read_all_units([file]) if isinstance(unit, PythonUnit)]
        named, open_ = tables_in_code(unit.code for unit in units)
        yield from (Table(database=database, name=name) for database, name in sorted(named))
        if open_:
            message = f"{open_} calls get the name of their table at run time: it is not in the mapping"
            findings.append(_finding(file.path, message, "add the rows for the tables that they may name"))
        progress("read", number, len(code))


def _finding(path: str, message: str, action: str) -> Finding:
    return Finding(rule="mapping", severity=Severity.WARNING, path=path, line=0, message=message, action=action)
