"""Say how the files of an external table are read: SerDe, delimiters and properties -> a Spark format and its options.

Athena: supported-serdes. Hive: LanguageManual DDL (Row Formats & SerDe). Spark: sql-data-sources-csv, -json, -avro.
What Spark's reader does otherwise than the SerDe is a warning; what it cannot do is a blocker.
"""

import re
from dataclasses import dataclass, field

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.ddl.model import TableDefinition
from glue2lakehouse.tools.ddl.serde_properties import unaccounted

Note = tuple[Severity, str, str]
_ISO = re.compile(r"yyyy-MM-dd(('T'| |T)HH:mm:ss(\.S+)?('Z'|Z|ZZ|X|XXX)?)?")
_PLAIN_PATTERN = re.compile(r"(yyyy|MM|dd|HH|mm|ss|SSS|'[^']*'|[-/:. ])+")
_SERDES = {
    "lazysimpleserde": "text", "opencsvserde": "opencsv", "csvserde": "opencsv", "jsonserde": "json",
    "parquethiveserde": "parquet", "orcserde": "orc", "avroserde": "avro", "multidelimitserde": "multidelimit",
    "regexserde": "regex", "grokserde": "grok", "cloudtrailserde": "cloudtrail", "ionhiveserde": "ion",
    "lazybinarycolumnarserde": "rcfile", "columnarserde": "rcfile", "lazybinaryserde": "sequencefile",
}  # fmt: skip
# Files of these kinds are rows of bytes that the SerDe reads; other files decide themselves how they are read.
_OF_SERDES = frozenset({"", "text", "parquet", "orc", "avro"})
_INPUT_FORMATS = {
    "symlink": ("symlinktextinputformat",),
    "parquet": ("mapredparquetinputformat",),
    "avro": ("avrocontainerinputformat",),
}
_UNREADABLE = {
    "regex": "a RegexSerDe table has no Spark format; read the lines with USING TEXT and split them in a view with "
    "regexp_extract (a line that does not match is a row of NULLs in Hive)",
    "grok": "Grok patterns have no Spark format; read the lines with USING TEXT and regexp_extract in a view",
    "cloudtrail": "CloudTrail files are JSON with a Records array; load them with read_files and explode(Records)",
    "ion": "Amazon Ion has no reader on Databricks; have the producer write JSON or Parquet",
    "rcfile": "RCFile has no reader in Unity Catalog; rewrite the files as Parquet with the old engine first",
    "sequencefile": "SequenceFile has no reader in Unity Catalog; rewrite the files as Parquet with the old engine first",
}
_ELSEWHERE = {
    "stream": "the table describes a stream; read it with spark.readStream.format('kinesis' or 'kafka') in the job",
    "connection": "the table stands for one in a database; use Lakehouse Federation or spark.read.format('jdbc')",
}
_ATHENA_ORC = "ORC columns are matched by name, Athena matches them by position unless orc.column.index.access is false"
_RFC_QUOTES = (
    Severity.WARNING,
    "a quote in a field is read where it is doubled; the SerDe also reads it behind its escape sign, and drops"
    " an escape sign that stands before anything else, which Spark keeps",
    "look for the escape sign in the data; where quotes are escaped with it, set the option 'escape' to it",
)
_JSON_CASE = (
    Severity.WARNING,
    "Spark matches JSON keys by exact case, the SerDe ignores case: a key spelled otherwise than its column reads as NULL",
    "compare the columns with a record of the data and spell them alike",
)
_JSON_TIMES = (
    Severity.WARNING,
    "a number in a TIMESTAMP column is seconds to Spark and milliseconds to the SerDe",
    "compare with a record of the data; if times are numbers declare BIGINT and convert in a view",
)
_EMPTY = (
    Severity.WARNING,
    "an empty field of a text file is '' in a STRING column of Hive and Athena, and NULL in Spark",
    "check whether queries tell '' from NULL; if so load the files into Delta with coalesce(column, '')",
)


@dataclass(slots=True)
class Storage:
    """The format for USING, its options, what has to hold, and what to look at; no format: a blocker is among the notes."""

    format: str
    options: dict[str, str] = field(default_factory=dict)
    conditions: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    location: str = ""


