"""CSV, JSON and XML files: what Spark's readers and writers do otherwise than Glue's is switched off or said."""

import pytest

from glue2lakehouse.domain import Severity

HEAD = "from awsglue.context import GlueContext\n\ngc = GlueContext()\n"
READ = 'f = gc.create_dynamic_frame.from_options("s3", {"paths": ["s3://b/x/"]%s}, "%s", {%s})\n'
WRITE = (
    "from awsglue.dynamicframe import DynamicFrame\n\n\ndef save(frame: DynamicFrame):\n"
    '    frame.write("s3", {"path": "%s"}, "%s", {%s})\n'
)


def conditions(conversion) -> str:
    return "; ".join(edit.condition for edit in conversion.edits)


@pytest.mark.parametrize(
    ("options", "becomes"),
    [
        ("", """header=True, escape='"', ignoreLeadingWhiteSpace=False, ignoreTrailingWhiteSpace=False"""),
        (""" "quoteChar": "'" """, """quote="'", emptyValue="", escape="'", ignoreLeading"""),
        (""" "quoteChar": '"' """, """quote='"', escape='"', ignoreLeading"""),
    ],
)
def test_csv_is_written_untrimmed_and_without_foreign_quotes(convert, options: str, becomes: str) -> None:
    assert becomes in convert(WRITE % ("s3://b/x/", "csv", options)).after


def test_a_quote_that_is_known_at_run_time_is_doubled_as_it_is(convert) -> None:
    read = HEAD + "q = input()\n" + READ % ("", "csv", '"withHeader": True, "quoteChar": q')
    assert "quote=q, escape=q" in convert(read).after
    written = convert((WRITE % ("s3://b/x/", "csv", '"quoteChar": q')).replace("save(frame:", "save(q, frame:"))
    assert """quote=q, emptyValue="", escape=q""" in written.after


def test_a_writer_has_no_escaper_as_glue_has_none(convert) -> None:
    conversion = convert(WRITE % ("s3://b/x/", "csv", '"escaper": "\\\\"'))
    assert """escape='"'""" in conversion.after
    assert any("escaper goes" in finding.message for finding in conversion.findings)


def test_a_reader_with_an_escaper_says_what_spark_escapes(convert) -> None:
    conversion = convert(HEAD + READ % ("", "csv", '"withHeader": True, "escaper": "\\\\"'))
    assert any(f.severity is Severity.WARNING and "after the escaper" in f.message for f in conversion.findings)
    assert not convert(HEAD + READ % ("", "csv", '"withHeader": True')).findings


@pytest.mark.parametrize(("form", "said"), [("csv", "empty texts"), ("json", "left out of its object")])
def test_how_times_and_nulls_are_spelled_is_a_condition(convert, form: str, said: str) -> None:
    found = conditions(convert(WRITE % ("s3://b/x/", form, "")))
    assert "no column is a timestamp" in found
    assert said in found
    assert "timestamp" not in conditions(convert(WRITE % ("s3://b/x/", "parquet", "")))


def test_xml_keeps_the_spaces_around_a_text(convert) -> None:
    conversion = convert(HEAD + READ % ("", "xml", '"rowTag": "r"'))
    assert "ignoreSurroundingSpaces=False" in conversion.after
    assert "no row element closes itself" in conditions(conversion)
    assert "no element holds a date or a time" in conditions(conversion)
    told = convert(HEAD + READ % ("", "xml", '"rowTag": "r", "ignoreSurroundingSpaces": True'))
    assert "ignoreSurroundingSpaces=True" in told.after
    assert "ignoreSurroundingSpaces=False" not in told.after


@pytest.mark.parametrize(
    ("form", "options", "said"),
    [
        ("csv", '"withHeader": True', "the same columns in the same order, each with a name of its own whatever its case"),
        ("csv", "", "all rows of all files have the same columns; "),
        ("json", "", "null, {} or [] alone is none"),
        ("json", '"multiline": True', "null, {} or [] alone is none"),
        *((form, more, "there are records to read") for form, more in (("csv", ""), ("json", ""), ("json", '"multiline": True'), ("xml", '"rowTag": "r"'))),
    ],
)  # fmt: skip
def test_what_has_to_hold_of_the_files_is_said(convert, form: str, options: str, said: str) -> None:
    assert said in conditions(convert(HEAD + READ % ("", form, options)))


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
@pytest.mark.parametrize("place", ["connection", "format"])
def test_the_name_of_a_file_is_attached_wherever_it_is_asked_for(convert, form: str, place: str) -> None:
    asked = '"attachFilename": "src", "attachTimestamp": "at"'
    header = '"withHeader": True, ' if form == "csv" else ""
    given = (f", {asked}", form, header) if place == "connection" else ("", form, header + asked)
    conversion = convert(HEAD + READ % given)
    assert '.withColumn("src", F.col("_metadata.file_path"))' in conversion.after
    assert '.withColumn("at", F.col("_metadata.file_modification_time"))' in conversion.after
    assert "escaped in _metadata.file_path" in conditions(conversion)
    assert "attachTimestamp is a timestamp" in conditions(conversion)


def test_the_version_of_avro_goes_with_a_word(convert) -> None:
    conversion = convert(WRITE % ("s3://b/x/", "avro", '"version": "1.8"'))
    assert any("version 1.8 goes" in finding.message for finding in conversion.findings)


