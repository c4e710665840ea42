"""Streams: `forEachBatch` -> `writeStream.foreachBatch`, Kafka and Kinesis reads -> `readStream`.

Glue: aws-glue-programming-etl-streaming, -connect-kafka-home, -connect-kinesis-home. From Glue 3.0 an empty batch is skipped.
Glue's retries become the job's; a checkpoint of Glue cannot be carried over.
"""

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.code import Code, Piece, code
from glue2lakehouse.tools.rewrite.kinds.stubs import FRAME_READER
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.options import Options, quoted, read_options, truth
from glue2lakehouse.tools.rewrite.rule import FUNCTIONS, Answer, Example, GlueCall, Rewrite, Rule
from glue2lakehouse.tools.rewrite.rules.read_catalog import _session
from glue2lakehouse.tools.rewrite.rules.read_options import _with_options


class ForEachBatch(Rule):
    """A streaming query that runs until it fails or is stopped."""

    name = "for-each-batch"
    glue = (f"{GLUE_CONTEXT}.forEachBatch",)
    example = Example(
        before="from awsglue.context import GlueContext\n\n\ndef stream(context: GlueContext, frame, work):\n"
        '    context.forEachBatch(frame, work, {"windowSize": "10 seconds", "checkpointLocation": "s3://c/"})\n',
        after="from pyspark.sql import SparkSession\nfrom glue_compat import skip_empty_batches\n\n\n"
        "def stream(context: SparkSession, frame, work):\n"
        "    frame.writeStream.foreachBatch(skip_empty_batches(work))"
        '.trigger(processingTime="10 seconds").option("checkpointLocation", "s3://c/").start().awaitTermination()\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """windowSize is the trigger; persistence of the batch has no effect on the data."""
        frame, function = call.argument("frame"), call.argument("batch_function")
        options = read_options(call, call.argument("options"))
        if isinstance(options, Finding):
            return options
        window, checkpoint = options.take("windowSize"), options.take("checkpointLocation")
        retries = options.take("batchMaxRetries")
        options.take("persistDataFrame", "storageLevel")
        if frame is None or function is None or window is None or checkpoint is None:
            return call.blocker("frame, function, windowSize and checkpointLocation are not all given", "pass them")
        left = sorted(options.leftover())
        options.take(*left)
        guarded = call.place.glue_version >= (3, 0)
        run = (
            code("skip_empty_batches({function})", function=function)
            if guarded
            else code("{function}", function=function)
        )
        findings = []
        if retries is not None:
            findings.append(call.info("batchMaxRetries becomes the job's own retries", "set max_retries on the task"))
        if left:
            shown = ", ".join(f"{key}={options.literal(key)}" for key in left)
            findings.append(call.info(f"{shown} is no option of forEachBatch, which reads five others", ""))
        return Rewrite(
            code(
                "{frame}.writeStream.foreachBatch({run}).trigger(processingTime={window})"
                '.option("checkpointLocation", {checkpoint}).start().awaitTermination()',
                frame=frame,
                run=run,
                window=window,
                checkpoint=checkpoint,
            ),
            certainty=Certainty.CONDITIONAL,
            condition="the checkpoint starts anew; a failed batch is retried by the job",
            imports=("from glue_compat import skip_empty_batches",) if guarded else (),
            compat=("skip_empty_batches",) if guarded else (),
            findings=tuple(findings),
        )


_KAFKA = {
    "bootstrap.servers": "kafka.bootstrap.servers",
    "security.protocol": "kafka.security.protocol",
    "topicName": "subscribe",
    **{
        name: name
        for name in (
            "assign",
            "subscribePattern",
            "startingOffsets",
            "endingOffsets",
            "maxOffsetsPerTrigger",
            "minPartitions",
            "failOnDataLoss",
            "includeHeaders",
            "startingTimestamp",
        )
    },
    "pollTimeoutMs": "kafkaConsumer.pollTimeoutMs",
    "numRetries": "fetchOffset.numRetries",
    "retryIntervalMs": "fetchOffset.retryIntervalMs",
}
_KINESIS = {
    "streamName": "streamName",
    "awsSTSRoleARN": "roleArn",
    "awsSTSSessionName": "roleSessionName",
    "awsSTSEndpoint": "stsEndpoint",
    "maxFetchTimeInMs": "maxFetchDuration",
    "maxRecordPerRead": "maxRecordsPerFetch",
    "describeShardInterval": "shardFetchInterval",
    "endpointUrl": "endpoint",
}
_STREAM_DROPPED = (
    "typeOfData",
    "emitConsumerLagMetrics",
    "addIdleTimeBetweenReads",
    "idleTimeBetweenReadsInMs",
    "numRetries",
    "retryIntervalMs",
    "maxRetryIntervalMs",
    "avoidEmptyBatches",
)


class ReadStream(Rule):
    """A stream whose record schema is given; one that Glue infers batch by batch is handed off."""

    name = "read-stream"
    glue = (f"{FRAME_READER}.from_options", f"{GLUE_CONTEXT}.create_data_frame_from_options")
    example = Example(
        before="from awsglue.context import GlueContext\n\n\ndef events(context: GlueContext):\n"
        '    return context.create_data_frame.from_options("kafka", {"bootstrap.servers": "b:9092", "topicName": "t", '
        '"classification": "json", "schema": "id INT"})\n',
        after="from pyspark.sql import SparkSession\nfrom pyspark.sql import functions as F\n\n\n"
        "def events(context: SparkSession):\n"
        '    return context.readStream.format("kafka").option("kafka.bootstrap.servers", "b:9092")'
        '.option("subscribe", "t").load()'
        '.select(F.from_json(F.col("value").cast("string"), "id INT").alias("record")).select("record.*")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Only JSON records with a schema are parsed by an expression that is known to be equal."""
        call.drop("transformation_ctx", "format", "format_options")
        connection = call.constant("connection_type")
        options = read_options(call, call.argument("connection_options"))
        if isinstance(options, Finding):
            return options
        if connection not in ("kafka", "kinesis"):
            return call.blocker(
                f"a {connection if isinstance(connection, str) else 'computed'} source is read as a DataFrame",
                "read it with spark.read and the format's own options",
            )
        form, schema = options.literal("classification"), options.take("schema")
        inferred = schema is None and form == "json" and truth(options.literal("inferSchema")) is True
        if inferred:
            options.take("classification", "inferSchema", "delimiter")
            return self._read(call, str(connection), options, None)
        if schema is None or form != "json" or truth(options.literal("inferSchema")) is True:
            call.drop_everything()
            return call.blocker(
                "the stream's records are parsed by a schema that Glue infers from each batch",
                "parse the value with from_json and a schema: F.from_json(F.col('value').cast('string'), schema)",
            )
        options.take("classification", "inferSchema", "delimiter")
        return self._read(call, str(connection), options, schema)

    def _read(self, call: GlueCall, connection: str, options: Options, schema: Piece | None) -> Answer:
        names = _KAFKA if connection == "kafka" else _KINESIS
        done: list[tuple[str, Piece]] = []
        for key in list(options.leftover()):
            if key in names and not (connection == "kinesis" and key in _STREAM_DROPPED):
                value = options.take(key)
                assert value is not None
                done.append((names[key], value))
            elif key in _STREAM_DROPPED:
                options.take(key)
        stamp = truth(options.literal("addRecordTimestamp"))
        if connection == "kinesis":
            done += _kinesis_place(call, options)
        if schema is None and stamp:
            return call.blocker(
                "the raw records are stamped with their time", "parse them with a schema, and keep the time"
            )
        if left := sorted(options.leftover()):
            return call.blocker(
                f"option {', '.join(left)} of a {connection} stream has no counterpart here", "rewrite by hand"
            )
        reader = _with_options(
            code("{session}.readStream.format({form})", session=_session(call), form=quoted(connection)), done
        )
        return Rewrite(
            _raw(call, reader, connection)
            if schema is None
            else _parsed(call, reader, connection, schema, stamp is True),
            certainty=Certainty.CONDITIONAL,
            condition="every record is JSON" if schema is None else "every record is JSON of that schema",
            imports=(FUNCTIONS,),
            findings=() if schema is not None else (call.info(_RAW_NOTE, ""),),
        )


def _kinesis_place(call: GlueCall, options: Options) -> list[tuple[str, Piece]]:
    """Name the stream and where to start; a value that says neither stays an option that nobody answered for."""
    done: list[tuple[str, Piece]] = []
    arn = options.literal("streamARN")
    if isinstance(arn, str) and arn.count(":") >= 5:
        done += [("streamName", quoted(arn.rsplit("/", 1)[-1])), ("region", quoted(arn.split(":")[3]))]
    else:
        options.taken.discard("streamARN")
    start = options.literal("startingPosition")
    if isinstance(start, str) and start.lower() in ("latest", "trim_horizon", "earliest"):
        done.append(("initialPosition", quoted("latest" if start.lower() == "latest" else "trim_horizon")))
    else:
        options.taken.discard("startingPosition")
    return done


def _raw(call: GlueCall, reader: Code, connection: str) -> Code:
    """Return the records as the one text column that Glue makes of them; `fromDF` or the script itself parses it."""
    column = "value" if connection == "kafka" else "data"
    F = call.place.functions
    return code(
        '{reader}.load().select({F}.col("{column}").cast("string").alias("{raw}"))',
        reader=reader,
        F=F,
        column=column,
        raw=RAW_COLUMN,
    )


_RAW_NOTE = "inferSchema=true leaves classification=json records as raw text until the batch is parsed"
RAW_COLUMN = "$json$data_infer_schema$_temporary$"


def _parsed(call: GlueCall, reader: Code, connection: str, schema: Piece, stamped: bool) -> Code:
    column, stamp = ("value", "timestamp") if connection == "kafka" else ("data", "approximateArrivalTimestamp")
    F = call.place.functions
    extra = code(', {F}.col("{stamp}").alias("__src_timestamp")', F=F, stamp=stamp) if stamped else code("")
    kept = code(', "__src_timestamp"') if stamped else code("")
    return code(
        '{reader}.load().select({F}.from_json({F}.col("{column}").cast("string"), {schema}).alias("record"){extra})'
        '.select("record.*"{kept})',
        reader=reader,
        F=F,
        column=column,
        schema=schema,
        extra=extra,
        kept=kept,
    )


class IngestionTime(Rule):
    """Columns for the time of ingestion, by the day, the hour or the minute."""

    name = "ingestion-time"
    glue = (f"{GLUE_CONTEXT}.add_ingestion_time_columns",)
    example = Example(
        before="from awsglue.context import GlueContext\n\n\ndef stamp(context: GlueContext, frame):\n"
        '    return context.add_ingestion_time_columns(frame, "hour")\n',
        after="from pyspark.sql import SparkSession\nfrom glue_compat import add_ingestion_time_columns\n\n\n"
        "def stamp(context: SparkSession, frame):\n"
        '    return add_ingestion_time_columns(frame, "hour")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """The names are documented, the type of the columns is not."""
        frame, granularity = call.argument("frame"), call.argument("time_granularity")
        if frame is None or granularity is None:
            return call.blocker("the frame or the granularity is not given", "pass both")
        return Rewrite(
            code("add_ingestion_time_columns({frame}, {granularity})", frame=frame, granularity=granularity),
            certainty=Certainty.JUDGEMENT,
            condition="the columns ingest_year, ingest_month, … are whole numbers; their type is not documented",
            imports=("from glue_compat import add_ingestion_time_columns",),
            compat=("add_ingestion_time_columns",),
            findings=(
                call.warning(
                    "the type of the ingest_* columns is not documented; they are whole numbers now",
                    "compare with the folders that the job has written: ingest_month=7 or ingest_month=07",
                ),
            ),
        )
