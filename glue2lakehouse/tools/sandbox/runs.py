"""The runs of one job file: what each side is run on, under which settings, and how often."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from glue2lakehouse.tools.glue_runtime.environment import CatalogTable
from glue2lakehouse.tools.sandbox.fence import Fences
from glue2lakehouse.tools.sandbox.job import JobReport, JobRequest, RunReport
from glue2lakehouse.tools.sandbox.job_files import module_folders
from glue2lakehouse.tools.sandbox.lessons import MOST_LESSONS, Lesson, lesson_of
from glue2lakehouse.tools.sandbox.made_data import CannotBeMade, complete, made_arguments, made_run_properties
from glue2lakehouse.tools.sandbox.script_facts import run_property_names
from glue2lakehouse.tools.sandbox.verdict import Source
from glue2lakehouse.tools.sandbox.worker import Worker
from glue2lakehouse.tools.sandbox.world import World, named_tables

_TASK = "glue2lakehouse.tools.sandbox.job:run"
_WRITES_TABLES = re.compile(
    r"saveAsTable|insertInto|writeTo|INSERT\s+(?:INTO|OVERWRITE)|MERGE\s+INTO|save_as_table", re.IGNORECASE
)
_DATABASE = re.compile(r"\b(?:catalogDatabase|database|name_space)\s*=\s*['\"]([\w-]+)['\"]")
_FIRST_ANSI_GLUE = 6
_SAME_LESSON = 5


class CannotRunError(Exception):
    """One of the scripts cannot be run here; the text says why."""


class Runs:
    """Runs of the original and of the converted script on equal copies of one world."""

    def __init__(self, source: Source, world: World, path: str, worker: Worker, texts: Mapping[str, list[str]]) -> None:
        """`world` holds the samples; `texts` are those of each side's script and its modules."""
        self.source, self.given, self.world, self.path, self.worker, self.texts = (
            source,
            world,
            world,
            path,
            worker,
            texts,
        )
        self.version = source.glue_versions.get(path, source.settings.glue_version)
        self.arguments = made_arguments(texts["original"], self._arguments())
        self.run_properties = made_run_properties(
            name for text in texts["original"] for name in run_property_names(text)
        )
        self.made: tuple[str, ...] = ()
        self.lessons: list[Lesson] = []
        self.fences: Fences | None = None

    def original(self) -> JobReport:
        """Run the original twice in a row; where it fails on made data, learn what that lacks and run it again.

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
                columns = tuple(write.columns.items())
                return Lesson(kind="target", name=name, beside=tuple(write.keys), columns=columns)
        return None

    @property
    def calm(self) -> str:
        """The kind of error that odd values made the original fail with, so that its data has clean rows only."""
        return next((lesson.name for lesson in self.lessons if lesson.kind == "calm"), "")

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
        key = json.dumps([*asked, self.run_properties, [lesson.model_dump() for lesson in self.lessons]])
        if key not in self.worker.remembered:
            self.worker.remembered[key] = self.run("original", self.original_conf(), times=2).model_dump(mode="json")
        return JobReport.model_validate(self.worker.remembered[key])

    def run(
        self, side: str, conf: Mapping[str, str], times: int, assumptions: Mapping[str, str] | None = None
    ) -> JobReport:
        """Run one side on a fresh copy of the world, `times` in a row; raises CannotRunError where the sandbox stops it."""
        folder = self.worker.new_folder(side)
        root = self.source.original if side == "original" else self.source.converted
        catalog = self._needed_tables()
        environment = self.world.environment(
            folder / "scratch", glue_version=self.version
        ).model_copy(update={"catalog": {name: table.model_copy(deep=True) for name, table in catalog.items()}})  # fmt: skip
        environment.assumptions = dict(assumptions or {})
        environment.databases = sorted({name.partition(".")[0] for name in self.world.tables} | self._sink_databases())
        environment.connections = self._connections()
        request = JobRequest(
            side="original" if side == "original" else "converted", script=(root / self.path).resolve(),
            folders=module_folders((root / self.path).resolve(), root.resolve()), arguments=self.arguments, environment=environment,
            settings=self.source.settings, conf=dict(conf), secrets=self._secrets(),
            tables_to_delta=self._tables_to_delta(catalog) if side == "converted" else (),
            aws=any("boto" in text for text in self.texts[side]), times=times,
            run_properties=self.run_properties,
        )  # fmt: skip
        reply = self.worker.run(_TASK, request.model_dump(mode="json"), folder)
        self.fences = reply.fences
        shutil.rmtree(folder, ignore_errors=True)
        if reply.failure:
            raise CannotRunError(f"the {side} script was stopped: {reply.failure}")
        return JobReport.model_validate(reply.answer)

    def _needed_tables(self) -> dict[str, CatalogTable]:
        texts = (*self.texts["original"], *self.texts["converted"], *self.arguments.values())
        return named_tables(self.world.tables, texts)

    def _tables_to_delta(self, catalog: Mapping[str, CatalogTable]) -> tuple[str, ...]:
        """Return the tables that the converted script may write: the migration has made Delta tables of them."""
        if not any(_WRITES_TABLES.search(text) for text in self.texts["converted"]):
            return ()
        return tuple(name for name, table in catalog.items() if table.format in ("parquet", "orc", "avro"))

    def _arguments(self) -> dict[str, str]:
        stem = Path(self.path).stem
        given = self.source.arguments.get(self.path) or self.world.arguments.get(stem)
        return {"JOB_NAME": stem, **(given or {})}

    def _connections(self) -> dict[str, dict[str, str]]:
        declared, sampled = self.source.connections, self.world.connections
        return {name: {**declared.get(name, {}), **sampled.get(name, {})} for name in {**declared, **sampled}}

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
        conf = {"spark.sql.ansi.enabled": str(self._major() >= _FIRST_ANSI_GLUE).lower()}
        return conf | ({"spark.sql.legacy.timeParserPolicy": "LEGACY"} if self._major() < 3 else {})

    def variants(self) -> dict[str, dict[str, str]]:
        """Return the settings that the converted script has to give the same under, by name."""
        ansi = {f"ANSI {name}": {"spark.sql.ansi.enabled": value} for name, value in (("on", "true"), ("off", "false"))}
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

    def _major(self) -> int:
        found = re.match(r"\d+", self.version)
        return int(found[0]) if found else 4
