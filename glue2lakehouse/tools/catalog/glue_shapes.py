"""From the shapes of the AWS Glue API (and of `aws glue get-…`) to catalog values.

AWS Glue API: Database, Table, StorageDescriptor, Partition, Connection, Crawler, Classifier.
"""

from collections.abc import Callable, Mapping
from typing import Any

from glue2lakehouse.tools.catalog.model import (
    Classifier,
    Column,
    Connection,
    Crawler,
    Database,
    Partition,
    Statistics,
    Table,
    TableKind,
)
from glue2lakehouse.tools.catalog.without_secrets import address, without_secrets

# Everything else in a connection may hold a password, a token or a key.
_PLACES = frozenset(
    "JDBC_CONNECTION_URL HOST PORT KAFKA_BOOTSTRAP_SERVERS CONNECTION_URL JDBC_ENFORCE_SSL SECRET_ID DATABASE ROLE_ARN".split()
)
_FORMATS = (
    ("iceberg", "iceberg"),
    ("delta", "delta"),
    ("hudi", "hudi"),
    ("parquet", "parquet"),
    ("orc", "orc"),
    ("avro", "avro"),
    ("json", "json"),
    ("opencsv", "csv"),
    ("csv", "csv"),
    ("xml", "xml"),
    ("grok", "grok"),
    ("regex", "regex"),
    ("ion", "ion"),
)
_TEXT_SERDES = ("lazysimple", "textinputformat")
_ROWS = ("recordCount", "numRows", "spark.sql.statistics.numRows")
_BYTES = ("sizeKey", "totalSize", "spark.sql.statistics.totalSize")
_FILES = ("objectCount", "numFiles")
_KINDS: dict[str, TableKind] = {"EXTERNAL_TABLE": "external", "MANAGED_TABLE": "managed", "VIRTUAL_VIEW": "view"}


def database_of(raw: Mapping[str, Any]) -> Database:
    """Return a Glue database."""
    target = raw.get("TargetDatabase") or {}
    return Database(
        catalog=str(raw.get("CatalogId") or ""),
        name=raw["Name"],
        location=raw.get("LocationUri") or "",
        comment=raw.get("Description") or "",
        properties=_texts(raw.get("Parameters")),
        link=f"{target.get('CatalogId', '')}.{target['DatabaseName']}" if target.get("DatabaseName") else "",
    )


def table_of(raw: Mapping[str, Any], database: str = "") -> Table:
    """Return a Glue table; `database` is for dumps whose tables do not say theirs."""
    storage = raw.get("StorageDescriptor") or {}
    serde = storage.get("SerdeInfo") or {}
    target = raw.get("TargetTable") or {}
    properties = _texts(raw.get("Parameters"))
    kind: TableKind = "link" if raw.get("TargetTable") else _KINDS.get(raw.get("TableType") or "", "unknown")
    return Table(
        catalog=str(raw.get("CatalogId") or ""),
        database=raw.get("DatabaseName") or database,
        name=raw["Name"],
        table_kind=kind,
        columns=_columns(storage.get("Columns")),
        partition_keys=_columns(raw.get("PartitionKeys")),
        columns_known=bool(storage.get("Columns") or raw.get("PartitionKeys")),
        location=storage.get("Location") or "",
        format="" if kind == "view" else format_of(storage, properties),
        serde=serde.get("SerializationLibrary") or "",
        serde_properties=_texts(serde.get("Parameters")),
        input_format=storage.get("InputFormat") or "",
        output_format=storage.get("OutputFormat") or "",
        link=f"{target.get('DatabaseName', '')}.{target.get('Name', '')}" if target else "",
        comment=raw.get("Description") or properties.get("comment", ""),
        properties=properties,
        view_text=raw.get("ViewOriginalText") or "",
        statistics=statistics_of(properties),
    )


def partition_of(raw: Mapping[str, Any], database: str = "", table: str = "") -> Partition:
    """Return a partition of a Glue table."""
    return Partition(
        database=raw.get("DatabaseName") or database,
        table=raw.get("TableName") or table,
        values=tuple(str(value) for value in raw.get("Values") or ()),
        location=(raw.get("StorageDescriptor") or {}).get("Location") or "",
        properties=_texts(raw.get("Parameters")),
    )


def connection_of(raw: Mapping[str, Any]) -> Connection:
    """Return a Glue connection without passwords."""
    given = {name: value for name, value in _texts(raw.get("ConnectionProperties")).items() if name in _PLACES}
    safe = {name: address(value) if name.endswith("URL") else value for name, value in given.items()}
    return Connection(name=raw["Name"], type=raw.get("ConnectionType") or "", properties=safe)


