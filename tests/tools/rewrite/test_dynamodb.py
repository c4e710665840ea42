"""DynamoDB as a source and a sink: what the helpers read and put is what the local Glue runtime reads and puts, on moto."""

import sys
from collections.abc import Iterator
from decimal import Decimal
from types import ModuleType
from typing import Any

import boto3
import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.glue_runtime import assumptions
from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment
from glue2lakehouse.tools.glue_runtime.run import Run
from glue2lakehouse.tools.glue_runtime.sinks import Sinks
from glue2lakehouse.tools.glue_runtime.sources import Sources
from glue2lakehouse.tools.glue_runtime.spark_bridge import from_data_frame, to_data_frame
from glue2lakehouse.tools.rewrite import render_compat
from tests.tools.rewrite.test_equal_to_glue import content

REGION = "us-east-1"
HEAD = "from awsglue.context import GlueContext\n\nglue = GlueContext()\n"
READ = HEAD + "frame = glue.create_dynamic_frame.from_options('dynamodb', {options})\nframe.toDF().show()\n"
WRITE = (
    HEAD + "frame = glue.create_dynamic_frame.from_catalog('d', 't')\n"
    "glue.write_dynamic_frame.from_options(frame, 'dynamodb', {options})\n"
)


def converted(convert: Any, text: str, options: dict[str, Any]) -> str:
    source = text.format(options=options)
    conversion = convert(source)
    result = check(source, conversion.after, "job.py", {}, {}, conversion.findings, Settings())
    left = [str(f) for f in result.findings if f.severity is Severity.BLOCKER and "glue_compat" not in f.message]
    assert left == []
    return str(conversion.after)


def test_a_scan_keeps_table_region_role_and_segments(convert: Any) -> None:
    options = {
        "dynamodb.input.tableName": "t", "dynamodb.region": REGION, "dynamodb.sts.roleArn": "arn:r",
        "dynamodb.splits": "9", "dynamodb.throughput.read.percent": "1.0",
    }  # fmt: skip
    after = converted(convert, READ, options)
    assert "read_dynamodb(spark, 't', region='us-east-1', role='arn:r', segments='9')" in after


@pytest.mark.parametrize(
    ("options", "around"),
    [
        ({}, "frame = read_dynamodb(spark, {arn}, tagged=True)"),
        ({"dynamodb.unnestDDBJson": True}, "frame = unnest_ddb_json(read_dynamodb(spark, {arn}, tagged=True))"),
        ({"dynamodb.simplifyDDBJson": "true"}, "frame = simplify_ddb_json(read_dynamodb(spark, {arn}, tagged=True))"),
    ],
)
def test_an_export_is_a_scan_with_the_names_of_types(convert: Any, options: dict[str, Any], around: str) -> None:
    arn = "arn:aws:dynamodb:us-east-1:1:table/orders"
    every = {"dynamodb.export": "ddb", "dynamodb.tableArn": arn, "dynamodb.s3.bucket": "b", **options}
    assert around.format(arn=repr(arn)) in converted(convert, READ, every)


def test_a_sink_keeps_table_and_region(convert: Any) -> None:
    options = {"dynamodb.output.tableName": "t", "dynamodb.region": REGION, "dynamodb.throughput.write.percent": "1"}
    assert "write_dynamodb(frame, 't', region='us-east-1')" in converted(convert, WRITE, options)


@pytest.mark.parametrize(
    ("text", "options", "told"),
    [
        (READ, {"dynamodb.export": "s3", "dynamodb.s3.bucket": "b"}, "an export of a DynamoDB table"),
        (READ, {"dynamodb.region": "x"}, "no DynamoDB table is named"),
        (READ, {"dynamodb.input.tableName": "t", "dynamodb.customDynamoDBItemSchema": "x"}, "customDynamoDBItemSchema"),
        (WRITE, {"dynamodb.input.tableName": "t"}, "no DynamoDB table is named"),
    ],
)
def test_what_has_no_counterpart_is_told(convert: Any, text: str, options: dict[str, Any], told: str) -> None:
    conversion = convert(text.format(options=options))
    assert any(told in f.message for f in conversion.findings if f.severity is Severity.BLOCKER)


