"""Frames over temporary views: Spark Connect looks the view up when the frame is used, Glue when it is made."""

import pytest

from glue2lakehouse.domain import Compute
from glue2lakehouse.settings import Settings

HEAD = (
    "from awsglue.context import GlueContext\nfrom awsglue.dynamicframe import DynamicFrame\n\nglue = GlueContext()\n"
    "spark = glue.spark_session\none = glue.create_dynamic_frame.from_catalog('d', 'a').toDF()\n"
    "two = glue.create_dynamic_frame.from_catalog('d', 'b').toDF()\n"
)
STUDIO = (
    "\n\ndef query_over(context, query, mapping):\n    for alias, frame in mapping.items():\n"
    "        frame.createOrReplaceTempView(alias)\n    result = spark.sql(query)\n    return result\n\n\n"
)
LOOP = "made = []\nfor frame in (one, two):\n    frame.createOrReplaceTempView('src')\n"
TWICE = (
    "one.createOrReplaceTempView('src')\nfirst = spark.sql('select * from src')\ntwo.createOrReplaceTempView('src')\n"
)

OF_ONE = (
    "\n\ndef keep(frame):\n    frame.createOrReplaceTempView('s')\n\n\n"
    "def load(frame):\n    frame.createOrReplaceTempView('t')\n    return spark.table('t')\n\n\n"
)

LATE = {
    "kept in a list": LOOP + "    made.append(spark.sql('select id from src'))\nmade[0].union(made[1]).show()\n",
    "kept in a dict": "made = {}\nfor name in 'ab':\n    one.createOrReplaceTempView('src')\n    made[name] = spark.table('src')\nprint(made)\n",
    "summed up": "total = one\nfor f in (one, two):\n    f.registerTempTable('src')\n    total = total.union(spark.sql('select * from src'))\ntotal.show()\n",
    "after the second": TWICE + "first.show()\n",
    "what is made of it": TWICE.replace("two.c", "more = first.where('a > 1')\nkept = more\ntwo.c") + "kept.show()\n",
    "joined with the second": TWICE + "first.join(spark.sql('select * from src'), 'id').show()\n",
    "views made by SQL": "spark.sql('create or replace temp view v as select 1 a')\nfirst = spark.table('v')\n"
    "spark.sql('create or replace temp view v as select 2 a')\nfirst.show()\n",
    "a function's": STUDIO + "a = query_over(glue, 'select * from s', {'s': one})\nb = query_over(glue, 'select * from s', {'s': two})\n"
    "a.union(b).show()\n",
    "beside a function's": STUDIO + "a = query_over(glue, 'select * from s', {'s': one})\n"
    "b = query_over(glue, 'select * from s', {'s': two}).union(a)\nb.show()\n",
    "a function's in a loop": STUDIO + "made = []\nfor f in (one, two):\n    made.append(query_over(glue, 'select * from s', {'s': f}))\nprint(made)\n",
    "views made by a function": OF_ONE + "keep(one)\nfirst = spark.sql('select * from s')\nkeep(two)\nfirst.show()\n",
    "views made by a function in a loop": OF_ONE + "made = []\nfor f in (one, two):\n    keep(f)\n    made.append(spark.table('s'))\nprint(made)\n",
    "f-strings of one name": "made = []\nfor n in range(2):\n    spark.sql(f'create or replace temp view v as select {n} a')\n"
    "    made.append(spark.table('v'))\nprint(made)\n",
    "a comprehension": OF_ONE + "made = [load(f) for f in (one, two)]\nmade[0].union(made[1]).show()\n",
    "a map": OF_ONE + "made = list(map(load, (one, two)))\nmade[0].union(made[1]).show()\n",
    "one expression": OF_ONE + "load(one).union(load(two)).show()\n",
    "in a function": "\n\ndef run():\n    " + TWICE.replace("\n", "\n    ").rstrip() + "\n    return first\n\n\nrun()\n",
}  # fmt: skip
IN_TIME = {
    "written in the loop": LOOP + "    spark.sql('select id from src').write.mode('append').saveAsTable('d.o')\n",
    "counted in the loop": LOOP + "    made.append(spark.sql('select id from src').count())\nprint(sum(made))\n",
    "a name each": "made = []\nfor name in 'ab':\n    one.createOrReplaceTempView(f'v_{name}')\n    made.append(spark.table(f'v_{name}'))\nprint(made)\n",
    "used before the second": TWICE.replace("two.c", "first.show()\ntwo.c"),
    "another name after the second": TWICE.replace("two.c", "first.show()\ntwo.c") + "first = spark.sql('select 1')\nfirst.show()\n",
    "another view": "one.createOrReplaceTempView('a')\nfirst = spark.sql('select * from b')\ntwo.createOrReplaceTempView('a')\nfirst.show()\n",
    "f-strings of a name each": "made = []\nfor n in range(2):\n    spark.sql(f'create or replace temp view v{n} as select 1 a')\n"
    "    made.append(spark.table(f'v{n}'))\nprint(made)\n",
    "views made by a function, used before": OF_ONE + "keep(one)\nfirst = spark.sql('select * from s')\nfirst.show()\nkeep(two)\n",
    "counted in a comprehension": OF_ONE + "print([load(f).count() for f in (one, two)])\n",
    "counted in one expression": OF_ONE + "print(load(one).count() + load(two).count())\n",
    "one in the other": OF_ONE + "load(load(one)).show()\n",
    "two branches": "if one.count():\n    one.createOrReplaceTempView('s')\n    x = spark.table('s')\nelse:\n"
    "    two.createOrReplaceTempView('s')\n    x = spark.table('s')\nx.show()\n",
    "a view of the first": STUDIO + "a = query_over(glue, 'select * from s', {'s': one})\nb = query_over(glue, 'select 1 from s', {'s': a})\nb.show()\n",
    "a function's with other names": STUDIO + "a = query_over(glue, 'select * from s', {'s': one})\nb = query_over(glue, 'select * from t', {'t': two})\n"
    "a.union(b).show()\n",
    "a function's once": STUDIO + "a = query_over(glue, 'select * from s', {'s': one})\na.show()\n",
}  # fmt: skip


@pytest.mark.parametrize("body", LATE.values(), ids=LATE)
def test_a_frame_that_outlives_its_view_is_handed_off(blockers, body: str) -> None:
    assert any("replaced-view" in text for text in blockers(HEAD + body))


@pytest.mark.parametrize("body", IN_TIME.values(), ids=IN_TIME)
def test_a_frame_that_is_used_in_time_is_not(blockers, body: str) -> None:
    assert not any("replaced-view" in text for text in blockers(HEAD + body))


def test_classic_compute_keeps_what_the_view_was(blockers) -> None:
    settings = Settings(compute=Compute.CLASSIC)
    assert not any("replaced-view" in text for text in blockers(HEAD + TWICE + "first.show()\n", settings=settings))


def test_a_project_without_glue_is_left_alone(convert) -> None:
    source = "from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\none = two = spark.table('x')\n"
    assert not convert(source + TWICE + "first.show()\n").findings
