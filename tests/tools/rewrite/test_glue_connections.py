"""What stands in for the secret that a database connection names."""

import json

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment
from glue2lakehouse.tools.glue_runtime.run import Run
from glue2lakehouse.tools.glue_runtime.sinks import Sinks
from glue2lakehouse.tools.glue_runtime.sources import Sources
from glue2lakehouse.tools.jobs import read_definitions
from glue2lakehouse.tools.jobs.facts import connectors_of
from glue2lakehouse.tools.rewrite import JobFacts, convert_project
from glue2lakehouse.tools.rewrite.runtime import connecting

HEAD = "from awsglue.context import GlueContext\n\nglue = GlueContext()\n"


def test_the_secret_of_a_connection_becomes_a_scope(convert) -> None:
    options = '{"url": "jdbc:mysql://h/d", "dbtable": "t", "secretId": "prod/shop"}'
    source = HEAD + f'frame = glue.create_dynamic_frame.from_options("mysql", {options})\nframe.toDF().show()\n'
    conversion = convert(source)
    assert 'user=dbutils.secrets.get("prod-shop", "user")' in conversion.after
    assert 'password=dbutils.secrets.get("prod-shop", "password")' in conversion.after
    assert 'get("prod-shop", "url")' not in conversion.after
    assert [f.message for f in conversion.findings if f.severity is Severity.WARNING] == [
        'the secret of secretId "prod/shop" is replaced by a secret scope'
    ]
    result = check(source, conversion.after, "job.py", {}, {}, conversion.findings, Settings())
    assert [str(f) for f in result.findings if f.severity is Severity.BLOCKER] == []
    named = convert(source, settings=Settings(secrets={"prod/shop": "shop"})).after
    assert 'dbutils.secrets.get("shop", "user")' in named


READ = HEAD + "frame = glue.create_dynamic_frame.from_options({kind!r}, {options})\nframe.toDF().show()\n"
WRITE = (
    HEAD + "frame = glue.create_dynamic_frame.from_catalog('d', 't')\n"
    "glue.write_dynamic_frame.from_options(frame, {kind!r}, {options})\n"
)
STATIC = Settings(connections={"own": {"className": "com.own.Source", "secretId": "vault", "region": "eu"}})


def converted(convert, text, kind, options, settings=None):
    source = text.format(kind=kind, options=options)
    conversion = convert(source, settings=settings)
    result = check(source, conversion.after, "job.py", {}, {}, conversion.findings, settings or Settings())
    left = [str(f) for f in result.findings if f.severity is Severity.BLOCKER and "glue_compat" not in f.message]
    assert left == []
    return conversion.after


def test_a_class_that_is_named_is_the_format_and_its_secret_the_options(convert) -> None:
    options = {"className": "net.snowflake.spark.snowflake", "secretId": "sf", "dbtable": "x"}
    after = converted(convert, READ, "custom.spark", options)
    read = "spark.read.format('net.snowflake.spark.snowflake').options(**connection_properties(\"sf\")).option(\"dbtable\", 'x').load()"
    assert read in after


def test_a_class_that_the_settings_name_needs_no_secret_for_it(convert) -> None:
    after = converted(convert, READ, "marketplace.spark", {"connectionName": "own", "table": "c"}, STATIC)
    assert (
        '.format("com.own.Source").options(**connection_properties("vault")).options(region="eu", table=\'c\').load()'
        in after
    )


@pytest.mark.parametrize(
    ("kind", "options", "line"),
    [
        ("marketplace.spark", {"connectionName": "tpc", "table": "c"}, "frame = read_connector(spark, \"tpc\", {\"table\": 'c'})"),
        ("custom.spark", {"connectionName": "tpc"}, 'frame = read_connector(spark, "tpc", {})'),
    ],
)  # fmt: skip
def test_a_class_that_only_the_connection_names_is_looked_up_in_its_scope(convert, kind, options, line) -> None:
    conversion = convert(READ.format(kind=kind, options=options))
    assert line in converted(convert, READ, kind, options)
    assert any("className" in f.action for f in conversion.findings if f.severity is Severity.WARNING)


@pytest.mark.parametrize("name", ["delta", "org.apache.spark.sql.delta.sources.DeltaDataSource"])
def test_a_class_of_a_lake_format_goes_the_way_of_the_format(convert, name: str) -> None:
    options = {"className": name, "path": "s3://b/x", "connectionName": "lake"}
    after = converted(convert, WRITE, "marketplace.spark", options)
    assert 'frame.write.format("delta").mode("append").save(\'s3://b/x\')' in after
    known = Settings(connections={"lake": {"className": name}})
    del options["className"]
    assert 'format("delta")' in converted(convert, WRITE, "marketplace.spark", options, known)