def source_format(table: TableDefinition) -> str:
    """Return what the table's files are in the source's own terms: text, opencsv, json, parquet, regex, hudi, …."""
    kind = table.properties.get("table_type", "").lower()
    if kind in ("iceberg", "delta"):
        return kind
    if table.handler:
        return "handler"
    given = {key.lower(): value.lower() for key, value in table.properties.items()}
    if given.get("typeofdata") in ("kinesis", "kafka") or "streamarn" in given or "topicname" in given:
        return "stream"
    if "connectionname" in given:
        return "connection"
    files = _files(table)
    if table.serde and files in _OF_SERDES:
        return _SERDES.get(table.serde.rsplit(".", 1)[-1].lower(), table.serde)
    if files in ("", "text"):
        return "text"
    return files


def _files(table: TableDefinition) -> str:
    """Return what the INPUTFORMAT or STORED AS says of the files; an input format that nobody knows is returned whole."""
    if not table.input_format:
        return table.format
    name = table.input_format.rsplit(".", 1)[-1].lower()
    if "hudi" in table.input_format.lower() or "hoodie" in name:
        return "hudi"
    for part in ("symlink", "parquet", "orc", "avro", "sequencefile", "rcfile", "cloudtrail", "ion"):
        if name == f"{part}inputformat" or name in _INPUT_FORMATS.get(part, ()):
            return part
    return "text" if name in ("textinputformat", "combinetextinputformat") else table.input_format


def storage_of(table: TableDefinition, athena: bool) -> Storage:
    """Return how Spark reads the files of this external table."""
    kind = source_format(table)
    storage = _storage_of(table, kind, athena)
    odd = unaccounted(table, kind)
    if odd:
        message = f"the SerDe has properties that are not known here and were left out: {', '.join(odd)}"
        storage.notes.append((Severity.WARNING, message, "look up whether they change how the files are read"))
    return storage


def _storage_of(table: TableDefinition, kind: str, athena: bool) -> Storage:
    if kind in ("text", "opencsv", "multidelimit"):
        return _csv(table, kind, athena)
    if kind == "json":
        return _json(table)
    if kind == "parquet":
        return _parquet(table)
    if kind == "orc":
        return _orc(table, athena)
    if kind == "avro":
        return _avro(table)
    if kind == "symlink":
        return _symlink(table)
    if kind == "delta":
        return Storage("DELTA", location=table.location)
    reason = (_UNREADABLE | _ELSEWHERE).get(
        kind, f"no Spark format reads {kind or 'this table'} as Hive does; load the data into Delta"
    )
    if kind == "handler":
        reason = f"the rows live in another system ({table.handler}); use Lakehouse Federation or load them into Delta"
    elif kind == "hudi":
        reason = "Hudi files read as plain Parquet give old versions of rows too; convert with Apache XTable or reload"
    return Storage("", notes=[(Severity.BLOCKER, f"{kind.rsplit('.', 1)[-1]} tables cannot be read from here", reason)])


def _settings(table: TableDefinition) -> dict[str, str]:
    return {k.lower(): v for k, v in (table.properties | table.serde_properties).items()}


_CODECS = {
    "PARQUET": ("snappy", "gzip", "zstd", "lz4", "brotli", "none"),
    "ORC": ("snappy", "zlib", "zstd", "lz4", "none"),
    "CSV": ("gzip", "bzip2", "snappy", "none"),
    "JSON": ("gzip", "bzip2", "snappy", "none"),
}


def _compression(table: TableDefinition, kind: str) -> dict[str, str]:
    given = _settings(table)
    keys = ("write.compression", "write_compression", f"{kind.lower()}.compression", f"{kind.lower()}.compress")
    value = next((given[key].lower() for key in keys if key in given), "")
    return {"compression": value} if value in _CODECS[kind] else {}


def _parquet(table: TableDefinition) -> Storage:
    result = Storage("PARQUET", _compression(table, "PARQUET"))
    if _settings(table).get("parquet.column.index.access", "").lower() == "true":
        message = "the table reads Parquet columns by their position, Spark by their names"
        action = "name the columns as the files do and rename them in a view"
        result.notes.append((Severity.BLOCKER, message, action))
    return result


