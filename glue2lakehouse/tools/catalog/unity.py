"""Scan a Unity Catalog catalog through databricks-sdk, schema by schema.

The open-source server lists external Delta tables without columns and every table without `full_name`; columns then come
from the Delta log where its folder can be read, and count as not known where it cannot.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from glue2lakehouse.errors import CatalogError
from glue2lakehouse.tools.catalog.model import Column, Database, Item, Refusal, Table, TableKind
from glue2lakehouse.tools.catalog.paging import Page, Position

_KINDS: dict[str, TableKind] = {
    "EXTERNAL": "external",
    "MANAGED": "managed",
    "VIEW": "view",
    "MATERIALIZED_VIEW": "view",
    "METRIC_VIEW": "view",
    "FOREIGN": "link",
    "STREAMING_TABLE": "managed",
}
_PHYSICAL = "delta.columnMapping.physicalName"
_OWN_SCHEMAS = ("information_schema",)
_PAGE = 500


def unity_client(host: str | None = None, profile: str | None = None) -> Any:
    """Return the one client to share: `Config` asks the host at once and would otherwise retry for five minutes.

    Raises CatalogError when there are no credentials or the host does not answer.
    """
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.core import Config

    try:
        return WorkspaceClient(config=Config(host=host, profile=profile, retry_timeout_seconds=1))
    except (ValueError, OSError, TimeoutError) as error:
        reason = str(error).splitlines()[0]
        raise CatalogError(f"Databricks: {reason}; set DATABRICKS_HOST and log in, or name a --profile") from error


def scan_unity_catalog(client: Any, catalog: str, start: Position | None = None) -> Iterator[Page]:
    """Yield schemas and tables of one catalog; a position stands for a schema, which is read anew if it was cut short.

    A schema that this identity may not list is a `Refusal`. Raises CatalogError when the catalog cannot be listed at all.
    """
    from databricks.sdk.errors.base import DatabricksError

    try:
        schemas = sorted(client.schemas.list(catalog), key=lambda schema: str(schema.name))
    except (DatabricksError, OSError, TimeoutError) as error:
        raise CatalogError(f"catalog {catalog}: {_line(error)}; check its name and that you may use it") from error
    for schema in schemas:
        name = str(schema.name)
        if name in _OWN_SCHEMAS or (start is not None and name <= start.database):
            continue
        after = Position(stage="schemas", database=name)
        place = Database(catalog=catalog, name=name, location=schema.storage_root or "", comment=_comment(schema))
        # Only the last page moves the position: a schema cut short is read anew, so its pages come as one.
        yield Page((place, *_tables_of(client, catalog, name)), after)


def _tables_of(client: Any, catalog: str, schema: str) -> Iterator[Item]:
    from databricks.sdk.errors.base import DatabricksError

    where = f"{catalog}.{schema}"
    try:
        for found in client.tables.list(catalog, schema, max_results=_PAGE):
            yield table_of(found, catalog, schema)
    except DatabricksError as error:
        yield Refusal(where=where, message=_line(error), action="grant USE SCHEMA and SELECT or BROWSE, and scan again")
    except (OSError, TimeoutError) as error:
        raise CatalogError(f"{where}: {_line(error)}; run the same scan again to go on") from error


def table_of(found: Any, catalog: str, schema: str) -> Table:
    """Return a table of databricks-sdk (`TableInfo`)."""
    kind = _KINDS.get(found.table_type.value if found.table_type else "", "unknown")
    format_ = found.data_source_format.value.lower() if found.data_source_format else ""
    columns = [(column.partition_index, _column(column)) for column in found.columns or ()]
    properties = {str(name): str(value) for name, value in (found.properties or {}).items()}
    logged = _from_delta_log(found.storage_location or "") if format_ == "delta" and not columns else None
    if logged is not None:
        plain, keys = logged
    else:
        plain = tuple(column for _, column in columns)
        by_index = sorted(((index, column) for index, column in columns if index is not None), key=lambda pair: pair[0])
        keys = tuple(column for _, column in by_index)
    return Table(
        catalog=catalog,
        database=schema,
        name=str(found.name),
        table_kind=kind,
        columns=plain,
        partition_keys=keys,
        clustering=_clustering(properties, found.columns or ()),
        columns_known=bool(plain),
        location=found.storage_location or "",
        format=format_,
        comment=found.comment or "",
        properties=properties,
        view_text=found.view_definition or "",
    )


def _comment(schema: Any) -> str:
    """Spark keeps a schema's comment among its properties on the open-source server."""
    return str(schema.comment or (schema.properties or {}).get("comment", ""))


def _column(found: Any) -> Column:
    return Column(
        name=str(found.name),
        type=found.type_text or (found.type_name.value.lower() if found.type_name else ""),
        nullable=found.nullable is not False,
        comment=found.comment or "",
    )


def _clustering(properties: dict[str, str], columns: Iterable[Any]) -> tuple[str, ...]:
    """Databricks keeps the clustering columns in this property, as lists of name parts; physical ones under column mapping."""
    try:
        named = json.loads(properties.get("clusteringColumns", "[]"))
        fields = [json.loads(column.type_json) for column in columns if column.type_json]
        return tuple(".".join(_logical(parts if isinstance(parts, list) else [parts], fields)) for parts in named)
    except ValueError:
        return ()


def _logical(parts: Sequence[Any], fields: Sequence[Any]) -> Iterator[str]:
    """Yield the names that people use for the parts of a physical one. Delta protocol: Column Mapping."""
    for part in map(str, parts):
        known = [field for field in fields if isinstance(field, dict)]
        field: dict[str, Any] = next((each for each in known if each.get("metadata", {}).get(_PHYSICAL) == part), {})
        yield str(field.get("name", part))
        kind = field.get("type")
        fields = kind.get("fields", ()) if isinstance(kind, dict) else ()


def _from_delta_log(location: str) -> tuple[tuple[Column, ...], tuple[Column, ...]] | None:
    """Read columns and partition columns from a Delta log on this machine's disk; None for any other place."""
    parts = urlsplit(location)
    if parts.scheme not in ("file", "") or not parts.path:
        return None
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    try:
        table = DeltaTable(url2pathname(parts.path))
    except (DeltaError, OSError):
        return None
    columns = tuple(
        Column(
            name=field.name,
            type=delta_type(json.loads(field.type.to_json())),
            nullable=field.nullable,
            comment=str(field.metadata.get("comment") or ""),
        )
        for field in table.schema().fields
    )
    by_name = {column.name: column for column in columns}
    return columns, tuple(by_name[name] for name in table.metadata().partition_columns)


def delta_type(kind: Any) -> str:
    """Spell a type of Delta's JSON schema as Spark does. Delta protocol: Schema Serialization Format."""
    if isinstance(kind, str):
        return kind
    if kind["type"] == "struct":
        fields = (field["name"] + ":" + delta_type(field["type"]) for field in kind["fields"])
        return f"struct<{','.join(fields)}>"
    if kind["type"] == "array":
        return f"array<{delta_type(kind['elementType'])}>"
    return f"map<{delta_type(kind['keyType'])},{delta_type(kind['valueType'])}>"


def _line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
