"""What a TableInput of Glue's says, in the words of CREATE TABLE; nothing of it is left out that readers would notice.

Left out as bookkeeping: LastAccessTime, LastAnalyzedTime, Compressed (readers see it in the files), EXTERNAL (LOCATION says it),
Spark's own copy of the schema.
"""

import re
from collections.abc import Iterator

_SERDES = {
    "parquethiveserde": "parquet", "orcserde": "orc", "avroserde": "avro", "jsonserde": "json",
    "lazysimpleserde": "text", "opencsvserde": "opencsv",
}  # fmt: skip
_INPUT_FORMATS = {
    "mapredparquetinputformat": "parquet", "orcinputformat": "orc", "avrocontainerinputformat": "avro",
    "textinputformat": "",
}  # fmt: skip
_TABLE_KEYS = {
    "Name", "Description", "Owner", "LastAccessTime", "LastAnalyzedTime", "Retention", "StorageDescriptor",
    "PartitionKeys", "TableType", "Parameters",
}  # fmt: skip
_STORAGE_KEYS = {
    "Columns", "Location", "InputFormat", "OutputFormat", "Compressed", "SerdeInfo", "Parameters",
}  # fmt: skip
_SERDE_KEYS = {
    "parquet": set(),
    "orc": set(),
    "avro": {"avro.schema.literal"},
    "json": {"ignore.malformed.json", "paths", "case.insensitive"},
    "text": {"field.delim", "escape.delim", "line.delim", "serialization.null.format", "serialization.encoding"},
    "opencsv": {"separatorchar", "quotechar", "escapechar"},
}
_CSV = ("text", "opencsv")
_NO_PROPERTY = r"external|comment|table_type|spark\.sql\..*"
_REFUSED_PARAMETERS = {
    "table_type": "a table of a lake format, which is made by its own writer",
    "spark.sql.sources.provider": "a table that Spark made: its columns and options are in Spark's own properties",
    "projection.enabled": "partitions that Athena computes: Unity Catalog lists folders, or registers them",
    "connectionname": "a table of another database: use Lakehouse Federation",
    "transactional": "a table of Hive transactions",
    "immutable": "a table that refuses a second insert",
    "skip.footer.line.count": "lines at the end of a file that are no rows",
}
_TABLE_TYPES = {
    "VIRTUAL_VIEW": "a view: make it with CREATE VIEW",
    "MANAGED_TABLE": "a managed table, whose files go with it: make it with saveAsTable",
}


def table_refusals(table_input: dict) -> Iterator[str]:
    """Yield why Unity Catalog cannot hold such a table; values that are None are not known, and pass."""
    yield from _unheld("TableInput", table_input, _TABLE_KEYS)
    kind = table_input.get("TableType")
    if kind not in (None, "", "EXTERNAL_TABLE", "GOVERNED"):
        yield f"TableType {kind} is {_TABLE_TYPES.get(kind, 'not known')}"
        return
    for key, value in _parameters(table_input).items():
        reason = _REFUSED_PARAMETERS.get(key.lower())
        if reason and value is not None and str(value).lower() not in ("", "0", "false", "delta"):
            yield f"the parameter {key} says that it is {reason}"
    storage = table_input.get("StorageDescriptor", {})
    if storage is None:
        return
    if is_governed(table_input):
        # Its files are none of other readers' business, so that Delta may hold the rows.
        storage = {**storage, "Location": None, "InputFormat": None}
    elif _is_delta(table_input):
        storage = {**storage, "InputFormat": None}
    if not storage.get("Location", ""):
        if "Location" not in storage or storage["Location"] == "":
            yield "a table without a Location has no files"
    elif storage["Location"].startswith("/Volumes/"):
        yield f"a table cannot be in a volume: {storage['Location']}"
    # -1 and 0 are Hive's words for no buckets.
    buckets = storage.get("NumberOfBuckets", 0)
    yield from _unheld("StorageDescriptor", {**storage, "NumberOfBuckets": max(buckets or 0, 0)}, _STORAGE_KEYS)
    for column in [*(storage.get("Columns") or ()), *(table_input.get("PartitionKeys") or ())]:
        if column is not None:
            yield from _unheld("a column", column, {"Name", "Type", "Comment"})
            if "Type" not in column:
                yield f"the column {column.get('Name')} has no type"
    yield from _format_refusals(table_input, storage)


def is_governed(table_input: dict) -> bool:
    """Whether rows come into a table by transactions of Lake Formation only."""
    status = (table_input.get("Parameters") or {}).get("lakeformation.aso.status")
    return table_input.get("TableType") == "GOVERNED" or str(status).lower() == "true"


def _is_delta(table_input):
    given = {key.lower(): str(value).lower() for key, value in _parameters(table_input).items()}
    return "delta" in (given.get("spark.sql.sources.provider"), given.get("table_type"))


def _unheld(what, given, held):
    for key, value in given.items():
        empty = not value or (isinstance(value, dict) and not any(value.values()))
        if key not in held and not empty:
            yield f"{key} of {what} has no counterpart: {value!r}"


def _parameters(table_input):
    return {
        **((table_input.get("StorageDescriptor") or {}).get("Parameters") or {}),
        **(table_input.get("Parameters") or {}),
    }


def _serde_parameters(storage):
    given = ((storage.get("SerdeInfo") or {}).get("Parameters")) or {}
    return {key.lower(): value for key, value in given.items()}


