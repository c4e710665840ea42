"""Made-up jobs on files and tables: the same each time, converted without an exception, and equal on both sides where they are run."""

import ast
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.evaluation.differential.job_trial import SETTINGS, tried_job
from glue2lakehouse.evaluation.differential.jobs import Job, made_job
from glue2lakehouse.evaluation.differential.json_sources import oddities
from glue2lakehouse.evaluation.differential.naming import TOLD_AS, Said, named
from glue2lakehouse.evaluation.differential.shrinking import shrunk
from glue2lakehouse.evaluation.differential.sinks import Sink
from glue2lakehouse.evaluation.differential.sources import Source
from glue2lakehouse.evaluation.differential.trial import Verdict
from glue2lakehouse.tools.glue_runtime.plain_spark import spark_settings
from glue2lakehouse.tools.rewrite import convert_project

FEW = [made_job(5, number) for number in range(60)]


def test_a_job_is_known_by_its_seed_and_number() -> None:
    assert made_job(1, 7) == made_job(1, 7)
    assert made_job(1, 7) != made_job(1, 8)
    assert made_job(1, 7) != made_job(2, 7)


def test_jobs_read_every_format_and_the_catalog_and_write_files_and_tables() -> None:
    forms = Counter("table" if job.frame.ddl else job.frame.form for job in FEW)
    assert forms.keys() == {"json", "csv", "parquet", "xml", "table"}
    texts = "".join(job.sink.text for job in FEW)
    assert all(
        word in texts
        for word in ("partitionKeys", "setCatalogInfo", "write_dynamic_frame.from_catalog", "parts.keys()")
    )


@pytest.mark.integration
def test_every_job_is_converted_or_handed_off() -> None:
    for job in FEW:
        (conversion,) = convert_project({"job.py": job.source}, SETTINGS)
        ast.parse(conversion.after)
        blocked = any(finding.severity is Severity.BLOCKER for finding in conversion.findings)
        assert blocked or "awsglue" not in conversion.after, job.source


@pytest.mark.parametrize(
    ("records", "found"),
    [
        ([{"a": 1}, {"a": 2}], set()),
        ([{"a": 1}, {}], {"a record lacks a field"}),
        ([{"a": None}, {"a": None}], {"null alone"}),
        ([{"a": 1}, {"a": None}], set()),
        ([{"a": {}}, {"a": {"k": None}}], {"null alone"}),
        ([{"a": [[]]}, {"a": [[1]]}], set()),
        ([{"a": []}], {"null alone"}),
        ([{"a": 1}, {"a": 3000000000}], {"several types"}),
        ([{"a": 1}, {"a": True}], {"several types"}),
        ([{"a": [1, "x"]}], {"several types"}),
        ([{"a": {"k": 1}}, {"a": {"k": 1.5}}], {"several types"}),
    ],
)
def test_what_is_odd_about_records_is_seen(records: list[dict[str, Any]], found: set[str]) -> None:
    assert oddities({"a": "int"}, records) == found


def test_a_failing_job_is_shrunk_to_the_step_and_the_file_that_matter() -> None:
    job = next(job for job in FEW if len(job.steps) > 1 and len(job.frame.files) > 1)
    step, file = job.steps[0], job.frame.files[1]

    def still(smaller: Job) -> bool:
        return step in smaller.steps and file in smaller.frame.files

    small = shrunk(job, still)
    assert small.steps == (step,)
    assert small.frame.files == (file,)


def finding(severity: Severity) -> Finding:
    return Finding(rule="r", severity=severity, path="job.py", line=1, message=TOLD_AS["null alone"][0], action="look")


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (Said((finding(Severity.WARNING),), TOLD_AS["null alone"]), Verdict.WARNED),
        (Said((finding(Severity.INFO),), TOLD_AS["null alone"]), Verdict.CONDITION),
        (Said((finding(Severity.INFO),), ()), Verdict.INFORMED),
    ],
)
def test_a_difference_is_named_by_the_loudest_of_what_tells_of_it(said: Said, verdict: Verdict) -> None:
    assert named({"null alone", "a record lacks a field"}, said) == (verdict, "null alone")
    assert named({"a record lacks a field"}, said) is None


def job_of(text: str, files: dict[str, str], form: str = "json") -> Job:
    source = Source(form, {"id": "int"}, tuple((name, data.encode()) for name, data in files.items()))
    reading = f"frame0 = glueContext.create_dynamic_frame.from_options('s3', {{'paths': ['s3://in/data/']}}, {form!r})"
    return Job(0, 0, source, source, reading, (), Sink(text), defined=True)


WRITE = "glueContext.write_dynamic_frame.from_options(IN, 's3', {'path': 's3://out/t'}, 'parquet')"


@pytest.fixture
def buckets(spark: Any, tmp_path: Path) -> Any:
    for key, value in {**spark_settings(tmp_path), "spark.hadoop.fs.s3.impl.disable.cache": "true"}.items():
        spark.conf.set(key.removeprefix("spark.hadoop."), value)
    return spark


@pytest.mark.spark
def test_what_both_sides_write_is_compared(buckets: Any) -> None:
    same = tried_job(buckets, job_of(WRITE, {"a.json": '{"id": 1}\n{"id": 2}\n'}))
    assert (same.verdict, same.rows) == (Verdict.EQUAL, 2)
    broken = job_of(WRITE, {"a.json": '{"id": 1}\n{"id": 2\n{"id": 3}\n{"id": 4}\n'})
    assert tried_job(buckets, broken).verdict is Verdict.UNEQUAL
    named_so = broken._replace(frame=broken.frame._replace(oddities=frozenset({"broken in the lines"})))
    assert tried_job(buckets, named_so).verdict is Verdict.CONDITION


@pytest.mark.spark
@pytest.mark.slow
def test_what_is_converted_writes_what_glue_writes(buckets: Any) -> None:
    # The catalog of the tests' session was made before the buckets, and looks for partitions by itself.
    jobs = [job for number in range(30) if "PARTITIONED BY" not in (job := made_job(2026, number)).ddl]
    results = [tried_job(buckets, job) for job in jobs]
    assert [(result.case.number, result.reason) for result in results if result.verdict is Verdict.UNEQUAL] == []
    assert sum(result.verdict in (Verdict.EQUAL, Verdict.TOLD) for result in results) > 12
