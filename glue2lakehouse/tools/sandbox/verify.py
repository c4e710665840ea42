"""Prove a conversion by running it: the original on the local Glue runtime, the converted on Spark, the same data, one verdict.

A job is `equal` only when both ran, something was written, and everything that was written is the same: under ANSI mode (the
default on Databricks) and without, for old Glue versions under both time parsers, and after a second run on top of the first,
which is how an append that became an overwrite shows.
"""

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.errors import RunError
from glue2lakehouse.tools.glue_runtime.assumptions import SWITCHES
from glue2lakehouse.tools.glue_runtime.environment import CatalogTable
from glue2lakehouse.tools.sandbox.comparison import Difference, compare_datasets, unstable_columns
from glue2lakehouse.tools.sandbox.datasets import Dataset
from glue2lakehouse.tools.sandbox.job import JobReport, JobRequest, RunReport
from glue2lakehouse.tools.sandbox.job_files import job_files, read_texts
from glue2lakehouse.tools.sandbox.made_data import CannotBeMade, complete, made_arguments
from glue2lakehouse.tools.sandbox.rekeying import rekey
from glue2lakehouse.tools.sandbox.tables import tables_from_ddl
from glue2lakehouse.tools.sandbox.verdict import JobVerification, Outcome, Source
from glue2lakehouse.tools.sandbox.worker import Worker
from glue2lakehouse.tools.sandbox.world import World, lay_out

__all__ = [
    "RULE",
    "JobVerification",
    "Outcome",
    "Source",
    "job_files",
    "record_original",
    "verify_file",
    "verify_project",
]
RULE = "verification"
_TASK = "glue2lakehouse.tools.sandbox.job:run"
_WRITES_TABLES = re.compile(
    r"saveAsTable|insertInto|writeTo|INSERT\s+(?:INTO|OVERWRITE)|MERGE\s+INTO|save_as_table", re.IGNORECASE
)
_DATABASE = re.compile(r"\b(?:catalogDatabase|database|name_space)\s*=\s*['\"]([\w-]+)['\"]")
_FIRST_ANSI_GLUE = 6
_MOST_SWITCHES = 8
_MAY_HANG_ON_A_SWITCH = ("rows", "types", "columns")


def verify_project(
    source: Source,
    files: Sequence[str] | None = None,
    *,
    worker: Worker | None = None,
    progress: Callable[[str], None] = lambda path: None,
) -> Iterator[JobVerification]:
    """Yield a verdict for each job file; `files` are relative paths, by default all that look like jobs.

    One sandbox serves all jobs. Raises RuntimeUnavailable when Java, Spark or Delta cannot be had.
    """
    chosen = list(files) if files is not None else job_files(source.original)
    own = worker or Worker()
    try:
        world = lay_out(source.data, _known_tables(source), own.new_folder("world"))
        for path in chosen:
            progress(path)
            yield _Verification(source, world, path, own).verdict()
    finally:
        if worker is None:
            own.close()


def verify_file(source: Source, path: str, *, worker: Worker | None = None) -> JobVerification:
    """Return the verdict on one job file, see `verify_project`."""
    (verdict,) = verify_project(source, [path], worker=worker)
    return verdict


def record_original(source: Source, path: str, worker: Worker) -> JobReport:
    """Run an original job twice in a row and return what it wrote, to be kept as `Source.recorded`.

    Raises RunError where it cannot be run, or where nothing could be compared with it.
    """
    world = lay_out(source.data, _known_tables(source), worker.new_folder("world"))
    return _Verification(source, world, path, worker).original()


def _known_tables(source: Source) -> dict[str, CatalogTable]:
    ddl = sorted(file for pattern in ("*.sql", "*.hql", "*.ddl") for file in source.original.rglob(pattern))
    return {**tables_from_ddl(ddl), **source.tables}


class _CannotRunError(Exception):
    """One of the scripts cannot be run here; the text says why."""