def _format_refusals(table_input, storage):
    serde = storage.get("SerdeInfo", {})
    library = serde.get("SerializationLibrary", "") if serde is not None else None
    if library is None or storage.get("InputFormat", "") is None:
        return
    form = _format_of(table_input)
    if form not in _SERDE_KEYS:
        yield f"no reader of Spark gives the rows of {form or 'a table without a SerDe'}"
        return
    told = _parameters(table_input).get("classification")
    if told is not None and told.lower() != ("csv" if form in _CSV else form):
        yield f"classification {told} and the SerDe {library or form} are two formats"
    given = _serde_parameters(storage)
    for key, value in given.items():
        if key not in _SERDE_KEYS[form] | {"serialization.format"} and str(value).lower() not in ("false", "none"):
            yield f"the SerDe's parameter {key} has no counterpart in Spark: {value!r}"
        if key.endswith(".delim") and not str(value).isascii():
            yield f"Hive cuts at a byte of the delimiter {value!r}, Spark at the letter"
    lines = str(_parameters(table_input).get("skip.header.line.count") or "0").strip()
    if lines != "0" and (form == "json" or (form in _CSV and lines != "1")):
        yield f"{lines} header lines of a {form} file cannot be skipped"
    for column in storage.get("Columns") or ():
        kind = str((column or {}).get("Type") or "").lower()
        if form in _CSV and kind.startswith(("array", "map", "struct", "binary")):
            yield f"{column.get('Name')}: a CSV file holds no {kind}"
        if form == "opencsv" and kind in ("date", "timestamp"):
            yield f"{column.get('Name')}: OpenCSVSerde reads a {kind} as a number, Spark as text"


def _format_of(table_input):
    storage = table_input.get("StorageDescriptor") or {}
    library = (storage.get("SerdeInfo") or {}).get("SerializationLibrary") or ""
    files = storage.get("InputFormat") or ""
    form = _INPUT_FORMATS.get(files.rsplit(".", 1)[-1].lower()) if files else ""
    if form is None:
        return files
    if library:
        read = _SERDES.get(library.rsplit(".", 1)[-1].lower(), library)
        return read if form in ("", read) else f"{library} over {files}"
    told = str(_parameters(table_input).get("classification") or "").lower()
    return form or (told if told in ("parquet", "orc", "avro") else "")


def table_format(table_input: dict) -> str:
    """Return the format of Spark's that reads the files of a table, "" where nothing tells."""
    form = "delta" if is_governed(table_input) or _is_delta(table_input) else _format_of(table_input)
    return "csv" if form in _CSV else form if form in (*_SERDE_KEYS, "delta") else ""


def table_parts(table_input):
    """Return format, options, columns, keys, location, comment and properties of a table for Unity Catalog.

    A governed table is a managed Delta table, which has no location and the transactions.

    Raises ValueError for what a TableInput says that Unity Catalog cannot hold.
    """
    why = next(table_refusals(table_input), None)
    if why is not None:
        raise ValueError(f"table {table_input.get('Name')}: {why}")
    storage, parameters = table_input["StorageDescriptor"], _parameters(table_input)
    governed, delta, form = is_governed(table_input), table_format(table_input) == "delta", _format_of(table_input)
    properties = {key: str(value) for key, value in parameters.items() if not re.fullmatch(_NO_PROPERTY, key.lower())}
    if delta:
        properties.pop("classification", None)
    properties |= {f"glue.{key}": str(table_input[key]) for key in ("Owner", "Retention") if table_input.get(key)}
    keys = table_input.get("PartitionKeys") or []
    if keys and not delta:
        # As in Glue, a partition is seen once it is registered: ADD PARTITION or MSCK REPAIR TABLE.
        properties["nonDelta.partitionLog.enabled"] = "true"
    return {
        "format": table_format(table_input),
        "options": {} if delta else _reader_options(form, _serde_parameters(storage), parameters),
        "columns": storage.get("Columns") or [],
        "keys": keys,
        "location": "" if governed else storage["Location"],
        "comment": table_input.get("Description") or parameters.get("comment") or "",
        "properties": properties,
    }


def _reader_options(form, given, parameters):
    if form == "json":
        return {"mode": "PERMISSIVE" if str(given.get("ignore.malformed.json")).lower() == "true" else "FAILFAST"}
    if form == "avro":
        return {"avroSchema": given["avro.schema.literal"]} if given.get("avro.schema.literal") else {}
    if form not in _CSV:
        return {}
    header = {"header": "true"} if str(parameters.get("skip.header.line.count", "0")).strip() == "1" else {}
    if form == "opencsv":
        quote, escape = given.get("quotechar", '"'), given.get("escapechar", "\\")
        # Spark cannot read a doubled quote and an escaped one; doubled is what CSV writers make.
        return {
            "sep": given.get("separatorchar", ","),
            "quote": quote,
            "escape": quote if escape == "\\" else escape,
            **header,
        }
    options = {
        "sep": _one_sign(given.get("field.delim", given.get("serialization.format", "\x01")) or "\x01"),
        "quote": "",
        "nullValue": given.get("serialization.null.format", "\\N"),
        "emptyValue": "",
    }
    if given.get("escape.delim"):
        options["escape"] = _one_sign(given["escape.delim"])
    if _one_sign(given.get("line.delim") or "\n") != "\n":
        options["lineSep"] = _one_sign(given["line.delim"])
    if given.get("serialization.encoding"):
        options["encoding"] = given["serialization.encoding"]
    return {**options, **header}


def _one_sign(text):
    """Return the one sign that Hive makes of a delimiter: a number is the code of the sign."""
    try:
        return chr(int(text) % 256) if -128 <= int(text) <= 127 else text[0]
    except ValueError:
        return text[0]
