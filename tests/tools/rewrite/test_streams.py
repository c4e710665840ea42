"""Kafka and Kinesis sources: what stays, where each option goes, how records are parsed."""

import json

import pytest

from glue2lakehouse.domain import Compute
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite.runtime.streaming import kinesis_start, table_stream_start

HEAD = "from awsglue.context import GlueContext\n\n\ndef run(context: GlueContext, work, text):\n    "
KAFKA = '"bootstrap.servers": "b:1", "topicName": "t", "classification": "json", "schema": "a INT"'
KINESIS = '"streamARN": "arn:aws:kinesis:eu-west-1:1:stream/s", "classification": "json", "schema": "a INT"'


def stream(connection: str, options: str) -> str:
    return f'return context.create_data_frame.from_options("{connection}", {{{options}}})'


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("no schema", stream("kafka", '"topicName": "t", "classification": "csv"')),
        ("text with a schema", stream("kafka", KAFKA.replace("json", "text"))),
        ("text with a schema to infer", stream("kafka", '"topicName": "t", "classification": "text", "inferSchema": "true"')),
        ("text of Kinesis, whose column nobody names", stream("kinesis", '"streamName": "s", "classification": "text"')),
        ("a time beside text", stream("kafka", '"topicName": "t", "classification": "text", "addRecordTimestamp": "true"')),
        ("a format without a parser", stream("kinesis", KINESIS.replace("json", "grok"))),
        ("Avro without its schema", stream("kafka", KAFKA.replace("json", "avro"))),
        ("the start is computed", stream("kafka", KAFKA + ', "startingTimestamp": text')),
        ("shards that expire", stream("kinesis", KINESIS + ', "failOnDataLoss": "true"')),
        ("no option of Glue's", stream("kafka", KAFKA + ', "novel": 1')),
        ("headers beside raw text", stream("kafka", '"topicName": "t", "classification": "json", "inferSchema": "true", "includeHeaders": "true"')),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_handed_off(convert, blockers, why: str, line: str) -> None:
    assert line in convert(HEAD + line + "\n").after, why
    assert len(blockers(HEAD + line + "\n")) == 1


@pytest.mark.parametrize(
    ("connection", "options", "parts"),
    [
        ("kafka", KAFKA + ', "startingTimestamp": "2023-04-04T08:00:00+00:00"', ['.option("startingTimestamp", "1680595200000")']),
        ("kafka", KAFKA + ', "includeHeaders": "true", "addRecordTimestamp": "true"',
         ['.option("includeHeaders", "true")', 'F.col("headers").alias("glue_streaming_kafka_headers")',
          '.select("record.*", "__src_timestamp", "glue_streaming_kafka_headers")']),
        ("kafka", KAFKA.replace('"bootstrap.servers": "b:1"', '"connectionName": "msk"'),
         ['.option("kafka.bootstrap.servers", dbutils.secrets.get("msk", "bootstrap.servers"))']),
        ("kafka", KAFKA.replace("json", "csv") + ', "delimiter": ";"',
         ['F.from_csv(F.col("value").cast("string"), "a INT", {"sep": ";"}).alias("record")']),
        ("kafka", '"topicName": "t", "classification": "avro", "avroSchema": text', ['from_avro(F.col("value"), text).alias("record")']),
        ("kinesis", KINESIS + ', "startingPosition": "2023-04-04T08:00:00Z"',
         ['streamName="s", region="eu-west-1", initialPosition=', '{"at_timestamp": "2023-04-04T08:00:00Z"']),
        ("kinesis", KINESIS + ', "fanoutConsumerARN": "arn:aws:kinesis:eu-west-1:1:stream/s/consumer/c1:5"',
         ['consumerMode="efo", consumerName="c1"']),
        ("kinesis", KINESIS + ', "maxFetchTimeInMs": 500', ['maxFetchDuration="500ms"']),
        ("kinesis", '"streamName": "s", "endpointUrl": "https://kinesis.us-east-2.amazonaws.com", "classification": "json", "schema": "a INT"',
         ['endpoint="https://kinesis.us-east-2.amazonaws.com", region="us-east-2"']),
    ],
)  # fmt: skip
def test_an_option_goes_by_sparks_name_and_in_sparks_unit(
    convert, blockers, connection: str, options: str, parts: list[str]
) -> None:
    source = HEAD + stream(connection, options) + "\n"
    after = convert(source).after
    assert [part for part in parts if part not in after] == []
    assert blockers(source) == []


