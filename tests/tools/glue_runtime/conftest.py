"""A run of the Glue runtime on the shared Spark session: the fake packages installed, an empty scratch folder."""

from collections.abc import Callable, Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment
from glue2lakehouse.tools.glue_runtime.runner import RunResult, run_script

HEAD = """
import sys
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.job import Job
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
sc = SparkContext()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
"""
RunGlue = Callable[..., RunResult]


@pytest.fixture
def environment(tmp_path: Path) -> RuntimeEnvironment:
    return RuntimeEnvironment(scratch=tmp_path / "scratch")


@pytest.fixture
def run_glue(spark: Any, environment: RuntimeEnvironment, tmp_path: Path) -> RunGlue:
    """Run a script's body after the usual head; fails the test when the script fails, unless told not to."""

    def run(body: str, argv: Sequence[str] = (), fails: bool = False) -> RunResult:
        script = tmp_path / "job.py"
        script.write_text(HEAD + dedent(body))
        result = run_script(script, environment, argv, session=spark)
        assert fails or result.outcome == "finished", result.traceback
        return result

    return run


@pytest.fixture
def put(environment: RuntimeEnvironment) -> Callable[[str, str], Path]:
    """Write a text file at an s3:// path."""

    def write(path: str, text: str) -> Path:
        file = environment.local(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    return write
