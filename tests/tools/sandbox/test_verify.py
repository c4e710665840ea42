"""Original and converted run side by side on the same data; a conversion that changes the meaning is caught."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import convert_project, render_compat
from glue2lakehouse.tools.sandbox.verify import JobVerification, Outcome, Source, job_files, verify_file
from glue2lakehouse.tools.sandbox.worker import Worker

PROJECT = Path(__file__).parent / "project"
JOB = "jobs/paid_orders.py"

MUTATIONS = {
    "a cast that raises where Glue gives null": ("try_cast(customer AS INT)", "CAST(customer AS INT)", "(ANSI on)"),
    "a filter that keeps the boundary": ("amount > 10", "amount >= 10", "rows differ"),
    "an inner join that became a left join": ('"inner"', '"left"', "rows differ"),
    "an append to a path that became an overwrite": ('mode("append").partitionBy', 'mode("overwrite").partitionBy', "second"),
    "an append to a table that became an overwrite": ('mode("append").save', 'mode("overwrite").save', "rows differ"),
    "a write that fails when the target exists": ('.mode("append").partitionBy', ".partitionBy", "second run"),
    "partition columns that were lost": ('.partitionBy("day")', "", "partition columns were day and became none"),
    "another file format": (".parquet(args", ".orc(args", "format parquet became orc"),
    "a column that kept its old name": ('.alias("order_id")', "", "fails"),
    "a wider type": ("customer AS INT", "customer AS BIGINT", "was int and became bigint"),
    "a header read as data": ('option("header", True)', 'option("header", False)', "fails"),
    "rows that were made unique": ("paid.join(", "paid.dropDuplicates().join(", "rows differ"),
    "a sink that was forgotten": ('joined.drop("day").write.mode("append").saveAsTable("main.shop.paid_orders")', "", "the converted did not"),
    "an empty text that became null": ('F.col("name")', "F.expr(\"nullif(name, '')\").alias('name')", "name was"),
}  # fmt: skip


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as worker:
        yield worker


def _verify(
    worker: Worker, tmp_path: Path, old: str = "", new: str = "", job: str = JOB, *, explain: bool = False
) -> JobVerification:
    converted = tmp_path / "converted"
    shutil.copytree(PROJECT / "after", converted)
    text = (converted / job).read_text()
    assert old in text
    (converted / job).write_text(text.replace(old, new))
    source = Source(original=PROJECT / "before", converted=converted, data=PROJECT / "data", explain=explain)
    return verify_file(source, job, worker=worker)


def test_what_runs_by_itself_is_a_job_and_a_library_is_not() -> None:
    assert job_files(PROJECT / "before") == ["jobs/broken.py", "jobs/paid_orders.py", "jobs/stamped.py"]


@pytest.mark.spark
def test_a_true_conversion_is_equal_under_both_ansi_modes_and_after_a_second_run(
    worker: Worker, tmp_path: Path
) -> None:
    verdict = _verify(worker, tmp_path)
    assert verdict.outcome is Outcome.EQUAL, verdict
    assert verdict.variants == ("ANSI on", "ANSI off")
    assert verdict.runs == 2
    assert verdict.datasets == ("path s3://lake/paid", "path s3://lake/paid_orders", "table main.shop.paid_orders")
    assert verdict.rows > 8


@pytest.mark.spark
@pytest.mark.parametrize("name", MUTATIONS)
def test_a_conversion_broken_on_purpose_is_caught(worker: Worker, tmp_path: Path, name: str) -> None:
    old, new, said = MUTATIONS[name]
    verdict = _verify(worker, tmp_path, old, new)
    assert verdict.outcome is Outcome.DIFFERENT, verdict
    assert {finding.severity for finding in verdict.findings} == {Severity.BLOCKER}
    assert any(said in finding.message for finding in verdict.findings), verdict.findings


@pytest.mark.spark
def test_a_column_with_the_time_of_the_run_is_left_out_and_named(worker: Worker, tmp_path: Path) -> None:
    verdict = _verify(worker, tmp_path, job="jobs/stamped.py")
    assert verdict.outcome is Outcome.EQUAL, verdict
    assert verdict.unstable == {"path s3://lake/stamped": ("loaded_at",)}


@pytest.mark.spark
def test_an_original_that_fails_is_not_evidence(worker: Worker, tmp_path: Path) -> None:
    verdict = _verify(worker, tmp_path, job="jobs/broken.py")
    assert verdict.outcome is Outcome.CANNOT_RUN
    assert verdict.reason.startswith("the original script fails on this data at line 8: NameError: name 'orders'")


@pytest.mark.spark
def test_a_difference_that_hangs_on_an_undocumented_point_says_so(worker: Worker, tmp_path: Path) -> None:
    old, new, _ = MUTATIONS["an empty text that became null"]
    verdict = _verify(worker, tmp_path, old, new, explain=True)
    assert verdict.outcome is Outcome.DIFFERENT
    assert any("equal if Glue's answer is 'null', not 'empty'" in finding.message for finding in verdict.findings)


STRICT = """import sys
from awsglue.context import GlueContext
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME", "SOURCE_PATH", "TABLE_NAME"])
context = GlueContext(SparkContext())


