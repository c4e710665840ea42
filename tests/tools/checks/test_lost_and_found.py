"""Right conversions pass without a word, and every change that loses something is caught."""

import sys
from pathlib import Path

import pytest

from glue2lakehouse.domain import Evidence, Severity
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
HELPERS = "def apply_mapping(): ...\ndef resolve_choice(): ...\n"


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
