from hypothesis import given, settings
from hypothesis import strategies as st

from glue2lakehouse.domain import Certainty, Severity
from glue2lakehouse.tools.report import FileReport, ReportEdit, ReportFinding, SourcePair
from glue2lakehouse.tools.report.html import side_by_side
from glue2lakehouse.tools.report.sides import align, coloured

TEXTS = st.sampled_from(["a", "(", "", "x = read(y)", "x = read(z)", "write(x)", "unique line"])


def edit(source: int, target: int) -> ReportEdit:
    return ReportEdit(rule="r", certainty=Certainty.EXACT, source_line=source, target_line=target)


def test_equal_lines_stand_beside_each_other() -> None:
    assert align(["a", "b"], ["a", "b"], []) == [(1, 1), (2, 2)]


def test_a_removed_line_has_nothing_on_its_right() -> None:
    assert align(["kept", "gone", "last"], ["kept", "last"], []) == [(1, 1), (2, 0), (3, 2)]


def test_an_edit_puts_its_two_lines_on_one_row_inside_a_changed_block() -> None:
    rows = align(["one", "two", "three"], ["drei"], [edit(3, 1)])
    assert rows == [(1, 0), (2, 0), (3, 1)]


def test_a_bracket_elsewhere_does_not_pull_the_lines_of_an_edit_apart() -> None:
    before = ["a = read(", "    x,", ")", "b = keep(a, rule)", "c = last(b)"]
    after = ["a = table", "b = kept(a)", "c = made(", "    b,", ")"]
    rows = align(before, after, [edit(1, 1), edit(4, 2), edit(5, 3)])
    assert {(1, 1), (4, 2), (5, 3)} <= set(rows)
    assert (3, 5) not in rows


def test_a_line_that_goes_is_not_put_beside_the_bracket_that_its_edit_ends_at() -> None:
    before, after = ["glue.purge(", "    path,", ")", "job.commit()"], ["spark.purge(", "    path,", ")"]
    assert align(before, after, [edit(4, 3)]) == [(1, 1), (2, 2), (3, 3), (4, 0)]


def test_lines_that_share_most_of_their_words_stand_beside_each_other() -> None:
    before = ["job = Job(glue)", "shops = read_json(glue, 'shops')"]
    assert align(before, ["shops = read_json(spark, 'shops')", "other"], []) == [(1, 0), (2, 1), (0, 2)]


def test_an_edit_yields_to_lines_that_are_equal() -> None:
    rows = align(["first line", "gone", "second line"], ["first line", "second line"], [edit(2, 1)])
    assert rows == [(1, 1), (2, 0), (3, 2)]


def test_edits_that_cross_each_other_never_repeat_or_lose_a_line() -> None:
    rows = align(["a", "b", "c"], ["x", "y", "z"], [edit(1, 3), edit(2, 1), edit(3, 2)])
    assert sorted(left for left, _ in rows if left) == [1, 2, 3]
    assert sorted(right for _, right in rows if right) == [1, 2, 3]


def test_marks_cover_each_line_exactly_in_utf16_units() -> None:
    text = 'def f():  # 😀\n    return "é😀"\r\n\n\x0cx = 1'
    for line, marks in coloured("a.py", text):
        lengths = [int(run.lstrip("abcdefghijklmnopqrstuvwxyz")) for run in marks.split()]
        assert sum(lengths) == len(line.encode("utf-16-le")) // 2


def test_a_keyword_and_a_string_have_their_colours() -> None:
    assert coloured("a.py", 'return "x"\n') == [('return "x"', "k6 1 s3")]


def test_a_file_of_an_unknown_type_is_shown_plain() -> None:
    assert coloured("a.unknown", "from x\n") == [("from x", "6")]


def test_the_code_of_an_unpacked_notebook_is_coloured_as_python() -> None:
    assert coloured("a.ipynb", "import x\n") == [("import x", "k6 1 n1")]
    assert coloured("a.ipynb", "[1]\n")[0][1] == "1 m1 1"


def test_an_equal_line_is_carried_once() -> None:
    file = FileReport(path="a.py", status="converted", evidence="parsed", confidence=1)
    view = side_by_side(file, SourcePair("a\nb\n", "a\nc\n"))
    assert view["after"][0] == 1
    assert view["after"][1] == ("c", "1")


def test_a_long_file_keeps_its_findings_and_leaves_equal_lines_out() -> None:
    before = "".join(f"value_{n} = {n % 7}\n" for n in range(4_000))
    after = before.replace("value_999 = 5", "changed = 5")
    finding = ReportFinding(rule="r", severity=Severity.WARNING, line=3_000, message="m")
    file = FileReport(path="a.py", status="converted", evidence="parsed", confidence=1, findings=[finding])
    view = side_by_side(file, SourcePair(before, after))
    assert sum(line is not None for line in view["before"]) < 300
    assert view["before"][2_999][0] == "value_2999 = 3"
    assert view["after"][999][0] == "changed = 5"
    assert view["before"][2_000] is None


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=12), st.lists(TEXTS, max_size=12), st.data())
def test_every_line_is_shown_once_and_in_order(before: list[str], after: list[str], data: st.DataObject) -> None:
    numbers = st.tuples(st.integers(0, 14), st.integers(0, 14))
    edits = [edit(*pair) for pair in data.draw(st.lists(numbers, max_size=8))]
    rows = align(before, after, edits)
    assert [left for left, _ in rows if left] == list(range(1, len(before) + 1))
    assert [right for _, right in rows if right] == list(range(1, len(after) + 1))
    assert (0, 0) not in rows
