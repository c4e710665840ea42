"""Libraries that need the driver's JVM are told on compute with Spark Connect."""

from collections.abc import Callable

import pytest

from glue2lakehouse.domain import Compute, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion

Convert = Callable[..., Conversion]
JOB = "from awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"


def told(converted: Conversion) -> list[Severity]:
    return [finding.severity for finding in converted.findings if finding.rule == "jvm-library"]


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("from pydeequ.checks import Check, CheckLevel", Severity.BLOCKER),
        ("import pydeequ", Severity.BLOCKER),
        ("from pyspark.mllib.stat import Statistics", Severity.BLOCKER),
        ("import sparknlp.base as base", Severity.BLOCKER),
        ("from synapse.ml.lightgbm import LightGBMClassifier", Severity.BLOCKER),
        ("from pyspark.ml.feature import VectorAssembler", Severity.WARNING),
        ("from pyspark.ml import Pipeline", Severity.WARNING),
        ("from pyspark import ml", Severity.WARNING),
        ("def train():\n    from pyspark.ml.clustering import KMeans", Severity.WARNING),
    ],
)
def test_a_library_of_the_jvm_is_told_where_there_is_none(convert: Convert, line: str, severity: Severity) -> None:
    assert told(convert(f"{JOB}{line}\n")) == [severity]
    assert told(convert(f"{JOB}{line}\n", settings=Settings(compute=Compute.SERVERLESS))) == [severity]
    assert told(convert(f"{JOB}{line}\n", settings=Settings(compute=Compute.CLASSIC))) == []


@pytest.mark.parametrize(
    "line",
    [
        "from pyspark.ml.functions import vector_to_array",
        "from pyspark.ml.linalg import Vectors",
        "from pyspark.ml import linalg",
        "from pyspark.sql import functions as ml",
        "import pydeequal",
        "from .pydeequ import Check",
        "from mine.pydeequ import Check",
        "x = 'pyspark.ml.feature'",
    ],
)
def test_what_needs_no_jvm_says_nothing(convert: Convert, line: str) -> None:
    assert told(convert(f"{JOB}{line}\n")) == []


def test_a_library_is_told_once_and_a_project_without_glue_is_left_alone(convert: Convert) -> None:
    lines = "import pydeequ\nfrom pydeequ.checks import Check\nfrom pyspark.ml.feature import HashingTF\n"
    assert sorted(told(convert(JOB + lines))) == sorted([Severity.BLOCKER, Severity.WARNING])
    assert told(convert(lines)) == []
