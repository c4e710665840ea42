"""Deleting the files of a table: in Glue that empties it, and the managed table that takes its place keeps its rows."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.rewrite.runtime.purging import empty_table

HEAD = "from awsglue.context import GlueContext\n\nglue = GlueContext()\nOUT = 's3://lake/orders/'\nframe = glue.create_dynamic_frame.from_catalog('a', 'b')\n"
SINK = (
    "sink = glue.getSink(connection_type='s3', path={path}, enableUpdateCatalog=True)\nsink.setCatalogInfo({names})\n"
    "sink.setFormat('glueparquet')\nsink.writeFrame(frame)\n"
)
NAMES = "catalogDatabase='sales', catalogTableName='orders'"


def sink(path: str, names: str = NAMES) -> str:
    return SINK.format(path=path, names=names)


def indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


@pytest.mark.parametrize(
    ("purged", "path"), [("'s3://lake/orders/'", "'s3://lake/orders/'"), ("OUT", "OUT"), ("args['out']", "args['out']")]
)
def test_a_purge_of_the_folder_of_a_sink_empties_its_table(convert, purged: str, path: str) -> None:
    purge = f"glue.purge_s3_path({purged}, {{'retentionPeriod': 0}})\n"
    conversion = convert(HEAD + "args = load()\n" + purge + sink(path))
    assert 'empty_table(spark, "main.sales.orders")' in conversion.after
    assert "dbutils" not in conversion.after
    assert not [f for f in conversion.findings if f.severity is Severity.BLOCKER]


def test_a_variable_that_holds_one_sink_after_the_other_is_each_one_s(convert) -> None:
    purge = "glue.purge_s3_path('s3://lake/b/', {'retentionPeriod': 0})\n"
    conversion = convert(HEAD + purge + sink("'s3://lake/a/'") + sink("'s3://lake/b/'", "'sales', 'lines'"))
    assert 'empty_table(spark, "main.sales.lines")' in conversion.after


def test_the_table_of_another_sink_is_not_emptied(convert) -> None:
    """A sink of files alone, whose folder is purged, stands before one of a table."""
    files = "raw = glue.getSink(connection_type='s3', path=OUT)\nraw.setFormat('json')\nraw.writeFrame(frame)\n"
    after = convert(HEAD + "glue.purge_s3_path(OUT" + AT_ONCE + files + sink("'s3://lake/other/'")).after
    assert "empty_table" not in after
    assert "dbutils.fs.rm(" in after


def test_names_that_a_function_is_given_name_the_table(convert) -> None:
    body = "glue.purge_s3_path(path, {'retentionPeriod': 0})\n" + sink(
        "path", "catalogDatabase=db, catalogTableName=name"
    )
    after = convert(HEAD + "def publish(frame, path, db, name):\n" + indented(body)).after
    assert 'empty_table(spark, f"main.{db}.{name}")' in after


AT_ONCE = ", {'retentionPeriod': 0})\n"


@pytest.mark.parametrize(
    "lines",
    [
        # Files that are older than a day: a table has no rows of an age.
        "glue.purge_s3_path(OUT, {'retentionPeriod': 24})\n" + sink("OUT"),
        # What names the sink stands elsewhere.
        "glue.purge_s3_path(OUT" + AT_ONCE + "raw = glue.getSink(connection_type='s3', path=OUT)\nfinish(raw)\n" + sink("'s3://x/'"),
        # A partition of the table, and a folder above it.
        "glue.purge_s3_path('s3://lake/orders/day=1/'" + AT_ONCE + sink("OUT"),
        "glue.purge_s3_path('s3://lake/'" + AT_ONCE + sink("OUT"),
        # The table's name is not known yet, or is another one at the purge.
        "glue.purge_s3_path(OUT" + AT_ONCE + "name = pick()\n" + sink("OUT", "catalogDatabase='sales', catalogTableName=name"),
        "glue.purge_s3_path(OUT" + AT_ONCE + sink("OUT", "catalogDatabase='sales', catalogTableName=pick()"),
        # The path is another one at the sink.
        "path = pick()\nglue.purge_s3_path(path" + AT_ONCE + "path = pick()\n" + sink("path"),
        "for path in OLD:\n    glue.purge_s3_path(path" + AT_ONCE + "for path in NEW:\n" + indented(sink("path")),
        # Another function of the class, whose names are its own.
        "class J:\n    def clear(self):\n        glue.purge_s3_path(self.out" + AT_ONCE
        + "    def write(self, name):\n"
        + indented(indented(sink("self.out", "catalogDatabase='sales', catalogTableName=name"))),
    ],
)  # fmt: skip
def test_what_part_of_a_table_goes_or_which_is_handed_off(convert, lines: str) -> None:
    conversion = convert(HEAD + lines)
    assert "empty_table" not in conversion.after
    blockers = [f.message for f in conversion.findings if f.severity is Severity.BLOCKER]
    assert any("managed Delta table now and keeps its rows" in message for message in blockers)


@pytest.mark.parametrize(
    "lines",
    [
        "def clear(path):\n    glue.purge_s3_path(path" + AT_ONCE + "clear(OUT)\n" + sink("OUT"),
        "glue.purge_s3_path(pick()" + AT_ONCE + sink("OUT"),
        "glue.purge_s3_path(OUT" + AT_ONCE + "glue.write_dynamic_frame.from_catalog(frame, 'sales', 'orders')\n",
    ],
)
def test_a_purge_that_may_be_of_a_table_is_warned_of(convert, lines: str) -> None:
    conversion = convert(HEAD + lines)
    assert "dbutils.fs.rm(" in conversion.after
    assert any(f.rule == "purge" and f.severity is Severity.WARNING for f in conversion.findings)


def test_a_sink_of_another_module_counts(convert) -> None:
    job = HEAD + "from writers import write\n\nglue.purge_s3_path('s3://lake/orders/'" + AT_ONCE + "write(frame)\n"
    other = "from awsglue.context import GlueContext\n\nglue = GlueContext()\n\n\ndef write(frame):\n"
    conversion = convert(job, writers=other + indented(sink("'s3://lake/orders/'")))
    assert any("of writers.py" in f.message for f in conversion.findings if f.severity is Severity.BLOCKER)


@pytest.mark.parametrize(
    "lines",
    [
        "glue.purge_s3_path('s3://lake/scratch/'" + AT_ONCE + sink("'s3://lake/orders/'"),
        "glue.purge_s3_path('s3://lake/orders_tmp/'" + AT_ONCE + sink("'s3://lake/orders'"),
        "glue.purge_s3_path(OUT" + AT_ONCE + "frame.toDF().write.parquet(OUT)\n",
    ],
)
def test_files_that_are_no_table_are_only_removed(convert, lines: str) -> None:
    conversion = convert(HEAD + lines)
    assert "dbutils.fs.rm(" in conversion.after
    assert not [f for f in conversion.findings if f.rule == "purge"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("s3.Bucket('lake').objects.filter(Prefix='orders/').delete()", True),
        ("s3.delete_objects(Bucket='lake', Delete={'Objects': keys})", True),
        ("subprocess.run(['aws', 's3', 'rm', OUT])", True),
        ("s3.copy_object(Bucket='lake', Key='orders/a')", False),
        ("DeltaTable.forName(spark, 'x').delete()", False),
    ],
)
def test_objects_that_boto3_deletes_are_told_at_the_write(convert, line: str, told: bool) -> None:
    conversion = convert(HEAD + f"{line}\n" + sink("OUT"))
    assert any("deletes objects of S3" in f.message for f in conversion.findings) is told


class Session:
    """What the helper asks of a session."""

    def __init__(self, *tables: str) -> None:
        self.catalog = self
        self.tables = tables
        self.said: list[str] = []

    def tableExists(self, name: str) -> bool:
        return name in self.tables

    def sql(self, text: str) -> None:
        self.said.append(text)


@pytest.mark.parametrize(("tables", "said"), [(("main.a.b",), ["DELETE FROM main.a.b"]), ((), [])])
def test_only_a_table_that_is_there_is_emptied(tables: tuple[str, ...], said: list[str]) -> None:
    session = Session(*tables)
    empty_table(session, "main.a.b")  # type: ignore[arg-type]
    assert session.said == said
