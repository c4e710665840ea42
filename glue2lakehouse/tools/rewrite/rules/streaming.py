"""Streams: `forEachBatch` -> `writeStream.foreachBatch`, Kafka and Kinesis reads -> `readStream`.

Glue: aws-glue-programming-etl-streaming, -connect-kafka-home, -connect-kinesis-home. From Glue 3.0 an empty batch is skipped.
Glue's retries become the job's; a checkpoint of Glue cannot be carried over.
"""

import re
from dataclasses import replace

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.code import Code, code
from glue2lakehouse.tools.rewrite.io import streams
from glue2lakehouse.tools.rewrite.io.lakes import with_options
from glue2lakehouse.tools.rewrite.io.unpacking import session_of
from glue2lakehouse.tools.rewrite.kinds.stubs import FRAME_READER
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.mapping.names import path_code
from glue2lakehouse.tools.rewrite.options import Options, quoted, read_options, truth
from glue2lakehouse.tools.rewrite.rule import FUNCTIONS, Answer, Example, GlueCall, Rewrite, Rule
from glue2lakehouse.tools.rewrite.rules.read_options import ReadOptions


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
        kept = [key for key in options.values if key in ("persistDataFrame", "storageLevel")]
        options.take(*kept)
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
        if kept:
            shown = ", ".join(f"{key}={options.literals[key]}" for key in kept)
            findings.append(call.info(f"{shown} goes: how the batch is kept has no part in what is in it", ""))
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
                checkpoint=path_code(call, checkpoint),
            ),
            certainty=Certainty.CONDITIONAL,
            condition="the checkpoint starts anew; a failed batch is retried by the job",
            imports=("from glue_compat import skip_empty_batches",) if guarded else (),
            compat=("skip_empty_batches",) if guarded else (),
            findings=tuple(findings),
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
        """JSON, CSV and Avro records with a schema are parsed by an expression; a batch source is read as ever."""
        connection = call.constant("connection_type")
        if connection not in ("kafka", "kinesis"):
            return _read_batch(call)
        call.drop("transformation_ctx", "format", "format_options", "push_down_predicate")
        options = read_options(call, call.argument("connection_options"))
        if isinstance(options, Finding):
            return options
        F = call.place.functions
        form, told = options.literal("classification"), options.given("schema", "avroSchema")
        if not told and form == "json" and truth(options.literal("inferSchema")) is True:
            options.take("inferSchema", "delimiter")
            return self._read(call, str(connection), options, None, ())
        if form == "text" and connection == "kafka" and not told and not options.given("inferSchema"):
            return self._read(call, "kafka", options, None, (), raw="value")
        parser = streams.parser(form, options, F) if truth(options.literal("inferSchema")) is not True else None
        if parser is None:
            call.drop_everything()
            return call.blocker(
                f"the stream's {form if isinstance(form, str) else ''} records are parsed by a schema that Glue infers "
                "from each batch".replace("  ", " "),
                "parse the value with from_json and a schema: F.from_json(F.col('value').cast('string'), schema)",
            )
        return self._read(call, str(connection), options, parser[0], parser[1])

    def _read(
        self,
        call: GlueCall,
        connection: str,
        options: Options,
        parser: Code | None,
        imports: tuple[str, ...],
        raw: str = "",
    ) -> Answer:
        columns = _columns(call, connection, options)
        settled = streams.source_options(call, connection, options)
        if isinstance(settled, Finding):
            return settled
        if parser is None and columns:
            return call.blocker(
                "the raw records are stamped with their time or headers", "parse them with a schema, and keep those"
            )
        if left := sorted(options.leftover()):
            return call.blocker(
                f"option {', '.join(left)} of a {connection} stream has no counterpart here", "rewrite by hand"
            )
        reader = with_options(
            code("{session}.readStream.format({form})", session=session_of(call), form=quoted(connection)),
            settled.options,
        )
        if parser is not None:
            read, notes = _parsed(call, reader, connection, parser, columns), settled.findings
        else:
            read = _raw(call, reader, connection, raw or RAW_COLUMN)
            notes = (*settled.findings, call.warning(*_TEXT_NOTE) if raw else _raw_note(call))
        return Rewrite(
            read,
            certainty=Certainty.JUDGEMENT if raw else Certainty.CONDITIONAL,
            condition=_TEXT if raw else "every record is JSON" if parser is None else "every record fits the schema",
            imports=(FUNCTIONS, *imports, *settled.imports),
            compat=settled.compat,
            findings=notes,
        )


def _read_batch(call: GlueCall) -> Answer:
    """Glue documents `create_data_frame` for streams and lake formats; files are read as for a DynamicFrame."""
    answer = ReadOptions().rewrite(call)
    if not isinstance(answer, Rewrite):
        return answer
    return replace(
        answer,
        certainty=max(answer.certainty, Certainty.CONDITIONAL, key=list(Certainty).index),
        condition="; ".join(
            filter(None, (answer.condition, "create_data_frame reads it as create_dynamic_frame does"))
        ),
    )


def _columns(call: GlueCall, connection: str, options: Options) -> list[tuple[str, str]]:
    """Return the columns that come with a record beside its fields: (column of the source, name in Glue)."""
    found = []
    if truth(options.literal("addRecordTimestamp")) is True:
        stamp = "timestamp" if connection == "kafka" else "approximateArrivalTimestamp"
        found.append((stamp, "__src_timestamp"))
    if connection == "kafka" and truth(options.literals.get("includeHeaders")) is True:
        found.append(("headers", "glue_streaming_kafka_headers"))
    return found


def _raw(call: GlueCall, reader: Code, connection: str, name: str) -> Code:
    """Return the records as the one text column that Glue makes of them; `fromDF` or the script itself parses it."""
    column = "value" if connection == "kafka" else "data"
    F = call.place.functions
    return code(
        '{reader}.load().select({F}.col("{column}").cast("string").alias("{raw}"))',
        reader=reader,
        F=F,
        column=column,
        raw=name,
    )


_TEXT = "the job uses no column of a text record but value, which holds its text"
_TEXT_NOTE = (
    "Glue documents no columns for classification=text; here a record is one column, value, that holds its text",
    "see that the batch function uses no other column of the record",
)
_RAW_NOTE = "inferSchema=true leaves classification=json records as raw text until the batch is parsed"
RAW_COLUMN = "$json$data_infer_schema$_temporary$"


def _raw_note(call: GlueCall) -> Finding:
    """Say that the records are raw, and hand off where nothing in the module parses them: the column's name hangs on Glue's release."""
    if re.search(r"fromDF|from_json|get_json_object|json_tuple|read\.json", call.place.module.source):
        return call.info(_RAW_NOTE, "")
    return call.blocker(
        "inferSchema=true: the records stay raw text in one column, where Glue infers from each batch what it holds",
        "parse the value with from_json and a schema before it is written",
    )


def _parsed(call: GlueCall, reader: Code, connection: str, parser: Code, columns: list[tuple[str, str]]) -> Code:
    F = call.place.functions
    extra = "".join(f', {F}.col("{column}").alias("{name}")' for column, name in columns)
    kept = "".join(f', "{name}"' for _, name in columns)
    value = "value" if connection == "kafka" else "data"
    return code(
        '{reader}.load().select({parser}.alias("record"){extra}).select("record.*"{kept})',
        reader=reader, parser=Code(tuple(value if part == streams.VALUE else part for part in parser.parts)),
        extra=extra, kept=kept,
    )  # fmt: skip


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
