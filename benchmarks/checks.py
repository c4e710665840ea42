"""Milliseconds per file of the checks, beside a bare `ast.parse` of the same text.

    python benchmarks/checks.py [FOLDER]

Without a folder it checks a generated job of about 200 lines; with one, every Python file with Glue in it, against the
file itself (nothing cancels out in the first case but the plain lines; everything does in the second).
"""

import ast
import sys
import time
import warnings
from pathlib import Path

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check

ROUNDS = 20
GLUE = """
src{n} = glueContext.create_dynamic_frame.from_catalog(database="db", table_name="t{n}", transformation_ctx="s{n}")
map{n} = ApplyMapping.apply(
    frame=src{n},
    mappings=[("id", "long", "id", "long"), ("age", "string", "years", "int")],
)
few{n} = Filter.apply(frame=map{n}, f=lambda x: x["years"] > {n} and x["id"] != 3)
total{n} = few{n}.count()
print("rows", total{n})
glueContext.write_dynamic_frame.from_options(
    frame=few{n},
    connection_type="s3",
    connection_options={{"path": args["out"], "partitionKeys": ["years"]}},
    format="csv",
    format_options={{"separator": ";"}},
)
"""
SPARK = """
src{n} = spark.read.table("main.db.t{n}")
map{n} = src{n}.select(
    F.col("id"),
    F.expr("try_cast(age as int)").alias("years"),
)
few{n} = map{n}.filter((F.col("years") > {n}) & ~F.col("id").eqNullSafe(3))
total{n} = few{n}.count()
print("rows", total{n})
few{n}.write.mode("append").partitionBy("years").option("sep", ";").option("header", True).csv(args["out"])
"""
HEAD = """import sys
from awsglue.transforms import *
from awsglue.context import GlueContext
from pyspark.context import SparkContext
args = dict(out=sys.argv[1])
glueContext = GlueContext(SparkContext())
"""
SPARK_HEAD = """import sys
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
args = dict(out=sys.argv[1])
spark = SparkSession.builder.getOrCreate()
"""


def generated() -> list[tuple[str, str]]:
    jobs = 13
    before = HEAD + "".join(GLUE.format(n=n) for n in range(2, jobs + 2))
    return [(before, SPARK_HEAD + "".join(SPARK.format(n=n) for n in range(2, jobs + 2)))] * ROUNDS


def real(folder: Path) -> list[tuple[str, str]]:
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in folder.rglob("*.py") if path.is_file())
    return [(text, text) for text in texts if "awsglue" in text and parses(text)]


def parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def main() -> None:
    warnings.simplefilter("ignore")
    pairs = real(Path(sys.argv[1])) if len(sys.argv) > 1 else generated()
    settings = Settings()
    started = time.perf_counter()
    for before, _ in pairs:
        ast.parse(before)
    parsed = time.perf_counter()
    for number, (before, after) in enumerate(pairs):
        # A blank line more each time, or the symbol tables of the round before would be used again.
        text = after + "\n" * number
        check(before, text, "job.py", {"job.py": before}, {"job.py": text}, [], settings)
    checked = time.perf_counter()
    lines = sum(before.count("\n") for before, _ in pairs) / len(pairs)
    floor, cost = (parsed - started) / len(pairs) * 1000, (checked - parsed) / len(pairs) * 1000
    print(
        f"{len(pairs)} files of {lines:.0f} lines: ast.parse {floor:.2f} ms, checks {cost:.2f} ms a file ({cost / floor:.1f}x)"
    )


if __name__ == "__main__":
    main()
