"""Kafka and Kinesis: what becomes of each option of a stream, and how its records are parsed.

Source: aws-glue-programming-etl-connect-{kafka,kinesis}-home; Spark's Kafka guide, Databricks' page on Kinesis.
"""

import ast
import json
import re
from datetime import datetime
from typing import NamedTuple

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.code import Code, Piece, code
from glue2lakehouse.tools.rewrite.io.connection_types import DBUTILS
from glue2lakehouse.tools.rewrite.io.secret_scopes import secret_scope
from glue2lakehouse.tools.rewrite.options import Options, quoted, truth
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, Use

VALUE = "\0value"
"""Stands in a parser for the name of the column that holds the record."""

_KAFKA = {
    "bootstrap.servers": "kafka.bootstrap.servers",
    "security.protocol": "kafka.security.protocol",
    "topicName": "subscribe",
    **{
        name: name
        for name in "assign subscribePattern startingOffsets endingOffsets maxOffsetsPerTrigger minPartitions "
        "failOnDataLoss includeHeaders".split()
    },
    "pollTimeoutMs": "kafkaConsumer.pollTimeoutMs",
    "numRetries": "fetchOffset.numRetries",
    "retryIntervalMs": "fetchOffset.retryIntervalMs",
}
_KINESIS = {
    "streamName": "streamName",
    "region": "region",
    "awsSTSRoleARN": "roleArn",
    "awsSTSSessionName": "roleSessionName",
    "awsSTSEndpoint": "stsEndpoint",
    "maxRecordPerRead": "maxRecordsPerFetch",
    "describeShardInterval": "shardFetchInterval",
    "endpointUrl": "endpoint",
}
_DROPPED = (
    "typeOfData classification delimiter inferSchema emitConsumerLagMetrics addRecordTimestamp addIdleTimeBetweenReads "
    "idleTimeBetweenReadsInMs maxRetryIntervalMs avoidEmptyBatches maxFetchRecordsPerShard"
).split()
"""Metrics, pauses and bounds of one fetch, and what the parser has answered for: no record comes or goes by them."""


class Settled(NamedTuple):
    """Spark options in order, the imports they need, what is to be said about them, and the helpers in them."""

    options: list[tuple[str, Piece]]
    imports: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    compat: tuple[str, ...] = ()


def parser(form: object, options: Options, functions: str) -> tuple[Code, tuple[str, ...]] | None:
    """Return the column that parses a record, and its imports; None where Glue finds the schema out by itself."""
    text = code('{F}.col("{value}").cast("string")', F=functions, value=Code((VALUE,)))
    if form == "avro" and (avro := options.take("avroSchema")) is not None:
        done = code('from_avro({F}.col("{value}"), {schema})', F=functions, value=Code((VALUE,)), schema=avro)
        return done, ("from pyspark.sql.avro.functions import from_avro",)
    schema = options.take("schema") if form in ("json", "csv") else None
    if schema is None:
        return None
    if form == "json":
        return code("{F}.from_json({text}, {schema})", F=functions, text=text, schema=schema), ()
    separator = options.take("delimiter") or '","'
    done = code(
        '{F}.from_csv({text}, {schema}, {{"sep": {sep}}})', F=functions, text=text, schema=schema, sep=separator
    )
    return done, ()


def source_options(use: Use, connection: str, options: Options) -> Settled | Finding:
    """Return the options of the stream's reader; what nobody answers for stays left over."""
    names = _KAFKA if connection == "kafka" else _KINESIS
    settled = _kafka(use, options) if connection == "kafka" else _kinesis(use, options)
    if isinstance(settled, Finding):
        return settled
    done: list[tuple[str, Piece]] = []
    for key in list(options.leftover()):
        if key in names:
            value = options.take(key)
            assert value is not None
            done.append((names[key], value))
    options.take(*_DROPPED, *(("numRetries", "retryIntervalMs") if connection == "kinesis" else ()))
    return settled._replace(options=[*settled.options[:1], *done, *settled.options[1:]] if connection == "kafka" else [*done, *settled.options])  # fmt: skip


