"""Prove a conversion by running it: the original on the local Glue runtime, the converted on Spark, the same data, one verdict.

A job is `equal` only when both ran, rows were written, and everything that was written is the same: under ANSI mode (the
default on Databricks) and without, for old Glue versions under both time parsers, and after a second run on top of the first,
which is how an append that became an overwrite shows. Of a script that writes nothing, the frames that it shows and those that its
global names hold are compared. What ran and left no row to compare is `not_proven`.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from glue2lakehouse.domain import Finding
from glue2lakehouse.errors import RunError
from glue2lakehouse.tools.glue_runtime.assumptions import SWITCHES
from glue2lakehouse.tools.glue_runtime.environment import CatalogTable
from glue2lakehouse.tools.sandbox.comparison import Difference, compare_datasets, unstable_columns
from glue2lakehouse.tools.sandbox.datasets import Dataset
from glue2lakehouse.tools.sandbox.explaining import (
    RULE,
    blocker_for_difference,
    blocker_for_failure,
    hint_at_switch,
    warn_of_ansi,
    warn_of_sinks,
    warn_of_widths,
)
from glue2lakehouse.tools.sandbox.job import JobReport, RunReport
from glue2lakehouse.tools.sandbox.job_files import job_files, read_texts
from glue2lakehouse.tools.sandbox.reached import WRITES, unreached_sinks
from glue2lakehouse.tools.sandbox.rekeying import generated_columns, rekey
from glue2lakehouse.tools.sandbox.runs import CannotRunError, Runs
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
_MOST_SWITCHES = 8
_MAY_HANG_ON_A_SWITCH = ("rows", "types", "columns")
_ANSI_ON = "ANSI on"
_CANNOT_LIST = 'URI scheme is not "file"'


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


class _NotProvenError(Exception):
    """Both may be right, but nothing came out that could show it; the text says why."""


class _Verification:
    """The verdict on one job file, in the making."""

    def __init__(self, source: Source, world: World, path: str, worker: Worker) -> None:
        self.source, self.world, self.path, self.worker = source, world, path, worker
        self.started = time.monotonic()
        self.verdict_so_far = JobVerification(path=path, outcome=Outcome.CANNOT_RUN)

    def verdict(self) -> JobVerification:
        """Run everything that is needed and say what came of it."""
        try:
            self._verify()
        except CannotRunError as reason:
            self._set(outcome=Outcome.CANNOT_RUN, reason=str(reason))
        except _NotProvenError as reason:
            self._set(outcome=Outcome.NOT_PROVEN, reason=str(reason))
        self._set(seconds=round(time.monotonic() - self.started, 3))
        return self.verdict_so_far

    def original(self) -> JobReport:
        """Run the original alone."""
        texts = read_texts(self.source.original / self.path, self.source.original)
        self.runs = Runs(
            self.source, self.world, self.path, self.worker, {"original": texts, "converted": texts}
        )  # fmt: skip
        try:
            report = self.runs.original()
            first = self._good_runs("original", report)[0]
            _check_worth_comparing(first.datasets, "the original script wrote nothing on this data")
        except (CannotRunError, _NotProvenError) as reason:
            raise RunError(f"{self.path}: {reason}") from reason
        for run in report.runs:
            run.reached = []
        return report

    def _set(self, **values: object) -> None:
        self.verdict_so_far = self.verdict_so_far.model_copy(update=values)

    def _verify(self) -> None:
        original, converted = self.source.original / self.path, self.source.converted / self.path
        if not converted.is_file():
            raise CannotRunError(f"there is no converted file {converted}")
        self.texts = {
            "original": read_texts(original, self.source.original), "converted": read_texts(converted, self.source.converted)
        }  # fmt: skip
        self.runs = Runs(self.source, self.world, self.path, self.worker, self.texts)
        try:
            self._compare_runs()
            if self.verdict_so_far.outcome is Outcome.DIFFERENT and self.runs.narrow():
                self._compare_without_mix()
        finally:
            self._set(made=self.runs.made, calm=self.runs.calm, fences=self.runs.fences)

    def _compare_without_mix(self) -> None:
        """Look whether a difference on made data hangs on int and bigint in one field, of which nobody says what Glue makes."""
        mixed, made = self.verdict_so_far, self.runs.made
        self.verdict_so_far = JobVerification(path=self.path, outcome=Outcome.CANNOT_RUN)
        try:
            self._compare_runs()
        except (CannotRunError, _NotProvenError):
            self.verdict_so_far, self.runs.made = mixed, made
            return
        if self.verdict_so_far.outcome is Outcome.EQUAL:
            note = warn_of_widths(self.path, mixed.findings[0].message)
            self._set(findings=(*self.verdict_so_far.findings, note))

    def _compare_runs(self) -> None:
        before = self.runs.original()
        first, *second = self._good_runs("original", before)
        if not first.datasets and any(WRITES.search(text) for text in self.texts["original"]):
            raise _NotProvenError("the original script has sinks, and no row came to them on this data")
        compared = first.datasets or first.frames
        _check_worth_comparing(compared, _why_nothing(first))
        self._set(
            switches=before.switches, runs=1 + len(second), datasets=tuple(sorted(map(str, compared))),
            rows=sum(len(item.rows) for item in _outputs((second or [first])[-1])),
            empty=tuple(sorted(str(item) for item in compared if not item.rows)),
        )  # fmt: skip
        notes: list[Finding] = []
        for number, (name, conf) in enumerate(self.runs.variants().items()):
            expected = before.runs if number == 0 and second else [first]
            self._set(variants=(*self.verdict_so_far.variants, name))
            findings, differences, failure = self._compare(expected, conf, name)
            if failure is not None and name.startswith(_ANSI_ON) and self._needs_ansi_off(failure, conf):
                notes.append(warn_of_ansi(self.path, failure))
                continue
            if findings:
                asked = self.source.explain and any(item.aspect in _MAY_HANG_ON_A_SWITCH for item in differences)
                decides = self._deciding_switch(conf) if asked else ""
                findings = [hint_at_switch(finding, decides, self.verdict_so_far.switches) for finding in findings]
                self._set(outcome=Outcome.DIFFERENT, findings=tuple(findings), differences=tuple(differences))
                return
        if len(notes) == len(self.verdict_so_far.variants):
            self._set(outcome=Outcome.DIFFERENT, findings=tuple(notes))
            return
        self._check_not_all_unstable(compared)
        lines = unreached_sinks(self.texts["original"][0], {line for run in before.runs for line in run.reached})
        notes = [*notes[:1], *([warn_of_sinks(self.path, lines)] if lines else [])]
        self._set(outcome=Outcome.EQUAL, findings=tuple(notes))

    def _needs_ansi_off(self, failure: RunReport, conf: Mapping[str, str]) -> bool:
        """Tell whether the original fails as well in ANSI mode: then it is the script's own code, not the conversion's."""
        own = self.runs.run("original", conf, times=1).runs[0]
        return bool(own.error_type) and _kind_of_error(own) == _kind_of_error(failure)

    def _deciding_switch(self, conf: Mapping[str, str]) -> str:
        """Return the undocumented point of Glue (`name=answer`) under which both are equal, empty when there is none."""
        right = self.runs.run("converted", conf, times=1).runs[0]
        tried = 0
        for switch in SWITCHES:
            for answer in switch.choices:
                if self.verdict_so_far.switches.get(switch.name) in (None, answer) or tried >= _MOST_SWITCHES:
                    continue
                tried += 1
                left = self.runs.run("original", self.runs.original_conf(), 1, {switch.name: answer}).runs[0]
                if not left.error_type and not self._differences(left, right):
                    return f"{switch.name}={answer}"
        return ""

    def _good_runs(self, side: str, report: JobReport) -> list[RunReport]:
        good = [run for run in report.runs if not run.error_type]
        if not good:
            failed = report.runs[0]
            if report.refusals:
                raise CannotRunError(f"the {side} script was stopped: the sandbox refused {'; '.join(report.refusals)}")
            at = f" at line {failed.error_line}" if failed.error_line else ""
            text = (
                failed.error
                if failed.not_available
                else f"the {side} script fails on this data{at}: {failed.error_type}: {failed.error}"
            )
            raise CannotRunError(text)
        return good

    def _compare(
        self, expected: Sequence[RunReport], conf: Mapping[str, str], variant: str
    ) -> tuple[list[Finding], list[Difference], RunReport | None]:
        """Return blockers, differences, and the run of the converted script that failed where the original did not."""
        report = self.runs.run("converted", conf, times=len(expected))
        for number, (left, right) in enumerate(zip(expected, report.runs, strict=False)):
            told = variant + ("" if number == 0 else ", second run on the same data")
            if _CANNOT_LIST in right.error:
                raise CannotRunError(
                    "the sandbox cannot list the root of a bucket for Spark; give samples below a prefix"
                )
            if right.error_type:
                blocker = blocker_for_failure(self.path, report, right, told)
                return [blocker], [], right
            differences = self._differences(left, right)
            if differences and number == 0:
                differences = self._without_unstable(left, right)
            if differences:
                blockers = [blocker_for_difference(self.path, difference, told) for difference in differences]
                return blockers, differences, None
        return [], [], None

    def _differences(self, left: RunReport, right: RunReport) -> list[Difference]:
        unstable = {name: frozenset(columns) for name, columns in self.verdict_so_far.unstable.items()}
        before, after = _same_frames(left, right) if not left.datasets else (left.datasets, right.datasets)
        differences = compare_datasets(before, after, unstable=unstable)
        if differences and self._relationalizes():
            differences = compare_datasets(rekey(before), rekey(after), unstable=unstable)
            if differences and not left.datasets:
                differences = self._without_generated_keys(before, after)
        return [difference for difference in differences if not self._is_empty_file(difference)]

    def _without_generated_keys(self, before: list[Dataset], after: list[Dataset]) -> list[Difference]:
        """Compare frames that are shown without the keys that each run makes; they are named as not compared."""
        keys = generated_columns(before)
        self._set(unstable={**self.verdict_so_far.unstable, **{name: tuple(sorted(keys[name])) for name in keys}})
        return compare_datasets(before, after, unstable=keys)

    def _is_empty_file(self, difference: Difference) -> bool:
        """Tell whether one side left a place without a row and the other nothing: AWS does not say what a sink does then."""
        one_sided = difference.aspect in ("missing", "extra")
        rows = difference.only_original or difference.only_converted
        return one_sided and not rows and "empty_frame_written" in self.verdict_so_far.switches

    def _relationalizes(self) -> bool:
        return any("relationalize" in text.lower() for text in self.texts["original"])

    def _without_unstable(self, left: RunReport, right: RunReport) -> list[Difference]:
        """Run the original once more: columns on which it does not agree with itself cannot be compared."""
        time.sleep(0.01)
        report = self.runs.run("original", self.runs.original_conf(), times=1)
        again = self._good_runs("original", report)[0]
        pair = (_outputs(left), _outputs(again))
        unstable = unstable_columns(*(map(rekey, pair) if self._relationalizes() else pair))
        self._set(unstable={name: tuple(sorted(columns)) for name, columns in unstable.items()})
        return self._differences(left, right)

    def _check_not_all_unstable(self, compared: Sequence[Dataset]) -> None:
        unstable = self.verdict_so_far.unstable
        if all(set(item.columns) <= set(unstable.get(str(item), ())) for item in compared if item.rows):
            raise _NotProvenError("the original writes other values at every run, in all columns")


def _kind_of_error(run: RunReport) -> str:
    """Return Spark's code of an error, without the value that it met first."""
    code = re.match(r"\[([A-Z_.]+)\]", run.error)
    return code[1] if code else f"{run.error_type}: {run.error[:40]}"


