"""SQL text with the names of the target in it: three levels, paths by the mapping, Delta for the tables that it makes."""

import ast
import re

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.ddl.qualifiers import GLUE_CATALOGS
from glue2lakehouse.tools.rewrite.code import Code
from glue2lakehouse.tools.rewrite.compute import without_context
from glue2lakehouse.tools.rewrite.literals import HOLE, Text
from glue2lakehouse.tools.rewrite.mapping import managed
from glue2lakehouse.tools.rewrite.mapping.names import quote_name, target_name
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import Answer, GlueCall, Rewrite, code
from glue2lakehouse.tools.rewrite.sql.computed_names import (
    catalog_fillers,
    catalog_of,
    glue_catalogs,
    levels_filled,
    value_of_hole,
)
from glue2lakehouse.tools.rewrite.sql.mapped_names import catalog_left, columns_not_reached, in_glue_catalog, renamed
from glue2lakehouse.tools.rewrite.sql.names import FILE_FORMATS, Name, Statement, qualified, rename
from glue2lakehouse.tools.rewrite.sql.paths import paths_in_sql
from glue2lakehouse.tools.rewrite.sql.remarks import remarks, unknown_sql
from glue2lakehouse.tools.rewrite.sql.views import views_of

_NO_DATABASES = (*FILE_FORMATS, "global_temp", "information_schema", "system")
COMPUTED = "the Glue database that is computed has a schema of the same name"


def with_new_names(call: GlueCall, literal: ast.expr, text: Text, statement: Statement) -> Answer:
    """Answer for a text whose names are those of the statement: the literal with names, paths and formats of the target."""
    findings = remarks(call, literal, text, statement)
    computed = any(HOLE in part.text for name in statement.names for part in name.parts)
    formats = managed.format_in_sql(text)
    paths, unsettled = paths_in_sql(call, text, filled=isinstance(literal, ast.JoinedStr | ast.BinOp))
    findings += unsettled
    findings += columns_not_reached(call, literal, text, statement)
    unknown: list[Finding] = []

    def target(name: Name) -> str | None:
        return _target(call, text, name, literal, unknown)

    columns = qualified(statement, target)
    source = rename(text, statement.names, target, (*formats, *paths, *columns))
    findings += unknown[:1]
    computed &= bool(unknown) or not call.settings.renames
    for start, end, _ in formats[:1]:
        findings.append(managed.told(call, text.text[start:end].lower(), text, formats[1:], literal))
    if source is None:
        return [*findings, unknown_sql(call)]
    catalog = code("{catalog}", catalog=quoted(call.settings.catalog))
    if source is not None and isinstance(literal, ast.BinOp):
        source = re.sub(r"(?<=\)) \+ (?:\"\"|'')$", "", source)
    filling = catalog_fillers(call, literal, text, statement.names)
    if not all(filling.values()):
        return [*findings, catalog_left(call)]
    fillers = tuple((each, catalog) for each in filling)
    if source == text.source and not fillers:
        return findings
    certainty = Certainty.CONDITIONAL if computed else Certainty.EXACT
    condition = COMPUTED if computed else ""
    return Rewrite(
        others=((literal, Code((source,))), *fillers),
        certainty=certainty,
        condition=condition,
        findings=tuple(findings),
    )


def _target(call: GlueCall, text: Text, name: Name, literal: ast.expr, told: list[Finding]) -> str | None:
    """Return the name in the target, None where it stays; a computed one by the settings' mapping where that renames."""
    first = name.parts[0].text.lower()
    ours = len(name.parts) < 3 or first in GLUE_CATALOGS
    plain = first in _NO_DATABASES
    if (made := in_glue_catalog(call, literal, text, name, told)) is not None:
        return made
    held = _levels_of_database(call, literal, text, name) if len(name.parts) == 2 else []
    if len(held) > 1 or (held and held[0] in _NO_DATABASES):
        if held[0] in glue_catalogs(call):
            message = f"`{'.'.join(held)}`, a catalog of Glue's and a schema in one text, is put before a table's name"
            told.append(call.blocker(message, "put the schema alone there, then convert again"))
        return None
    if call.settings.renames and ours and not plain and any(HOLE in part.text for part in name.parts):
        made = renamed(call, literal, text, name, told)
        if made is not None:
            return made
    return new_name(call, text, name, literal)


def new_name(call: GlueCall, text: Text, name: Name, literal: ast.expr) -> str | None:
    """Return the name in the target, or None where it stays."""
    shown = [text.hole(p.start, p.end) if HOLE in p.text else p.text for p in name.parts]
    dynamic = [HOLE in part.text for part in name.parts]
    catalog = quote_name(call.settings.catalog)
    of_glue = catalog_of(call, literal, text, name) in glue_catalogs(call)
    if name.is_schema:
        if len(shown) == 2 and of_glue:
            shown, dynamic = shown[1:], dynamic[1:]
        if len(shown) != 1:
            return None
        return f"{catalog}.{shown[0] if dynamic[0] else quote_name(call.settings.schema_for(shown[0]))}"
    if len(shown) == 3 and of_glue:
        shown, dynamic = shown[1:], dynamic[1:]
    elif len(shown) == 1:
        made = filled(call, shown[0], levels_filled(call, literal, text, name))
        # The arguments of `format` and `%` are counted, so that their holes have to stay.
        kept = not dynamic[0] or isinstance(literal, ast.JoinedStr) or (made is not None and shown[0] in made)
        return made if kept else None
    elif len(shown) != 2:
        return None
    database, table = shown
    if database.lower() in FILE_FORMATS and not dynamic[0]:
        return None
    if (
        database.lower() == "global_temp"
        and without_context(call)
        and table.lower() in views_of(call.place.world).names
    ):
        return quote_name(table)
    if database.lower() in ("global_temp", "information_schema", "system"):
        return None
    if not any(dynamic):
        return target_name(call, database, table)
    schema = database if dynamic[0] else quote_name(call.settings.schema_for(database))
    return f"{catalog}.{schema}.{table if dynamic[1] else quote_name(table)}"


def _levels_of_database(call: GlueCall, literal: ast.expr, text: Text, name: Name) -> list[str]:
    """Return the levels of what fills the hole before a table: a database's name, or one with its catalog."""
    filler = value_of_hole(call, literal, text, name) if set(name.parts[0].text) == {HOLE} else None
    spelled = call.literal(filler) if filler is not None else None
    return spelled.lower().split(".") if isinstance(spelled, str) else []


def filled(call: GlueCall, shown: str, levels: list[str]) -> str | None:
    """Return the name for a hole that is filled with database and table."""
    if len(levels) != 2 or levels[0].lower() in _NO_DATABASES:
        return None
    plain = f"{quote_name(call.settings.catalog)}.{{}}"
    if not any(HOLE in level for level in levels):
        target = target_name(call, *levels)
        return plain.format(shown) if target == plain.format(".".join(levels)) else target
    mapped = HOLE in levels[0] or call.settings.schema_for(levels[0]) == levels[0]
    return plain.format(shown) if mapped else None
