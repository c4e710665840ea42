"""Read databases with Spark's connectors: what a read by connection type becomes, and each of its options."""

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.io import bookmarks, connection_types, connections, connectors, dynamodb, jdbc_types
from glue2lakehouse.tools.rewrite.io.lakes import LAKES, read_lake, with_options
from glue2lakehouse.tools.rewrite.io.unpacking import session_of
from glue2lakehouse.tools.rewrite.options import Options, quoted
from glue2lakehouse.tools.rewrite.rule import (
    Answer,
    GlueCall,
    Rewrite,
    Use,
    code,
)


def read_database(call: GlueCall, connection: str, options: Options, form_options: Options) -> Answer:
    """Return the read of a database; what no connector gives the same rows for is handed off with its way out."""
    if connection.lower() in LAKES:
        return read_lake(call, session_of(call), connection.lower(), options)
    if connection.lower() == "dynamodb":
        return dynamodb.read_table(call, session_of(call), options)
    if connection.lower() in connectors.TYPES:
        return connectors.read_connector(call, session_of(call), options)
    connector = connection_types.CONNECTORS.get(connection.lower())
    if connector is None or list(form_options.leftover()):
        return call.blocker(
            f"a {connection} source has no reader that gives the same rows",
            _ADVICE.get(connection.lower(), "read it with the connector that your workspace has for it"),
        )
    tuned = [key for key in options.values if key.lower().startswith(("hash", "enablepartitioningforsample"))]
    options.take(*tuned)
    if options.given("sampleQuery") and options.given("dbtable"):
        options.take("dbtable")
    keys = Options(
        call, {k: v for k, v in options.values.items() if k.lower().startswith("jobbookmarkkeys")}, options.literals
    )
    options.take(*keys.values)
    mapping = jdbc_types.take_mapping(call, connection, options)
    if isinstance(mapping, Finding):
        return mapping
    chosen = _one_source(call, options) if connector.format == "bigquery" else ()
    if isinstance(chosen, Finding):
        return chosen
    settled = connections.settle(call, connection, connector, options)
    if settled.blocked is not None:
        return settled.blocked
    imports, condition = settled.imports, "the driver maps column types as Glue's connector does"
    reader = code("{session}.read.format({form})", session=session_of(call), form=quoted(connector.format))
    result = code("{reader}.load()", reader=with_options(reader, settled.options))
    if mapping is not None:
        result = jdbc_types.mapped_read(session_of(call), mapping, settled.options)
        imports = (*imports, f"from glue_compat import {jdbc_types.HELPER}")
        condition = f"{condition}; {jdbc_types.CONDITION}"
    answer = Rewrite(
        result,
        certainty=Certainty.CONDITIONAL,
        condition=condition,
        imports=imports,
        compat=connection_types.compat_of(imports),
        findings=(*settled.findings, *chosen, *_left_out(call, tuned)),
    )
    return bookmarks.database_rows(call, keys, answer) if connector.format in ("jdbc", "redshift") else answer


_CATALOG_METADATA = (
    "the definitions are in Unity Catalog now: query system.information_schema.tables and columns, or list them with spark.catalog; "
    "Glue's are taken over by `glue2lakehouse scan` and `migrate --dump`"
)
_ATHENA = (
    "the rows come from a Lambda function, which no reader here calls: make a foreign catalog where Lakehouse Federation knows the "
    "source, and read its table; or install a Spark data source for it, call it connection_type custom.spark, name its class in "
    "glue2lakehouse.yaml, connections: {NAME OF THE CONNECTION: {className: ...}}, and convert again"
)
_ADVICE = {
    "catalog": _CATALOG_METADATA,
    "com.amazonaws.services.glue.connections.datacatalogconnection": _CATALOG_METADATA,
    "custom.athena": _ATHENA,
    "marketplace.athena": _ATHENA,
    **dict.fromkeys(
        "salesforce servicenow googleanalytics4 netsuiteerp sapodata zendesk hubspot facebookads googleads".split(),
        "ingest it with Lakeflow Connect, then read the table",
    ),
    "kinesis": "read it as a stream: spark.readStream.format('kinesis')",
    "kafka": "read it with spark.read.format('kafka') and parse the value",
}


def _one_source(call: GlueCall, options: Options) -> tuple[Finding, ...] | Finding:
    """Keep the one of table and query that sourceType names: Spark's connector reads the table where it is given both."""
    if not (options.given("table") and options.given("query")):
        return ()
    source = options.literal("sourceType")
    if source not in ("table", "query"):
        return call.blocker(
            "a table and a query are given, and sourceType does not say which of them is read",
            'keep one of them, or write out sourceType: "table" or "query"',
        )
    other = "table" if source == "query" else "query"
    options.take(other)
    return (call.info(f"{other} goes: sourceType {source} says that the {source} is read", ""),)


def _left_out(use: Use, keys: list[str]) -> tuple[Finding, ...]:
    """Say which tuning options go: they set how it is read in parallel, never which rows come out."""
    if not keys:
        return ()
    verb = "goes" if len(keys) == 1 else "go"
    return (
        use.info(
            f"{', '.join(keys)} {verb}: how it is read in parallel changes no row",
            "set partitionColumn and bounds if it is slow",
        ),
    )
