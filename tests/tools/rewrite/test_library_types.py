"""Glue's type objects, column functions and leftovers: what becomes of them, and what does not."""

import pytest

from glue2lakehouse.domain import Severity


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("a choice is no type of Spark", "schema = ChoiceType([StringType()])"),
        ("an open element type says nothing", "schema = ArrayType()"),
        ("properties have no place", 'schema = Field("a", StringType(), {"k": 1})'),
        ("Glue's notation is not Spark's", "schema = StructType.fromJsonValue({})"),
    ],
)
def test_what_spark_has_no_type_for_stays(convert, why: str, line: str) -> None:
    conversion = convert(f"from awsglue.gluetypes import *\n\n{line}\n")
    kept = line.split(" = ")[1].split("(")[0]
    assert kept in conversion.after, why
    assert [f.severity for f in conversion.findings] == [Severity.BLOCKER]


def test_a_schema_made_for_with_schema_is_given_to_the_reader(convert) -> None:
    source = (
        "import json\nfrom awsglue.context import GlueContext\nfrom awsglue.gluetypes import *\n\n"
        "glueContext = GlueContext()\n"
        'schema = StructType([Field("id", LongType())])\n'
        "frame = glueContext.create_dynamic_frame.from_options(\n"
        '    "s3", {"paths": ["s3://raw/"]}, "json", {"withSchema": json.dumps(schema.jsonValue())}\n)\n'
    )
    conversion = convert(source)
    assert 'frame = spark.read.option("mode", "FAILFAST").schema(schema).json("s3://raw/")' in conversion.after
    assert 'schema = StructType([StructField("id", LongType())])' in conversion.after
    assert all(f.severity is not Severity.BLOCKER for f in conversion.findings)


def test_a_schema_that_comes_as_text_is_handed_off(blockers) -> None:
    source = (
        "from awsglue.context import GlueContext\n\n\ndef read(context: GlueContext, text):\n"
        '    return context.create_dynamic_frame.from_options("s3", {"paths": ["s3://raw/"]}, "json", {"withSchema": text})\n'
    )
    assert "schema" in blockers(source)[0]


def test_a_source_object_that_is_handed_on_stays(convert) -> None:
    source = (
        "from awsglue.context import GlueContext\n\n\ndef load(context: GlueContext, use):\n"
        '    source = context.getSource("s3", format="json", paths=["s3://a/"])\n    use(source)\n'
        "    return source.getFrame()\n"
    )
    conversion = convert(source)
    assert 'source = context.getSource("s3", format="json", paths=["s3://a/"])' in conversion.after
    assert any("handed on" in f.message for f in conversion.findings)


def test_the_calls_of_a_chained_source_become_one_read(convert) -> None:
    source = (
        "from awsglue.context import GlueContext\n\n\ndef load(context: GlueContext):\n"
        '    return context.getSource("s3", format="parquet", paths=["s3://a/"]).getFrame(minPartitions=3)\n'
    )
    assert 'return context.read.parquet("s3://a/")' in convert(source).after


def test_a_blueprint_is_handed_off_by_name(blockers) -> None:
    found = blockers(
        "from awsglue.blueprint.workflow import *\nfrom awsglue.blueprint.crawler import Crawler\n\n"
        'crawler = Crawler(Name="c")\n'
    )
    assert "[hand-off]" in found[0]


@pytest.mark.parametrize("use", ["print(f'{}')", "print('it is ' + str({}))"])
def test_a_schema_as_json_that_is_only_shown_is_sparks(convert, use: str) -> None:
    shown = use.replace("f'{}'", "f'{frame.schema().jsonValue()}'").replace("{}", "frame.schema().jsonValue()")
    conversion = convert(
        f"from awsglue.dynamicframe import DynamicFrame\n\n\ndef look(frame: DynamicFrame):\n    {shown}\n"
    )
    assert "frame.schema.jsonValue()" in conversion.after
    assert not [finding for finding in conversion.findings if finding.severity is Severity.BLOCKER]


def test_a_schema_as_json_that_is_handed_on_is_handed_off(blockers) -> None:
    source = "from awsglue.dynamicframe import DynamicFrame\n\n\ndef look(frame: DynamicFrame):\n    return frame.schema().jsonValue()\n"
    assert any("walked through" in text for text in blockers(source))


def test_the_parts_of_a_type_have_the_same_names_in_spark(convert) -> None:
    body = (
        "def walk(kind):\n    if isinstance(kind, ArrayType):\n        return walk(kind.elementType)\n"
        "    if isinstance(kind, MapType):\n        return walk(kind.keyType), walk(kind.valueType)\n"
        "    if isinstance(kind, DecimalType):\n        return kind.precision, kind.scale\n    return kind\n"
    )
    conversion = convert(f"from awsglue.gluetypes import *\n\n{body}")
    assert body in conversion.after
    assert not conversion.findings
