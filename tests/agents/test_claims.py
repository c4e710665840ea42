"""What a model calls settled counts only where it has changed what the doubt is about."""

import re
from pathlib import Path

import pytest

import glue2lakehouse.tools.rewrite
from glue2lakehouse.agents.claims import _ABOUT_ROWS, answers, statement_at

OLD = """\
frame = spark.no_such_reader("orders", limit=3)
kept = frame.filter(lambda r: r["x"] != 3)
for name in names:
    kept.write.mode("append").parquet(name)
"""


@pytest.mark.parametrize(
    ("line", "new"),
    [
        pytest.param(1, OLD, id="nothing at all"),
        pytest.param(2, OLD.replace('mode("append")', 'mode("overwrite")'), id="another statement"),
        pytest.param(2, OLD.replace("r[", "r [").replace("kept =", "kept  ="), id="blanks"),
        pytest.param(2, "# It is right as it is.\n" + OLD, id="a comment"),
        pytest.param(3, OLD.replace('mode("append")', 'mode("overwrite")'), id="the loop's body, not the loop"),
        pytest.param(2, OLD + "other = 1\n", id="a name that it does not use"),
        pytest.param(4, OLD.replace("limit=3", "limit=4"), id="a name that only its frame's origin uses"),
    ],
)
def test_a_doubt_whose_statement_stands_is_not_answered(line: int, new: str) -> None:
    assert not answers(OLD, {line}, new)


@pytest.mark.parametrize(
    ("line", "new"),
    [
        pytest.param(1, OLD.replace('spark.no_such_reader("orders", limit=3)', 'spark.read.table("a.b.orders")'), id="its own"),
        pytest.param(2, OLD.replace('spark.no_such_reader("orders", limit=3)', 'spark.read.table("a.b.orders")'), id="the frame that it uses"),
        pytest.param(2, OLD.replace('lambda r: r["x"] != 3', 'F.col("x") != 3'), id="inside of its text"),
        pytest.param(4, OLD.replace('mode("append")', 'mode("overwrite")'), id="in the body"),
        pytest.param(2, OLD.split("\n")[0], id="taken away, which the checks judge"),
        pytest.param(1, "def broken(:", id="what does not parse, which the checks judge"),
    ],
)  # fmt: skip
def test_a_doubt_is_answered_by_a_change_of_what_it_is_about(line: int, new: str) -> None:
    assert answers(OLD, {line}, new)


def test_a_definition_that_a_statement_calls_is_part_of_the_answer() -> None:
    old = "def each(batch, at):\n    batch.join(stream)\n\n\nframe.writeStream.foreachBatch(each).start()\n"
    assert answers(old, {5}, old.replace("stream)", "spark.read.table('a.b.c'))"))
    assert not answers(old, {5}, old)


def test_the_lines_of_a_statement_are_its_own() -> None:
    assert statement_at("f(\n  1,\n)\nfor x in y:\n    g(x)\n", 2) == {1, 2, 3}
    assert statement_at("for x in y:\n    g(x)\n", 1) == {1}
    assert statement_at("for x in y:\n    g(x)\n", 2) == {2}


def test_the_rules_whose_doubts_a_run_shows_are_there() -> None:
    root = Path(glue2lakehouse.tools.rewrite.__file__).parent
    named = {
        name for file in root.rglob("*.py") for name in re.findall(r'"([a-z-]+)"', file.read_text(encoding="utf-8"))
    }
    assert _ABOUT_ROWS - named == set()


def test_a_doubt_without_a_line_is_not_answered_by_a_comment() -> None:
    assert not answers(OLD, set(), "# It is right as it is.\n" + OLD)
    assert answers(OLD, set(), OLD + "other = 1\n")
