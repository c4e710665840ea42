"""Run a job on both sides and compare all that it wrote: the original on the Glue runtime, the converted script on Spark.

Both run in this process, each on files of its own; what they wrote is gathered and compared as the sandbox does it.
"""

import contextlib
import io
import re
import runpy
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

from glue2lakehouse.domain import Severity
from glue2lakehouse.evaluation.differential.jobs import Job
from glue2lakehouse.evaluation.differential.naming import Said, named
from glue2lakehouse.evaluation.differential.sources import Source
from glue2lakehouse.evaluation.differential.tables import frame_of
from glue2lakehouse.evaluation.differential.trial import MODES, OPEN, Failure, Result, Verdict, failure
from glue2lakehouse.orchestrator.converting import table_facts
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.ddl import DdlConversion, convert_ddl
from glue2lakehouse.tools.glue_runtime.environment import Manifest, RuntimeEnvironment
from glue2lakehouse.tools.glue_runtime.plain_spark import mount_on_demand, spark_settings
from glue2lakehouse.tools.glue_runtime.recording import spark_io
from glue2lakehouse.tools.glue_runtime.runner import RunResult, run_script
from glue2lakehouse.tools.rewrite import Conversion, convert_project, render_compat
from glue2lakehouse.tools.sandbox.comparison import Difference, compare_datasets
from glue2lakehouse.tools.sandbox.databricks import give_dbutils
from glue2lakehouse.tools.sandbox.datasets import Dataset
from glue2lakehouse.tools.sandbox.harvest import Harvest
from glue2lakehouse.tools.sandbox.job import forget_earlier_runs
from glue2lakehouse.tools.sandbox.rekeying import rekey
from glue2lakehouse.tools.sandbox.tables import parse_ddl
from glue2lakehouse.tools.sandbox.target_tables import make_target_tables
from glue2lakehouse.tools.spark import local_session

SETTINGS = Settings(catalog="spark_catalog")
"""The one catalog that a local session has."""


def job_session(conf: Mapping[str, str]) -> Any:
    """Return a local session whose S3 paths can be those of one run after the other."""
    return local_session("differential", conf={**spark_settings(Path("none")), "spark.log.level": "OFF", **conf})


def tried_job(spark: Any, job: Job, modes: Sequence[str] = MODES) -> Result:
    """Convert and run a job, the converted script once in each ANSI mode."""
    definitions = convert_ddl(job.ddl if job.defined else "", "ddl/tables.sql", SETTINGS)
    tables = {f"{table.database}.{table.name}".lower(): table_facts(table) for table in definitions.tables}
    (conversion,) = convert_project({"job.py": job.source}, SETTINGS, tables=tables)
    said = Said.by(conversion, definitions)
    told = tuple(f"{found.severity} {found}: {found.action}" for found in said.findings)
    blocker = next((found for found in said.findings if found.severity is Severity.BLOCKER), None)
    if blocker:
        reason = f"[{blocker.rule}] {blocker.message}"
        return Result(job, Verdict.HANDED_OFF, reason, conversion.after, said.conditions, findings=told)
    with TemporaryDirectory(prefix="differential-") as scratch:
        expected, seen, ran = _original(spark, job, Path(scratch, "original"))
        unknowns = tuple(f"{name}={answer}" for name, answer in ran.switches.items())
        rows = sum(len(dataset.rows) for dataset in expected)
        verdict, reason = Verdict.EQUAL, ""
        for mode in modes:
            got = _converted(spark, job, (conversion, definitions), Path(scratch, f"ansi-{mode}"), mode)
            verdict, reason = _compared(ran, expected, seen, got)
            if verdict is Verdict.UNEQUAL:
                verdict, reason = _explained(job, ran, said, reason)
            if verdict not in (Verdict.EQUAL, Verdict.TOLD):
                reason = f"ansi={mode}: {reason}"
                break
    return Result(job, verdict, reason, conversion.after, said.conditions, unknowns, rows, told)