@pytest.mark.spark
def test_texts_with_blanks_come_back_from_csv_as_they_were(convert, spark, tmp_path) -> None:
    rows = [(1, "  a "), (2, ""), (3, "x'y"), (4, '"'), (5, " ")]
    frame = spark.createDataFrame(rows, "n int, t string")
    for number, quote in enumerate(("'", '"')):
        path = (tmp_path / str(number)).as_uri()
        space: dict = {}
        exec(convert(WRITE % (path, "csv", f'"quoteChar": {quote!r}')).after, space)
        space["save"](frame)
        read = spark.read.options(header=True, quote=quote, escape=quote).schema("n int, t string").csv(path).fillna("")
        assert sorted(map(tuple, read.collect())) == rows


def test_a_predicate_of_a_read_by_path_is_told_and_leaves_a_sample_a_sample(convert) -> None:
    read = READ % ("", "csv", '"withHeader": True')
    told = convert(HEAD + read.replace("})\n", '}, push_down_predicate="year=1")\n'))
    assert '.where("year=1")' in told.after
    assert any(f.severity is Severity.WARNING and "no catalog table's" in f.message for f in told.findings)
    assert not convert(HEAD + read.replace("})\n", '}, push_down_predicate="")\n')).findings
    source = 's = gc.getSource("s3", paths=["s3://b/x"], push_down_predicate="year=1")\ns.setFormat("parquet")\n'
    sample = convert(HEAD + source + "f = s.getSampleFrame(5)\nf.count()\n").after
    assert '.where("year=1").limit(5)' in sample


@pytest.mark.parametrize(("form", "warned"), [("parquet", True), ("json", False)])
def test_what_is_told_two_ways_of_parquet_is_said(convert, form: str, warned: bool) -> None:
    conversion = convert(HEAD + READ % ("", form, '"attachFilename": "src"'))
    assert any("library ignores format options" in f.message for f in conversion.findings) is warned
    assert not any("go: Glue ignores" in f.message for f in conversion.findings)


@pytest.mark.parametrize(
    ("call", "said", "unsaid"),
    [
        ('gc.create_dynamic_frame.from_options("s3", given, format="csv")', "in the same order, each with a name", "one type"),
        ('gc.create_dynamic_frame.from_options("s3", given, format="json")', "each field holds one type", "CSV field"),
        ('gc.create_dynamic_frame.from_options("s3", given, format="json")', "each line is one record", "CSV field"),
        ('gc.create_dynamic_frame.from_options("s3", given, format=kind)', "of CSV files: an empty CSV field", "timestamp"),
        ("gc.create_dynamic_frame.from_options(kind, given)", "of JSON files: each field holds one type", "timestamp"),
        ("gc.create_dynamic_frame.from_options(**given)", "of JSON files: each field holds one type", "timestamp"),
        ('gc.create_dynamic_frame.from_options("s3", given, format="orc")', "no key=value folders", "CSV field"),
        ('gc.create_dynamic_frame.from_options("mysql", given)', "the options name only what Spark has as well", "CSV field"),
        ('gc.write_dynamic_frame.from_options(f, "s3", given, format="csv")', "empty texts from nulls", "left out of its object"),
        ('gc.write_dynamic_frame.from_options(f, "s3", given, format="json")', "left out of its object", "empty texts"),
        ('gc.write_dynamic_frame.from_options(f, "s3", given, format=kind)', "no column is a timestamp", "each field"),
    ],
)  # fmt: skip
def test_what_has_to_hold_of_files_is_said_of_computed_options_too(convert, call: str, said: str, unsaid: str) -> None:
    source = HEAD + f"\n\ndef run(kind, given, f=gc.create_dynamic_frame.from_catalog('d', 't')):\n    {call}\n"
    conversion = convert(source)
    found = "; ".join(edit.condition for edit in conversion.edits if edit.rule in ("from-options", "write-options"))
    assert said in found
    assert unsaid not in found


SINK = """from awsglue.context import GlueContext

glueContext = GlueContext()
frame = glueContext.create_dynamic_frame.from_catalog("d", "t")
"""
GROWING = 'glueContext.write_dynamic_frame.from_catalog(frame, "d", "u", additional_options={%s})\n'
MADE = """sink = glueContext.getSink("s3", path="s3://b/u/", enableUpdateCatalog=True%s)
sink.setFormat("glueparquet")
sink.setCatalogInfo(catalogDatabase="d", catalogTableName="u")
sink.writeFrame(frame)
"""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (GROWING % "'enableUpdateCatalog': True", True),
        (GROWING % "'enableUpdateCatalog': True, 'partitionKeys': []", True),
        (GROWING % "'enableUpdateCatalog': True, 'partitionKeys': ['day']", False),
        (GROWING % "'enableUpdateCatalog': True, 'updateBehavior': 'LOG'", False),
        (GROWING % "", False),
        (MADE % "", True),
        (MADE % ', partitionKeys=["day"]', False),
        (MADE % ', updateBehavior="LOG"', False),
    ],
)
def test_a_table_without_partitions_grows_in_spark_alone_which_is_said(convert, line: str, told: bool) -> None:
    conversion = convert(SINK + line)
    assert ("AWS documents no such change of a table without partitions" in conditions(conversion)) is told
    assert told <= ('option("mergeSchema", True)' in conversion.after)


def test_the_partition_of_nulls_is_said_of_a_catalog_read(convert) -> None:
    assert "no partition is __HIVE_DEFAULT_PARTITION__" in conditions(convert(SINK))