def test_a_batch_source_is_read_as_one(convert) -> None:
    line = 'return context.create_data_frame.from_options("s3", {"paths": ["s3://b/"]}, "parquet")'
    assert 'return context.read.parquet("s3://b/")' in convert(HEAD + line + "\n").after


def test_a_text_record_of_kafka_is_its_value_and_that_is_said(convert, blockers) -> None:
    source = HEAD + stream("kafka", '"bootstrap.servers": "b:1", "topicName": "t", "classification": "text"') + "\n"
    converted = convert(source)
    assert '.load().select(F.col("value").cast("string").alias("value"))' in converted.after
    assert blockers(source) == []
    assert any("uses no other column" in found.action for found in converted.findings)


def test_where_a_stream_starts_may_be_computed(convert, blockers) -> None:
    line = stream("kinesis", KINESIS + ', "startingPosition": text')
    assert "initialPosition=kinesis_start(text)" in convert(HEAD + line + "\n").after
    table = 'context.create_data_frame.from_catalog("d", "t", additional_options={"startingPosition": text})'
    assert (
        "return context.readStream.options(**table_stream_start(text)).table("
        in convert(HEAD + f"return {table}\n").after
    )
    assert blockers(HEAD + line + "\n") == blockers(HEAD + f"return {table}\n") == []


def test_a_computed_start_means_what_a_written_one_does() -> None:
    assert [kinesis_start(text) for text in ("LATEST", "TRIM_HORIZON", "earliest")] == ["latest"] + ["trim_horizon"] * 2
    assert json.loads(kinesis_start("2023-04-04T08:00:00Z"))["at_timestamp"] == "2023-04-04T08:00:00Z"
    assert (table_stream_start("latest"), table_stream_start("TRIM_HORIZON")) == ({"startingVersion": "latest"}, {})


@pytest.mark.parametrize(
    ("start", "text"),
    [(kinesis_start, "yesterday"), (kinesis_start, "AT_TIMESTAMP"), (kinesis_start, '{"topic": {"0": 23}}'),
     (table_stream_start, "2023-04-04T08:00:00Z"), (table_stream_start, '{"topic": {"0": 23}}')],
)  # fmt: skip
def test_a_computed_start_that_is_neither_stops_the_job(start, text: str) -> None:
    with pytest.raises(ValueError, match=r"yesterday|AT_TIMESTAMP|topic|2023"):
        start(text)


CATALOG = HEAD + 'frame = context.create_dynamic_frame.from_catalog("d", "t", additional_options=OPTIONS)\n    '


@pytest.mark.parametrize(
    "options", ['{"startingPosition": "earliest", "inferSchema": "true"}', '{"startingOffsets": "earliest"}']
)
def test_a_stream_that_is_read_as_a_dynamic_frame_is_read_as_a_stream_and_that_is_said(
    convert, blockers, options: str
) -> None:
    source = CATALOG.replace("OPTIONS", options) + (
        'context.forEachBatch(frame, work, {"windowSize": "1 second", "checkpointLocation": text})\n'
    )
    converted = convert(source)
    assert 'frame = context.readStream.table("main.d.t")' in converted.after
    assert blockers(source) == []
    assert any(
        "read as a DynamicFrame, on which Glue's forEachBatch stops" in found.message for found in converted.findings
    )


def test_a_schema_to_infer_alone_does_not_make_a_catalog_read_a_stream(blockers) -> None:
    assert len(blockers(CATALOG.replace("OPTIONS", '{"inferSchema": "true"}') + "return frame\n")) == 1