def _explained(job: Job, ran: RunResult, said: Said, reason: str) -> tuple[Verdict, str]:
    if OPEN & ran.switches.keys():
        return Verdict.UNKNOWN, reason
    sources = job.frame.oddities | (job.other.oddities if "other" in job.reading else frozenset())
    by = named(sources | _happened(job, ran, reason), said)
    return (by[0], f"{by[1]}: {reason}") if by else (Verdict.UNEQUAL, reason)


_TEXT_TABLE = re.compile(r"setFormat\('(csv|json)'\)\nsink\.setCatalogInfo")


def _happened(job: Job, ran: RunResult, reason: str) -> set[str]:
    """Return what in the run and in its steps has made a difference, or may have where a conversion speaks of it."""
    columns = any(words in reason for words in ("columns differ", ": column "))
    may = {
        "a record lacked a field": bool(ran.missing_fields),
        "several types": "choice_in_sink" in ran.switches,
        "columns in the order of their names": columns,
        "a field of no record": columns,
        "a table of other columns": columns and bool(job.sink.ddl),
        "a table over text": bool(_TEXT_TABLE.search(job.sink.text)),
        "a record that was emptied": any(word in step.definition for step in job.steps for word in ("del ", ".pop(")),
        "a struct that was emptied": any("drop_fields" in step.text or "DropFields" in step.text for step in job.steps),
    }
    return {name for name, did in may.items() if did}


def _compared(
    ran: RunResult, expected: list[Dataset], seen: Any, got: Failure | tuple[list[Dataset], Any]
) -> tuple[Verdict, str]:
    failed = ran.outcome != "finished"
    if isinstance(got, Failure):
        if failed:
            return Verdict.BOTH_FAIL, f"{ran.error_type}: {ran.error[:300]} | {got.text}"
        return (Verdict.REFUSED if got.told else Verdict.FAILS), got.text
    if failed:
        return Verdict.ORIGINAL_FAILS, f"{ran.error_type}: {ran.error[:300]}"
    found = rekey(got[0])
    strict, differences = (compare_datasets(rekey(side), found) for side in (expected, _typed(expected, got[0])))
    if not differences and seen != got[1]:
        return Verdict.UNEQUAL, f"noted {seen} and {got[1]}"
    text = "; ".join(map(str, differences or strict))
    alike = Verdict.TOLD if strict else Verdict.EQUAL
    return (alike if all(map(_without_rows, differences)) else Verdict.UNEQUAL), text


def _typed(expected: list[Dataset], got: list[Dataset]) -> list[Dataset]:
    """Return what the original wrote with the conversion's types where Glue has none: what is null in every row."""
    theirs = {str(dataset): dataset.columns for dataset in got}
    return [dataset.model_copy(update={"columns": {
        name: _known(kind, theirs.get(str(dataset), {}).get(name, kind)) for name, kind in dataset.columns.items()
    }}) for dataset in expected]  # fmt: skip


def _known(kind: str, converted: str) -> str:
    """Return the conversion's type where it fits the original's: any type in the place of none."""
    pattern = re.escape(kind).replace("void", ".+")
    return converted if "void" in kind and re.fullmatch(pattern, converted) else kind


def _without_rows(difference: Difference) -> bool:
    """Whether a side wrote files without a row and the other none: what Glue does is not documented."""
    return difference.aspect in ("missing", "extra") and not (difference.only_original or difference.only_converted)


def _laid_out(spark: Any, job: Job, scratch: Path) -> None:
    for folder, source in (("data", job.frame), ("other", job.other)):
        _lay(spark, source, scratch / "s3" / "in" / folder)


def _lay(spark: Any, source: Source, place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for name, data in source.files:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)
    for folder, table in source.parquet:
        frame_of(spark, table).coalesce(1).write.mode("append").parquet(f"file:{place / folder}")


