"""Frames that Glue makes of an RDD of rows: without RDDs they are made of the rows."""

import pytest

from glue2lakehouse.domain import Compute, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion, convert_project

HEAD = (
    "from awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\nfrom library import make\n\n"
    "sc = SparkContext.getOrCreate()\nglue = GlueContext(sc)\n"
)
LIBRARY = (
    "def logged(f):\n    def run(*args, **kwargs):\n        print(f)\n        return f(*args, **kwargs)\n\n    return run\n\n\n"
    "@logged\ndef make(glue, rows, schema=None):\n    return glue.create_dynamic_frame_from_rdd(rows, 'n', schema)\n"
)


def converted(lines: str, library: str = LIBRARY, compute: Compute = Compute.STANDARD) -> dict[str, Conversion]:
    files = {"job.py": HEAD + lines, "library.py": library}
    return {c.path: c for c in convert_project(files, Settings(compute=compute))}


def blockers(found: dict[str, Conversion]) -> list[str]:
    return [str(f) for c in found.values() for f in c.findings if f.severity is Severity.BLOCKER]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("glue.create_dynamic_frame_from_rdd(sc.parallelize([(1, 'a')]), 'n', ['i', 's'])",
         "spark.createDataFrame([(1, 'a')], ['i', 's'])"),
        ("types = 'a int, b int'\nglue.create_dynamic_frame_from_rdd(sc.parallelize([{'a': 1}, {'b': 2}]), 'n', types)",
         "spark.createDataFrame([{'a': 1}, {'b': 2}], types)"),
        ("glue.create_dynamic_frame.from_rdd(data=sc.parallelize(rows, 4), name='n', schema='i int')",
         "spark.createDataFrame(rows, 'i int')"),
        ("rdd = sc.parallelize(rows)\nframe = glue.create_dynamic_frame_from_rdd(rdd, 'n')",
         "rdd = list(rows)\nframe = spark.createDataFrame(rdd)"),
        ("rdd = sc.parallelize([[1]])\nframe = make(glue, rdd, 'i int')", "rdd = list([[1]])\nframe = make(spark, rdd, 'i int')"),
        ("rdd = sc.parallelize([[1]])\nframe = make(glue, rows=rdd)", "rdd = list([[1]])\nframe = make(spark, rows=rdd)"),
        ("rdd = sc.parallelize([{'a': 1}, {'a': 2}])\nframe = make(glue, rdd)", "rdd = list([{'a': 1}, {'a': 2}])"),
    ],
)  # fmt: skip
def test_the_rows_take_the_place_of_the_rdd(before: str, after: str) -> None:
    found = converted(before + "\n")
    assert blockers(found) == []
    assert after in found["job.py"].after
    assert "return glue.createDataFrame(rows, schema)\n" in found["library.py"].after


@pytest.mark.parametrize(
    ("why", "lines", "library"),
    [
        ("the fields are those of the first row only", "rdd = sc.parallelize([{'a': 1}, {'a': 1, 'b': 2}])\nmake(glue, rdd)\n", LIBRARY),
        ("the same, at once", "glue.create_dynamic_frame_from_rdd(sc.parallelize([{'a': 1}, {'b': 2}]), 'n')\n", LIBRARY),
        ("the same, with names", "names = ['a', 'b']\nglue.create_dynamic_frame_from_rdd(sc.parallelize([{'a': 1}, {'b': 2}]), 'n', names)\n", LIBRARY),
        ("the same, with no schema", "glue.create_dynamic_frame_from_rdd(sc.parallelize([{'a': 1}, {'b': 2}]), 'n', None)\n", LIBRARY),
        ("the same, by Spark", "glue.spark_session.createDataFrame(sc.parallelize([{'a': 1}, {'b': 2}]))\n", LIBRARY),
        ("the same, by itself", "sc.parallelize([{'a': 1}, {'b': 2}]).toDF()\n", LIBRARY),
        ("it is worked on", "rdd = sc.parallelize([[1]])\nmake(glue, rdd)\nrdd.map(print)\n", LIBRARY),
        ("it is worked on in the function", "rdd = sc.parallelize([[1]])\nmake(glue, rdd)\n",
         LIBRARY.replace("    return glue.c", "    rows = rows.map(list)\n    return glue.c")),
        ("the function does something else", "rdd = sc.parallelize([[1]])\nmake(glue, rdd)\n",
         LIBRARY.replace("    return glue.c", "    print(rows.getNumPartitions())\n    return glue.c")),
        ("a decorator looks at it", "rdd = sc.parallelize([[1]])\nmake(glue, rdd)\n", LIBRARY.replace("print(f)", "print(args[1].count())")),
        ("a decorator of others", "rdd = sc.parallelize([[1]])\nmake(glue, rdd)\n", "from others import logged\n\n\n" + LIBRARY[LIBRARY.index("@") :]),
        ("handed over out of a list", "rdd = sc.parallelize([[1]])\nmake(*[glue, rdd])\n", LIBRARY),
        ("a function that is not seen", "from others import make\nrdd = sc.parallelize([[1]])\nmake(glue, rdd)\n", LIBRARY),
        ("a chain of steps", "glue.create_dynamic_frame_from_rdd(sc.parallelize([1]).map(list), 'n')\n", LIBRARY),
        ("lines of files", "rdd = sc.textFile('p')\nmake(glue, rdd)\n", LIBRARY),
    ],
)  # fmt: skip
def test_what_is_more_than_rows_is_handed_off(why: str, lines: str, library: str) -> None:
    assert any("job.py" in each for each in blockers(converted(lines, library))), why


def test_classic_compute_keeps_its_rdds() -> None:
    lines = "rdd = sc.parallelize([{'a': 1}, {'a': 1, 'b': 2}])\nmake(glue, rdd).toDF().show()\n"
    found = converted(lines, compute=Compute.CLASSIC)
    assert blockers(found) == []
    assert "rdd = sc.parallelize([{'a': 1}, {'a': 1, 'b': 2}])" in found["job.py"].after