def _kafka(use: Use, options: Options) -> Settled | Finding:
    """Brokers of a Glue connection come from a secret scope; a start by time is counted in milliseconds."""
    done: list[tuple[str, Piece]] = []
    imports: tuple[str, ...] = ()
    findings: list[Finding] = []
    name = options.take("connectionName")
    if name is not None and not options.given("bootstrap.servers"):
        scope = secret_scope(use, name)
        done.append(("kafka.bootstrap.servers", code('dbutils.secrets.get({scope}, "bootstrap.servers")', scope=scope)))
        imports = (DBUTILS,)
        findings.append(
            use.warning(
                f"the Glue connection {_named(use, options, name)} is replaced by a secret scope",
                "create the secret scope with the key bootstrap.servers; TLS or SASL settings are options kafka.*",
            )
        )
    if options.given("startingTimestamp"):
        start = _milliseconds(options.literal("startingTimestamp"))
        if start is None:
            return use.blocker(
                "when the stream starts is computed at run time", "pass startingTimestamp as milliseconds since 1970"
            )
        done.append(("startingTimestamp", quoted(start)))
        shown = options.literal("startingTimestamp")
        findings.append(use.info(f"startingTimestamp {shown} is {start} milliseconds since 1970, as Spark counts", ""))
    return Settled(done, imports, tuple(findings))


def _named(use: Use, options: Options, name: Piece) -> str:
    known = options.literals.get("connectionName")
    return repr(known) if isinstance(known, str) else use.text(name) if isinstance(name, ast.expr) else "of the options"


def _milliseconds(value: object) -> str | None:
    """Return ISO 8601, as Glue takes it, in milliseconds since 1970, as Spark does; UTC where it names no zone."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    aware = moment if moment.tzinfo is not None else datetime.fromisoformat(f"{moment.isoformat()}+00:00")
    return str(round(aware.timestamp() * 1000))


def _kinesis(use: Use, options: Options) -> Settled | Finding:
    """Name the stream and where to start; a value that says neither stays an option that nobody answered for."""
    done: list[tuple[str, Piece]] = []
    findings: list[Finding] = []
    arn = options.literal("streamARN")
    if isinstance(arn, str) and arn.count(":") >= 5:
        done += [("streamName", quoted(arn.rsplit("/", 1)[-1])), ("region", quoted(arn.split(":")[3]))]
    elif arn is NOT_LITERAL and (computed := options.take("streamARN")) is not None:
        done += [("streamName", code('{arn}.split("/")[-1]', arn=computed))]
        done += [("region", code('{arn}.split(":")[3]', arn=computed))]
    else:
        options.taken.discard("streamARN")
        url = options.literals.get("endpointUrl")
        region = re.search(r"kinesis\.([a-z0-9-]+)\.amazonaws", url) if isinstance(url, str) else None
        if region is not None and not options.given("region"):
            done.append(("region", quoted(region[1])))
    start = _initial_position(options.literal("startingPosition"))
    helpers: tuple[str, ...] = ()
    if start is not None:
        done.append(("initialPosition", quoted(start)))
    elif not isinstance(options.literal("startingPosition"), str) and options.given("startingPosition"):
        helpers = ("kinesis_start",)
        done.append(("initialPosition", code("kinesis_start({start})", start=options.take("startingPosition") or "")))
    else:
        options.taken.discard("startingPosition")
    consumer = options.literal("fanoutConsumerARN")
    if isinstance(consumer, str) and "/consumer/" in consumer:
        name = consumer.rpartition("/consumer/")[2].partition(":")[0]
        done += [("consumerMode", '"efo"'), ("consumerName", quoted(name))]
    else:
        options.taken.discard("fanoutConsumerARN")
    fetch = options.literal("maxFetchTimeInMs")
    if str(fetch).isdigit():
        done.append(("maxFetchDuration", quoted(f"{fetch}ms")))
    else:
        options.taken.discard("maxFetchTimeInMs")
    if options.given("failOnDataLoss"):
        if truth(options.literal("failOnDataLoss")) is not False:
            return use.blocker(
                "failOnDataLoss has no counterpart in the Kinesis reader", "drop it, or watch the age of the stream"
            )
        findings.append(use.info("failOnDataLoss=false goes: the Kinesis reader has no such option", ""))
    return Settled(done, tuple(f"from glue_compat import {name}" for name in helpers), tuple(findings), helpers)


def _initial_position(start: object) -> str | None:
    if not isinstance(start, str):
        return None
    if start.lower() in ("latest", "trim_horizon", "earliest"):
        return "latest" if start.lower() == "latest" else "trim_horizon"
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", start):
        return json.dumps({"at_timestamp": start, "format": "yyyy-MM-dd'T'HH:mm:ssXXX"})
    return None
