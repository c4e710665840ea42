"""The first phase: everything that a source says about itself, before anything is converted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from glue2lakehouse.domain import Entity, EntityType, Finding, Severity, stable_id
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.catalog import Refusal, scan_dump
from glue2lakehouse.tools.catalog.as_ddl import CatalogDdl, ddl_of_catalog
from glue2lakehouse.tools.catalog.of_definitions import FOLDER as DEFINED
from glue2lakehouse.tools.catalog.of_definitions import created_in, items_of, places_of
from glue2lakehouse.tools.jobs.catalogs import catalogs_of, glue_catalogs
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.facts import connectors_of, facts_for_script, known_version
from glue2lakehouse.tools.jobs.model import Place
from glue2lakehouse.tools.jobs.read import match_scripts, read_definitions
from glue2lakehouse.tools.rewrite import JobFacts
from glue2lakehouse.tools.source import (
    PythonUnit,
    SourceFile,
    SourceTree,
    extract_from_unit,
    files_beside,
    read_all_units,
    survey,
    told_beside,
    unread_archives,
    unread_glue,
)

Progress = Callable[[str, int, int], None]
"""Called with a step's name, how many of its parts are done, and how many there are."""


def silent(step: str, done: int, total: int) -> None:
    """Show no progress."""


@dataclass(frozen=True)
class Project:
    """What was read. `broken` are files that are no readable Python; `ddl` maps paths to texts; `beside` are opened by modules."""

    id: str
    name: str
    tree: SourceTree
    units: Mapping[str, PythonUnit]
    broken: Mapping[str, Finding]
    entities: tuple[Entity, ...]
    definitions: Definitions
    facts: Mapping[str, JobFacts]
    ddl: Mapping[str, str | Finding]
    findings: tuple[Finding, ...] = field(default=())
    beside: tuple[SourceFile, ...] = field(default=(), repr=False)


def project_id_of(name: str, location: str) -> str:
    """Return the project's id: the same name and place are the same project in every run."""
    local = Path(location).expanduser()
    return stable_id("project", name, str(local.resolve()) if local.exists() else location)


def read_project(tree: SourceTree, settings: Settings, progress: Progress = silent) -> Project:
    """Read an opened source; what cannot be read becomes a finding. Raises SourceNotFound for a catalog that is not there."""
    name = settings.project or tree.name
    catalog = ddl_of_catalog(scan_dump(settings.catalog_dump)) if settings.catalog_dump else CatalogDdl({}, ())
    identity = project_id_of(name, tree.location)
    units: dict[str, PythonUnit] = {}
    broken: dict[str, Finding] = {}
    python = tree.of_type("py", "ipynb", "json")
    for number, file in enumerate(python, start=1):
        for found in read_all_units([file]):
            if isinstance(found, Finding):
                broken[found.path] = found
            else:
                units[found.path] = found
        progress("read", number, len(python))
    definitions = read_definitions({file.path: file.absolute for file in tree.files})
    code = {path: unit.code for path, unit in units.items()}
    lost = match_scripts(definitions, code)
    sql = {file.path: read_sql(file.absolute, file.path) for file in tree.of_type("sql")}
    defined, twice = _defined(definitions, sql, catalog)
    run = frozenset(job.script for job in definitions.jobs if job.script)
    entities = tuple(_entities(identity, tree, units, run))
    of_jobs = _with_what_they_import(entities)
    beside = files_beside(tree.files, {path: text for path, text in code.items() if path in of_jobs})
    return Project(
        id=identity,
        name=name,
        tree=tree,
        units=units,
        # A listing in another language is told, and is nothing that failed.
        broken={path: finding for path, finding in broken.items() if finding.severity is Severity.BLOCKER},
        entities=entities,
        definitions=definitions,
        facts=_all_facts(definitions, units),
        ddl=sql | defined.files | catalog.files,
        findings=(
            *tree.findings,
            *unread_archives(tree.files),
            *unread_glue(tree.files, run),
            *(_refused(refusal) for refusal in (*catalog.refusals, *defined.refusals)),
            *(finding for finding in broken.values() if finding.severity is not Severity.BLOCKER),
            *definitions.findings,
            *lost,
            *twice,
            *told_beside(beside, code),
        ),
        beside=tuple({file.path: file for opened in beside.values() for file in opened}.values()),
    )


