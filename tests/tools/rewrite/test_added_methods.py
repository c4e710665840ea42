"""Methods that a project adds to DynamicFrame at run time."""

import pytest

from glue2lakehouse.domain import Severity

LIBRARY = (
    "from awsglue import DynamicFrame\n\n\ndef tidy(self, name):\n    frame = self.toDF().drop(name)\n"
    "    self.glue_ctx.spark_session.sql('select 1')\n    return DynamicFrame.fromDF(frame, self.glue_ctx, self.name)\n\n\n"
)
JOB = (
    "from awsglue.context import GlueContext\nimport library\n\nglue = GlueContext()\n"
    'frame = glue.create_dynamic_frame.from_catalog("a", "b")\n'
)


@pytest.mark.parametrize("line", ["DynamicFrame.tidy = tidy\n", "setattr(DynamicFrame, 'tidy', tidy)\n"])
def test_a_method_of_a_free_name_is_added_to_data_frame(convert, line: str) -> None:
    library = LIBRARY + line
    conversion = convert(library)
    assert "    frame = self.drop(name)\n    self.sparkSession.sql('select 1')\n    return frame\n" in conversion.after
    assert line.replace("DynamicFrame", "DataFrame") in conversion.after
    assert [(f.severity, f.rule) for f in conversion.findings] == [(Severity.WARNING, "glue-types")]
    job = convert(JOB + "out = frame.tidy('x').toDF()\n", library=library)
    assert "out = frame.tidy('x')\n" in job.after
    assert [f for f in job.findings if f.severity is Severity.BLOCKER] == []


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("DataFrame has it", "DynamicFrame.write = tidy"),
        ("Glue has it", "DynamicFrame.resolveChoice = tidy"),
        ("it is no function of the project", "DynamicFrame.tidy = len"),
        (
            "two functions under one name",
            "def other(self):\n    pass\n\n\nDynamicFrame.tidy = tidy\nDynamicFrame.tidy = other",
        ),
        ("a class of another kind", "from awsglue.context import GlueContext\nGlueContext.tidy = tidy"),
        ("a name that is computed", "setattr(DynamicFrame, 'ti' + str(1), tidy)"),
    ],
)
def test_others_are_handed_off(blockers, why: str, line: str) -> None:
    assert any("[monkeypatch]" in found for found in blockers(LIBRARY + line + "\n")), why


def test_the_name_of_a_frame_is_no_column(blockers) -> None:
    assert len(blockers(JOB + "print(frame.name)\n")) == 1