def numbered(record):
    record["code"] = int(record["code"])
    record["day"] = "2024-01-0" + str(record["code"] % 2 + 1)
    return record


rows = context.create_dynamic_frame.from_options(
    "s3", {"paths": [args["SOURCE_PATH"]]}, "json", {"multiline": True}
)
mapped = ApplyMapping.apply(frame=rows, mappings=[("in.code", "string", "code", "string"), ("name", "string", "name", "string")])
done = mapped.map(f=numbered)
if done.stageErrorsCount() > 0:
    raise ValueError("some rows have no number")
done = done.resolveChoice(choice="match_catalog", database="shop", table_name=args["TABLE_NAME"])
context.write_dynamic_frame.from_catalog(
    frame=done, database="shop", table_name=args["TABLE_NAME"], additional_options={"partitionKeys": ["day"]}
)
"""


@pytest.mark.spark
def test_a_job_that_stops_at_odd_values_is_proved_on_clean_ones_and_says_so(worker: Worker, tmp_path: Path) -> None:
    (conversion,) = convert_project({"job.py": STRICT}, Settings())
    for side, text in (("before", STRICT), ("after", conversion.after)):
        (tmp_path / side).mkdir()
        (tmp_path / side / "job.py").write_text(text)
    (tmp_path / "after" / "glue_compat.py").write_text(render_compat(conversion.compat))
    verdict = verify_file(Source(original=tmp_path / "before", converted=tmp_path / "after"), "job.py", worker=worker)
    assert verdict.outcome is Outcome.EQUAL, verdict
    assert verdict.calm == "ValueError"
    assert "clean rows only, since odd ones end the original with ValueError" in verdict.told
    assert any(name.startswith("table main.shop.") for name in verdict.datasets)


BATCHES = """from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.transforms import Join
from pyspark.context import SparkContext
from pyspark.sql.functions import from_json

context = GlueContext(SparkContext.getOrCreate())
names = context.create_dynamic_frame.from_catalog(database="shop", table_name="names")
orders = context.create_data_frame.from_options(
    connection_type="kafka",
    connection_options={"bootstrap.servers": "b:9092", "topicName": "orders", "startingOffsets": "earliest", "classification": "text"},
)


def write_batch(batch, batch_id):
    parsed = batch.select(from_json("value", "id INT, amount DOUBLE").alias("r")).select("r.*")
    joined = Join.apply(DynamicFrame.fromDF(parsed, context, "parsed"), names, ["id"], ["name_id"])
    context.write_dynamic_frame.from_options(
        frame=joined, connection_type="s3", connection_options={"path": "s3://lake/orders/"}, format="parquet"
    )


context.forEachBatch(orders, write_batch, {"windowSize": "60 seconds", "checkpointLocation": "s3://lake/checkpoint/"})
"""
RECORDS = '{"id": 1, "amount": 2.5}\n{"id": 2, "amount": 0.5}\n{"id": 3}\nnot json\n{"id": "x", "amount": 9}\n{"id": 1, "amount": 7, "more": 1}\n'


@pytest.mark.spark
def test_a_batch_function_that_reads_a_table_with_the_session_of_its_batch_is_equal(worker: Worker, tmp_path: Path) -> None:  # fmt: skip
    (conversion,) = convert_project({"job.py": BATCHES}, Settings())
    assert "join_frames(parsed, batch.sparkSession.read.table(" in conversion.after
    for place, text in (
        ("before/job.py", BATCHES), ("after/job.py", conversion.after),
        ("after/glue_compat.py", render_compat(conversion.compat)), ("data/streams/orders/1.json", RECORDS),
        ("data/catalog/shop/names.json", '{"name_id": 1, "name": "Ann"}\n{"name_id": 3, "name": null}\n'),
    ):  # fmt: skip
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text)
    source = Source(original=tmp_path / "before", converted=tmp_path / "after", data=tmp_path / "data")
    verdict = verify_file(source, "job.py", worker=worker)
    assert verdict.outcome is Outcome.EQUAL, verdict
    assert (verdict.datasets, verdict.rows) == (("path s3://lake/orders",), 3)
