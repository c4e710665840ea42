"""User-defined functions that read a name which changes before the frame is used: Spark Connect sends them late."""

import pytest

from glue2lakehouse.domain import Compute
from glue2lakehouse.settings import Settings

HEAD = (
    "from awsglue.context import GlueContext\nfrom pyspark.sql.functions import udf\n\nglue = GlueContext()\n"
    "spark = glue.spark_session\ndf = glue.create_dynamic_frame.from_catalog('d', 'a').toDF()\nstep = 1\nnames = []\n"
)
LATE = {
    "another value": "add = udf(lambda v: v + step)\nmade = df.withColumn('a', add('a'))\nstep = 2\nmade.show()\n",
    "a list that grows": "known = udf(lambda v: v in names)\nmade = df.where(known('a'))\nnames.append('x')\nmade.show()\n",
    "a loop over columns": "for name in 'ab':\n    df = df.withColumn(name, udf(lambda v: v + name)(name))\ndf.show()\n",
    "frames of a loop": "made = []\nfor step in (1, 2):\n    made.append(df.withColumn('a', udf(lambda v: v + step)('a')))\nprint(made)\n",
    "a function by its name": "\n\ndef plus(v):\n    return v + step\n\n\nadd = udf(plus)\nmade = df.select(add('a'))\nstep += 1\nmade.show()\n",
    "a decorator": "\n\n@udf('int')\ndef plus(v):\n    return v + step\n\n\nmade = df.select(plus('a'))\nstep = 2\nmade.show()\n",
    "a decorator's next call": "\n\n@udf\ndef plus(v):\n    return v + step\n\n\ndf.select(plus('a')).show()\nstep = 2\ndf.select(plus('b')).show()\n",
    "a decorator in a loop": "\n\n@udf\ndef plus(v):\n    return v + step\n\n\nfor step in (1, 2):\n    df.select(plus('a')).show()\n",
    "what its function calls": "\n\ndef known(v):\n    return v in names\n\n\nmade = df.where(udf(lambda v: known(v))('a'))\nnames.append('x')\nmade.show()\n",
    "changed by a function": "\n\ndef follow():\n    global step\n    step = 2\n\n\nmade = df.select(udf(lambda v: v + step)('a'))\nfollow()\nmade.show()\n",
    "a list that a function fills": "\n\ndef fill():\n    names.append('x')\n\n\nmade = df.select(udf(lambda v: v in names)('a'))\nfill()\nmade.show()\n",
    "a function of frames": "made = df.mapInPandas(lambda frames: (f.assign(s=step) for f in frames), 'a int, s int')\nstep = 2\nmade.show()\n",
}  # fmt: skip
IN_TIME = {
    "a constant": "add = udf(lambda v: v + step)\ndf.withColumn('a', add('a')).show()\n",
    "changed before": "step = 2\nnames.append('x')\nadd = udf(lambda v: v + step + len(names))\ndf.select(add('a')).show()\n",
    "used before the change": "add = udf(lambda v: v + step)\ndf.select(add('a')).show()\nstep = 2\nprint(step)\n",
    "written in the loop": "for step in (1, 2):\n    made = df.select(udf(lambda v: v + step)('a'))\n    made.write.mode('append').parquet('s3://b/x')\n",
    "a decorator's, changed before": "\n\n@udf\ndef plus(v):\n    return v + step\n\n\nstep = 2\ndf.select(plus('a'), plus('b')).show()\n",
    "a function's own list": "\n\ndef fill():\n    names = []\n    names.append('x')\n\n\nmade = df.select(udf(lambda v: v in names)('a'))\nfill()\nmade.show()\n",
    "filled before": "\n\ndef fill():\n    names.append('x')\n\n\nfill()\nmade = df.select(udf(lambda v: v in names)('a'))\nmade.show()\n",
    "a default": "for name in 'ab':\n    df = df.withColumn(name, udf(lambda v, name=name: v + name)(name))\ndf.show()\n",
    "a column of that name": "for name in 'ab':\n    df = df.withColumn(name, udf(lambda v: v + 1)(name))\ndf.show()\n",
}  # fmt: skip


@pytest.mark.parametrize("body", LATE.values(), ids=LATE)
def test_what_changes_before_the_frame_is_used_is_handed_off(blockers, body: str) -> None:
    assert any("late-function" in text for text in blockers(HEAD + body))


@pytest.mark.parametrize("body", IN_TIME.values(), ids=IN_TIME)
def test_what_stays_until_then_is_not(blockers, body: str) -> None:
    assert not any("late-function" in text for text in blockers(HEAD + body))


def test_classic_compute_keeps_the_value_of_the_line(blockers) -> None:
    settings = Settings(compute=Compute.CLASSIC)
    assert not any("late-function" in text for text in blockers(HEAD + LATE["another value"], settings=settings))
