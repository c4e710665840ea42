"""Right conversions pass without a word, and every change that loses something is caught."""

import sys
from pathlib import Path

import pytest

from glue2lakehouse.domain import Evidence, Finding, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import CheckResult, check

sys.path.insert(0, str(Path(__file__).parent))
from conversions_reads import CASES as READS
from conversions_transforms import CASES as TRANSFORMS
from conversions_writes import CASES as WRITES

CASES = READS | TRANSFORMS | WRITES

NAMES = """
a = b = c = df = dfc = src = dyf = other = parts = others = schema = limit = args = None
to_date = to_timestamp = load_rate = enrich = notify = dbutils = parser = day = None
"""
GLUE = f"""import sys
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.job import Job
from pyspark.context import SparkContext
import glue_compat
{NAMES}
sc = SparkContext()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
job = Job(glueContext)
"""
SPARK = f"""import sys
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
import glue_compat
{NAMES}
spark = SparkSession.builder.getOrCreate()
"""
HELPERS = "def apply_mapping(): ...\ndef resolve_choice(): ...\ndef overwrite_partitions(): ...\n"


def compare(before: str, after: str) -> CheckResult:
    project = {"job.py": SPARK + after, "glue_compat.py": HELPERS}
    return check(
        GLUE + before, SPARK + after, "job.py", {"job.py": GLUE + before, "glue_compat.py": ""}, project, [], Settings()
    )


@pytest.mark.parametrize("name", CASES)
def test_a_right_conversion_is_resolved_without_a_word(name: str) -> None:
    before, after, _ = CASES[name]
    result = compare(before, after)
    assert (result.evidence, result.findings) == (Evidence.RESOLVED, ())


@pytest.mark.parametrize(
    ("name", "old", "new"), [(name, *change) for name, (_, _, changes) in CASES.items() for change in changes]
)
def test_a_loss_is_caught(name: str, old: str, new: str) -> None:
    before, after, _ = CASES[name]
    assert old in after
    result = compare(before, after.replace(old, new))
    assert result.evidence is Evidence.PARSED
    assert any(finding.severity is Severity.BLOCKER for finding in result.findings)


@pytest.mark.parametrize(("kind", "lost"), [("s3", False), ("mysql", True)])
def test_a_connection_type_that_a_variable_holds_is_looked_for_by_its_value(kind: str, lost: bool) -> None:
    before = (
        f'kind = "{kind}"\n'
        'df = glueContext.create_dynamic_frame.from_options(kind, {"paths": ["s3://b/x/"]}, format="parquet")\n'
    )
    after = f'kind = "{kind}"\ndf = spark.read.parquet("s3://b/x/")\n'
    assert any("connection type" in finding.message for finding in compare(before, after).findings) is lost


def test_a_table_that_the_mapping_moves_alone_is_found_under_its_new_name() -> None:
    before, after = 'spark.sql("select * from sales.orders")\n', 'spark.sql("select * from main.gold.o")\n'
    settings = Settings(schemas={"sales": "silver"}, tables={"sales.orders": "main.gold.o"})
    heads = "from awsglue.context import GlueContext\nspark = GlueContext().spark_session\n", (
        "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n"
    )  # fmt: skip
    old, new = heads[0] + before, heads[1] + after
    result = check(old, new, "job.py", {"job.py": old}, {"job.py": new}, (), settings)
    assert not [finding for finding in result.findings if finding.severity is Severity.BLOCKER]


def test_lines_that_end_in_carriage_returns_alone_are_cut_like_others() -> None:
    source = "x = 1\ry = [\r    x,\r]\rprint(y)\r"
    assert compare(source, source).evidence.level >= Evidence.RESOLVED.level


MERGED = """
base = {"hoodie.datasource.write.recordkey.field": "id", "path": "s3://b/t/"}
more = {"hoodie.datasource.write.operation": "bulk_insert"}
options = MERGED
glueContext.write_dynamic_frame.from_options(frame=df, connection_type="marketplace.spark", connection_options=options)
"""
INSERTED = MERGED.replace(MERGED.splitlines()[-1], 'df.write.mode("append").format("delta").save(options["path"])')
ACCOUNTED = "hoodie.datasource.write.recordkey.field, hoodie.datasource.write.operation: said by the write"
WAYS = ("{**base, **more}", "dict(base, **more)", "base | more", "{**base.copy(), **more}")


def told(message: str) -> list[Finding]:
    line = 1 + next(i for i, text in enumerate((GLUE + MERGED).splitlines()) if "write_dynamic_frame" in text)
    return [Finding(rule="write-options", severity=Severity.INFO, path="job.py", line=line, message=message, action="")]


def compared(before: str, after: str, findings: list[Finding]) -> CheckResult:
    files = {"job.py": GLUE + before, "glue_compat.py": ""}
    made = {"job.py": SPARK + after, "glue_compat.py": "def upsert_rows(): ..."}
    return check(files["job.py"], made["job.py"], "job.py", files, made, findings, Settings())


