"""Equal runs over a few rows say nothing of steps that only other rows tell from none, and of lines that they may pass by."""

import pytest

from glue2lakehouse.agents.unshown import added_steps, may_be_passed_by

OLD = """\
orders = read(database="sales", table_name="orders")
orders.write.mode("overwrite").parquet(target)
"""
READ = 'orders = spark.read.table("main.sales.orders")\n'
WRITE = 'orders.write.mode("overwrite").parquet(target)\n'


@pytest.mark.parametrize(
    ("new", "added"),
    [
        pytest.param(READ + WRITE, [], id="nothing"),
        pytest.param(READ + "# limit(5), if need be\n" + WRITE, [], id="words of a comment"),
        pytest.param(READ + "orders = orders.limit(1000)\n" + WRITE, ["limit"], id="a limit"),
        pytest.param('orders = spark.sql("SELECT * FROM a.b.c LIMIT 1000")\n' + WRITE, ["limit"], id="a limit in SQL"),
        pytest.param(READ + "orders = orders.dropDuplicates()\n" + WRITE, ["dropduplicates"], id="rows that are alike"),
        pytest.param(READ.replace(")\n", ').where("id > 0")\n') + WRITE, ["where"], id="a condition"),
        pytest.param(READ + "orders = orders.fillna({'a': 0})\n" + WRITE, ["fillna"], id="nulls"),
        pytest.param(READ + "if orders.count() < 9:\n    " + WRITE, ["if"], id="a branch"),
        pytest.param(
            READ + "try:\n    " + WRITE + "except Exception:\n    pass\n", ["except"], id="an error swallowed"
        ),
        pytest.param(READ + "with suppress(Exception):\n    " + WRITE, ["suppress"], id="an error suppressed"),
        pytest.param(READ + "orders = orders.join(customers, 'id')\n" + WRITE, ["join"], id="rows without a partner"),
        pytest.param(READ + "orders = orders.na.replace('x', 'y')\n" + WRITE, ["na"], id="values"),
        pytest.param("from pyspark.sql.functions import *\n" + READ + WRITE, ["import *"], id="every name"),
        pytest.param(
            "from pyspark.sql.functions import col, max\n" + READ + WRITE, ["import max"], id="a built-in name"
        ),
    ],
)
def test_a_step_more_is_told(new: str, added: list[str]) -> None:
    assert added_steps(OLD, new) == added


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("x = Filter.apply(x, f)\n", "x = x.where(g)\n", id="Glue's Filter"),
        pytest.param('x = getattr(transforms, "Filter").apply(x, f)\n', "x = x.filter(g)\n", id="its name as a text"),
        pytest.param("x = read(push_down_predicate=p)\n", "x = spark.table(t).where(p)\n", id="a predicate of a read"),
        pytest.param("x = x.where(a).limit(3)\n", "x = y.limit(3).where(a)\n", id="what was there"),
        pytest.param("x = Join.apply(x, y, 'a', 'b')\n", "x = x.join(y, x.a == y.b)\n", id="Glue's Join"),
        pytest.param("x = x.drop_null_fields()\n", "x = x.dropna()\n", id="nulls that Glue drops"),
    ],
)
def test_a_step_for_one_of_glues_is_none_more(old: str, new: str) -> None:
    assert added_steps(old, new) == []


MAIN = """\
def rare(name):
    return read(name)


def usual(name):
    return read(name)


def main(args):
    orders = usual("orders")
    if args["full"]:
        orders = read("all")
    elif args["rare"]: orders = rare("rare")
    try:
        write(orders)
    except ValueError:
        read("other")


def nobody():
    return nobody()


if __name__ == "__main__":
    main(parse())
"""


@pytest.mark.parametrize(
    ("line", "passed_by"),
    [(2, True), (6, False), (10, False), (11, False), (12, True), (13, True), (15, False), (17, True), (21, True), (25, False)],
)  # fmt: skip
def test_a_line_in_a_branch_a_handler_or_what_they_alone_call_may_be_passed_by(line: int, passed_by: bool) -> None:
    assert may_be_passed_by(MAIN, line) is passed_by


def test_a_function_of_a_module_is_called_from_another_file() -> None:
    module = "def load(name):\n    return read(name)\n"
    assert may_be_passed_by(module, 2)
    assert may_be_passed_by(module, 2, ["from library import reload\n"])
    assert not may_be_passed_by(module, 2, ["from library import load\n"])


GUARD = """\
def main(orders):
    for name in names():
        if name == "none":
            continue
        read(name)
    read("each")
    if not orders:
        return
    read("orders")

    def write():
        return read("inner")

    write()


main(parse())
if done():
    sys.exit(0)
read("last")
"""


@pytest.mark.parametrize(
    ("line", "passed_by"), [(2, False), (5, True), (6, False), (7, False), (9, True), (16, False), (19, True)]
)
def test_a_line_behind_one_that_ends_the_run_or_the_round_may_be_passed_by(line: int, passed_by: bool) -> None:
    assert may_be_passed_by(GUARD, line) is passed_by


@pytest.mark.parametrize(
    "word", ["when", "sampleBy", "randomSplit", "groupBy", "intersectAll", "try_cast", "pathGlobFilter"]
)
def test_values_by_case_samples_and_groups_are_steps_too(word: str) -> None:
    assert added_steps(OLD, READ + f"orders = orders.{word}(x)\n" + WRITE) == [word.lower()]


def test_a_case_and_a_sample_in_sql_are_steps() -> None:
    new = READ + 'orders = spark.sql("SELECT CASE WHEN a < 0 THEN 0 END FROM o TABLESAMPLE (5 ROWS)")\n' + WRITE
    assert added_steps(OLD, new) == ["tablesample", "when", "case"]


@pytest.mark.parametrize(
    "source",
    [
        "orders = read(full) if args else read(part)\n",
        "orders = cached() or read(part)\n",
        'if __name__ == "__main__" and args.full: read(part)\n',
    ],
)
def test_a_part_of_a_line_may_be_passed_by_too(source: str) -> None:
    assert may_be_passed_by(source, 1)
    assert not may_be_passed_by("orders = read(part)\n", 1)
