"""The sources that a script reads: Glue's readers, Spark's readers, tables."""

import ast
import re

from glue2lakehouse.tools.sandbox.script_constants import Constants, argument_of, called
from glue2lakehouse.tools.sandbox.source_facts import Read

_READER_FORMATS = {"csv", "json", "parquet", "orc", "text", "avro"}


def read_of(call: ast.Call, constants: Constants) -> Read | None:
    """Return the source that a call reads, None where it reads none."""
    name, text = called(call), ast.unparse(call.func)
    if "create_" in text and "from_catalog" in name:
        database = _text(call, constants, ("database", "name_space"), 0)
        table = _text(call, constants, ("table_name",), 1)
        starts = re.search(r"startingPosition|startingOffsets", ast.unparse(call)) if "data_frame" in text else None
        form = "stream" if starts else ""
        return Read(kind="catalog", name=f"{database}.{table}".lower(), format=form) if database and table else None
    if "create_" in text and "from_options" in name:
        return _from_options(call, constants)
    if name in ("table",) and call.args and constants.value(call.args[0]) and not text.startswith("self"):
        table = str(constants.value(call.args[0]))
        return Read(kind="catalog", name=table.lower()) if "." in table else None
    if ".read" in text and name in {*_READER_FORMATS, "load"} and call.args:
        path = constants.value(call.args[0])
        first = path[0] if isinstance(path, list) and path else path
        chain = re.search(r"\.format\(['\"](\w+)['\"]\)", text)
        kind = name if name in _READER_FORMATS else chain[1] if chain else "parquet"
        header = re.search(
            r"header['\"]?,\s*(True|['\"]true['\"])|header=(True|['\"]true['\"])", ast.unparse(call), re.IGNORECASE
        )
        options = {"withHeader": "true"} if header else {}
        return Read(kind="path", name=str(first), format=kind, options=options) if first else None
    return None


def _from_options(call: ast.Call, constants: Constants) -> Read | None:
    kind = str(_text(call, constants, ("connection_type",), 0) or "s3").lower()
    options = constants.value(argument_of(call, ("connection_options",), 1)) or {}
    options = options if isinstance(options, dict) else {}
    formats = constants.value(argument_of(call, ("format_options",), 3))
    given = {str(key): str(item).lower() for key, item in formats.items()} if isinstance(formats, dict) else {}
    if kind in ("kinesis", "kafka"):
        named = (options.get(key) for key in ("streamName", "streamARN", "topicName", "subscribe", "topic"))
        stream = next((str(value) for value in named if value), "")
        return Read(kind="stream", name=stream, format="json") if stream else None
    if kind in ("s3", "file"):
        paths = options.get("paths") or options.get("path")
        first = paths[0] if isinstance(paths, list) and paths else paths
        format = _text(call, constants, ("format",), 2) or "parquet"
        return Read(kind="path", name=str(first), format=str(format).lower(), options=given) if first else None
    table = options.get("dbtable") or options.get("collection") or options.get("dynamodb.input.tableName")
    where = options.get("connectionName") or options.get("database") or options.get("url") or kind
    return Read(kind="jdbc", name=f"{where}|{table}") if table and "(" not in str(table) else None


def _text(call: ast.Call, constants: Constants, names: tuple[str, ...], position: int) -> str | None:
    found = constants.value(argument_of(call, names, position))
    return found if isinstance(found, str) else None