@pytest.mark.parametrize("way", WAYS)
def test_options_of_hudi_that_are_put_together_say_that_it_is_hudi(way: str) -> None:
    before, after = MERGED.replace("MERGED", way), INSERTED.replace("MERGED", way)
    assert compared(before, after, told(ACCOUNTED)).evidence is Evidence.RESOLVED


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("lost", "old", "new", "finding"),
    [
        ("the operation", "", "", "hoodie.datasource.write.recordkey.field: said by the write"),
        ("every option", "", "", "nothing is told"),
        ("the connection", '.format("delta").save(options["path"])', '.parquet(options["path"])', ACCOUNTED),
        ("the path", 'options["path"]', '"s3://c/"', ACCOUNTED),
        ("the write", 'df.write.mode("append").format("delta").save(options["path"])', "options", ACCOUNTED),
    ],
)  # fmt: skip
def test_what_merged_options_lose_is_caught(way: str, lost: str, old: str, new: str, finding: str) -> None:
    before, after = MERGED.replace("MERGED", way), INSERTED.replace("MERGED", way).replace(old, new)
    result = compared(before, after, told(finding))
    assert any(found.severity is Severity.BLOCKER for found in result.findings), lost


def test_a_helper_does_not_speak_for_options_of_hudi() -> None:
    way = WAYS[0]
    after = INSERTED.replace("MERGED", way).replace(
        'df.write.mode("append").format("delta").save(options["path"])',
        'glue_compat.upsert_rows(df, options["path"], options["hoodie.datasource.write.recordkey.field"])',
    )
    lost = [found.message for found in compared(MERGED.replace("MERGED", way), after, []).findings]
    assert "vanished: option hoodie.datasource.write.operation" in lost


@pytest.mark.parametrize(
    "held",
    [
        'options = {**base, "mode": "overwrite"}',
        'options = dict(base, mode="overwrite")',
        'options = base | {"mode": "overwrite"}',
        'options = dict(base)\noptions["mode"] = "overwrite"',
        'options = dict(base)\noptions.update({"mode": "overwrite"})',
        'options = dict(base)\noptions.update(mode="overwrite")',
        'options = dict(base)\noptions |= {"mode": "overwrite"}',
        'options = dict(base)\noptions.setdefault("mode", "overwrite")',
    ],
)
@pytest.mark.parametrize(("mode", "caught"), [("overwrite", False), ("append", True)])
def test_a_mode_that_a_variable_holds_is_looked_for_by_its_value(held: str, mode: str, caught: bool) -> None:
    head = f'base = {{"path": "s3://b/t/"}}\n{held}\n'
    before = f'{head}glueContext.write_dynamic_frame.from_options(df, "s3", options, "parquet")\n'
    after = f'{head}df.write.mode("{mode}").parquet(options["path"])\n'
    assert any("option mode" in found.message for found in compared(before, after, []).findings) is caught


def test_an_append_is_looked_for_where_merged_options_name_no_mode() -> None:
    head = 'base = {"path": "s3://b/t/"}\noptions = {**base, "compression": "gzip"}\n'
    before = f'{head}glueContext.write_dynamic_frame.from_options(df, "s3", options, "parquet")\n'
    after = f'{head}df.write.option("compression", options["compression"]).parquet(options["path"])\n'
    assert any("append mode" in found.message for found in compared(before, after, []).findings)


@pytest.mark.parametrize(
    ("line", "before", "after", "lost"),
    [
        ("from library import tidy", "notify = [1, dyf.tidy()]", "notify = [1, tidy(dyf)]", False),
        ("from library import tidy", "notify = [tidy(1), dyf.tidy()]", "notify = [tidy(1), tidy(dyf)]", False),
        ("from library import tidy", "notify = [tidy(1), dyf.tidy()]", "notify = [tidy(1), dyf]", True),
        ("from pyspark.sql.functions import tidy", "notify = [1, dyf.tidy()]", "notify = [1, tidy(dyf)]", True),
    ],
)
def test_a_method_has_become_a_function_only_where_there_is_one_call_more(
    line: str, before: str, after: str, lost: bool
) -> None:
    result = compare(f"{line}\n{before}\n", f"{line}\n{after}\n")
    assert any("vanished: .tidy()" in finding.message for finding in result.findings) is lost, result.findings


CSV_SINK = """sink = glueContext.getSink(connection_type="s3", path="s3://b/t/", partitionKeys=["day"])
sink.setCatalogInfo(catalogDatabase="sales", catalogTableName="orders")
sink.setFormat("csv")
sink.writeFrame(df)
"""
SOLD = Finding(
    rule="sink", severity=Severity.WARNING, path="job.py", line=0, message='path "s3://b/t/" goes', action=""
)  # fmt: skip


@pytest.mark.parametrize(
    ("after", "lost"),
    [
        ('df.write.mode("append").partitionBy("day").saveAsTable("main.sales.orders")', False),
        ('df.write.mode("append").partitionBy("day").option("header", True).csv("s3://b/t/")', False),
        ('df.write.mode("append").partitionBy("day").csv("s3://b/t/")', True),
    ],
)
def test_a_csv_sink_that_becomes_a_table_needs_no_header(after: str, lost: bool) -> None:
    found = compared(CSV_SINK, after + "\n", [SOLD]).findings
    assert any("header of the CSV sink" in finding.message for finding in found) is lost, found


@pytest.mark.parametrize("given", ["is_valid", "rules.is_valid", "self.is_valid"])
@pytest.mark.parametrize(
    ("after", "lost"), [("kept = filter_records(dyf, F)", False), ("kept = dyf.filter(F)", False), ("kept = dyf", True)]
)
def test_a_filter_by_a_function_of_another_module_is_looked_for(given: str, after: str, lost: bool) -> None:
    lines = "from rules import is_valid\nimport rules\nfrom glue_compat import filter_records\n"
    result = compare(f"{lines}kept = dyf.filter({given})\n", lines + after.replace("F)", f"{given})") + "\n")
    assert any("vanished: .filter()" in finding.message for finding in result.findings) is lost, result.findings
