"""Columns of some JDBC types under other types than a JDBC reader gives them."""

import re

from pyspark.sql import DataFrame

_TARGETS = {
    "STRING": "string", "DATE": "date", "TIMESTAMP": "timestamp", "INT": "int", "LONG": "bigint", "SHORT": "smallint",
    "BYTE": "tinyint", "FLOAT": "float", "DOUBLE": "double",
}  # fmt: skip
_OTHER_GETTERS = {("ROWID", "STRING"), ("TIME", "TIMESTAMP"), ("TIME", "DATE")}
_NUMBERS = "TINYINT SMALLINT INTEGER BIGINT DECIMAL NUMERIC FLOAT REAL DOUBLE BIT BOOLEAN".split()
_TEXTS = "CHAR VARCHAR LONGVARCHAR NCHAR NVARCHAR LONGNVARCHAR CLOB NCLOB REF ROWID SQLXML STRUCT".split()
_OTHERS = "ARRAY DATALINK DISTINCT JAVA_OBJECT OTHER REF_CURSOR TIME_WITH_TIMEZONE TIMESTAMP_WITH_TIMEZONE NULL".split()
_BYTES = "BINARY VARBINARY LONGVARBINARY BLOB".split()
_TIMES = "DATE TIME TIMESTAMP TIMESTAMP_WITH_TIMEZONE".split()
_MADE_OF = {
    "tinyint": [], "smallint": [], "int": ["INTEGER", "SMALLINT", "TINYINT"], "bigint": ["BIGINT", "INTEGER"],
    "float": ["FLOAT"], "double": ["DOUBLE", "REAL"], "decimal": ["DECIMAL", "NUMERIC", "BIGINT"],
    "boolean": ["BIT", "BOOLEAN"], "string": _TEXTS, "binary": _BYTES, "date": ["DATE"],
    "timestamp": ["TIMESTAMP", "TIME"], "timestamp_ntz": ["TIMESTAMP", "TIME"], "time": ["TIME"], "void": ["NULL"],
}  # fmt: skip
"""Spark's types and the JDBC types that it makes them of, for a database that it knows nothing else of."""
_DIALECTS = re.compile(
    r"jdbc:(mysql|mariadb|postgresql|sqlserver|oracle|db2|derby|h2|teradata|snowflake|databricks|redshift|hive2|bigquery)\b", re.I
)  # fmt: skip


def read_jdbc_as(session, mapping: dict, types: dict | None = None, **options) -> DataFrame:
    """Read by JDBC with the columns of some JDBC types under other types, as Glue's dataTypeMapping has them.

    `mapping` goes by the names of java.sql.Types ({"FLOAT": "STRING"}). The driver is asked by the getter of the new type, as by
    Glue: getString for STRING. No filter goes to the database, which would compare the values under their own type. Spark's type
    of a column does not always tell its JDBC type: then `types` has to ({"amount": "FLOAT"}). Raises ValueError where it has to.
    """
    wanted = {str(key).upper(): _target(key, value) for key, value in mapping.items()}
    told = {name.lower(): kind.upper() for name, kind in (types or {}).items()}
    reader = session.read.format("jdbc").options(**options)
    url = next((str(value) for key, value in options.items() if key.lower() == "url"), "")
    changed = []
    for field in reader.load().schema.fields:
        kind = field.dataType.simpleString().partition("(")[0]
        origins = [told[field.name.lower()]] if field.name.lower() in told else _origins(kind, url)
        targets = {wanted[origin] if wanted.get(origin, kind) != kind else "" for origin in origins}
        if len(targets) > 1:
            raise ValueError(
                f"the column {field.name} is {kind} in Spark and may be any of {sorted(origins)} in JDBC, of which {sorted(mapping)} "
                f'are mapped: pass its JDBC type, types={{"{field.name}": ...}}'
            )
        if targets - {""}:
            changed.append(f"`{field.name.replace('`', '``')}` {targets.pop()}")
    if not changed:
        return reader.load()
    unfiltered = dict.fromkeys(("pushDownPredicate", "pushDownAggregate", "pushDownLimit"), False)
    return reader.options(customSchema=", ".join(changed), **unfiltered).load()


def _target(key, value):
    """Return Spark's name of a type of Glue's; raise where Spark's reader asks the driver in another way than by its getter."""
    kind, target = str(key).upper(), str(value).upper()
    known = {*_NUMBERS, *_TEXTS, *_OTHERS, *_BYTES, *_TIMES}
    if target not in _TARGETS or kind not in known or (kind, target) in _OTHER_GETTERS:
        raise ValueError(f"{kind} cannot be read as {target} here: give the reader a customSchema by hand")
    return _TARGETS[target]


def _origins(kind, url):
    """Return the JDBC types that a column of a Spark type may have; a dialect of Spark's makes other types of some."""
    own = _MADE_OF.get(kind, _OTHERS)
    if not _DIALECTS.match(url):
        return own
    if kind in ("tinyint", "smallint", "int", "bigint", "float", "double", "decimal", "boolean"):
        return [*_NUMBERS, *_OTHERS]
    return {"binary": [*_BYTES, "BIT", *_OTHERS], "string": [*_TEXTS, *_OTHERS, *_TIMES, "BIT"]}.get(
        kind, [*_TIMES, *_OTHERS]
    )
