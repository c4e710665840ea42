"""What real jobs do, one small case each: it ends as a conversion, or as a finding that names it; never in silence."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion, convert_project

GLUE = "from awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\n"
START = GLUE + "g = GlueContext(SparkContext.getOrCreate())\n"
READ = "g.create_dynamic_frame.from_catalog(database='d', table_name='t')"


def converted(files: dict[str, str], settings: Settings | None = None) -> dict[str, Conversion]:
    return {conversion.path: conversion for conversion in convert_project(files, settings or Settings())}


CONVERTED: dict[str, tuple[dict[str, str], list[str]]] = {
    "a constructor reads and writes, a subclass elsewhere imports no Spark": (
        {
            "base.py": GLUE + "class Base:\n    def __init__(self):\n        self.glue = GlueContext(SparkContext.getOrCreate())\n"
            "        frame = self.glue.create_dynamic_frame.from_catalog(database='d', table_name='t')\n"
            "        self.glue.write_dynamic_frame.from_catalog(frame=self.execute(frame), database='d', table_name='o')\n"
            "    def execute(self, frame): ...\n",
            "job.py": "from base import Base\nclass Job(Base):\n    def execute(self, frame):\n"
            "        return frame.drop_fields(['a']).rename_field('b', 'c')\nJob()\n",
        },
        ["frame.drop(\"a\").withColumnRenamed('b', 'c')"],
    ),
    "a context manager with a private attribute and options in keywords": (
        {"job.py": GLUE + "class Glue:\n    def __init__(self): self.__gc = GlueContext(SparkContext())\n"
         "    def __enter__(self): return self\n    def __exit__(self, *error): pass\n"
         "    def read(self, **options): return self.__gc.create_dynamic_frame.from_options('s3', options, 'parquet')\n"
         "with Glue() as glue:\n    glue.read(paths=['s3://a/']).toDF().write.parquet('s3://b/')\n"},
        ["read_source(self.__gc, 's3', options, 'parquet')", "glue.read(paths=['s3://a/']).write.parquet('s3://b/')"],
    ),
    "names through a local star import": (
        {"helper.py": GLUE + "import sys\ncontext = GlueContext(SparkContext())\n",
         "job.py": "from helper import *\ncontext.create_dynamic_frame.from_catalog(database='d', table_name='t').toDF().show()\n"},
        ['.read.table("main.d.t").show()'],
    ),
    "modules imported under other names": (
        {"job.py": "import awsglue\nfrom awsglue import job, context\nfrom pyspark.context import SparkContext\n"
         "g = context.GlueContext(SparkContext())\nawsglue.DynamicFrame.fromDF(g.spark_session.table('d.t'), g, 'x').toDF().show()\n"},
        ["spark.table('main.d.t').show()"],
    ),
    "a plug-in that is handed the context and loaded by name": (
        {"steps/load.py": "def run(job, glue_context, args):\n    return glue_context.create_dynamic_frame.from_catalog(database='d', table_name='t').toDF()\n",
         "job.py": START + "import importlib\nimportlib.import_module('steps.load').run(None, g, {})\n"},
        ['return glue_context.read.table("main.d.t")'],
    ),
    "methods by the keys of a configuration": (
        {"job.py": START + "class Steps:\n    def load(self, name):\n        return g.create_dynamic_frame.from_catalog(database='d', table_name=name).toDF()\n"
         "for step in ['load']:\n    getattr(Steps(), step)('t')\n"},
        ['return spark.read.table(f"main.d.{name}")'],
    ),
    "a reader prepared by partial": (
        {"job.py": START + "from functools import partial\nread = partial(g.create_dynamic_frame.from_catalog, database='d')\nread(table_name='t').toDF().show()\n"},
        ["read = partial(read_catalog, spark, \"main\", database='d')", "read(table_name='t').show()"],
    ),
    "methods that both kinds of frame have": (
        {"job.py": START + f"f = {READ}\nd = f.toDF()\na = f.union(f)\nb = d.union(d)\nc = d.filter('x > 1')\ne = d.join(d, 'x')\nprint(f.schema(), d.schema)\n"},
        ["a = f.unionByName(f, allowMissingColumns=True)", "b = d.union(d)", "c = d.filter('x > 1')", "e = d.join(d, 'x')", "print(f.schema, d.schema)"],
    ),
    "a generator of frames": (
        {"job.py": START + f"def frames():\n    yield 'a', {READ}\nfor name, frame in frames():\n    frame.toDF().write.parquet('s3://x/' + name)\n"},
        ["    frame.write.parquet('s3://x/' + name)"],
    ),
    "fields of a dataclass": (
        {"job.py": START + "from dataclasses import dataclass\nfrom awsglue.dynamicframe import DynamicFrame\n@dataclass\nclass Work:\n    frame: DynamicFrame\n"
         f"work = Work({READ})\nwork.frame.drop_fields(['a']).toDF().show()\n"},
        ["    frame: DataFrame", 'work.frame.drop("a").show()'],
    ),
    "frames in dicts and lists": (
        {"job.py": START + f"frames = {{'a': {READ}}}\nfor name, frame in frames.items():\n    frame.toDF().show()\n[f for f in frames.values()][0].drop_fields(['x']).toDF().show()\n"},
        ["    frame.show()", '.drop("x").show()'],
    ),
    "properties": (
        {"job.py": GLUE + "class Source:\n    @property\n    def glue(self): return GlueContext(SparkContext.getOrCreate())\n"
         "    @property\n    def orders(self): return self.glue.create_dynamic_frame.from_catalog(database='d', table_name='t')\nSource().orders.toDF().show()\n"},
        ["Source().orders.show()"],
    ),
    "a decorator of the project": (
        {"job.py": START + f"def logged(function):\n    def inner(*a, **k): return function(*a, **k)\n    return inner\n@logged\ndef load(): return {READ}\nload().toDF().show()\n"},
        ["load().show()"],
    ),
    "a decorator that makes a DataFrame of the frame": (
        {"job.py": START + f"def plain(function):\n    def inner(*a): return function(*a).toDF()\n    return inner\n@plain\ndef load(): return {READ}\nload().filter('x > 1').show()\n"},
        ["    def inner(*a): return function(*a)\n", "load().filter('x > 1').show()"],
    ),
    "coroutines": (
        {"job.py": START + f"import asyncio\nasync def load(): return {READ}\nasync def main():\n    frame = await load()\n    frame.toDF().show()\nasyncio.run(main())\n"},
        ["    frame.show()"],
    ),
    "imports for type checkers only": (
        {"job.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from awsglue.dynamicframe import DynamicFrame\n"
         "def slim(frame: 'DynamicFrame') -> 'DynamicFrame':\n    return frame.drop_fields(['a'])\n"},
        ['return frame.drop("a")'],
    ),
    "imports that may fail": (
        {"job.py": "import sys\ntry:\n    import awsglue.utils as au\nexcept ImportError:\n    au = None\n"
         "try:\n    args = au.getResolvedOptions(sys.argv, ['a'])\nexcept au.GlueArgumentError:\n    args = {}\n"},
        ["resolved_options(sys.argv, ['a'])", "except GlueArgumentError:"],
    ),
    "imports inside functions": (
        {"job.py": "def load():\n    from awsglue.context import GlueContext\n    from pyspark.context import SparkContext\n"
         f"    g = GlueContext(SparkContext.getOrCreate())\n    return {READ}.toDF()\nload().show()\n"},
        ['return spark.read.table("main.d.t")'],
    ),
    "a context used as an SQLContext": (
        {"job.py": START + "g.read.format('jdbc').option('url', 'u').load().show()\n"}, ["spark.read.format('jdbc')"],
    ),
    "transforms in a list of functions": (
        {"job.py": START + "from functools import reduce\nfrom awsglue.transforms import *\n"
         f"steps = [lambda x: DropFields.apply(x, ['a']), lambda x: x.rename_field('b', 'c')]\nreduce(lambda f, step: step(f), steps, {READ}).toDF().show()\n"},
        ['lambda x: x.drop("a")', "lambda x: x.withColumnRenamed('b', 'c')"],
    ),
    "an import whose place matters stays where it is": (
        {"job.py": "import os\nos.environ['SPARK_VERSION'] = '3.3'\nimport pandas\n" + START + "g.spark_session.table('d.t').show()\n"},
        ["os.environ['SPARK_VERSION'] = '3.3'\nimport pandas\n"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CONVERTED)
def test_it_is_converted(case: str) -> None:
    files, parts = CONVERTED[case]
    found = converted(files)
    text = "\n".join(conversion.after for conversion in found.values())
    assert [part for part in parts if part not in text] == [], text
    blockers = [f for c in found.values() for f in c.findings if f.severity is Severity.BLOCKER]
    assert blockers == []
    assert "awsglue" not in text


FINDINGS = {
    "a method set on a Glue class": ("setattr(GlueContext, input(), lambda self: 1)\n", "monkeypatch"),
    "an attribute set on a Glue class": ("from awsglue.dynamicframe import DynamicFrame\nDynamicFrame.toDF = lambda self: self\n", "monkeypatch"),
    "a class below GlueContext": ("class Mine(GlueContext):\n    pass\n", "glue-context"),
    "a module named at run time": ("import importlib\nimportlib.import_module('steps.' + input()).run(g)\n", "loaded-by-name"),
    "a function out of globals()": ("globals()[input()]().toDF()\n", "unknown-frame"),
    "a method of Glue named at run time": ("getattr(g.create_dynamic_frame, input())(database='d', table_name='t')\n", "called-through-value"),
    "a transform out of a dict": ("from awsglue.transforms import DropFields\n{'a': DropFields}[input()].apply(frame=g, paths=['a'])\n", "unknown-glue"),
    "a condition where a function should be": (f"{READ}.filter('x > 1')\n", "filter"),
    "a trigger that Databricks does not have": ("g.spark_session.readStream.table('d.t').writeStream.trigger(continuous='1 second').start()\n", "continuous-trigger"),
    "jars for a session that is there": ("from pyspark.sql import SparkSession\nSparkSession.builder.config('spark.jars.packages', 'a:b:1').getOrCreate()\n", "jars-of-a-session"),
    "a password as an option": ("g.read.format('jdbc').option('password', 'secret').load()\n", "written-out-password"),
    "a password among properties": ("g.read.jdbc('u', 't', properties={'user': 'a', 'password': 'secret'})\n", "written-out-password"),
}  # fmt: skip


@pytest.mark.parametrize("case", FINDINGS)
def test_it_is_named(case: str) -> None:
    line, rule = FINDINGS[case]
    (conversion,) = converted({"job.py": START + line}).values()
    assert rule in {finding.rule for finding in conversion.findings}


@pytest.mark.parametrize(("version", "severity"), [("3.0", Severity.BLOCKER), ("4.0", Severity.INFO)])
def test_the_text_of_a_type_was_another_one_before_glue_4(version: str, severity: Severity) -> None:
    source = START + f"for st in {READ}.toDF().schema:\n    print(str(st.dataType) == 'NullType')\n"
    (conversion,) = converted({"job.py": source}, Settings(glue_version=version)).values()
    assert [f.severity for f in conversion.findings if f.rule == "type-text"] == [severity]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("print(str(st.dataType) in ('NullType', 'LongType'))", True),
        ("spelled = str(st.dataType)\n    print(spelled == 'NullType')", True),
        ("print({'NullType': 'void'}[str(st.dataType)])", True),
        ("print({'NullType': 'void'}.get(str(st.dataType), 'x'))", True),
        ("print(str(st.dataType).startswith('NullType'))", False),
        ("print(str(st.name) in ('NullType', 'LongType'))", False),
        ("print({'void': 1}.get(st.dataType.simpleString()))", False),
    ],
)
def test_the_text_of_a_type_is_looked_for_where_it_is_compared(line: str, told: bool) -> None:
    source = START + f"for st in {READ}.toDF().schema:\n    {line}\n"
    (conversion,) = converted({"job.py": source}, Settings(glue_version="3.0")).values()
    assert [f.severity for f in conversion.findings if f.rule == "type-text"] == [Severity.BLOCKER] * told


def test_a_password_out_of_a_secret_is_no_finding() -> None:
    line = "g.read.format('jdbc').option('password', input()).option('dbtable', 'password').load()\n"
    (conversion,) = converted({"job.py": START + line}).values()
    assert conversion.findings == ()