def test_placeholders_of_a_url_are_filled_from_the_scope(convert) -> None:
    options = {
        "className": "p.Driver",
        "url": "jdbc:x:u=${user}",
        "secretId": "s",
        "dbTable": "T",
        "filterPredicate": "a = 1",
    }
    after = converted(convert, READ, "custom.jdbc", options)
    assert "fill_placeholders('jdbc:x:u=${user}', \"s\")" in after
    assert 'dbtable="(SELECT * FROM T WHERE a = 1) filtered"' in after


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"url": "jdbc:x:${user}", "dbTable": "T"}, "the URL has placeholders for secrets"),
        ({"connectionName": "c", "query": "q", "filterPredicate": "a"}, "a query is filtered by filterPredicate"),
    ],
)
def test_what_has_no_counterpart_is_told(convert, options, told: str) -> None:
    conversion = convert(READ.format(kind="custom.jdbc", options=options))
    assert any(told in f.message for f in conversion.findings if f.severity is Severity.BLOCKER)


def test_a_scope_that_names_no_class_or_an_option_twice_stops_the_job(monkeypatch) -> None:
    held: dict[str, str] = {}
    monkeypatch.setattr(connecting, "connection_properties", lambda scope: dict(held))
    with pytest.raises(ValueError, match="the secret scope s has no className"):
        connecting.read_connector(None, "s", {})
    held.update(className="a.b", url="x")
    with pytest.raises(ValueError, match=r"both give \['url'\]"):
        connecting.read_connector(None, "s", {"URL": "y"})
    held.update(className="org.apache.hudi")
    with pytest.raises(ValueError, match="is one of hudi"):
        connecting.read_connector(None, "s", {})


def test_a_connection_that_the_project_defines_names_its_class(tmp_path) -> None:
    properties = {"CONNECTOR_CLASS_NAME": "com.tpc.Source", "CONNECTOR_TYPE": "Spark", "SECRET_ID": "arn:x"}
    place = tmp_path / "connection.json"
    place.write_text(
        json.dumps({"Connection": {"Name": "tpc", "ConnectionType": "CUSTOM", "ConnectionProperties": properties}})
    )
    known = connectors_of(read_definitions({"connection.json": place}))
    assert known == {"tpc": {"className": "com.tpc.Source", "secretId": "tpc"}}
    source = READ.format(kind="marketplace.spark", options={"connectionName": "tpc"})
    (conversion,) = convert_project({"job.py": source}, Settings(), {"job.py": JobFacts(connectors=known)})
    assert 'format("com.tpc.Source").options(**connection_properties("tpc")).load()' in conversion.after


@pytest.mark.spark
def test_a_connector_gives_the_rows_that_the_original_gets(spark, tmp_path, monkeypatch) -> None:
    """Parquet stands for the data source: the original runs on the local runtime, the helpers on plain Spark."""
    environment = RuntimeEnvironment(scratch=tmp_path, connections={"own": {"className": "parquet"}})
    spark.range(3).write.parquet(str(tmp_path / "in"))
    run = Run(environment)
    frame = Sources(spark, run).read("custom.spark", {"connectionName": "own", "path": str(tmp_path / "in")}, None, {})
    Sinks(spark, run).write_batch(
        frame, "marketplace.spark", {"className": "parquet", "path": str(tmp_path / "one")}, "", {}
    )
    monkeypatch.setattr(connecting, "connection_properties", lambda scope: {"className": "parquet"})
    read = connecting.read_connector(spark, "own", {"path": str(tmp_path / "in")})
    connecting.write_connector(read, "own", {"path": str(tmp_path / "two")})
    one, two = (sorted(spark.read.parquet(str(tmp_path / name)).collect()) for name in ("one", "two"))
    assert one == two == sorted(spark.range(3).collect())


def test_a_connection_type_in_a_variable_is_written_out(convert) -> None:
    after = converted(
        convert,
        READ.replace("frame =", "kind = {kind!r}\nframe =").replace("from_options({kind!r}", "from_options(kind"),
        "mysql",
        {"url": "jdbc:mysql://h/d", "dbtable": "t"},
    )
    assert 'spark.read.format("jdbc")' in after


def test_the_way_to_a_context_that_a_write_does_not_need_is_not_missed(convert) -> None:
    source = (
        HEAD + "class Writer:\n    def __init__(self): self.held = glue\n    def write(self, frame, path):\n"
        "        self.held.write_dynamic_frame.from_options(frame, 's3', {'path': path}, 'parquet')\n"
    )
    conversion = convert(source)
    result = check(source, conversion.after, "job.py", {}, {}, conversion.findings, Settings())
    assert 'frame.write.mode("append").parquet(path)' in conversion.after
    assert [str(f) for f in result.findings if f.severity is Severity.BLOCKER] == []