def _defined(
    definitions: Definitions, sql: Mapping[str, str | Finding], catalog: CatalogDdl
) -> tuple[CatalogDdl, list[Finding]]:
    """Return the DDL of the tables that only a definition makes; what a SQL file creates, or the catalog holds, counts and is told."""
    texts = {path: text for path, text in (*catalog.files.items(), *sql.items()) if isinstance(text, str)}
    known = {name: path for path, text in texts.items() for name in created_in([text])}
    places = places_of(definitions)
    twice = [_twice(name, place, known[name], known[name] in sql) for name, place in places.items() if name in known]
    return ddl_of_catalog(items_of(definitions, known), DEFINED, {name: str(at) for name, at in places.items()}), twice


def _twice(name: str, place: Place, path: str, by_hand: bool) -> Finding:
    return Finding(
        rule="catalog",
        severity=Severity.WARNING if by_hand else Severity.INFO,
        path=place.path,
        line=place.line,
        message=f"table {name} is defined here and in {path}, which counts",
        action="compare the two, and keep the one that the deployed table was made of",
    )


def _refused(refusal: Refusal) -> Finding:
    return Finding(
        rule="catalog",
        severity=Severity.WARNING,
        path=refusal.where,
        line=0,
        message=refusal.message,
        action=refusal.action,
    )


def read_sql(file: Path, path: str) -> str | Finding:
    """Return the text of a DDL file, or the finding that says why it cannot be read."""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot be read as UTF-8 text: {getattr(error, 'strerror', None) or getattr(error, 'reason', error)}"
        action = "save it as UTF-8 and run again"
        return Finding(rule="unreadable", severity=Severity.BLOCKER, path=path, line=0, message=message, action=action)


def _entities(identity: str, tree: SourceTree, units: Mapping[str, PythonUnit], jobs: frozenset[str]) -> list[Entity]:
    modules = survey(tree.files)
    return [
        entity
        for path, unit in units.items()
        for entity in extract_from_unit(identity, unit, modules, named_as_job=path in jobs)
    ]


def _with_what_they_import(entities: Sequence[Entity]) -> frozenset[str]:
    """Return the paths of the jobs and of the project's modules that they import, in however many steps."""
    whole = {entity.module: entity for entity in entities if entity.type in (EntityType.JOB, EntityType.MODULE)}
    todo = [entity for entity in whole.values() if entity.type is EntityType.JOB]
    found: set[str] = set()
    while todo:
        entity = todo.pop()
        if entity.path not in found:
            found.add(entity.path)
            todo += [whole[name] for name in entity.dependencies if name in whole]
    return frozenset(found)


def _all_facts(definitions: Definitions, units: Mapping[str, PythonUnit]) -> dict[str, JobFacts]:
    """Return what is known of the jobs that run the units; modules without a definition are told what the others say."""
    catalogs = catalogs_of(definitions)
    facts = {path: _facts(definitions, unit, catalogs) for path, unit in units.items()}
    said = {each.bookmarks_enabled for each in facts.values()} - {None}
    if True not in said:
        return facts
    elsewhere: Literal["all", "some"] = "some" if False in said else "all"
    return {
        path: replace(each, bookmarks_elsewhere=elsewhere) if each.bookmarks_enabled is None else each
        for path, each in facts.items()
    }


def _facts(definitions: Definitions, unit: PythonUnit, catalogs: frozenset[str]) -> JobFacts:
    """Return what is known of the job that runs a unit; its definition counts over what the script says itself."""
    said = facts_for_script(definitions, unit.path)
    bookmarks = said.bookmarks_enabled
    own = unit.facts.arguments.get("--job-bookmark-option")
    if bookmarks is None and own is not None:
        bookmarks = own != "job-bookmark-disable"
    return JobFacts(
        glue_version=said.glue_version or known_version(unit.facts.glue_version),
        bookmarks_enabled=bookmarks,
        connectors=connectors_of(definitions),
        glue_catalogs=catalogs | glue_catalogs([unit.facts.spark_conf]),
        defined=bool(said.jobs),
        bookmarks_paused=said.bookmarks_paused or own == "job-bookmark-pause",
    )
