"""Columns of JDBC connectors under other types: `dataTypeMapping` -> the helper `read_jdbc_as`, a `customSchema` of Spark's reader.

Glue: aws-glue-programming-etl-connect (custom and AWS Marketplace connectionType values). {"FLOAT": "STRING"} asks the driver by
getString; so does Spark for a column that customSchema calls a string (JdbcUtils.makeGetter). Of the other targets Glue documents
the names only.
"""

import ast

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.code import Code, Piece, code, joined
from glue2lakehouse.tools.rewrite.options import Options, quoted
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, Use

CONNECTORS = frozenset({"custom.jdbc", "marketplace.jdbc"})
HELPER = "read_jdbc_as"
CONDITION = (
    "Glue asks the driver by the getter of the type that dataTypeMapping names, which is documented for STRING; no dialect of the "
    "compute's own reads the URL: the helper knows those of Spark, and raises where a column's JDBC type has to be told"
)
_JDBC = frozenset(
    "ARRAY BIGINT BINARY BIT BLOB BOOLEAN CHAR CLOB DATALINK DATE DECIMAL DISTINCT DOUBLE FLOAT INTEGER JAVA_OBJECT LONGNVARCHAR "
    "LONGVARBINARY LONGVARCHAR NCHAR NCLOB NULL NUMERIC NVARCHAR OTHER REAL REF REF_CURSOR ROWID SMALLINT SQLXML STRUCT TIME "
    "TIME_WITH_TIMEZONE TIMESTAMP TIMESTAMP_WITH_TIMEZONE TINYINT VARBINARY VARCHAR".split()
)
_TARGETS = frozenset("STRING DATE TIMESTAMP INT LONG SHORT BYTE FLOAT DOUBLE".split())
_OTHER_GETTERS = frozenset({("ROWID", "STRING"), ("TIME", "TIMESTAMP"), ("TIME", "DATE")})


def take_mapping(use: Use, connection: str, options: Options) -> Piece | Finding | None:
    """Return the mapping that a connector's read is given, a finding where Spark's reader cannot follow it, None for none."""
    if connection.lower() not in CONNECTORS or not options.given("dataTypeMapping"):
        return None
    known = options.literal("dataTypeMapping")
    mapping = options.take("dataTypeMapping")
    if known in ({}, None):
        return None
    if known is not NOT_LITERAL and (wrong := _beyond(known)):
        return use.blocker(
            f"dataTypeMapping {wrong} has no counterpart in Spark",
            "name the columns and Spark's types in the option customSchema of spark.read.format('jdbc')",
            mapping if isinstance(mapping, ast.expr) and hasattr(mapping, "lineno") else None,
        )
    return mapping


def _beyond(mapping: object) -> str:
    """Return the first entry that Spark's reader has no getter for, or that is none of Glue's."""
    if not isinstance(mapping, dict):
        return repr(mapping)
    for key, value in mapping.items():
        kind, target = str(key).upper(), str(value).upper()
        if kind not in _JDBC or target not in _TARGETS or (kind, target) in _OTHER_GETTERS:
            return f"{key} -> {value}"
    return ""


def mapped_read(session: Piece, mapping: Piece, options: list[tuple[str, Piece]]) -> Code:
    """Return the call of the helper with the options of Spark's JDBC reader."""
    named: list[Piece] = [code("{key}={value}", key=key, value=value) for key, value in options if key.isidentifier()]
    others: list[Piece] = [
        code("{key}: {value}", key=quoted(key), value=value) for key, value in options if not key.isidentifier()
    ]
    rest: list[Piece] = [code("**{{{others}}}", others=joined(", ", others))] if others else []
    return code(
        "read_jdbc_as({session}, {mapping}, {options})",
        session=session, mapping=mapping, options=joined(", ", [*named, *rest]),
    )  # fmt: skip
