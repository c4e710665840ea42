"""Columns of a JDBC type under another type, as a connector's dataTypeMapping has them."""

from typing import TYPE_CHECKING, Any

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.glue_runtime.refusals import NotAvailableLocally
from glue2lakehouse.tools.rewrite.runtime.jdbc_types import read_jdbc_as

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

READ = (
    "from awsglue.context import GlueContext\n\nglue = GlueContext()\noptions = {options}\n"
    "frame = glue.create_dynamic_frame.from_options('custom.jdbc', options)\nframe.toDF().show()\n"
)
GIVEN = {"url": "jdbc:x:y", "className": "x.Driver", "dbTable": "T"}


def test_a_mapping_goes_to_the_helper_with_what_sparks_reader_takes(convert) -> None:
    conversion = convert(
        READ.format(options={**GIVEN, "dataTypeMapping": {"FLOAT": "STRING"}, "filterPredicate": "a = 1"})
    )
    call = (
        'read_jdbc_as(spark, options["dataTypeMapping"], dbtable="(SELECT * FROM " + options["dbTable"] + " WHERE " + '
        'options["filterPredicate"] + ") filtered", url=options["url"], driver=options["className"])'
    )
    assert call in conversion.after
    assert any("documented for STRING" in edit.condition for edit in conversion.edits)


def test_a_condition_that_is_chosen_at_the_call_is_chosen_before_it_is_put_in(convert) -> None:
    source = (
        "from awsglue.context import GlueContext\n\nglue = GlueContext()\n\n\ndef read(few, url):\n"
        "    return glue.create_dynamic_frame.from_options('custom.jdbc', "
        '{"url": url, "dbTable": "T", "filterPredicate": "a = 1" if few else "a < 9"})\n'
    )
    after = convert(source).after
    assert '"(SELECT * FROM " + "T" + " WHERE " + ("a = 1" if few else "a < 9") + ") filtered"' in after


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ({"DECIMAL": "BIGDECIMAL"}, "dataTypeMapping DECIMAL -> BIGDECIMAL"),
        ({"TEXT": "STRING"}, "dataTypeMapping TEXT -> STRING"),
        ({"ROWID": "STRING"}, "dataTypeMapping ROWID -> STRING"),
        ("FLOAT", "dataTypeMapping 'FLOAT'"),
    ],
)
def test_a_mapping_that_spark_cannot_follow_is_told(blockers, mapping: object, told: str) -> None:
    found = blockers(READ.format(options={**GIVEN, "dataTypeMapping": mapping}))
    assert [told in text for text in found] == [True]


def test_the_checks_find_the_mapping_again_in_the_helper(convert) -> None:
    given = {**GIVEN, "dataTypeMapping": {"FLOAT": "STRING"}}
    source = READ.replace("'custom.jdbc', options", "'custom.jdbc', {given}").format(options={}, given=given)
    conversion = convert(source)
    found = check(source, conversion.after, "job.py", {}, {}, conversion.findings, Settings()).findings
    assert "read_jdbc_as(spark, {'FLOAT': 'STRING'}, " in conversion.after
    assert [str(f) for f in found if f.severity is Severity.BLOCKER and "glue_compat" not in f.message] == []


def test_an_empty_mapping_is_none(convert) -> None:
    assert "read_jdbc_as" not in convert(READ.format(options={**GIVEN, "dataTypeMapping": {}})).after


@pytest.mark.parametrize("kind", ["mysql", "jdbc"])
def test_only_connectors_have_a_mapping(blockers, kind: str) -> None:
    source = READ.format(options={**GIVEN, "dataTypeMapping": {"FLOAT": "STRING"}}).replace("custom.jdbc", kind)
    assert ["option dataTypeMapping" in text for text in blockers(source)] == [True]


def test_a_written_target_has_no_mapping(blockers) -> None:
    source = READ.format(options={**GIVEN, "dataTypeMapping": {"FLOAT": "STRING"}}) + (
        "glue.write_dynamic_frame.from_options(frame, 'custom.jdbc', options)\n"
    )
    assert ["option dataTypeMapping" in text for text in blockers(source)] == [True]


def test_a_connection_in_a_dict_follows_the_settings(convert) -> None:
    options = {"connectionName": "my shop", "dbTable": "T"}
    assert 'dbutils.secrets.get("my-shop", "url")' in convert(READ.format(options=options)).after
    named = convert(READ.format(options=options), settings=Settings(secrets={"my shop": "vault"}))
    assert 'dbutils.secrets.get("vault", "url")' in named.after
    assert any('create the secret scope "vault"' in finding.action for finding in named.findings)
    known = {"my shop": {"className": "x.D", "url": "jdbc:x:${token}", "secretId": "keys"}}
    after = convert(READ.format(options=options), settings=Settings(connections=known)).after
    assert 'driver="x.D", url=fill_placeholders("jdbc:x:${token}", "keys")' in after
    assert "secrets.get(" not in after


