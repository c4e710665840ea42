"""Compare a table of millions of rows with its copy: time and peak memory, equal and with some rows changed.

    python benchmarks/compare.py [--rows 10000000] [--folder /tmp/compare] [--memory 1g]

Each comparison is told with the peak of the whole process so far. The pair is made first: Parquet as Glue has it, and a Delta copy with other columns order, row order and wider types.
"""

import argparse
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from glue2lakehouse.tools.compare.data import compare_tables
from glue2lakehouse.tools.compare.plan import Plan
from glue2lakehouse.tools.spark import local_session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MADE = """
    SELECT id, CAST(id % 100003 AS INT) customer_id, CAST(id % 9973 AS DECIMAL(12,2)) / 100 amount, id / 7 rate,
           concat('order ', id) note, date_add(DATE '2020-01-01', CAST(id % 1500 AS INT)) day,
           IF(id % 11 = 0, NULL, element_at(array('PAID','OPEN','SENT'), CAST(id % 3 AS INT) + 1)) status,
           array(id % 5, id % 7) parts
    FROM range(0, {rows}, 1, 8)"""
COPIED = "SELECT status, note, BIGINT(customer_id) customer_id, parts, id, day, rate, amount FROM original"
CHANGED = """
    SELECT status, note, customer_id, parts, id, day, IF(id % 100000 = 17, rate + 1, rate) rate, amount
    FROM copied WHERE id % 1000000 <> 3"""


def make(spark: "SparkSession", folder: Path, rows: int) -> None:
    """Write the three tables."""
    spark.sql(MADE.format(rows=rows)).write.parquet(str(folder / "original"))
    spark.read.parquet(str(folder / "original")).createOrReplaceTempView("original")
    copied = spark.sql(COPIED).repartition(8)
    copied.write.format("delta").save(str(folder / "copied"))
    spark.read.format("delta").load(str(folder / "copied")).createOrReplaceTempView("copied")
    spark.sql(CHANGED).write.format("delta").save(str(folder / "changed"))


def peak_mb() -> tuple[float, float]:
    """Return the highest resident memory so far of Spark's JVM and of Python, in MB (Linux)."""
    own = psutil.Process()
    java = [child for child in own.children(recursive=True) if child.name() == "java"]
    return sum(high_water(child.pid) for child in java), high_water(own.pid)


def processor_seconds() -> float:
    """Return what Spark's JVM has used of the processors so far, which other work on the machine does not change much."""
    java = [child for child in psutil.Process().children(recursive=True) if child.name() == "java"]
    return float(sum(sum(child.cpu_times()[:2]) for child in java))


def high_water(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    """Make the tables, compare each pair, print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/g2l-compare"))
    parser.add_argument("--memory", default="1g", help="heap of the driver, which on local[2] does all the work")
    chosen = parser.parse_args()
    shutil.rmtree(chosen.folder, ignore_errors=True)
    conf = {"spark.driver.memory": chosen.memory, "spark.sql.shuffle.partitions": "8"}
    spark = local_session("compare", conf=conf, warehouse=chosen.folder / "warehouse")
    begun = time.perf_counter()
    make(spark, chosen.folder, chosen.rows)
    print(f"made 3 tables of {chosen.rows} rows in {time.perf_counter() - begun:.0f} s", flush=True)
    left = spark.read.parquet(str(chosen.folder / "original"))
    for name, plan in (
        ("copied", Plan()),
        ("copied", Plan(keys=("id",))),
        ("changed", Plan(keys=("id",))),
        ("changed", Plan()),
    ):
        right = spark.read.format("delta").load(str(chosen.folder / name))
        begun, used = time.perf_counter(), processor_seconds()
        made = compare_tables(left, right, plan, names=("original", name))
        seconds, used = time.perf_counter() - begun, processor_seconds() - used
        jvm, python = peak_mb()
        keys = ",".join(plan.keys) or "none"
        verdicts = ", ".join(f"{check.type} {'ok' if check.passed else 'DIFFERS'}" for check in made.checks)
        print(
            f"{name}, keys {keys}: {seconds:.0f} s ({used:.0f} s of processor); peak so far JVM {jvm:.0f} MB, Python {python:.0f} MB; {verdicts}"
        )
        print("   " + made.checks[-1].message, flush=True)
    spark.stop()
    shutil.rmtree(chosen.folder)


if __name__ == "__main__":
    main()
