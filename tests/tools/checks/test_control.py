"""A statement that did not change still has to stand where it stood."""

import pytest

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check

BEFORE = """import sys

spark = make()
df = spark.read.table("main.s.t")
if len(sys.argv) > 1:
    df = df.limit(10)
for day in days:
    try:
        df.write.mode("append").parquet(day)
    except ValueError:
        print(day)
    finally:
        print("done")
if a:
    print("a")
elif b:
    print("b")
with lock:
    df.show()
glueContext.create_dynamic_frame.from_catalog(database="s", table_name="u")
"""
AFTER = BEFORE.replace(
    'glueContext.create_dynamic_frame.from_catalog(database="s", table_name="u")', 'spark.read.table("main.s.u")'
)


def lost(after: str) -> list[str]:
    result = check(BEFORE, after, "job.py", {"job.py": BEFORE}, {"job.py": after}, [], Settings())
    return [f.message for f in result.findings if "around" in f.message or "the place in" in f.message]


def test_statements_that_stand_where_they_stood_are_fine() -> None:
    assert lost(AFTER) == []


LOST = {
    "an if": ("if len(sys.argv) > 1:\n    df = df.limit(10)\n", "df = df.limit(10)\n", "`if` around"),
    "a loop": ("for day in days:\n    try:\n        df.write", "day = days\nif day:\n    try:\n        df.write", "`for` around"),
    "a try": ("    try:\n        df.write.mode(\"append\").parquet(day)\n    except ValueError:\n        print(day)\n"
              "    finally:\n        print(\"done\")\n",
              "    df.write.mode(\"append\").parquet(day)\n", "`try` around"),
    "a with": ("with lock:\n    df.show()\n", "df.show()\n", "`with` around"),
    "another branch": ('    print("a")\nelif b:\n    print("b")\n', '    pass\nelif b:\n    print("a")\n    print("b")\n', "`if`"),
    "an else for an elif": ("elif b:\n    print(\"b\")\n", "else:\n    print(\"b\")\n", "`if` around"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), LOST.values(), ids=LOST)
def test_losing_only_what_stands_around_a_statement_is_a_blocker(old: str, new: str, told: str) -> None:
    assert old in AFTER
    assert any(told in message for message in lost(AFTER.replace(old, new)))


def test_a_statement_that_stands_twice_now_is_not_taken_for_one_that_moved() -> None:
    before = (
        "from awsglue.dynamicframe import DynamicFrame\nif glue:\n    glue.write_dynamic_frame.from_options(frame=frame, "
        "connection_type='s3', connection_options={'path': path}, format='parquet')\nelse:\n"
        "    frame.write.mode('append').parquet(path)\n"
    )
    write = "    frame.write.mode('append').parquet(path)\n"
    after = f"if glue:\n{write}else:\n{write}"

    def told(after: str) -> list[str]:
        result = check(before, after, "job.py", {"job.py": before}, {"job.py": after}, [], Settings())
        return [f.message for f in result.findings if "around" in f.message or "the place in" in f.message]

    assert told(after) == []
    assert told(f"if glue:\n{write}") != []
