"""Glue that the analysis cannot follow is said at its line: no file with such a line counts as converted."""

from collections.abc import Callable

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.rewrite import Conversion

Convert = Callable[..., Conversion]
HEAD = (
    "import functools\nimport importlib\nfrom awsglue.context import GlueContext\nfrom awsglue.transforms import *\n\n"
    "glueContext = GlueContext()\nframe = glueContext.create_dynamic_frame.from_catalog('d', 't')\n"
)
BLOCKED = {
    "eval of Glue": ("x = eval(\"glueContext.create_dynamic_frame.from_catalog('d', 't')\")\n", "code-in-text"),
    "exec of Glue": ("exec('y = ApplyMapping.apply(frame, [])')\n", "code-in-text"),
    "exec of a global frame": ("exec('print(frame.count())')\n", "code-in-text"),
    "Glue's module by name": ("m = importlib.import_module('awsglue.transforms')\n", "loaded-by-name"),
    "Glue's module by __import__": ("m = __import__('awsglue.job')\n", "loaded-by-name"),
    "a member by a computed name": ("getattr(frame, input())()\n", "called-through-value"),
    "a reader by name": ("getattr(glueContext, 'create_dynamic_frame').from_catalog('d', 't')\n", "called-through-value"),
    "a reader in a variable": ("r = glueContext.create_dynamic_frame\nr.from_catalog('d', 't')\n", "called-through-value"),
    "a transform out of a registry": ("registry['x'].apply(frame=frame, paths=['a'])\n", "unknown-transform"),
    "a transform that is called": ("registry['x'](frame, ['a'], transformation_ctx='c')\n", "unknown-transform"),
}  # fmt: skip


@pytest.mark.parametrize(("line", "rule"), BLOCKED.values(), ids=BLOCKED)
def test_glue_out_of_sight_is_a_blocker(convert: Convert, line: str, rule: str) -> None:
    findings = convert(HEAD + line).findings
    assert (rule, Severity.BLOCKER) in [(f.rule, f.severity) for f in findings]


def test_code_that_is_put_together_at_run_time_is_a_warning(convert: Convert) -> None:
    findings = convert(HEAD + "rules = eval(sys.argv[1])\nmod = importlib.import_module(sys.argv[2])\n").findings
    assert [(f.rule, f.severity) for f in findings] == [
        ("code-in-text", Severity.WARNING),
        ("loaded-by-name", Severity.WARNING),
    ]


FOLLOWED = {
    "globals": "globals()['frame'].toDF().show()\n",
    "a fold": "functools.reduce(lambda a, b: a.union(b), [frame, frame]).toDF().show()\n",
    "map": "for one in map(lambda f: f.toDF(), [frame]):\n    one.show()\n",
    "a generator": "def all():\n    yield frame\n\n\nfor one in all():\n    one.toDF().show()\n",
}


@pytest.mark.parametrize("lines", FOLLOWED.values(), ids=FOLLOWED)
def test_frames_are_followed_through(convert: Convert, lines: str) -> None:
    converted = convert(HEAD + lines)
    assert converted.findings == ()
    assert ".toDF()" not in converted.after
    assert ".union(" not in converted.after


GIVEN = HEAD + "\n\ndef both(a{annotation}, b):\n    return {body}\n"


@pytest.mark.parametrize("body", ["a.union(b)", "a.filter(lambda r: r['x'] > 1)"])
def test_a_parameter_that_nobody_in_sight_calls_may_be_either_frame(convert: Convert, body: str) -> None:
    (found,) = convert(GIVEN.format(annotation="", body=body)).findings
    assert (found.rule, found.severity) == ("unknown-frame", Severity.BLOCKER)
    (found,) = convert(GIVEN.format(annotation=": set", body=body)).findings
    assert found.severity is Severity.WARNING


JSON = 'd = glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://a/"]}, "json").toDF()\n'
BY_POSITION = {
    "names for all columns": "d.toDF('a', 'b')\n",
    "a column by its number": "print(d.columns[0])\n",
    "a union with a frame of another order": "d.union(d.select('b', 'a'))\n",
    "insertInto": "d.withColumn('x', d.a).write.mode('append').insertInto('d.t')\n",
    "a CSV file without a header": "d.write.csv('s3://b/')\n",
    "Glue's own CSV file without a header": (
        "from awsglue.dynamicframe import DynamicFrame\nglueContext.write_dynamic_frame.from_options("
        "DynamicFrame.fromDF(d, glueContext, 'd'), 's3', {'path': 's3://b/'}, 'csv', {'writeHeader': False})\n"
    ),
}
BY_NAME = {
    "columns are selected first": "d.select('b', 'a').toDF('x', 'y')\n",
    "a union of two JSON reads": "d.union(d.filter('a > 1'))\n",
    "a CSV file with a header": "d.write.option('header', 'true').csv('s3://b/')\n",
    "Parquet": "d.write.parquet('s3://b/')\n",
}


@pytest.mark.parametrize("line", BY_POSITION.values(), ids=BY_POSITION)
def test_what_goes_by_position_after_a_json_read_is_told(convert: Convert, line: str) -> None:
    found = [f for f in convert(HEAD + JSON + line).findings if f.severity is Severity.BLOCKER]
    assert [f.line for f in found] == [len((HEAD + JSON + line).splitlines())]


@pytest.mark.parametrize("line", BY_NAME.values(), ids=BY_NAME)
def test_what_goes_by_name_after_a_json_read_stays(convert: Convert, line: str) -> None:
    assert [f for f in convert(HEAD + JSON + line).findings if f.severity is Severity.BLOCKER] == []