class _Verification:
    """The runs of one job file."""

    def __init__(self, source: Source, world: World, path: str, worker: Worker) -> None:
        self.source, self.world, self.path, self.worker = source, world, path, worker
        self.started = time.monotonic()
        self.verdict_so_far = JobVerification(path=path, outcome=Outcome.CANNOT_RUN)
        self.version = source.glue_versions.get(path, source.settings.glue_version)

    def verdict(self) -> JobVerification:
        """Run everything that is needed and say what came of it."""
        try:
            self._verify()
        except _CannotRunError as reason:
            self._set(outcome=Outcome.CANNOT_RUN, reason=str(reason))
        self._set(seconds=round(time.monotonic() - self.started, 3))
        return self.verdict_so_far

    def original(self) -> JobReport:
        """Run the original alone."""
        texts = read_texts(self.source.original / self.path, self.source.original)
        self.texts = {"original": texts, "converted": texts}
        try:
            self.arguments = made_arguments(texts, self._arguments())
            self._make_data()
            report = self._original_runs()
            self._check_worth_comparing(self._good_runs("original", report)[0])
        except _CannotRunError as reason:
            raise RunError(f"{self.path}: {reason}") from reason
        return report

    def _set(self, **values: object) -> None:
        self.verdict_so_far = self.verdict_so_far.model_copy(update=values)

    def _verify(self) -> None:
        original, converted = self.source.original / self.path, self.source.converted / self.path
        if not converted.is_file():
            raise _CannotRunError(f"there is no converted file {converted}")
        self.texts = {
            "original": read_texts(original, self.source.original), "converted": read_texts(converted, self.source.converted)
        }  # fmt: skip
        self.arguments = made_arguments(self.texts["original"], self._arguments())
        self._make_data()
        before = self._original_runs()
        first, *second = self._good_runs("original", before)
        self._check_worth_comparing(first)
        self._set(
            switches=before.switches, runs=1 + len(second), datasets=tuple(sorted(map(str, first.datasets))),
            rows=sum(len(item.rows) for item in (second or [first])[-1].datasets),
        )  # fmt: skip
        for number, (name, conf) in enumerate(self._variants().items()):
            expected = before.runs if number == 0 and second else [first]
            self._set(variants=(*self.verdict_so_far.variants, name))
            findings, differences = self._compare(expected, conf, name)
            if findings:
                asked = self.source.explain and any(item.aspect in _MAY_HANG_ON_A_SWITCH for item in differences)
                decides = self._deciding_switch(conf) if asked else ""
                findings = [self._with_switch(finding, decides) for finding in findings]
                self._set(outcome=Outcome.DIFFERENT, findings=tuple(findings), differences=tuple(differences))
                return
        self._set(outcome=Outcome.EQUAL)

    def _original_runs(self) -> JobReport:
        """Run the original twice in a row, or recall it: drafts of one conversion are compared with the same original."""
        if self.path in self.source.recorded:
            return self.source.recorded[self.path]
        asked = [
            self.path,
            self.texts["original"],
            self.arguments,
            self.version,
            str(self.source.data),
            self.source.settings.seed,
        ]
        settings = self.source.settings.model_dump(mode="json", include={"catalog", "schemas", "tables"})
        key = json.dumps(
            [*asked, settings, {name: table.model_dump() for name, table in self._needed_tables().items()}]
        )
        if key not in self.worker.remembered:
            self.worker.remembered[key] = self._run("original", self._original_conf(), times=2).model_dump(mode="json")
        return JobReport.model_validate(self.worker.remembered[key])

    def _make_data(self) -> None:
        folder, seed = self.worker.new_folder("made"), self.source.settings.seed
        try:
            self.world, made = complete(self.world, self.texts["original"], self.arguments, folder, seed)
        except CannotBeMade as reason:
            raise _CannotRunError(str(reason)) from reason
        self._set(made=tuple(made))

    def _deciding_switch(self, conf: Mapping[str, str]) -> str:
        """Return the undocumented point of Glue (`name=answer`) under which both are equal, empty when there is none."""
        right = self._run("converted", conf, times=1).runs[0]
        tried = 0
        for switch in SWITCHES:
            for answer in switch.choices:
                if self.verdict_so_far.switches.get(switch.name) in (None, answer) or tried >= _MOST_SWITCHES:
                    continue
                tried += 1
                left = self._run("original", self._original_conf(), 1, {switch.name: answer}).runs[0]
                if not left.error_type and not self._differences(left.datasets, right.datasets):
                    return f"{switch.name}={answer}"
        return ""

    def _with_switch(self, finding: Finding, decides: str) -> Finding:
        if not decides:
            return finding
        name, _, answer = decides.partition("=")
        used = self.verdict_so_far.switches[name]
        about = next(switch.doc for switch in SWITCHES if switch.name == name)
        told = f"{finding.message}; AWS does not document this point ({about}): equal if Glue's answer is {answer!r}, not {used!r}"
        return finding.model_copy(update={"message": told})

    def _good_runs(self, side: str, report: JobReport) -> list[RunReport]:
        good = [run for run in report.runs if not run.error_type]
        if not good:
            failed = report.runs[0]
            if report.refusals:
                raise _CannotRunError(
                    f"the {side} script was stopped: the sandbox refused {'; '.join(report.refusals)}"
                )
            at = f" at line {failed.error_line}" if failed.error_line else ""
            text = (
                failed.error
                if failed.not_available
                else f"the {side} script fails on this data{at}: {failed.error_type}: {failed.error}"
            )
            raise _CannotRunError(text)
        return good

    def _check_worth_comparing(self, first: RunReport) -> None:
        if not first.datasets:
            raise _CannotRunError("the original script wrote nothing on this data, so there is nothing to compare")
        unreadable = next((item for item in first.datasets if item.unreadable), None)
        if unreadable:
            raise _CannotRunError(
                f"what the original script wrote cannot be read: {unreadable}: {unreadable.unreadable}"
            )
        if not any(item.rows for item in first.datasets):
            raise _CannotRunError("the original script wrote no row on this data, so there is nothing to compare")

    def _compare(
        self, expected: Sequence[RunReport], conf: Mapping[str, str], variant: str
    ) -> tuple[list[Finding], list[Difference]]:
        report = self._run("converted", conf, times=len(expected))
        for number, (left, right) in enumerate(zip(expected, report.runs, strict=False)):
            again = "" if number == 0 else ", second run on the same data"
            if right.error_type:
                return [self._failure(report, right, variant + again)], []
            differences = self._differences(left.datasets, right.datasets)
            if differences and number == 0:
                differences = self._without_unstable(left, right)
            if differences:
                return [self._finding(difference, variant + again) for difference in differences], differences
        return [], []

    def _differences(self, left: list[Dataset], right: list[Dataset]) -> list[Difference]:
        unstable = {name: frozenset(columns) for name, columns in self.verdict_so_far.unstable.items()}
        differences = compare_datasets(left, right, unstable=unstable)
        if differences and any("relationalize" in text.lower() for text in self.texts["original"]):
            differences = compare_datasets(rekey(left), rekey(right), unstable=unstable)
        return differences

    def _without_unstable(self, left: RunReport, right: RunReport) -> list[Difference]:
        """Run the original once more: columns on which it does not agree with itself cannot be compared."""
        time.sleep(0.01)
        again = self._good_runs("original", self._run("original", self._original_conf(), times=1))[0]
        pair = (left.datasets, again.datasets)
        if any("relationalize" in text.lower() for text in self.texts["original"]):
            pair = (rekey(left.datasets), rekey(again.datasets))
        unstable = unstable_columns(*pair)
        self._set(unstable={name: tuple(sorted(columns)) for name, columns in unstable.items()})
        return self._differences(left.datasets, right.datasets)

    def _run(
        self, side: str, conf: Mapping[str, str], times: int, assumptions: Mapping[str, str] | None = None
    ) -> JobReport:
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
            folders=(root.resolve(),), arguments=self.arguments, environment=environment,
            settings=self.source.settings, conf=dict(conf), secrets=self._secrets(),
            tables_to_delta=self._tables_to_delta(catalog) if side == "converted" else (),
            aws=any("boto" in text for text in self.texts[side]), times=times,
        )  # fmt: skip
        reply = self.worker.run(_TASK, request.model_dump(mode="json"), folder)
        self._set(fences=reply.fences)
        shutil.rmtree(folder, ignore_errors=True)
        if reply.failure:
            raise _CannotRunError(f"the {side} script was stopped: {reply.failure}")
        return JobReport.model_validate(reply.answer)

    def _needed_tables(self) -> dict[str, CatalogTable]:
        words = "\n".join([*self.texts["original"], *self.texts["converted"], *self.arguments.values()]).lower()
        return {name: table for name, table in self.world.tables.items() if name.partition(".")[2] in words}

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
        return {name.lower() for text in self.texts["original"] for name in _DATABASE.findall(text)}

    def _secrets(self) -> dict[str, dict[str, str]]:
        secrets = {scope: dict(values) for scope, values in self.world.secrets.items()}
        for connection, properties in self._connections().items():
            scope = secrets.setdefault(self.source.settings.secrets.get(connection, connection), {})
            database = properties.get("database", connection.lower())
            url = f"jdbc:postgresql://localhost:5432/{database}"
            made = {"url": url, "jdbc_url": url, "user": "sandbox", "username": "sandbox", "password": "sandbox"}
            made |= {"host": "localhost", "port": "5432", "database": database}
            secrets[self.source.settings.secrets.get(connection, connection)] = {**made, **scope}
        return secrets

    def _original_conf(self) -> dict[str, str]:
        conf = {"spark.sql.ansi.enabled": str(self._major() >= _FIRST_ANSI_GLUE).lower()}
        return conf | ({"spark.sql.legacy.timeParserPolicy": "LEGACY"} if self._major() < 3 else {})

    def _variants(self) -> dict[str, dict[str, str]]:
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

    def _failure(self, report: JobReport, run: RunReport, variant: str) -> Finding:
        at = f" at line {run.error_line} of the converted file" if run.error_line else ""
        why = (
            f"the sandbox refused {'; '.join(report.refusals)}" if report.refusals else f"{run.error_type}: {run.error}"
        )
        return self._blocker(f"the converted script fails{at} where the original does not ({variant}): {why}")

    def _finding(self, difference: Difference, variant: str) -> Finding:
        shown = [f"{who}: {json.dumps(rows, ensure_ascii=False)[:500]}" for who, rows in (
            ("only in the original", difference.only_original), ("only in the converted", difference.only_converted)
        ) if rows]  # fmt: skip
        return self._blocker(f"{difference} ({variant})" + "".join(f"; {text}" for text in shown))

    def _blocker(self, message: str) -> Finding:
        action = "compare the edits of this file with the original, mend the converted code and verify again"
        return Finding(rule=RULE, severity=Severity.BLOCKER, path=self.path, line=0, message=message, action=action)