FRAMES = HEAD + "spark = glue.spark_session\nname = 't'\n"


@pytest.mark.parametrize(
    ("line", "after"),
    [
        (
            'spark.read.format("dynamodb").option("dynamodb.input.tableName", name).load().show()',
            'DynamoDBReader(spark).option("dynamodb.input.tableName", name).load().show()',
        ),
        (
            'reader = spark.read.format("dynamodb")\nfor key in ("dynamodb.region",):\n    reader = reader.option(key, name)',
            'reader = DynamoDBReader(spark)\nfor key in ("dynamodb.region",):\n    reader = reader.option(key, name)',
        ),
        (
            'spark.range(1).write.mode("append").format("dynamodb").option("dynamodb.output.tableName", name).save()',
            'DynamoDBWriter(spark.range(1)).mode("append").option("dynamodb.output.tableName", name).save()',
        ),
    ],
)
def test_the_connector_of_data_frames_is_a_helper(convert: Any, line: str, after: str) -> None:
    conversion = convert(FRAMES + line + "\n")
    assert after in conversion.after
    result = check(FRAMES + line + "\n", conversion.after, "job.py", {}, {}, conversion.findings, Settings())
    found = [str(f) for f in result.findings if f.severity is Severity.BLOCKER and "glue_compat" not in f.message]
    assert found == []


@pytest.mark.parametrize(
    ("line", "why", "severity"),
    [
        ('spark.read.format("dynamodb").schema("a int").load()', "schema() of a dynamodb read", Severity.BLOCKER),
        ('spark.read.format("dynamodb").load("t")', "load(path)", Severity.BLOCKER),
        ('spark.read.format("dynamodb").option("dynamodb.other", 1).load()', "dynamodb.other", Severity.BLOCKER),
        ('writer = spark.range(1).write\nwriter.format("dynamodb").save()', "was made before", Severity.BLOCKER),
        ('spark.read.format("dynamodb").option("tableName", "t").load()', "a library of its own", Severity.WARNING),
    ],
)
def test_what_the_connector_of_data_frames_has_not_stays(convert: Any, line: str, why: str, severity: Severity) -> None:
    conversion = convert(FRAMES + line + "\n")
    assert line in conversion.after
    (told,) = [found for found in conversion.findings if found.rule == "lake-formats"]
    assert (told.severity, why in told.message) == (severity, True)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def tables(endpoint: str, spark: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Any]:
    """A resource on the stand-in; the driver and the executors find it and credentials in their environment."""
    told = {
        "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint, "AWS_ENDPOINT_URL_STS": endpoint,
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"), "AWS_CONFIG_FILE": str(tmp_path / "none"),
    }  # fmt: skip
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    workers = spark.sparkContext.environment
    before = dict(workers)
    workers.update(told)
    resource: Any = boto3.resource("dynamodb")
    yield resource
    for table in resource.tables.all():
        table.delete()
    workers.clear()
    workers.update(before)


