"""A frame of a source object is known by the format that the source was given, as one of `from_options` is."""

import pytest

from glue2lakehouse.domain import Severity
from tests.tools.rewrite.conftest import Convert

HEAD = "from awsglue.context import GlueContext\n\nglueContext = GlueContext()\n"
READS = {
    "set": 'source = glueContext.getSource("s3", paths=["s3://in/"])\nsource.setFormat("{form}")\nframe = source.getFrame()\n',
    "set by name": 'source = glueContext.getSource(connection_type="s3", paths=["s3://in/"])\nsource.setFormat(format="{form}")\n'
    "frame = source.getFrame()\n",
    "made with it": 'source = glueContext.getSource("s3", format="{form}", paths=["s3://in/"])\nframe = source.getFrame()\n',
    "set in a function": "def read(context):\n    source = context.getSource('s3', paths=['s3://in/'])\n    source.setFormat('{form}')\n"
    "    return source.getFrame()\n\n\nframe = read(glueContext)\n",
}
HEADLESS = "glueContext.write_dynamic_frame.from_options({frame}, 's3', {{'path': 's3://out/t'}}, 'csv', {{'writeHeader': False}})\n"
TOLD = {
    "choices": ("out = frame.resolveChoice(choice='make_struct')\n", Severity.BLOCKER, "holds several types"),
    "a choice": (
        "out = frame.resolveChoice(specs=[('a', 'make_cols')])\n",
        Severity.BLOCKER,
        "values of several types",
    ),
    "fields that may lack": (
        "out = frame.filter(lambda r: r['a'] != 1)\n",
        Severity.WARNING,
        "Glue drops a record that has no a",
    ),
    "sorted columns": (HEADLESS.format(frame="frame"), Severity.BLOCKER, "another order than Glue's"),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize(("lines", "severity", "message"), TOLD.values(), ids=TOLD)
@pytest.mark.parametrize(("form", "told"), [("json", True), ("xml", True), ("parquet", False)])
def test_what_records_are_like_is_told_of_those_of_a_source(
    convert: Convert, read: str, lines: str, severity: Severity, message: str, form: str, told: bool
) -> None:
    options = ', rowTag="r"' if form == "xml" else ""
    text = read.format(form=form).replace(f'setFormat("{form}")', f'setFormat("{form}"{options})')
    findings = convert(HEAD + text + lines).findings
    assert any(finding.severity is severity and message in finding.message for finding in findings) is told
