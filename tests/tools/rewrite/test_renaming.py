"""Other names of Glue's classes: imported, assigned, used for a builtin's; where all uses are converted, they go."""

import pytest

from glue2lakehouse.domain import Evidence, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import convert_project

HEAD = (
    "from awsglue.context import GlueContext\nfrom awsglue.dynamicframe import DynamicFrame\nfrom awsglue.transforms import *\n\n"
    "glue = GlueContext()\nframe = glue.create_dynamic_frame.from_catalog('d', 't')\n"
)


@pytest.mark.parametrize(
    "source",
    [
        HEAD + "filter = Filter\nkept = filter.apply(frame=frame, f=lambda r: r['a'] == 1)\nkept.toDF().show()\n",
        HEAD + "AM = ApplyMapping\nkept = AM.apply(frame, [('a', 'int', 'b', 'int')])\nkept.toDF().show()\n",
        HEAD + "\n\ndef run(frame):\n    DF = DropFields\n    return DF.apply(frame, paths=['a']).toDF()\n\n\nrun(frame).show()\n",
        HEAD + "DyF = DynamicFrame\nmade = DyF.fromDF(frame.toDF(), glue, 'x')\nmade.toDF().show()\n",
        HEAD + "DyF = DynamicFrame\n\n\ndef run(given: DyF) -> DyF:\n    return given.drop_fields(['a'])\n\n\nrun(frame).toDF().show()\n",
        HEAD.replace("import DynamicFrame", "import DynamicFrame as DyF").replace("import *", "import ApplyMapping as AM")
        + "kept = DyF.fromDF(AM.apply(frame, mappings=[('a', 'int', 'b', 'int')]).toDF(), glue, 'x')\nkept.toDF().show()\n",
    ],
)  # fmt: skip
def test_a_name_that_is_converted_everywhere_goes(convert, source: str) -> None:
    conversion = convert(source)
    assert not [found for found in conversion.findings if found.severity is Severity.BLOCKER]
    for word in (" = Filter", " = ApplyMapping", " = DropFields", " = DynamicFrame", "DyF", "AM"):
        assert word not in conversion.after
    files = {"job.py": source}
    after = {"job.py": conversion.after, "glue_compat.py": "def drop_fields(): ...\ndef filter_typed(): ...\n"}
    result = check(source, conversion.after, "job.py", files, after, conversion.findings, Settings())
    assert result.evidence is Evidence.RESOLVED, result.findings


@pytest.mark.parametrize(
    "source",
    [
        HEAD + "class Names:\n    wanted = Filter\n\n\nprint(Names.wanted)\n",
        HEAD + "wanted = Filter\nprint(wanted)\n",
        HEAD + "wanted = Filter\nsteps = [wanted]\nwanted.apply(frame=frame, f=lambda r: r['a'] == 1)\n",
        HEAD + "wanted = Filter\nif frame.count():\n    wanted = Map\nwanted.apply(frame=frame, f=lambda r: r)\n",
        HEAD + "wanted = FindMatches\nwanted.apply(frame=frame, transformId='x')\n",
        HEAD + "wanted = Filter\neval('wanted.apply(frame=frame, f=print)')\n",
    ],
)
def test_a_name_that_something_still_uses_stays_and_is_told(blockers, source: str) -> None:
    assert blockers(source)


def test_a_name_that_another_module_imports_is_told() -> None:
    files = {
        "names.py": "from awsglue.transforms import Filter\n\nkeep = Filter\n",
        "job.py": HEAD + "from names import keep\n\nkept = keep.apply(frame=frame, f=print)\nkept.toDF().show()\n",
    }
    found = {conversion.path: conversion for conversion in convert_project(files, Settings())}
    assert [item for item in found["names.py"].findings if item.severity is Severity.BLOCKER]


def test_what_is_lost_behind_another_name_is_seen() -> None:
    source = (
        HEAD
        + "AM = ApplyMapping\nkept = AM.apply(frame, mappings=[('a', 'int', 'b', 'int'), ('c', 'int', 'd', 'int')])\n"
    )
    after = (
        "from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\nframe = spark.read.table('main.d.t')\n"
        "kept = frame.selectExpr('try_cast(a AS int) AS b')\n"
    )
    result = check(source, after, "job.py", {"job.py": source}, {"job.py": after}, (), Settings())
    assert any("vanished" in found.message and "c" in found.message for found in result.findings)