BATCHES = """from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame

glueContext = GlueContext()
spark = glueContext.spark_session
static = glueContext.create_dynamic_frame.from_catalog("d", "dim")
made = static.toDF().where("a = 1")
stream = glueContext.create_data_frame.from_catalog("d", "s", additional_options={"startingPosition": "latest"})
limit = 3


def helper(frame):
    return frame.join(spark.table("d.u"), "id")


def batch(data_frame, batch_id):
    LINES


glueContext.forEachBatch(stream, batch, {"windowSize": "1 second", "checkpointLocation": "s3://c/"})
"""


def batches(*lines: str) -> str:
    return BATCHES.replace("LINES", "\n    ".join(lines))


@pytest.mark.parametrize("compute", [Compute.STANDARD, Compute.SERVERLESS])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("spark.sql('select 1').show()", "data_frame.sparkSession.sql('select 1').show()"),
        ("glueContext.sql('select 1').show()", "data_frame.sparkSession.sql('select 1').show()"),
        ("glueContext.create_dynamic_frame.from_catalog('d', 'u').show()", 'data_frame.sparkSession.read.table("main.d.u").show()'),
        ("data_frame.join(static.toDF(), 'id').show()", "data_frame.join(data_frame.sparkSession.read.table(\"main.d.dim\"), 'id').show()"),
        ("static = data_frame; static.limit(limit).show()", "static = data_frame; static.limit(limit).show()"),
    ],
)  # fmt: skip
def test_a_batch_function_has_the_session_of_its_batch(
    convert, blockers, compute: Compute, before: str, after: str
) -> None:
    settings = Settings(compute=compute)
    assert f"def batch(data_frame, batch_id):\n    {after}\n" in convert(batches(before), settings=settings).after
    assert blockers(batches(before), settings=settings) == []
    assert "sparkSession" not in convert(batches(before), settings=Settings(compute=Compute.CLASSIC)).after


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("data_frame.join(made, 'id').show()", "the frame `made` is made outside"),
        ("data_frame.join(stream, 'id').show()", "uses the stream `stream`"),
        ("helper(data_frame).show()", "`helper`, which the batch function calls, uses `spark`"),
        (
            "data_frame.join(static.toDF(), data_frame.id == static.toDF().id).show()",
            "the frame `static` is made outside",
        ),
    ],
)
def test_what_cannot_be_sent_with_a_batch_function_is_handed_off(blockers, line: str, told: str) -> None:
    found = blockers(batches(line))
    assert found
    assert all(told in text for text in found)
    assert blockers(batches(line), settings=Settings(compute=Compute.CLASSIC)) == []


def test_a_frame_that_is_read_in_the_batch_function_is_told(convert) -> None:
    found = convert(batches("data_frame.join(static.toDF(), 'id').show()")).findings
    assert any("each batch sees the rows that are there then" in one.action for one in found)


def test_a_lambda_is_a_batch_function_as_well(convert) -> None:
    source = batches("pass").replace("stream, batch,", "stream, lambda rows, number: spark.sql('select 1').show(),")
    assert "lambda rows, number: rows.sparkSession.sql('select 1').show()" in convert(source).after


def test_how_a_batch_is_kept_and_the_time_of_records_are_told(convert, blockers) -> None:
    source = batches("data_frame.show()").replace(
        '"windowSize"', '"persistDataFrame": "false", "storageLevel": "MEMORY_ONLY", "windowSize"'
    )
    source = source.replace('"latest"}', '"latest", "addRecordTimestamp": "true"}')
    texts = [f"{one.message} {one.action}" for one in convert(source).findings]
    assert blockers(source) == []
    assert any("persistDataFrame=false, storageLevel=MEMORY_ONLY goes" in text for text in texts)
    assert any("and with __src_timestamp" in text for text in texts)
    assert '.table("main.d.s").withColumn("__src_timestamp", F.col("__src_timestamp"))' in convert(source).after