def crawler_of(raw: Mapping[str, Any]) -> Crawler:
    """Return a crawler; a target is told by its path, table or connection."""
    groups = (raw.get("Targets") or {}).values()
    targets = [name for group in groups for target in group or () for name in _crawled(target)]
    schedule = raw.get("Schedule") or ""
    return Crawler(
        name=raw["Name"],
        database=raw.get("DatabaseName") or "",
        targets=tuple(targets),
        classifiers=tuple(raw.get("Classifiers") or ()),
        schedule=schedule.get("ScheduleExpression", "") if isinstance(schedule, Mapping) else str(schedule),
    )


def _crawled(target: Mapping[str, Any]) -> list[str]:
    if target.get("Tables"):
        return [f"{target.get('DatabaseName', '')}.{table}" for table in target["Tables"]]
    several = target.get("DeltaTables") or target.get("Paths")
    return [str(path) for path in several] if several else [str(target.get("Path") or dict(target))]


def classifier_of(raw: Mapping[str, Any]) -> Classifier:
    """Return a classifier."""
    for name, settings in raw.items():
        if name.endswith("Classifier") and isinstance(settings, Mapping):
            kind = name.removesuffix("Classifier")
            return Classifier(name=settings["Name"], type=kind, settings=_texts(settings))
    return Classifier(name=raw["Name"], settings=_texts(raw))


def format_of(storage: Mapping[str, Any], properties: Mapping[str, str]) -> str:
    """Return the file format that a storage descriptor and properties speak of, `unknown` where they do not."""
    table_type = properties.get("table_type", "").lower()
    if table_type in ("iceberg", "delta", "hudi"):
        return table_type
    if properties.get("spark.sql.sources.provider", "").lower() in ("delta", "iceberg", "hudi"):
        return properties["spark.sql.sources.provider"].lower()
    if _is_stream({**_texts(storage.get("Parameters")), **properties}):
        return "stream"
    told = properties.get("classification", "").lower()
    if told in {name for _, name in _FORMATS}:
        return told
    serde = (storage.get("SerdeInfo") or {}).get("SerializationLibrary") or ""
    text = f"{serde} {storage.get('InputFormat') or ''}".lower()
    for mark, name in _FORMATS:
        if mark in text:
            return name
    if any(mark in text for mark in _TEXT_SERDES):
        return "csv"
    return told or "unknown"


def _is_stream(properties: Mapping[str, str]) -> bool:
    """Glue: a table of Kinesis or Kafka says so among its parameters; `ddl.storage` reads DDL by the same signs."""
    given = {name.lower(): value.lower() for name, value in properties.items()}
    return given.get("typeofdata") in ("kinesis", "kafka") or "streamarn" in given or "topicname" in given


def statistics_of(properties: Mapping[str, str]) -> Statistics:
    """Return the sizes that crawlers (`recordCount`), Hive (`numRows`) and Spark left in the properties."""
    found: dict[str, int | None] = {}
    used = []
    for field, names in (("rows", _ROWS), ("bytes", _BYTES), ("files", _FILES)):
        name = next((name for name in names if properties.get(name, "").isdigit()), None)
        # Crawlers and Hive write 0 or -1 where they did not count.
        value = int(properties[name]) if name else 0
        found[field] = value or None
        used += [str(name)] if value else []
    return Statistics(**found, collected_by=", ".join(used))


def _columns(raw: Any) -> tuple[Column, ...]:
    return tuple(
        Column(name=column["Name"], type=column.get("Type") or "", comment=column.get("Comment") or "")
        for column in raw or ()
    )


def _texts(raw: Any) -> dict[str, str]:
    return without_secrets({str(name): str(value) for name, value in (raw or {}).items()})


ANSWERS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "DatabaseList": database_of,
    "TableList": table_of,
    "Partitions": partition_of,
    "ConnectionList": connection_of,
    "Crawlers": crawler_of,
    "Classifiers": classifier_of,
}
"""The key of a list in an answer of `aws glue get-…`, and what its elements are."""
SINGLE: dict[str, str] = {
    "Database": "DatabaseList",
    "Table": "TableList",
    "Partition": "Partitions",
    "Connection": "ConnectionList",
    "Crawler": "Crawlers",
    "Classifier": "Classifiers",
}