@pytest.fixture
def compat(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The helpers as a conversion gets them."""
    names = ["read_dynamodb", "write_dynamodb", "simplify_ddb_json", "DynamoDBReader", "DynamoDBWriter"]
    module = ModuleType("glue_compat")
    monkeypatch.setitem(sys.modules, "glue_compat", module)
    exec(compile(render_compat(names), "glue_compat.py", "exec"), module.__dict__)
    return module


def made(tables: Any, name: str, items: list[dict[str, Any]]) -> None:
    tables.create_table(
        TableName=name, KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )  # fmt: skip
    for item in items:
        tables.Table(name).put_item(Item=item)


def rows(frame: Any) -> tuple[str, list[str]]:
    ordered = frame.select(sorted(frame.columns))
    return ordered.schema.simpleString(), sorted(str(row.asDict(recursive=True)) for row in ordered.collect())


ITEMS = [
    {
        "id": "a",
        "n": Decimal(1),
        "d": Decimal("1.5"),
        "flag": True,
        "blob": b"\x00\xff",
        "info": {"x": 'é"\\', "n": Decimal(2)},
    },
    {
        "id": "b",
        "n": Decimal(2**62),
        "d": Decimal("-0.1"),
        "nothing": None,
        "tags": {"p", "q"},
        "list": [Decimal(1), None],
    },
    {"id": "c", "list": [], "info": {"deep": {"y": False}}, "numbers": {Decimal(3), Decimal(1)}},
    {"id": "d", "nothing": None, "n": None, "info": None},
]


@pytest.mark.spark
def test_a_scan_gives_the_rows_and_types_of_glue(spark: Any, tables: Any, compat: Any, tmp_path: Any) -> None:
    made(tables, "t", [{**item, "nothing": "x"} if item["id"] == "c" else item for item in ITEMS])
    assumptions.use(assumptions.Assumptions())
    batch = Sources(spark, Run(RuntimeEnvironment(scratch=tmp_path))).read(
        "dynamodb", {"dynamodb.input.tableName": "t"}, None, {}
    )
    expected, found = to_data_frame(spark, batch, batch.schema()), compat.read_dynamodb(spark, "t", segments="3")
    # A set has no order.
    one, two = (
        content(
            frame.selectExpr("* EXCEPT (tags, numbers)", "sort_array(tags) AS tags", "sort_array(numbers) AS numbers")
        )
        for frame in (expected, found)
    )
    assert one == two


@pytest.mark.spark
def test_the_helpers_of_the_connector_of_data_frames_read_and_put(spark: Any, tables: Any, compat: Any) -> None:
    made(tables, "t", [{"id": "a", "n": Decimal(1)}])
    made(tables, "copy", [])
    reader = compat.DynamoDBReader(spark).options(**{"dynamodb.throughput.read": "5", "dynamodb.splits": 2})
    frame = reader.option("dynamodb.input.tableName", "t").option("dynamodb.consistentRead", True).load()
    assert rows(frame) == ("struct<id:string,n:bigint>", ["{'id': 'a', 'n': 1}"])
    writer = compat.DynamoDBWriter(frame).option("dynamodb.output.tableName", "copy")
    with pytest.raises(ValueError, match="mode append, not None"):
        writer.save()
    writer.mode("append").save()
    assert tables.Table("copy").scan()["Items"] == [{"id": "a", "n": Decimal(1)}]
    with pytest.raises(ValueError, match=r"dynamodb\.other"):
        reader.option("dynamodb.other", 1).load()


@pytest.mark.spark
def test_what_is_read_can_be_put_again_as_glue_puts_it(spark: Any, tables: Any, compat: Any, tmp_path: Any) -> None:
    for name in ("one", "two"):
        made(tables, name, [])
    frame = spark.sql(
        "SELECT * FROM VALUES ('a', 1, 3000000000L, 1.50BD, 0.1D, 0.1F, true, X'00ff', array(1, null), map('k', 1, 'z', null), "
        "named_struct('x', null, 'y', 's'), ''), ('b', null, null, null, -1e20D, null, null, null, null, null, null, null) "
        "AS t(id, i, l, x, d, f, b, bin, arr, m, s, e)"
    )
    assumptions.use(assumptions.Assumptions())
    sinks = Sinks(spark, Run(RuntimeEnvironment(scratch=tmp_path)))
    sinks.write_batch(from_data_frame(frame), "dynamodb", {"dynamodb.output.tableName": "one"}, "", {})
    compat.write_dynamodb(frame, "two", region=REGION)
    one, two = (sorted(tables.Table(name).scan()["Items"], key=lambda item: item["id"]) for name in ("one", "two"))
    assert len(one) == 2
    assert one == two
    assert set(two[1]) == {"id", "d"}


@pytest.mark.spark
@pytest.mark.parametrize(
    ("values", "told"),
    [
        (["x", Decimal(1)], "v holds (bigint and string|string and bigint)"),
        ([Decimal(1), Decimal("1.5")], "v holds (bigint and double|double and bigint)"),
        ([{"a": "x"}, {"a": True}], "v.a holds"),
        ([[Decimal(1), "x"]], r"v\[\] holds bigint and string"),
        ([Decimal("0.12345678901234567890123")], "neither bigint nor double can hold"),
        ([Decimal(2) ** 64], "neither bigint nor double can hold"),
        ([{"A": "x", "a": "y"}], "differ in case only"),
    ],
)
def test_an_attribute_of_several_types_stops_the_job(
    spark: Any, tables: Any, compat: Any, values: list[Any], told: str
) -> None:
    made(tables, "t", [{"id": str(number), "v": value} for number, value in enumerate(values)])
    with pytest.raises(Exception, match=told):
        compat.read_dynamodb(spark, "t", segments=1).collect()


@pytest.mark.spark
def test_types_that_are_given_settle_what_is_not_clear(spark: Any, tables: Any, compat: Any) -> None:
    made(tables, "t", [{"id": "a", "v": Decimal(1)}, {"id": "b", "v": Decimal("1.25")}])
    read = compat.read_dynamodb(spark, "t", {"v": "decimal(10,2)"})
    assert rows(read)[1] == ["{'id': 'a', 'v': Decimal('1.00')}", "{'id': 'b', 'v': Decimal('1.25')}"]
    with pytest.raises(Exception, match=r"FAILFAST|MALFORMED"):
        compat.read_dynamodb(spark, "t", {"v": "bigint"}).collect()


@pytest.mark.spark
def test_an_export_has_the_names_of_types_until_they_are_taken_off(spark: Any, tables: Any, compat: Any) -> None:
    made(tables, "t", ITEMS)
    arn = f"arn:aws:dynamodb:{REGION}:123456789012:table/t"
    tagged = compat.read_dynamodb(spark, arn, tagged=True)
    assert tagged.columns == ["Item"]
    assert "n:struct<N:string,NULL:boolean>" in tagged.schema.simpleString()
    plain = {row["id"]: row for row in compat.simplify_ddb_json(tagged).collect()}
    assert plain["b"]["n"] == str(2**62)
    assert bytes(plain["a"]["blob"]) == b"\x00\xff"
    assert plain["a"]["info"]["x"] == 'é"\\'


@pytest.mark.spark
def test_dates_and_nan_are_not_put(spark: Any, tables: Any, compat: Any) -> None:
    made(tables, "t", [])
    with pytest.raises(ValueError, match=r"s\.day is date, which DynamoDB does not have"):
        compat.write_dynamodb(spark.sql("SELECT 'a' AS id, named_struct('day', current_date()) AS s"), "t")
    with pytest.raises(Exception, match="Infinity and NaN not supported"):
        compat.write_dynamodb(spark.sql("SELECT 'a' AS id, double('nan') AS v"), "t")


@pytest.mark.spark
def test_a_role_is_assumed_before_the_table_is_read(spark: Any, tables: Any, compat: Any, endpoint: str) -> None:
    made(tables, "t", [{"id": "a"}])
    access = {"region": REGION, "endpoint": endpoint}
    own, other = (f"arn:aws:iam::{account}:role/reader" for account in ("123456789012", "111111111111"))
    assert compat.read_dynamodb(spark, "t", role=own, **access).count() == 1
    with pytest.raises(Exception, match="ResourceNotFound"):
        compat.read_dynamodb(spark, "t", role=other, **access)