def _orc(table: TableDefinition, athena: bool) -> Storage:
    result = Storage("ORC", _compression(table, "ORC"))
    by_position = _settings(table).get("orc.column.index.access", "").lower()
    if by_position == "true":
        message = "the table asks for ORC columns by their position, Spark takes them by their names"
        result.notes.append((Severity.WARNING, message, "compare the names with those in a file"))
    elif athena and by_position != "false":
        result.conditions.append(_ATHENA_ORC)
        result.notes.append((Severity.INFO, _ATHENA_ORC, "compare the names with those in a file"))
    return result


def _csv(table: TableDefinition, kind: str, athena: bool) -> Storage:
    given = _settings(table)
    result = Storage("CSV")
    if kind == "opencsv":
        result.options = _open_csv(given)
        if given.get("escapechar", "\\") != result.options["quote"]:
            result.notes.append(_RFC_QUOTES)
    else:
        result.options = _delimited(table, given, kind == "multidelimit")
        _check_signs(result)
    nested = [c.name for c in table.columns if c.type.startswith(("ARRAY", "MAP", "STRUCT", "BINARY"))]
    if nested:
        reason = "read it as STRING and split it in a view, or load it into Delta"
        result.notes.append(
            (Severity.BLOCKER, f"Spark's CSV reader has no {nested[0]} ({kind} with nested types)", reason)
        )
    if _true(given, "serialization.last.column.takes.rest"):
        message = "the last column takes what is left of its line, separators too, which Spark's reader cannot"
        result.notes.append((Severity.BLOCKER, message, "read the lines with USING TEXT and split them in a view"))
    result.options |= _compression(table, "CSV")
    if kind != "opencsv":
        _times(table, given, result)
    _header(given, result)
    if kind == "opencsv":
        _open_csv_types(table, athena, result)
    elif escape := table.delimiters.get("escape", given.get("escape.delim", "")):
        message = (
            f"Hive unescapes {escape!r} everywhere, Spark only inside quotes: escaped separators would shift columns"
        )
        result.notes.append((Severity.WARNING, message, "look for the escape sign in the data before using the table"))
    reads_empty = result.options.get("nullValue") != ""
    if reads_empty and any(c.type.startswith(("STRING", "VARCHAR", "CHAR")) for c in table.columns):
        result.notes.append(_EMPTY)
    return result


def _delimited(table: TableDefinition, given: dict[str, str], whole: bool) -> dict[str, str]:
    """Return the options; LazySimpleSerDe takes the first sign of a separator, MultiDelimitSerDe the whole (`whole`)."""
    separator = table.delimiters.get("field", given.get("field.delim", given.get("serialization.format", "\x01")))
    separator = separator if whole and separator else _sign(separator or "\x01")
    null = table.delimiters.get("null", given.get("serialization.null.format", "\\N"))
    # Spark would write '' as two quotes, which this reader takes for two signs.
    options = {"sep": separator, "quote": "", "nullValue": null, "emptyValue": ""}
    if escape := table.delimiters.get("escape", given.get("escape.delim", "")):
        options["escape"] = _sign(escape)
    line = _sign(table.delimiters.get("line", given.get("line.delim", "\n")) or "\n")
    if line != "\n":
        options["lineSep"] = line
    if encoding := given.get("serialization.encoding"):
        options["encoding"] = encoding
    return options


def _sign(text: str) -> str:
    """Return the one sign that Hive's LazyUtils.getByte makes of a delimiter: a number is the code of the sign."""
    try:
        return chr(int(text) % 256) if -128 <= int(text) <= 127 else text[0]
    except ValueError:
        return text[0]


def _check_signs(result: Storage) -> None:
    odd = next((s for s in (result.options["sep"], result.options.get("lineSep", "")) if not s.isascii()), "")
    if odd:
        message = f"Hive cuts at the byte {ord(odd[0]) % 256:#04x} of the delimiter {odd!r}, Spark at the letter"
        action = "look at the bytes in a file and set the options 'sep' and 'encoding'"
        result.notes.append((Severity.BLOCKER, message, action))


def _open_csv(given: dict[str, str]) -> dict[str, str]:
    """Return the options; Spark cannot read a doubled quote and an escaped one, and doubled is what CSV writers make."""
    quote, escape = given.get("quotechar", '"'), given.get("escapechar", "\\")
    return {"sep": given.get("separatorchar", ","), "quote": quote, "escape": quote if escape == "\\" else escape}


