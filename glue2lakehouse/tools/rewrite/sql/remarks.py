"""What is left to say of the names in SQL text: views that nobody registers, catalogs, and text that is not known."""

import ast
import re

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.ddl.qualifiers import GLUE_CATALOGS
from glue2lakehouse.tools.rewrite.kinds.neighbours import neighbours
from glue2lakehouse.tools.rewrite.literals import HOLE, Text
from glue2lakehouse.tools.rewrite.rule import GlueCall
from glue2lakehouse.tools.rewrite.sql.computed_names import (
    begins_with_glue_catalog,
    first_level,
    glue_catalogs,
    levels_filled,
    put_in,
    value_of_hole,
)
from glue2lakehouse.tools.rewrite.sql.hive_ddl import lists_folders
from glue2lakehouse.tools.rewrite.sql.iceberg import iceberg_only
from glue2lakehouse.tools.rewrite.sql.listings import tables_listed
from glue2lakehouse.tools.rewrite.sql.mapped_names import in_current_schema
from glue2lakehouse.tools.rewrite.sql.names import Name, Statement
from glue2lakehouse.tools.rewrite.sql.views import views_of

_STUDIO_UNION = re.compile(rf"\(select \* from source1\) UNION (?P<hole>{re.escape(HOLE)}+) \(select \* from source2\)")
"""What Glue Studio's Union node asks of two views that it registers; the hole is ALL or nothing."""


def remarks(call: GlueCall, literal: ast.expr, text: Text, statement: Statement) -> list[Finding]:
    """Say what is left: names of one level that nobody registers, and statements that were not understood."""
    found: list[Finding] = []
    unknown = iceberg_only(text.text)
    if unknown is not None:
        found.append(call.blocker(*unknown))
    elif not statement.understood:
        if (union := _STUDIO_UNION.fullmatch(text.text)) is None or "unionType" not in text.hole(*union.span("hole")):
            found.append(
                call.warning(
                    "the SQL text could not be read, so its names stay as they are",
                    f"name its tables by three levels, {call.settings.catalog}.schema.table",
                )
            )
    else:
        found += _named_in_pieces(call, literal, text, statement)
    found += _folders_listed(call, text, statement)
    for name in statement.names:
        if name.is_schema:
            database = name.parts[-1].text
            listed = "" if call.leaf == "listTables" else text.text
            found += tables_listed(call, None if HOLE in database else database, listed)
    for name in statement.names:
        found += _of_name(call, literal, text, statement, name)
    return found


def _folders_listed(call: GlueCall, text: Text, statement: Statement) -> list[Finding]:
    """Say that a command which looks for folders of partitions is refused for a Delta table."""
    named = ".".join(part.text for part in statement.names[0].parts) if statement.names else ""
    stays = call.place.world.tables.get(named.lower())
    what = lists_folders(text.text)
    if not what or (stays is not None and stays.located):
        return []
    refused = f"{what} is refused for a Delta table, which knows its partitions by itself"
    return [call.warning(refused, "drop the call where the table is Delta; a table of files may keep it")]


def _of_name(call: GlueCall, literal: ast.expr, text: Text, statement: Statement, name: Name) -> list[Finding]:
    """Say what is left of one name: a catalog, a table of the current schema, a name of one level."""
    views = views_of(call.place.world)
    found: list[Finding] = []
    seen = call.place.memory.setdefault("unqualified", set())
    assert isinstance(seen, set)
    first = name.parts[0]
    computed = HOLE in first.text
    shown = text.hole(first.start, first.end).strip("\"'+ ") if computed else first.text
    key = shown.lower()
    ours = {call.settings.catalog, *(full.split(".")[0] for full in call.settings.tables.values())}
    if len(name.parts) == 2 + (not name.is_schema) and key not in GLUE_CATALOGS and shown not in ours:
        found += _named_catalog(call, literal, shown, first_level(call, literal, text, name), seen)
    known = key in views.names or key in statement.local
    if len(name.parts) > 1 or name.is_schema:
        return found
    if views.current:
        moved = None if computed or known else in_current_schema(call, shown)
        return [*found, moved] if moved is not None else found
    if key in seen or (known and not computed):
        return found
    seen.add(key)
    if not computed:
        return [*found, _unregistered(call, shown, Severity.INFO if views.dynamic else Severity.WARNING)]
    if begins_with_glue_catalog(call, value_of_hole(call, literal, text, name)):
        return found
    if len(levels_filled(call, literal, text, name)) == 1 and not call.settings.renames:
        found.append(unknown_name(call, f"the table {shown} in SQL text"))
    return found