def _outputs(run: RunReport) -> list[Dataset]:
    return run.datasets or run.frames


def _same_frames(left: RunReport, right: RunReport) -> tuple[list[Dataset], list[Dataset]]:
    """Return the frames that both scripts have, and all that the converted one wrote: nothing was to be written.

    Raises _NotProvenError where no frame with rows is in both.
    """
    names = {str(item) for item in left.frames} & {str(item) for item in right.frames}
    before, after = ([item for item in run.frames if str(item) in names] for run in (left, right))
    if not any(item.rows for item in before) and not right.datasets:
        raise _NotProvenError(
            "nothing is written, and no frame that the original shows or holds is in the converted script"
        )
    return before, [*after, *right.datasets]


def _why_nothing(run: RunReport) -> str:
    frames = "the frames that it shows or holds have no row" if run.frames else "it shows and holds no frame"
    return f"the original script wrote nothing on this data, and {frames}"


def _check_worth_comparing(outputs: Sequence[Dataset], why_nothing: str) -> None:
    unreadable = next((item for item in outputs if item.unreadable), None)
    if unreadable:
        raise CannotRunError(f"what the original script wrote cannot be read: {unreadable}: {unreadable.unreadable}")
    if not outputs or all(item.kind == "frame" and not item.rows for item in outputs):
        raise _NotProvenError(why_nothing)
    if not any(item.touched and (item.rows or item.kind != "frame") for item in outputs):
        raise _NotProvenError("the original script wrote no row on this data, and took none away")
    if not any(item.rows for item in outputs):
        raise _NotProvenError("the original script wrote no row on this data, so there is nothing to compare")
