"""A join is handed off where both frames are known to have a column that it does not make equal."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import convert_project
from glue2lakehouse.tools.rewrite.engine import Conversion

HEAD = """from awsglue.context import GlueContext
from awsglue.transforms import ApplyMapping, DropFields, Join, RenameField

glueContext = GlueContext()



one = glueContext.create_dynamic_frame.from_catalog(database="d", table_name="one")
two = glueContext.create_dynamic_frame.from_catalog(database="d", table_name="two")
"""
MAPPED = """left = ApplyMapping.apply(one, [("id", "int", "id", "int"), ("Note", "string", "Note", "string")])
right = ApplyMapping.apply(two, [("id", "int", "id", "int"), ("note", "string", "note", "string")])
"""


def converted(lines: str) -> Conversion:
    (conversion,) = convert_project({"job.py": HEAD + lines}, Settings())
    return conversion


def told(conversion: Conversion, severity: Severity) -> list[str]:
    return [found.message for found in conversion.findings if found.rule == "join" and found.severity is severity]


@pytest.mark.parametrize(
    "lines",
    [
        'both = Join.apply(one, two, "id", "id")\n',
        MAPPED + 'right = DropFields.apply(right, ["note"])\nboth = Join.apply(left, right, "id", "id")\n',
        MAPPED + 'right = RenameField.apply(right, "note", "remark")\nboth = Join.apply(left, right, "id", "id")\n',
        MAPPED + 'keys = sys.argv[1:]\nboth = Join.apply(left, right, keys, keys)\n',
    ],
    ids=["unknown columns", "dropped before", "renamed before", "computed keys"],
)  # fmt: skip
def test_no_clash_is_known(lines: str) -> None:
    conversion = converted(lines)
    assert told(conversion, Severity.BLOCKER) == []
    assert "both = join_frames(" in conversion.after


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (MAPPED + 'both = Join.apply(left, right, "id", "id")\n', "Note"),
        (MAPPED + 'left = RenameField.apply(left, "id", "key")\nboth = left.join(["key"], ["id"], right)\n', "Note"),
        (MAPPED + 'left = DropFields.apply(left, ["Note"])\nboth = Join.apply(left, right, "id", "note")\n', "id"),
        (
            MAPPED + 'right = RenameField.apply(right, "note", "remark")\nboth = Join.apply(left, right, "id", "id")\n'
            'third = ApplyMapping.apply(two, [("k", "int", "k", "int"), ("remark", "string", "remark", "string")])\n'
            'more = Join.apply(both, third, "id", "k")\n',
            "remark",
        ),
    ],
    ids=["in another case", "a key of one side", "a key of the other side", "from the join before"],
)
def test_a_known_clash_is_handed_off(lines: str, names: str) -> None:
    (message,) = told(converted(lines), Severity.BLOCKER)
    assert message.startswith(f"both frames have {names}, which the join does not make equal")


def test_a_join_on_several_keys_says_that_they_are_compared_one_by_one() -> None:
    assert told(converted('both = Join.apply(one, two, ["a", "b"], ["a", "b"])\n'), Severity.WARNING) != []
    assert told(converted('both = Join.apply(one, two, ["a"], ["a"])\n'), Severity.WARNING) == []


PIVOTED = """flat = mapped.relationalize("root", "s3://tmp/")
root = flat.select("root")
"""


@pytest.mark.parametrize(
    ("first", "child", "blocked"),
    [
        ("id", 'flat.select("root_items")', True),
        ("key", 'flat.select("root_items")', False),
        ("Index", 'flat.select(key="root_items")', True),
        ("id", "flat.select(sys.argv[1])", False),
    ],
)
def test_the_columns_of_a_table_of_relationalize_are_known(first: str, child: str, blocked: bool) -> None:
    mapped = (
        f'mapped = ApplyMapping.apply(one, [("a", "int", "{first}", "int"), ("items", "array", "items", "array")])\n'
    )
    done = converted(mapped + PIVOTED + f'both = Join.apply(root, {child}, "items", "id")\n')
    assert bool(told(done, Severity.BLOCKER)) == blocked
    conditions = " ".join(each.condition for each in done.edits if each.rule == "join")
    assert ("has the columns id and index" in conditions) == (not blocked and "root_items" in child)


def test_a_table_of_relationalize_whose_columns_are_not_known_is_told() -> None:
    source = PIVOTED.replace("mapped", "one").replace("select(", "select(key=")
    done = converted(source + 'items = flat.select("root_items")\nboth = items.join(["id"], ["items"], root)\n')
    assert told(done, Severity.BLOCKER) == []
    assert "has the columns id and index" in next(each.condition for each in done.edits if each.rule == "join")
