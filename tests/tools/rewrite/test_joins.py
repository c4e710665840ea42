"""Of two columns with one name a join gives the left one a dot; where a record may lack one of them, the rows tell."""

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
SAME = MAPPED.replace("Note", "note")


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
        SAME + 'keys = sys.argv[1:]\nboth = Join.apply(left, right, keys, keys)\n',
    ],
    ids=["unknown columns", "dropped before", "renamed before", "computed keys"],
)  # fmt: skip
def test_no_clash_is_known(lines: str) -> None:
    conversion = converted(lines)
    assert told(conversion, Severity.BLOCKER) == []
    assert "both = join_frames(" in conversion.after


JSON = """
one = glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://b/p"]}, "json")
"""
PARQUET = """
one = glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://b/p"]}, "parquet")
two = glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://b/q"]}, "parquet")
"""
BOTH = 'both = Join.apply(left, right, "id", "id")\n'
THIRD = """right = RenameField.apply(right, "note", "remark")
both = Join.apply(left, right, "id", "id")
third = ApplyMapping.apply(two, [("k", "int", "k", "int"), ("remark", "string", "remark", "string")])
more = Join.apply(both, third, "id", "k")
"""


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (SAME + BOTH, "note"),
        (SAME + 'left = RenameField.apply(left, "id", "key")\nboth = left.join(["key"], ["id"], right)\n', "note"),
        (SAME + 'left = DropFields.apply(left, ["note"])\nboth = Join.apply(left, right, "id", "note")\n', "id"),
        (SAME + THIRD, "remark"),
    ],
    ids=["besides the key", "with another key", "a key of the other side", "from the join before"],
)
def test_the_left_one_of_two_columns_gets_a_dot_and_it_is_told(lines: str, names: str) -> None:
    conversion = converted(lines)
    assert told(conversion, Severity.BLOCKER) == []
    assert conversion.after.count("dotted=True") == 1
    (message,) = told(conversion, Severity.WARNING)
    assert message.startswith(f"both frames have {names}: the left one's is `.{names}` from here on")


@pytest.mark.parametrize("lines", [SAME + BOTH, "left, right = one, two\n" + BOTH], ids=["known", "not known"])
def test_columns_of_parquet_files_are_dotted_without_a_word(lines: str) -> None:
    conversion = converted(PARQUET + lines)
    assert "dotted=True" in conversion.after
    assert [told(conversion, each) for each in Severity] == [[] for _ in Severity]


@pytest.mark.parametrize(
    ("lines", "warnings"),
    [
        (JSON + 'both = Join.apply(one, two, "id", "id")\n', 0),
        ('both = Join.apply(one, two, "id", "id")\n', 0),
        (JSON + SAME + BOTH, 1),
        (
            SAME + 'left = ApplyMapping.apply(left.union(right.select_fields("id")), [("id", "int", "id", "int"), ("note", "string", "note", "string")])\n' + BOTH,
            1,
        ),
    ],
    ids=["of JSON", "of a table", "of JSON, known", "of a union, known"],
)  # fmt: skip
def test_where_records_may_lack_a_column_the_rows_tell(lines: str, warnings: int) -> None:
    conversion = converted(lines)
    assert "join_frames(" in conversion.after
    assert "dotted" not in conversion.after
    assert told(conversion, Severity.BLOCKER) == []
    assert len(told(conversion, Severity.WARNING)) == warnings


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (MAPPED + BOTH, "both frames have Note, spelled in two ways"),
        (PARQUET + SAME + BOTH + 'more = Join.apply(both, right, "id", "id")\n', "the join gives two columns the name .id, .note"),
    ],
    ids=["in another case", "twice"],
)  # fmt: skip
def test_two_columns_that_spark_takes_for_one_are_handed_off(lines: str, said: str) -> None:
    (message,) = told(converted(lines), Severity.BLOCKER)
    assert message.startswith(said)


def test_a_join_on_several_keys_says_that_they_are_compared_one_by_one() -> None:
    assert told(converted('both = Join.apply(one, two, ["a", "b"], ["a", "b"])\n'), Severity.WARNING) != []
    assert told(converted('both = Join.apply(one, two, ["a"], ["a"])\n'), Severity.WARNING) == []


PIVOTED = """flat = mapped.relationalize("root", "s3://tmp/")
root = flat.select("root")
"""


@pytest.mark.parametrize(
    ("first", "child", "known"),
    [
        ("id", 'flat.select("root_items")', Severity.WARNING),
        ("key", 'flat.select("root_items")', None),
        ("Index", 'flat.select(key="root_items")', Severity.BLOCKER),
        ("id", "flat.select(sys.argv[1])", None),
    ],
)
def test_the_columns_of_a_table_of_relationalize_are_known(first: str, child: str, known: Severity | None) -> None:
    mapped = (
        f'mapped = ApplyMapping.apply(one, [("a", "int", "{first}", "int"), ("items", "array", "items", "array")])\n'
    )
    done = converted(mapped + PIVOTED + f'both = Join.apply(root, {child}, "items", "id")\n')
    assert [each for each in Severity if told(done, each)] == ([known] if known else [])
