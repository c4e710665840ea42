"""Which properties of a SerDe are accounted for; every other one may change how the files are read.

Hive: LanguageManual DDL (SerDe properties), LazySimpleSerDe. Athena: json-serde, serde-csv-choices. Openx: JSON-SerDe's README.
"""

import re

from glue2lakehouse.tools.ddl.model import TableDefinition

# `storage` reads these, or they say nothing about reading: how text is written, where Spark itself once put the files.
_ANY = r"serialization\.(format|encoding|null\.format|lib)|path|merge\.?schema|write\.compression|compression(type)?|classification"
_TEXT = (
    r"field\.delim|collection\.delim|colelction\.delim|mapkey\.delim|line\.delim|escape\.delim|timestamp\.formats"
    r"|serialization\.last\.column\.takes\.rest|skip\.header\.line\.count|use\.null\.for\.invalid\.data"
)
_KNOWN = {
    "text": _TEXT,
    "multidelimit": _TEXT,
    "opencsv": r"separatorchar|quotechar|escapechar|skip\.header\.line\.count",
    "json": r"paths|ignore\.malformed\.json(\.empty\.row)?|case\.insensitive|dots\.in\.keys|mapping\..*|timestamp\.formats|explicit\.null",
    "avro": r"avro\.schema\.(literal|url)",
    "parquet": r"parquet\..*",
    "orc": r"orc\..*",
}


def unaccounted(table: TableDefinition, kind: str) -> list[str]:
    """Return the SerDe properties of a table of this kind that nothing here knows, as they are written."""
    if kind not in _KNOWN:
        return []
    known = re.compile(f"{_ANY}|{_KNOWN[kind]}", re.IGNORECASE)
    return [name for name in table.serde_properties if not known.fullmatch(name)]