def _original(spark: Any, job: Job, scratch: Path) -> tuple[list[Dataset], Any, RunResult]:
    """Run the original, and return what it wrote, what it noted and how it ended."""
    _laid_out(spark, job, scratch)
    forget_earlier_runs(spark)
    environment = RuntimeEnvironment(scratch=scratch, catalog=parse_ddl(job.ddl), databases=["db"])
    script = _script(scratch, job.source)
    seen: list[Any] = []
    mount_on_demand(spark, environment.buckets)
    harvest = Harvest(spark, environment, SETTINGS, "original")
    with contextlib.redirect_stdout(io.StringIO()):
        for _ in range(job.times):
            ran = run_script(script, environment, [], session=spark, at_end=lambda names: seen.append(names["seen"]))
            if ran.outcome != "finished":
                return [], seen, ran
    return harvest.gather(), seen, ran


def _converted(
    spark: Any, job: Job, made: tuple[Conversion, DdlConversion], scratch: Path, mode: str
) -> Failure | tuple[list[Dataset], Any]:
    """Run the conversion, and return what it wrote and noted, or how it failed."""
    _laid_out(spark, job, scratch)
    forget_earlier_runs(spark)
    environment = RuntimeEnvironment(scratch=scratch, catalog=parse_ddl(job.ddl))
    conversion, definitions = made
    script = _script(scratch, conversion.after)
    mount_on_demand(spark, environment.buckets)
    _make_tables(spark, job, definitions, environment)
    harvest = Harvest(spark, environment, SETTINGS, "converted")
    try:
        with contextlib.redirect_stdout(io.StringIO()), _as_on_databricks(spark, environment, conversion, mode):
            seen = [runpy.run_path(str(script), run_name="__main__")["seen"] for _ in range(job.times)]
    except Exception as error:  # noqa: BLE001 - whatever a made-up job ends with is its outcome
        return failure(error)
    return harvest.gather(), seen


def _make_tables(spark: Any, job: Job, definitions: DdlConversion, environment: RuntimeEnvironment) -> None:
    """Make the catalog's tables: from the converted definitions, or as somebody has moved them whose definitions are elsewhere."""
    spark.sql("CREATE DATABASE IF NOT EXISTS db")
    if not job.defined:
        # Delta takes an odd name only where the table maps its columns, which nobody has asked for here.
        plain = not re.search(r"`[^`\n]*[ ,;{}()\t=][^`\n]*`", job.sink.ddl)
        make_target_tables(spark, environment, SETTINGS, ("db.target",) if job.sink.ddl and plain else ())
        return
    for result in definitions.statements:
        for statement in (result.around[0], result.output, result.around[1]):
            if statement:
                spark.sql(statement.strip().rstrip(";"))
    if "PARTITIONED BY" in job.frame.ddl:
        spark.sql("MSCK REPAIR TABLE db.data")


def _script(scratch: Path, text: str) -> Path:
    script = scratch / "code" / "job.py"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(text, encoding="utf-8")
    return script


@contextlib.contextmanager
def _as_on_databricks(spark: Any, environment: RuntimeEnvironment, conversion: Conversion, mode: str) -> Iterator[None]:
    from pyspark import cloudpickle

    compat = ModuleType("glue_compat")
    with ExitStack() as stack:
        sys.modules["glue_compat"] = compat
        stack.callback(sys.modules.pop, "glue_compat")
        exec(compile(render_compat(conversion.compat), "glue_compat.py", "exec"), compat.__dict__)
        cloudpickle.register_pickle_by_value(compat)  # type: ignore[no-untyped-call]
        stack.callback(cloudpickle.unregister_pickle_by_value, compat)
        give_dbutils(spark, {}, environment.local)
        for key, value in {"spark.sql.ansi.enabled": mode, "spark.sql.sources.default": "delta"}.items():
            stack.callback(spark.conf.set, key, spark.conf.get(key))
            spark.conf.set(key, value)
        stack.enter_context(spark_io(environment, Manifest()))
        yield