def test_the_driver_of_a_connection_is_asked_for(convert) -> None:
    found = convert(READ.format(options={"connectionName": "shop", "dbTable": "T"})).findings
    assert [f.action for f in found if "JDBC driver" in f.message and f.severity is Severity.INFO] != []


class FakeReader:
    """A reader of a database that Spark has no dialect for, with the columns that it is made with."""

    def __init__(self, schema: Any) -> None:
        self.schema, self.given, self.read = schema, {}, self  # type: ignore[var-annotated]

    def format(self, name: str) -> "FakeReader":
        return self

    def options(self, **options: Any) -> "FakeReader":
        self.given |= options
        return self

    def load(self) -> "FakeReader":
        return self


def mapped(columns: dict[str, str], mapping: dict[str, str], **types: str) -> str | None:
    from pyspark.sql import types as T

    kinds = {
        "float": T.FloatType(),
        "double": T.DoubleType(),
        "int": T.IntegerType(),
        "string": T.StringType(),
        "decimal": T.DecimalType(4, 2),
    }
    schema = T.StructType([T.StructField(name, kinds[kind]) for name, kind in columns.items()])
    reader = FakeReader(schema)
    read_jdbc_as(reader, mapping, types or None, url="jdbc:partner.salesforce:u")
    assert ("customSchema" in reader.given) == (reader.given.get("pushDownPredicate") is False)
    return reader.given.get("customSchema")


COLUMNS = {"a": "float", "b": "double", "c": "int", "d": "string", "e": "decimal", "odd `name`": "float"}


def test_a_type_that_spark_tells_for_certain_is_mapped() -> None:
    assert mapped(COLUMNS, {"float": "string"}) == "`a` string, `odd ``name``` string"
    assert mapped(COLUMNS, {"DOUBLE": "STRING", "REAL": "STRING"}) == "`b` string"
    assert mapped(COLUMNS, {"DECIMAL": "DOUBLE", "NUMERIC": "DOUBLE", "BIGINT": "DOUBLE"}) == "`e` double"


def test_a_type_that_is_the_columns_own_changes_nothing() -> None:
    assert mapped(COLUMNS, {"VARCHAR": "STRING", "CLOB": "STRING", "INTEGER": "INT"}) is None


@pytest.mark.parametrize(
    ("mapping", "column"),
    [({"REAL": "STRING"}, "b"), ({"SMALLINT": "STRING"}, "c"), ({"NUMERIC": "STRING"}, "e"), ({"VARCHAR": "INT"}, "d")],
)
def test_a_type_that_spark_does_not_tell_stops_the_job_until_it_is_said(mapping: dict[str, str], column: str) -> None:
    with pytest.raises(ValueError, match=f"the column {column} is"):
        mapped(COLUMNS, mapping)
    (kind,) = mapping
    assert mapped(COLUMNS, mapping, **{column: kind}) == f"`{column}` {mapping[kind].lower()}"
    assert mapped(COLUMNS, mapping, **{column: "NULL"}) is None


@pytest.mark.spark
def test_a_mapped_column_is_the_drivers_text_and_no_filter_goes_to_the_database(spark: "SparkSession") -> None:
    url = "jdbc:derby:memory:shop;create=true"
    rows = spark.createDataFrame([(1, 1.5, 2.5), (2, None, 0.1)], "id int, f float, d double")
    rows.write.format("jdbc").options(url=url, dbtable="prices").mode("append").save()
    with pytest.raises(ValueError, match="the column id is int"):
        read_jdbc_as(spark, {"REAL": "STRING"}, url=url, dbtable="prices")
    types = {"id": "INTEGER", "F": "REAL", "d": "DOUBLE"}
    frame = read_jdbc_as(spark, {"REAL": "STRING"}, types, url=url, dbtable="prices")
    assert sorted(frame.collect()) == [(1, "1.5", 2.5), (2, None, 0.1)]
    assert frame.where("f = '1.50'").collect() == []
    assert frame.where("f = '1.5'").collect() == [(1, "1.5", 2.5)]


@pytest.mark.spark
def test_the_local_stand_in_of_a_database_has_no_jdbc_types(spark: "SparkSession", tmp_path: Any) -> None:
    from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment
    from glue2lakehouse.tools.glue_runtime.run import Run
    from glue2lakehouse.tools.glue_runtime.sources import Sources

    sources = Sources(spark, Run(RuntimeEnvironment(scratch=tmp_path)))
    with pytest.raises(NotAvailableLocally, match="dataTypeMapping"):
        sources.read("custom.jdbc", {**GIVEN, "dataTypeMapping": {"FLOAT": "STRING"}}, None, {})
