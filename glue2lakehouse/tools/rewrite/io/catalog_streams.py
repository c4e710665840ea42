"""Catalog tables over Kinesis and Kafka: streaming tables of the same name, read as streams.

Source: aws-glue-programming-etl-connect-{kafka,kinesis}-home, glue-streaming.
"""

from dataclasses import replace

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.code import Code, code
from glue2lakehouse.tools.rewrite.io.unpacking import session_of
from glue2lakehouse.tools.rewrite.options import Options, truth
from glue2lakehouse.tools.rewrite.rule import FUNCTIONS, Answer, GlueCall, Rewrite

STREAM_OPTIONS = ("startingPosition", "startingOffsets", "inferSchema", "typeOfData")
STREAM_TUNING = frozenset(
    "typeOfData emitConsumerLagMetrics maxFetchTimeInMs maxFetchRecordsPerShard maxRecordPerRead numRetries "
    "addIdleTimeBetweenReads idleTimeBetweenReadsInMs describeShardInterval retryIntervalMs maxRetryIntervalMs "
    "avoidEmptyBatches maxOffsetsPerTrigger minPartitions pollTimeoutMs".split()
)


_STAMP = ", and with __src_timestamp, the time of each record in the stream"


def read_stream(call: GlueCall, name: Code, options: Options) -> Answer:
    """A Glue table over Kinesis or Kafka: on Databricks a streaming table of that name is fed from the stream, and read.

    Its columns are the parsed ones, so `inferSchema` has nothing to do; it raises where nobody made the table.
    """
    start = options.literal("startingPosition", "startingOffsets")
    tuned = [key for key in options.values if key in STREAM_TUNING]
    stamped = truth(options.literals.get("addRecordTimestamp"))
    given = options.take("startingPosition", "startingOffsets")
    computed = given if not isinstance(start, str) else None
    options.take("inferSchema", *tuned)
    options.take(*(["addRecordTimestamp"] if stamped is not None else []))
    if left := sorted(options.leftover()):
        return call.blocker(
            f"option {', '.join(left)} of a streaming catalog table has no counterpart",
            "let the table that is fed from the stream have it, then read it with spark.readStream.table",
        )
    if isinstance(start, str) and start.lower() not in ("latest", "earliest", "trim_horizon"):
        return call.blocker(f"the stream starts at {start}", "read the table with startingTimestamp or startingVersion")
    latest = not isinstance(start, str) or start.lower() == "latest"
    option = code('.option("startingVersion", "latest")' if latest else "")
    if computed is not None:
        option = code(".options(**table_stream_start({start}))", start=computed)
    told = [key for key in options.values if key in STREAM_TUNING or key in (*STREAM_OPTIONS, "addRecordTimestamp")]
    note = call.warning(
        f"the Glue table is a stream, and a table of this name has to be fed from it; {', '.join(told)} go",
        f"make it a streaming table over read_kinesis or read_kafka with the parsed columns{_STAMP if stamped else ''}",
    )
    stream = code("{session}.readStream{option}.table({name})", session=session_of(call), option=option, name=name)
    helpers = ("table_stream_start",) if computed is not None else ()
    if stamped:
        # The column itself: a table that lacks it stops the job, where Glue's frame has it.
        column = '.withColumn("__src_timestamp", {F}.col("__src_timestamp"))'
        stream = code("{stream}" + column, stream=stream, F=call.place.functions)
    return Rewrite(
        stream,
        certainty=Certainty.CONDITIONAL,
        condition="a table of that name is fed from the stream, with the columns that the records have"
        f"{_STAMP if stamped else ''}",
        imports=(*((FUNCTIONS,) if stamped else ()), *(f"from glue_compat import {name}" for name in helpers)),
        compat=helpers,
        findings=(note,),
    )


def misread_stream(call: GlueCall, name: Code, options: Options) -> Answer:
    """A stream read as a DynamicFrame: Glue's forEachBatch stops at it, for want of `writeStream`."""
    answer = read_stream(call, name, options)
    if not isinstance(answer, Rewrite):
        return answer
    note = call.warning(
        "a stream is read as a DynamicFrame, on which Glue's forEachBatch stops: it needs a DataFrame, and gets one here",
        "if the job has never run, look whether the rest of it does what is meant",
    )
    condition = f"{answer.condition}; the stream is read as create_data_frame reads it"
    return replace(answer, certainty=Certainty.JUDGEMENT, condition=condition, findings=(*answer.findings, note))
