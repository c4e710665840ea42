"""Spark's executors give what one machine gives, byte for byte: in this process, and on two workers of their own."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import convert_project
from glue2lakehouse.tools.rewrite.batches import Ground
from glue2lakehouse.tools.rewrite.on_spark import convert_on_spark

EXAMPLE = Path(__file__).parents[3] / "examples" / "retail"

# A process has one JVM, so a cluster of two workers needs a process of its own.
CLUSTER = """
import sys
from pathlib import Path
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import batches, convert_project
from glue2lakehouse.tools.rewrite.on_spark import convert_on_spark
from glue2lakehouse.tools.spark import local_session

batches.FILES_A_BATCH = 2
root = Path(sys.argv[1])
files = {str(path.relative_to(root)): path.read_text() for path in sorted(root.rglob("*.py"))}
memory = {"spark.executor.memory": "512m", "spark.executor.extraJavaOptions": "-Xss4m"}
spark = local_session("cluster", delta=False, conf={"spark.master": "local-cluster[2,1,1024]", **memory})
ground = batches.Ground(Settings(), tuple(files), {})
made = sorted(convert_on_spark(files, {}, ground, spark))
used = spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1
assert made == sorted(convert_project(files, Settings())), "the results differ"
print("equal on", used, "workers,", len(made), "files")
"""


@pytest.mark.spark
def test_executors_of_a_session_give_what_one_machine_gives(spark: Any) -> None:
    files = {str(path.relative_to(EXAMPLE)): path.read_text() for path in sorted(EXAMPLE.rglob("*.py"))}
    made = convert_on_spark(files, {}, Ground(Settings(), tuple(files), {}), spark)
    assert sorted(made) == sorted(convert_project(files, Settings()))


@pytest.mark.spark
def test_two_workers_give_what_one_machine_gives() -> None:
    command = [sys.executable, "-c", CLUSTER, str(EXAMPLE)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert "equal on 2 workers" in ended.stdout
