"""Good Glue calls in any surroundings: converted or handed off, nothing lost on the way, twice is once, never an exception."""

import ast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import Conversion, convert_project, render_compat

JOB = """import functools
import sys
from awsglue.transforms import *
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.job import Job
from awsglue.utils import getResolvedOptions

args = getResolvedOptions(sys.argv, ["bucket"])
bucket = args["bucket"]
PATH, NAMES = "s3://p", ["a", "b"]
conf = {"path": PATH}
lock = open("lock")
MAPPINGS = [("a", "string", "b", "int")]
glueContext = GlueContext()
spark = glueContext.spark_session
job = Job(glueContext)
job.init("j", args)


def keep(r):
    return r["a"] == "x" or r["b"] is None


def change(r):
    r["a"] = (r["a"] or "").strip()
    return r


frame = glueContext.create_dynamic_frame.from_catalog("d", "t")
"""
PATHS = ("'s3://a/b'", "f's3://{bucket}/c'", "'s3://' + bucket", "'s3://{}/x'.format(bucket)", "PATH", "conf['path']")
COLUMNS = ("['a']", "['a', 's.b']", "NAMES", "[n for n in NAMES]", "'a'", "[f'{bucket}']")
READER = "glueContext.create_dynamic_frame.from_"
CALLS = (
    READER + "catalog(database='d', table_name='t', transformation_ctx='c')",
    READER + "catalog('d', {path}, push_down_predicate=\"day='1'\")",
    READER + "options('s3', {{'paths': [{path}], 'recurse': True}}, 'parquet')",
    READER + "options('s3', {{'paths': [{path}]}}, 'csv', {{'withHeader': True}})",
    READER + "options(connection_type='s3', connection_options={{'paths': [{path}]}}, format='json')",
    "DropFields.apply(frame=frame, paths={columns}, transformation_ctx='c')",
    "frame.select_fields({columns})",
    "ApplyMapping.apply(frame=frame, mappings=[('a', 'string', 'b', 'int')])",
    "frame.apply_mapping(MAPPINGS)",
    "Filter.apply(frame=frame, f=lambda r: r['a'] != 1 and not r['b'] in ('x', 'y'))",
    "frame.filter(keep)",
    "Map.apply(frame=frame, f=change)",
    "frame.rename_field('a', 'b')",
    "frame.union(frame)",
    "Join.apply(frame, frame, 'a', 'a')",
    "DropNullFields.apply(frame)",
    "frame.unnest()",
    "frame.resolveChoice(specs=[('a', 'cast:long')])",
    "frame.relationalize('root', 's3://t')['root']",
    "SplitFields.apply(frame, ['a'], 'x', 'y')['x']",
    "DynamicFrame.fromDF(frame.toDF(), glueContext, 'f')",
    "frame.mergeDynamicFrame(frame, ['a'])",
    "frame.repartition(2)",
    "frame.spigot('s3://s')",
)
SURROUNDINGS = (
    "frame = {call}",
    "for part in range(2):\n    frame = {call}  # every part",
    "while frame.count() > 9:\n    frame = {call}\n    break\nelse:\n    print('said')",
    "if bucket:\n    frame = {call}\nelif NAMES:\n    pass\nelse:\n    raise SystemExit('said')",
    "try:\n    frame = {call}\nexcept (KeyError, ValueError) as error:\n    print(error)\nfinally:\n    print('said')",
    "with open('x') as handle, lock:\n    frame = {call}",
    "def step(frame: DynamicFrame, *args, flag=True, **kwargs):\n    'Do it.'\n    return {call}\n\n\nframe = step(frame)",
    "@functools.lru_cache\ndef made():\n    def inner():\n        return {call}\n    return inner()\n\n\nframe = made()",
    "def setter():\n    global frame\n    frame = {call}\n\n\nsetter()",
    "class Step:\n    frame = None\n\n    def run(self, frame: DynamicFrame):\n        self.frame = {call}\n        return self\n\n\n"
    "frame = Step().run(frame).frame",
    "steps = {{'one': lambda frame: {call}}}\nframe = steps['one'](frame)",
    "frame, other = {call}, frame\ndel other",
    "frames = [{call} for _ in range(2)]\nframe, *rest = frames",
    "frames = {{name: {call} for name in NAMES}}\nframe = frames['a']",
    "if (again := {call}) is not None:\n    frame = again",
    "match bucket:\n    case 'x':\n        frame = {call}\n    case _:\n        print('said')",
    "async def later():\n    return {call}",
    "def each():\n    yield {call}\n\n\nframe = next(each())",
    "frame = functools.reduce(lambda a, b: a, [{call}, frame])",
    "use = functools.partial(print, 'said')\nuse({call})",
    "frame = {call} if bucket else frame",
    "print('said', (\n    # how many\n    {call}\n).count()); print('x')",
    "frame = frame.toDF()\nframe.createOrReplaceTempView('v')\n"
    "frame = DynamicFrame.fromDF(spark.sql(f\"select * from v where a = '{{bucket}}'\"), glueContext, 'f')",
    "glueContext.write_dynamic_frame.from_options(frame={call}, connection_type='s3', connection_options={{'path': {path}}}, "
    "format='json')",
    "glueContext.write_dynamic_frame.from_catalog(frame=frame, database='d', table_name='u')",
    "print('%s' % bucket, '{{}}'.format(bucket), f'{{bucket!r:>10}}')",
)


@st.composite
def lines(draw: st.DrawFn) -> str:
    path = draw(st.sampled_from(PATHS))
    call = draw(st.sampled_from(CALLS)).format(path=path, columns=draw(st.sampled_from(COLUMNS)))
    return draw(st.sampled_from(SURROUNDINGS)).format(call=call, path=path)


GLUES = {"apply", "fromDF", "toDF", "resolveChoice", "select_fields", "from_catalog", "from_options", "apply_mapping"}


def blockers(findings: object) -> list[str]:
    return [str(found) for found in findings if found.severity is Severity.BLOCKER]  # type: ignore[attr-defined]


def converted(source: str) -> Conversion:
    (conversion,) = convert_project({"job.py": source}, Settings())
    return conversion


@pytest.mark.integration
@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(lines(), min_size=1, max_size=5))
def test_good_calls_in_any_surroundings_convert_or_say_why_and_nothing_is_lost(written: list[str]) -> None:
    source = JOB + "\n".join(written) + "\njob.commit()\n"
    conversion = converted(source)
    tree = ast.parse(conversion.after)
    assert conversion.after.count("'said'") == source.count("'said'")
    if blockers(conversion.findings):
        return
    assert not {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & GLUES
    assert "awsglue" not in conversion.after
    assert converted(conversion.after).after == conversion.after
    project = {"job.py": conversion.after, "glue_compat.py": render_compat(conversion.compat)}
    result = check(source, conversion.after, "job.py", {"job.py": source}, project, conversion.findings, Settings())
    assert blockers(result.findings) == []