def _open_csv_types(table: TableDefinition, athena: bool, result: Storage) -> None:
    odd = [c for c in table.columns if c.type not in ("STRING",) and not c.type.startswith("VARCHAR")]
    dates = [c.name for c in odd if c.type in ("DATE", "TIMESTAMP")]
    if dates:
        message = f"OpenCSVSerde reads {', '.join(dates)} as UNIX numbers, Spark as text dates"
        result.notes.append((Severity.BLOCKER, message, "declare the column BIGINT and convert it in a view"))
    elif odd and not athena:
        message = (
            f"Hive's OpenCSVSerde makes every column STRING; here {', '.join(c.name for c in odd[:5])} get their types"
        )
        result.notes.append((Severity.WARNING, message, "check the queries that compare these columns as text"))


def _header(given: dict[str, str], result: Storage) -> None:
    lines = given.get("skip.header.line.count", "0").strip()
    if lines == "1":
        result.options["header"] = "true"
    elif lines != "0":
        message = f"{lines} header lines are skipped in Hive; only Databricks' own reader (skipRows) can do that"
        result.notes.append((Severity.BLOCKER, message, f"create the table with OPTIONS ('skipRows' '{lines}') there"))


def _json(table: TableDefinition) -> Storage:
    given = _settings(table)
    result = Storage("JSON", {"mode": "PERMISSIVE" if _true(given, "ignore.malformed.json") else "FAILFAST"})
    result.options |= _compression(table, "JSON")
    if given.get("skip.header.line.count", "0").strip() not in ("0", ""):
        message = "Hive skips the first lines of these files, Spark's JSON reader does not"
        result.notes.append((Severity.BLOCKER, message, "take the header lines out of the files"))
    if any("TIMESTAMP" in column.type for column in table.columns):
        result.notes.append(_JSON_TIMES)
    _times(table, given, result)
    mapped = sorted(k for k in given if k.startswith("mapping.") or (k == "dots.in.keys" and _true(given, k)))
    if mapped:
        message = f"{mapped[0]} renames JSON keys, which Spark's reader cannot"
        action = "name the columns as the keys are and rename them in a view"
        result.notes.append((Severity.BLOCKER, message, action))
    if given.get("case.insensitive", "true").lower() != "false":
        result.notes.append(_JSON_CASE)
    return result


def _true(given: dict[str, str], key: str) -> bool:
    return given.get(key, "").lower() == "true"


def _times(table: TableDefinition, given: dict[str, str], result: Storage) -> None:
    """Patterns of the SerDe for times: those that Spark reads anyway need nothing, one other is an option of its reader."""
    written = given.get("timestamp.formats", "")
    if not written or not any("TIMESTAMP" in column.type for column in table.columns):
        return
    odd = [each for each in written.split(",") if not _ISO.fullmatch(each.strip())]
    if len(odd) == 1 and written.count(",") == 0 and _PLAIN_PATTERN.fullmatch(odd[0]):
        result.options["timestampFormat"] = odd[0]
        result.conditions.append(f"all times in the files are written as {odd[0]}")
    elif odd:
        message = f"the SerDe reads times written as {', '.join(odd)}, which no one option of Spark's reader says"
        action = "declare the column STRING and read it in a view with coalesce(try_to_timestamp(column, '…'), …)"
        result.notes.append((Severity.BLOCKER, message, action))


def _avro(table: TableDefinition) -> Storage:
    given = _settings(table)
    options = {}
    if schema := given.get("avro.schema.literal"):
        options["avroSchema"] = schema
    if address := given.get("avro.schema.url"):
        options["avroSchemaUrl"] = address
    return Storage("AVRO", options, ["the Avro schema's field names are the table's columns"] if options else [])


def _symlink(table: TableDefinition) -> Storage:
    suffix = "/_symlink_format_manifest"
    if table.location.rstrip("/").endswith(suffix):
        return Storage(
            "DELTA",
            {},
            ["the manifest is the one that Delta generates"],
            location=table.location.rstrip("/")[: -len(suffix)],
        )
    message = "a symlink table lists its files one by one, which Unity Catalog cannot"
    return Storage("", notes=[(Severity.BLOCKER, message, "point the table at the folder of the files")])
