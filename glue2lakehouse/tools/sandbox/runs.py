"""The runs of one job file: what each side is run on, under which settings, and how often."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from glue2lakehouse.domain import Compute
from glue2lakehouse.tools.glue_runtime.environment import CatalogTable
from glue2lakehouse.tools.sandbox.code_copies import copy_code
from glue2lakehouse.tools.sandbox.fence import Fences
from glue2lakehouse.tools.sandbox.job import JobReport, JobRequest, RunReport
from glue2lakehouse.tools.sandbox.job_files import module_folders
from glue2lakehouse.tools.sandbox.lessons import MOST_LESSONS, Lesson, lesson_of
from glue2lakehouse.tools.sandbox.made_arguments import made_arguments, made_run_properties
from glue2lakehouse.tools.sandbox.made_data import CannotBeMade, complete
from glue2lakehouse.tools.sandbox.script_arguments import connection_names, run_property_names
from glue2lakehouse.tools.sandbox.verdict import Source
from glue2lakehouse.tools.sandbox.worker import Worker
from glue2lakehouse.tools.sandbox.world import World, named_tables

_TASK = "glue2lakehouse.tools.sandbox.job:run"
_WRITES_TABLES = re.compile(
    r"saveAsTable|insertInto|writeTo|INSERT\s+(?:INTO|OVERWRITE)|MERGE\s+INTO|save_as_table", re.IGNORECASE
)
_DATABASE = re.compile(r"\b(?:catalogDatabase|database|name_space)\s*=\s*['\"]([\w-]+)['\"]")
_BRIDGE = re.compile(r"Object ID unknown|Py4JNetworkError|Answer from Java side is empty")
_FIRST_ANSI_GLUE = 6
_SAME_LESSON = 5


class CannotRunError(Exception):
    """One of the scripts cannot be run here; the text says why."""


class Runs:
    """Runs of the original and of the converted script on equal copies of one world."""

    def __init__(
        self, source: Source, world: World, path: str, worker: Worker, texts: Mapping[str, list[str]], times: int = 2
    ) -> None:
        """`world` holds the samples; `texts` are those of each side's script and its modules; the original runs `times` in a row."""
        self.source, self.given, self.world, self.path, self.worker = source, world, world, path, worker
        self.texts, self.times = texts, times
        self.version = source.glue_versions.get(path, source.settings.glue_version)
        self.arguments = made_arguments(texts["original"], self._arguments())
        self.run_properties = made_run_properties(
            name for text in texts["original"] for name in run_property_names(text)
        )
        self.made: tuple[str, ...] = ()
        self.lessons: list[Lesson] = []
        self.folder: Path | None = None
        self.code: dict[str, Path] = {}
        self.fences: Fences | None = None

    def original(self) -> JobReport:
        """Run the original; where it fails on made data, learn what that lacks and run it again.

        Raises CannotRunError where no data can be made, or where the sandbox stops the script.
        """
        if self.path in self.source.recorded:
            self._make_data()
            return self.source.recorded[self.path]
        while True:
            self._make_data()
            report = self._remembered()
            lesson = self._lesson(report)
            if lesson is None or self.lessons.count(lesson) >= _SAME_LESSON or len(self.lessons) >= MOST_LESSONS:
                return report
            self.lessons.append(lesson)
            if lesson.kind == "property":
                self.run_properties |= made_run_properties([lesson.name])

    def _lesson(self, report: JobReport) -> Lesson | None:
        """Return what a run teaches about its data: it failed, or its functions found fields missing and no row came out."""
        run = report.runs[0]
        text = self.texts["original"][0]
        if not run.error_type and any(item.rows for item in (*run.datasets, *run.frames)):
            return self._target(run)
        lesson = lesson_of(run.error_type, run.error, run.error_line, text) if run.error_type else None
        if lesson is not None and not (lesson.kind == "digits" and lesson in self.lessons):
            return lesson
        missing = next((Lesson(kind="column", name=name) for name in run.missing_fields), None)
        if missing is not None and missing not in self.lessons:
            return missing
        is_data = bool(run.error_type and self.made and not run.not_available and not report.refusals)
        known = {lesson.kind for lesson in self.lessons}
        last: tuple[Lesson, ...] = (Lesson(kind="calm", name=run.error_type), Lesson(kind="digits", name=""))
        return next((lesson for lesson in last if is_data and lesson.kind not in known), None)

    def _target(self, run: RunReport) -> Lesson | None:
        """Return the shape of a made table that the script appends to, once: a real one would have it, partitions included."""
        told = {lesson.name for lesson in self.lessons if lesson.kind == "target"}
        made = {source.partition(" ")[2].lower() for source in self.made if source.startswith("catalog ")}
        for name, write in run.tables.items():
            if name in made - told:
                # A column of nulls alone has no type yet; a table has one.
                columns = tuple((column, re.sub(r"\bvoid\b", "string", kind)) for column, kind in write.columns.items())
                return Lesson(kind="target", name=name, beside=tuple(write.keys), columns=columns)
        return None

    @property
    def calm(self) -> str:
        """The kind of error that odd values made the original fail with, so that its data has clean rows only."""
        return next((lesson.name for lesson in self.lessons if lesson.kind == "calm"), "")

    def narrow(self) -> bool:
        """Ask for data without int and bigint in one field of a JSON file; tell whether that makes any difference."""
        lesson = Lesson(kind="narrow", name="")
        given = {file.relative_to(self.given.folder) for file in self.given.folder.rglob("*.json")}
        made = {file.relative_to(self.world.folder) for file in self.world.folder.rglob("*.json")} - given
        if not made or lesson in self.lessons or self.path in self.source.recorded:
            return False
        self.lessons.append(lesson)
        return True

    def _make_data(self) -> None:
        folder, seed = self.worker.new_folder("made"), self.source.settings.seed
        try:
            self.world, made = complete(
                self.given, self.texts["original"], self.arguments | self.run_properties, folder, seed, self.lessons
            )
        except CannotBeMade as reason:
            raise CannotRunError(str(reason)) from reason
        self.made = tuple(made)

    def _remembered(self) -> JobReport:
        """Run the original, or recall its runs: drafts of one conversion are compared with the same original."""
        settings = self.source.settings.model_dump(mode="json", include={"catalog", "schemas", "tables", "seed"})
        tables = {name: table.model_dump() for name, table in self._needed_tables().items()}
        asked = [
            self.path,
            self.texts["original"],
            self.arguments,
            self.version,
            str(self.source.data),
            settings,
            tables,
        ]
        asked.append(str(self.path in self.source.bookmarks))
        key = json.dumps([*asked, self.run_properties, [lesson.model_dump() for lesson in self.lessons]])
        if key not in self.worker.remembered:
            self.worker.remembered[key] = self.run("original", self.original_conf(), self.times).model_dump(mode="json")
        return JobReport.model_validate(self.worker.remembered[key])

    def run(
        self, side: str, conf: Mapping[str, str], times: int, assumptions: Mapping[str, str] | None = None
    ) -> JobReport:
        """Run one side on a fresh copy of the world, `times` in a row; raises CannotRunError where the sandbox stops it.

        A run that Python's bridge to the JVM failed is repeated once: that is this machine's failure and not the script's. What the
        run left is in `folder` until the next one.
        """
        report = self._run(side, conf, times, assumptions)
        if any(_BRIDGE.search(run.error) for run in report.runs):
            report = self._run(side, conf, times, assumptions)
        return report

    def _run(self, side: str, conf: Mapping[str, str], times: int, assumptions: Mapping[str, str] | None) -> JobReport:
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
        folder = self.folder = self.worker.new_folder(side)
        request = self._request(side, folder / "scratch", conf, times, assumptions)
        reply = self.worker.run(_TASK, request.model_dump(mode="json"), folder)
        self.fences = reply.fences
        if reply.failure:
            raise CannotRunError(f"the {side} script was stopped: {reply.failure}")
        return JobReport.model_validate(reply.answer)

    def _request(
        self, side: str, scratch: Path, conf: Mapping[str, str], times: int, assumptions: Mapping[str, str] | None
    ) -> JobRequest:
        root = self._code(side)
        catalog = self._needed_tables()
        environment = self.world.environment(scratch, glue_version=self.version)
        environment.catalog = {name: table.model_copy(deep=True) for name, table in catalog.items()}
        environment.assumptions = dict(assumptions or {})
        environment.databases = sorted({name.partition(".")[0] for name in self.world.tables} | self._sink_databases())
        environment.connections = self._connections()
        return JobRequest(
            side="original" if side == "original" else "converted",
            script=root / self.path,
            folders=module_folders(root / self.path, root),
            arguments=self.arguments | self._bookmark_option(side),
            environment=environment,
            settings=self.source.settings,
            conf=dict(conf),
            secrets=self._secrets(),
            tables_to_delta=self._tables_to_delta(catalog) if side == "converted" else (),
            aws=any("boto" in text for text in self.texts[side]),
            times=times,
            run_properties=self.run_properties,
        )

    def _code(self, side: str) -> Path:
        """Return the root of one side's copy in the sandbox."""
        if side not in self.code:
            root = self.source.original if side == "original" else self.source.converted
            self.code[side] = copy_code(root, self.worker.new_folder("code"))
        return self.code[side]

    def _needed_tables(self) -> dict[str, CatalogTable]:
        """Return the tables that texts and arguments name, and those that rows were made for: a name may be put together."""
        given = (*self.arguments.values(), *self.run_properties.values())
        named = named_tables(self.world.tables, (*self.texts["original"], *self.texts["converted"], *given))
        made = {source.removeprefix("catalog ") for source in self.made if source.startswith("catalog ")}
        return named | {name: table for name, table in self.world.tables.items() if name in made}

    def _tables_to_delta(self, catalog: Mapping[str, CatalogTable]) -> tuple[str, ...]:
        """Return the tables that the converted script may write: the migration has made Delta tables of them."""
        if not any(_WRITES_TABLES.search(text) for text in self.texts["converted"]):
            return ()
        return tuple(name for name, table in catalog.items() if table.format in ("parquet", "orc", "avro"))

    def _arguments(self) -> dict[str, str]:
        stem = Path(self.path).stem
        return {"JOB_NAME": stem, **self.source.arguments.get(self.path, {}), **self.world.arguments.get(stem, {})}

    def _bookmark_option(self, side: str) -> dict[str, str]:
        """Glue starts the job with bookmarks; the converted job has to know by itself what it has read."""
        enabled = side == "original" and self.path in self.source.bookmarks
        return {"job-bookmark-option": "job-bookmark-enable"} if enabled else {}

    def _connections(self) -> dict[str, dict[str, str]]:
        """Return the connections of the project, of the samples, and those that the script names besides."""
        declared, sampled = self.source.connections, self.world.connections
        named = {name for text in self.texts["original"] for name in connection_names(text)}
        made = {name: {"database": re.sub(r"[^\w-]+", "-", name.lower())} for name in named - {*declared, *sampled}}
        known = {name: {**declared.get(name, {}), **sampled.get(name, {})} for name in {**declared, **sampled}}
        return {**known, **made}

    def _sink_databases(self) -> set[str]:
        """Return the Glue databases that the script names: a sink makes tables, never databases, so they were there."""
        named = {name.lower() for text in self.texts["original"] for name in _DATABASE.findall(text)}
        return named | {lesson.name for lesson in self.lessons if lesson.kind == "database"}

    def _secrets(self) -> dict[str, dict[str, str]]:
        secrets = {scope: dict(values) for scope, values in self.world.secrets.items()}
        for connection, properties in self._connections().items():
            # A scope's name takes no spaces: the migration writes a hyphen for what it cannot hold.
            name = self.source.settings.secrets.get(connection, re.sub(r"[^\w.@-]", "-", connection))
            scope = secrets.setdefault(name, secrets.get(connection, {}))
            database = properties.get("database", connection.lower())
            url = f"jdbc:postgresql://localhost:5432/{database}"
            made = {"url": url, "jdbc_url": url, "user": "sandbox", "username": "sandbox", "password": "sandbox"}
            made |= {"host": "localhost", "port": "5432", "database": database}
            secrets[name] = {**made, **scope}
        return secrets

    def original_conf(self) -> dict[str, str]:
        """Return the Spark settings of the job's Glue version."""
        conf = {"spark.sql.ansi.enabled": str(self._major() >= _FIRST_ANSI_GLUE).lower()} | self._times(as_before=True)
        return conf | ({"spark.sql.legacy.timeParserPolicy": "LEGACY"} if self._major() < 3 else {})

    def variants(self) -> dict[str, dict[str, str]]:
        """Return the settings that the converted script has to give the same under, by name."""
        times = self._times(
            self.path in self.source.glue_versions and self.source.settings.compute is not Compute.SERVERLESS
        )
        ansi = {
            f"ANSI {name}": {"spark.sql.ansi.enabled": value, **times}
            for name, value in (("on", "true"), ("off", "false"))
        }
        if not self.source.every_variant:
            return {"ANSI on": ansi["ANSI on"]}
        if self._major() >= 3:
            return ansi
        policies = ("CORRECTED", "LEGACY")
        return {
            f"{name}, {policy.lower()} time parser": {**conf, "spark.sql.legacy.timeParserPolicy": policy}
            for name, conf in ansi.items()
            for policy in policies
        }

    def _times(self, as_before: bool) -> dict[str, str]:
        """Return how times without a zone are read: as timestamp in Glue before 5.0, and where the bundle says so."""
        return {"spark.sql.parquet.inferTimestampNTZ.enabled": str(not as_before or self._major() >= 5).lower()}

    def _major(self) -> int:
        found = re.match(r"\d+", self.version)
        return int(found[0]) if found else 4