def _unregistered(call: GlueCall, shown: str, severity: Severity) -> Finding:
    message = f"`{shown}` is no temporary view that is registered by name here, and has no schema"
    action = f"name it {call.settings.catalog}.schema.{shown} if it is a table"
    return call.place.finding(call.node, severity, message, action)


def _named_in_pieces(call: GlueCall, literal: ast.expr, text: Text, statement: Statement) -> list[Finding]:
    """Say which pieces of SQL that are put into a text name tables: they are changed nowhere.

    One that stands where a table does is told as a name that is computed.
    """
    computed = [name for name in statement.names if len(name.parts) == 1 and HOLE in name.parts[0].text]
    names = {value_of_hole(call, literal, text, name) for name in computed}
    pieces = {call.text(node): call.literal(node) for node in put_in(call, literal) if node not in names}
    shown = [name for name, text in pieces.items() if isinstance(text, str) and _NAMES_A_TABLE.search(text)]
    return [
        call.warning(
            f"the SQL that {name} holds is put into other SQL, and the tables that it names stay as they are{_also(call)}",
            f"name its tables by three levels, {call.settings.catalog}.schema.table",
        )
        for name in shown
    ]


_NAMES_A_TABLE = re.compile(r"\b(?:from|join)\s+(?:`[^`]+`|\w+)\.(?:`[^`]+`|\w+\b)(?!\s*\.)", re.IGNORECASE)
"""A table of two levels, which is looked up in the default catalog."""


def _named_catalog(call: GlueCall, literal: ast.expr, shown: str, catalog: str, seen: set[str]) -> list[Finding]:
    """Say once what becomes of a catalog that is named: one that stands for Glue's is the target's."""
    if catalog in glue_catalogs(call):
        message = f"the catalog {shown} is Glue's own; {call.settings.catalog} takes its place"
        return [call.info(message, "take its spark.sql.catalog settings away", literal)]
    if shown.lower() in seen:
        return []
    seen.add(shown.lower())
    return [call.info(f"the catalog {shown} is named as it is", "see that Unity Catalog has it")]


def unknown_sql(call: GlueCall) -> Finding:
    """Say that SQL text is not known."""
    return call.warning(
        "SQL text is put together at run time; tables that it names by two levels are looked up in the default catalog"
        + _also(call)
        + (written := _written_elsewhere(call)),
        f"name them by three levels, or run spark.sql('USE CATALOG {call.settings.catalog}') first{_instead(call, written)}",
    )


def unknown_name(call: GlueCall, what: str = "a table's name") -> Finding:
    """Say that a table's name is not known."""
    return call.warning(
        f"{what} is computed; with two levels it is looked up in the default catalog{_also(call)}{(written := _written_elsewhere(call))}",
        f"pass three levels, or run spark.sql('USE CATALOG {call.settings.catalog}') first{_instead(call, written)}",
    )


def _also(call: GlueCall) -> str:
    return ", and the settings' renamed schemas and tables do not reach it" if call.settings.renames else ""


def _written_elsewhere(call: GlueCall) -> str:
    """Say where a text begins with Glue's catalog, which may get into a name that is not seen; of this module and those it works with."""
    memory = call.place.memory
    if "glue_catalog_texts" not in memory:
        begins = re.compile(rf"[\"']({'|'.join(map(re.escape, sorted(glue_catalogs(call))))})\.", re.IGNORECASE)
        found = ((module, begins.search(module.source)) for module in neighbours(call.place.world, call.place.module))
        places = [f"{each.path}:{each.source.count(chr(10), 0, match.start()) + 1}" for each, match in found if match]
        memory["glue_catalog_texts"] = (
            f"; a text begins with Glue's catalog ({', '.join(sorted(places)[:3])})" if places else ""
        )
    return str(memory["glue_catalog_texts"])


def _instead(call: GlueCall, written: str) -> str:
    return f"; where Glue's catalog gets into a name, write {call.settings.catalog} in its place" if written else ""


def once(call: GlueCall, key: str, finding: Finding) -> list[Finding]:
    """Say a thing that concerns a whole file only once."""
    said = call.place.memory.setdefault("said", set())
    assert isinstance(said, set)
    if key in said:
        return []
    said.add(key)
    return [finding]
