"""What a failed run of the original teaches about the data that is made for it."""

import pytest

from glue2lakehouse.tools.sandbox.lessons import Lesson, apply_lessons, lesson_of
from glue2lakehouse.tools.sandbox.source_facts import Read, ScriptFacts

SAID = {
    "a column that one of two tables lacks": (
        "AnalysisException",
        "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column, variable, or function parameter with name `s`.`serial` cannot be "
        "resolved. Did you mean one of the following? [`s`.`amount`, `c`.`email`]. SQLSTATE: 42703",
        Lesson(kind="column", name="serial", beside=("amount",)),
    ),
    "a key of a join": (
        "AnalysisException",
        "[UNRESOLVED_USING_COLUMN_FOR_JOIN] USING column `date` cannot be resolved on the right side of the join. "
        "The right-side columns: [`amount`, `day`]. SQLSTATE: 42703",
        Lesson(kind="column", name="date", beside=("amount", "day")),
    ),
    "a field of a record": ("KeyError", "'price'", Lesson(kind="column", name="price")),
    "a column that has to be an array": (
        "AnalysisException",
        '[DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE] Cannot resolve "explode(tags)" due to data type mismatch: The first '
        'parameter requires the ("ARRAY" or "MAP") type, however "tags" has the type "STRING". SQLSTATE: 42K09',
        Lesson(kind="type", name="tags", type="array<string>"),
    ),
    "a table": (
        "AnalysisException",
        "[TABLE_OR_VIEW_NOT_FOUND] The table or view `raw-zone`.`orders` cannot be found. Verify the spelling",
        Lesson(kind="table", name="raw-zone.orders"),
    ),
    "a table of the Data Catalog": (
        "LookupError",
        "EntityNotFoundException: table shop.orders is not in the run's catalog",
        Lesson(kind="table", name="shop.orders"),
    ),
    "a folder, in the format of the statement that reads it": (
        "AnalysisException",
        "[PATH_NOT_FOUND] Path does not exist: s3://raw/2024/*/orders. SQLSTATE: 42K03",
        Lesson(kind="path", name="s3://raw/2024/*/orders", type="json"),
    ),
    "a table of a database": (
        "NotAvailableLocally",
        "JDBC table city is not available in the local Glue runtime: no local copy at /s/databases/world/city; add one",
        Lesson(kind="jdbc", name="world/city"),
    ),
}
SCRIPT = "import x\n\nframe = spark.read.json(path)\n"


@pytest.mark.parametrize("what", SAID)
def test_a_failure_in_sparks_words_is_a_lesson(what: str) -> None:
    error_type, error, lesson = SAID[what]
    assert lesson_of(error_type, error, 3, SCRIPT) == lesson


def test_a_failure_of_the_script_itself_teaches_nothing() -> None:
    assert lesson_of("NameError", "name 'orders' is not defined", 3, SCRIPT) is None
    assert lesson_of("ZeroDivisionError", "division by zero", 3, SCRIPT) is None


def test_a_column_that_a_predicate_on_partitions_asks_for_is_a_key_of_the_table() -> None:
    said = "[UNRESOLVED_COLUMN.WITHOUT_SUGGESTION] A column or function parameter with name `year` cannot be resolved. SQLSTATE"
    lesson = lesson_of("AnalysisException", said, 3, "frame = read(push_down_predicate=predicate)\nframe.show()\n")
    assert lesson == Lesson(kind="key", name="year")
    assert lesson_of("AnalysisException", said, 3, SCRIPT) == Lesson(kind="column", name="year")
    facts = ScriptFacts(
        reads=[Read(kind="path", name="s3://b/"), Read(kind="catalog", name="d.t"), Read(kind="catalog", name="d.u")]
    )
    apply_lessons(facts, [lesson, lesson])
    apply_lessons(facts, [Lesson(kind="column", name="day", beside=("year",))])
    assert facts.reads[1].keys == ["year", "day"]
    assert [(read.keys[:1], "year" in read.columns) for read in facts.reads] == [
        ([], False),
        (["year"], True),
        (["year"], True),
    ]


def test_a_table_that_is_appended_to_has_the_shape_of_what_comes() -> None:
    facts = ScriptFacts(reads=[Read(kind="catalog", name="D.T", columns={"id": ""}), Read(kind="catalog", name="d.u")])
    columns = (("n", "array<struct<Id:int>>"), ("day", "string"))
    apply_lessons(facts, [Lesson(kind="target", name="d.t", beside=("day",), columns=columns)])
    assert [(read.columns, read.keys) for read in facts.reads] == [(dict(columns), ["day"]), ({}, [])]


def test_a_column_goes_to_the_source_that_has_its_neighbours_and_then_to_the_next_one() -> None:
    lesson = Lesson(kind="column", name="serial", beside=("amount",))

    def sources() -> ScriptFacts:
        customers = Read(kind="catalog", name="shop.customers", columns={"email": ""})
        return ScriptFacts(reads=[customers, Read(kind="catalog", name="shop.devices", columns={"amount": ""})])

    once, twice = sources(), sources()
    apply_lessons(once, [lesson])
    assert [sorted(read.columns) for read in once.reads] == [["email"], ["amount", "serial"]]
    apply_lessons(twice, [lesson, lesson])
    assert [sorted(read.columns) for read in twice.reads] == [["email", "serial"], ["amount", "serial"]]


def test_a_key_error_in_a_job_of_a_workflow_asks_for_a_run_property() -> None:
    script = "props = glue.get_workflow_run_properties(Name=n, RunId=r)['RunProperties']\nx = props['target']\n"
    assert lesson_of("KeyError", "'target'", 2, script) == Lesson(kind="property", name="target")
