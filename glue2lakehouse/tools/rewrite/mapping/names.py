"""Names and places in the target: catalog tables as three-level names, paths by the project's mapping."""

import ast
import re

from glue2lakehouse.tools.rewrite.code import Code, Piece, code, joined
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import Use

_PLAIN = re.compile(r"\w+")


def quote_name(part: str) -> str:
    """Return an identifier in backticks where Spark SQL needs them."""
    return part if _PLAIN.fullmatch(part) else "`" + part.replace("`", "``") + "`"


def target_name(use: Use, database: str, table: str) -> str:
    """Return the three-level name of a catalog table."""
    full = use.settings.table_for(database, table)
    if full == f"{use.settings.catalog}.{use.settings.schema_for(database)}.{table}":
        parts = [use.settings.catalog, use.settings.schema_for(database), table]
    else:
        parts = full.split(".")
    return ".".join(quote_name(part) for part in parts)


def table_code(use: Use, database: Piece | None, table: Piece | None) -> tuple[Code, bool]:
    """Return code for the target's name of a catalog table, and whether it is known, or looked up in the settings' mapping."""
    database_text = use.literal(database) if isinstance(database, ast.expr) else None
    table_text = use.literal(table) if isinstance(table, ast.expr) else None
    plain = isinstance(database, ast.Constant) and isinstance(table, ast.Constant)
    if plain and isinstance(database_text, str) and isinstance(table_text, str):
        return code("{name}", name=quoted(target_name(use, database_text, table_text))), True
    if database is not None and _is_looked_up(use, database, database_text, table, table_text):
        if table is None:
            return code("uc_schema({database})", database=database), True
        return code("uc_name({database}, {table})", database=database, table=table), True
    catalog = quote_name(use.settings.catalog)
    first = catalog
    schema: Piece | None = database
    if isinstance(database, ast.Constant) and isinstance(database_text, str):
        first, schema = f"{catalog}.{quote_name(use.settings.schema_for(database_text))}", None
    rest = [piece for piece in (schema, table) if piece is not None]
    if all(isinstance(piece, ast.Name) for piece in rest):
        inside = joined(".", [first, *(code(_ticks(use, piece, "{{{name}}}"), name=piece) for piece in rest)])
        return code('f"{inside}"', inside=inside), False
    pieces = [quoted(first), *(_text(use, piece) for piece in rest)]
    return code('".".join([{pieces}])', pieces=joined(", ", pieces)), False


def _is_looked_up(use: Use, database: Piece, schema: object, table: Piece | None, name: object) -> bool:
    """Whether a table that is not written out is, or may be, called otherwise than its database and table say."""
    if not isinstance(schema, str):
        return use.settings.renames
    if isinstance(name, str):
        return target_name(use, schema, name) != ".".join(map(quote_name, (use.settings.catalog, schema, name)))
    renamed = use.settings.schema_for(schema) != schema and not isinstance(database, ast.Constant)
    return renamed or (
        table is not None and any(key.lower().startswith(f"{schema.lower()}.") for key in use.settings.tables)
    )


def _ticks(use: Use, piece: Piece, hole: str) -> str:
    """Return the hole in backticks where what fills it is known to need them."""
    text = use.literal(piece) if isinstance(piece, ast.expr) else None
    return hole if not isinstance(text, str) or quote_name(text) == text or "`" in text else f"`{hole}`"


def _text(use: Use, piece: Piece) -> Piece:
    if isinstance(piece, ast.Constant) and isinstance(piece.value, str):
        return quoted(quote_name(piece.value))
    if isinstance(piece, ast.Name) and _ticks(use, piece, "") == "``":
        return code('f"`{{{name}}}`"', name=piece)
    return piece


def path_code(use: Use, piece: Piece) -> Piece:
    """Return a path as it is; where a dict of options holds it, by the project's mapping when it runs.

    What stands in the source itself is mapped there (`moving`).
    """
    if isinstance(piece, Code) and use.settings.paths:
        return code("mapped_path({path})", path=piece)
    return piece


def paths_code(use: Use, piece: Piece) -> Piece:
    """Return one path, or a list of them, as Spark's `load` takes it; a list of one is that one."""
    if isinstance(piece, ast.List | ast.Tuple) and len(piece.elts) == 1 and not isinstance(piece.elts[0], ast.Starred):
        return piece.elts[0]
    return path_code(use, piece)
