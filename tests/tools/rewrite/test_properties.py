"""What holds for any Glue script: the output parses, nothing of Glue is left without a finding, twice is once."""

import ast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools import facts
from glue2lakehouse.tools.rewrite import Conversion, convert_project

HEAD = (
    "import sys\nfrom awsglue.transforms import *\nfrom awsglue.utils import getResolvedOptions\n"
    "from awsglue.context import GlueContext\nfrom awsglue.job import Job\nfrom awsglue.dynamicframe import DynamicFrame\n\n"
    "glueContext = GlueContext()\nspark = glueContext.spark_session\nsome = spark.range(1)\n"
    "frame = DynamicFrame.fromDF(some, glueContext, 'frame')\n"
)
VALUES = st.one_of(
    st.sampled_from(["frame", "some", "glueContext", "None", "True", "len", "frame.toDF()", "lambda r: r['a'] != 1"]),
    st.integers(-2, 9).map(str),
    st.text("ab.`'\"\\{}é ", max_size=5).map(repr),
    st.lists(st.sampled_from(["a", "b.c", "`d.e`"]), max_size=3).map(repr),
    st.lists(st.tuples(*[st.sampled_from(["a", "b", "int", "string"])] * 4), max_size=2).map(repr),
    st.dictionaries(st.sampled_from(["paths", "path", "withHeader", "partitionKeys", "odd"]), st.text("s3:/a", max_size=4),
                    max_size=2).map(repr),
)  # fmt: skip
ROWS = [
    row
    for row in facts.callables().values()
    if row.parameters
    and row.name.startswith(("transforms.", "dynamicframe.DynamicFrame.", "context.Gl"))
    and row.name.count(".") <= 2
    and not row.name.startswith("transforms.GlueT")
]


@st.composite
def calls(draw: st.DrawFn) -> str:
    """Return a call of something in the facts, with arguments that may make sense."""
    row = draw(st.sampled_from(ROWS))
    names = [parameter.name for parameter in row.parameters if not parameter.name.startswith("*")]
    chosen = draw(st.lists(st.sampled_from(names), unique=True, max_size=4)) if names else []
    arguments = [f"{name}={draw(VALUES)}" for name in chosen]
    positional = [draw(VALUES)] if draw(st.booleans()) and names and names[0] not in chosen else []
    owner, _, leaf = row.name.rpartition(".")
    target = (
        leaf + ".apply" if row.kind == "transform" else ("frame." if "DynamicFrame" in owner else "glueContext.") + leaf
    )
    return f"{target}({', '.join([*positional, *arguments])})"


METHODS = {"apply", "fromDF", "toDF", "resolveChoice", "drop_fields", "getSink", "from_catalog", "errorsCount", "unbox"}
LINES = st.one_of(
    calls().map(lambda call: f"frame = {call}"),
    calls().map(lambda call: f"print(f'{{1}}', {call})"),
    calls().map(lambda call: f"if some:\n    {call}  # why\nelse:\n    pass"),
    calls().map(lambda call: f"def work(frame: DynamicFrame):\n    return {call}"),
    st.sampled_from(
        ["args = getResolvedOptions(sys.argv, ['a'])", "job = Job(glueContext)", "spark.sql(f'select * from {some}.b')",
         "text = 'select 1 from a.b'\nspark.sql(text)", "for name in ['a']:\n    spark.table('d.' + name)"]
    ),
)  # fmt: skip


def _convert(source: str) -> Conversion:
    (conversion,) = convert_project({"job.py": source}, Settings())
    return conversion


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(LINES, min_size=1, max_size=4))
def test_any_script_is_converted_or_handed_off(lines: list[str]) -> None:
    conversion = _convert(HEAD + "\n".join(lines) + "\n")
    tree = ast.parse(conversion.after)
    left = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & METHODS
    blocked = any(found.severity is Severity.BLOCKER for found in conversion.findings)
    assert blocked or not left
    assert blocked or "awsglue" not in conversion.after
    again = _convert(conversion.after)
    assert blocked or again.after == conversion.after
