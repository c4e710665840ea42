"""Names of tables that are put together, where the settings rename schemas or tables: what they are if known, else by a helper.

Without renamed schemas and tables the catalog alone is put before a name, whatever it holds.
"""

import ast
import re
import tokenize

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.ddl.qualifiers import GLUE_CATALOGS
from glue2lakehouse.tools.rewrite.literals import HOLE, Text
from glue2lakehouse.tools.rewrite.mapping.beginnings import Beginning, beginning
from glue2lakehouse.tools.rewrite.mapping.names import quote_name, target_name
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import GlueCall, Rewrite, code
from glue2lakehouse.tools.rewrite.sql.computed_names import begins_with_glue_catalog, glue_catalogs, value_of_hole
from glue2lakehouse.tools.rewrite.sql.names import Name, Part, Statement, name_in
from glue2lakehouse.tools.rewrite.sql.sums import called_between, filler
from glue2lakehouse.tools.rewrite.sql.views import views_of
from glue2lakehouse.tools.source.tokens import tokens_of

_PIECES = re.compile(f"{HOLE}+|[^{HOLE}]+")


def may_be_renamed(settings: Settings, database: str | None) -> bool:
    """Whether a table whose name is not known may be called otherwise than the catalog, the database's name and its own.

    `database` is its database in the source, None where that is not known either.
    """
    if database is None:
        return settings.renames
    return any(key.lower().startswith(f"{database.lower()}.") for key in settings.tables)


def known_levels(call: GlueCall, literal: ast.expr, text: Text, name: Name) -> list[str | None]:
    """Return each level of a name as it is when the program runs, None where that is not known."""
    return [_known(call, literal, text, part) for part in name.parts]


def _known(call: GlueCall, literal: ast.expr, text: Text, part: Part) -> str | None:
    if HOLE not in part.text:
        return part.text
    if isinstance(literal, ast.BinOp) and set(part.text) == {HOLE}:
        value = filler(literal, text.hole(part.start, part.end))
        begun = beginning(call, value) if value is not None else None
        return begun.text if begun is not None and begun.whole else None
    if not isinstance(literal, ast.JoinedStr) or part.end - part.start != len(part.text):
        return None
    made = ""
    filled = {ast.unparse(each.value): each for each in literal.values if isinstance(each, ast.FormattedValue)}
    for match in _PIECES.finditer(part.text):
        if HOLE not in match[0]:
            made += match[0]
            continue
        inner = _expression(text.hole(part.start + match.start(), part.start + match.end()))
        held = filled.get(inner) if inner else None
        found = beginning(call, held.value) if held is not None and held.conversion == -1 else None
        if found is None or not found.whole:
            return None
        made += found.text
    return made


def _expression(hole: str) -> str:
    """Return the expression of an f-string's hole, "" where it has a format or a conversion, or there are several."""
    try:
        return ast.unparse(ast.parse(hole[1:-1].strip(), mode="eval").body)
    except SyntaxError:
        return ""


def looked_up(literal: ast.expr, text: Text, name: Name) -> str | None:
    """Return the hole of an f-string that looks a name up when it runs; None where it cannot be written there."""
    if isinstance(literal, ast.BinOp):
        return called_between(
            "uc_schema" if name.is_schema else "uc_name", [_pieces(text, part) for part in name.parts[-2:]]
        )
    if not isinstance(literal, ast.JoinedStr):
        return None
    written = [_written(text, part) for part in name.parts[-2:]]
    if any(not piece for piece in written):
        return None
    helper = "uc_schema" if name.is_schema else "uc_name"
    return f"{{{helper}({', '.join(written)})}}"


def _pieces(text: Text, part: Part) -> list[str]:
    """Return what a level of a name is put together of: what is written out, and the source of each hole."""
    matches = _PIECES.finditer(part.text)
    found = [(match[0], part.start + match.start(), part.start + match.end()) for match in matches]
    return [text.hole(start, end) if HOLE in piece else piece for piece, start, end in found]


def _written(text: Text, part: Part) -> str:
    quote = _free_quote(text.source)
    if part.end - part.start != len(part.text):
        return ""
    pieces = []
    for match in _PIECES.finditer(part.text):
        if HOLE not in match[0]:
            pieces.append(quote + match[0] + quote if quote and re.fullmatch(r"[\w-]+", match[0]) else "")
            continue
        hole = text.hole(part.start + match.start(), part.start + match.end())
        inner = hole[1:-1].strip() if _expression(hole) else ""
        pieces.append(inner if inner and len(part.text) == len(match[0]) else f"str({inner})" if inner else "")
    return " + ".join(pieces) if all(pieces) else ""


def _free_quote(source: str) -> str:
    """Return a quote that is free inside the holes of an f-string, "" where it has parts of both kinds."""
    used = {
        token.string.lstrip("rRfFbBuU")[:1] for token in tokens_of(f"({source}\n)") if token.type == tokenize.STRING
    }
    return next((quote for quote in "'\"" if quote not in used), "")


def in_glue_catalog(call: GlueCall, literal: ast.expr, text: Text, name: Name, told: list[Finding]) -> str | None:
    """Return the name in the target for a hole that holds a name with a catalog of Glue's; None for any other."""
    value = value_of_hole(call, literal, text, name)
    if len(name.parts) > 1 or value is None or not begins_with_glue_catalog(call, value):
        return None
    found = beginning(call, value)
    made = _target_of(call, found) if isinstance(literal, ast.JoinedStr) else None
    if made is None and _helper_knows(found):
        made = looked_up(literal, text, name) or _argument_looked_up(call, literal, text, name)
    if made is None:
        told.append(catalog_left(call))
    return made


def _helper_knows(found: Beginning) -> bool:
    """Whether `uc_name` knows the catalog for one of Glue's; those that a job configures it does not."""
    return found.text.partition(".")[0].strip("`").lower() in GLUE_CATALOGS


def _target_of(call: GlueCall, found: Beginning) -> str | None:
    """Return the name in the target of one that is known, and that `uc_name` would leave in the catalog of the job."""
    name = name_in(found.text) if found.whole and not _helper_knows(found) else None
    levels = [part.text for part in name.parts] if name is not None else []
    return target_name(call, *levels[1:]) if len(levels) == 3 else None


def catalog_left(call: GlueCall) -> Finding:
    """Say that a catalog of Glue's is left in a name."""
    return call.blocker(
        "a name that is put together begins with a catalog of Glue's, which the target has not",
        f"leave the catalog out of it, or write {call.settings.catalog} for it",
    )


def renamed(call: GlueCall, literal: ast.expr, text: Text, name: Name, told: list[Finding]) -> str | None:
    """Return a computed name in the target where schemas or tables are renamed; None where the catalog alone has to be added.

    Tells where the name can neither be known nor looked up.
    """
    parts = name.parts[-2:] if not name.is_schema else name.parts[-1:]
    if len(parts) == 2 and HOLE not in parts[0].text and not may_be_renamed(call.settings, parts[0].text):
        return None  # What is written out, its schema, changes where it is written.
    known = known_levels(call, literal, text, Name(parts, name.is_schema))
    if len(known) == 1 and known[0] is not None and name_in(known[0]) is None:
        told.append(not_reached(call))  # It is a query, or several tables.
        return None
    if not _is_another(call, known, name.is_schema):
        return None
    made = looked_up(literal, text, Name(parts, name.is_schema)) or _argument_looked_up(call, literal, text, name)
    if made is None:
        told.append(not_reached(call))
    return made


def _argument_looked_up(call: GlueCall, literal: ast.expr, text: Text, name: Name) -> str | None:
    """Look up what `format` or `%` puts in for a whole name, and return its hole; None where it fills other holes, too."""
    part = name.parts[0]
    if len(name.parts) > 1 or set(part.text) != {HOLE}:
        return None
    hole, value = text.hole(part.start, part.end), value_of_hole(call, literal, text, name)
    if value is None or not (hole in ("{}", "%s") or text.source.count(hole) == 1):
        return None
    wrapped = call.place.memory.setdefault("wrapped", {})
    assert isinstance(wrapped, dict)
    wrapped[value] = "uc_schema" if name.is_schema else "uc_name"
    return hole


def _is_another(call: GlueCall, known: list[str | None], is_schema: bool) -> bool:
    """Whether a name is, or may be, another one in the target, apart from the catalog; levels that are not known are None."""
    if len(known) == 1 and known[0] is not None and not is_schema:
        whole = name_in(known[0])
        known = [part.text for part in whole.parts] if whole is not None else []
        if len(known) != 2:
            return len(known) == 3 and str(known[0]).lower() in glue_catalogs(call)
    database, table = known[0], known[-1]
    if database is None or is_schema or len(known) == 1:
        return call.settings.renames if database is None else call.settings.schema_for(database) != database
    if table is None:
        return may_be_renamed(call.settings, database) or call.settings.schema_for(database) != database
    return target_name(call, database, table) != ".".join(map(quote_name, (call.settings.catalog, database, table)))


def not_reached(call: GlueCall) -> Finding:
    """Say that renamed schemas and tables do not reach a name."""
    return call.place.finding(
        call.node,
        Severity.WARNING,
        "a table's name is computed here, and the settings' renamed schemas and tables do not reach it",
        "put it into uc_name of glue_compat, or write the names of the target",
    )


def columns_not_reached(call: GlueCall, literal: ast.expr, text: Text, statement: Statement) -> list[Finding]:
    """Tell of the first column that is named after a table which is computed and may be renamed; one hole alone may be an alias."""
    holes = {_hole(text, name) for name in statement.names if len(name.parts) == 1 and not name.aliased}
    for name in statement.computed if call.settings.renames else ():
        last = Name(name.parts[-2:])
        if len(last.parts) == 1 and _hole(text, last) not in holes:
            continue
        if _is_another(call, known_levels(call, literal, text, last), is_schema=False):
            return [
                call.warning(
                    f"columns are named after a table that is computed here ({'.'.join(_hole(text, Name((p,))) for p in name.parts)}), "
                    "and the settings' renamed schemas and tables do not reach them",
                    "give the table an alias, and name its columns by that",
                )
            ]
    return []


def _hole(text: Text, name: Name) -> str:
    """Return how the source writes a name of one level."""
    return text.hole(name.parts[0].start, name.parts[0].end)


def in_current_schema(call: GlueCall, table: str) -> Finding | None:
    """Tell of a name of one level that stands for a table which the settings move out of the schema that is current."""
    views = views_of(call.place.world)
    meant = set()
    for key, target in call.settings.tables.items():
        database, _, name = key.lower().partition(".")
        stays = f"{call.settings.catalog}.{call.settings.schema_for(database)}.{name}".lower()
        if name == table.lower() and target.lower() != stays:
            meant.add(database)
    if not views.current or not meant & (views.schemas | (meant if "" in views.schemas else set())):
        return None
    return call.blocker(
        f"`{table}` is looked for in the schema that is current, and the settings name it otherwise, for instance "
        f"{target_name(call, min(meant), table)}",
        "name it by database and table, then convert again",
    )


def by_mapping(call: GlueCall, given: ast.expr, *, is_schema: bool) -> Rewrite | list[Finding] | None:
    """Answer for a name that a reader, a writer or the catalog is given; None where it is written out or only lacks the catalog."""
    if isinstance(call.value_of(given), ast.Constant):
        return None
    found = beginning(call, given)
    spelled = isinstance(given, ast.Name | ast.JoinedStr | ast.BinOp)
    if found.whole and spelled and not _is_another(call, [found.text], is_schema):
        return None
    if isinstance(given, ast.Call) and ast.unparse(given.func) in ("uc_name", "uc_schema"):
        return []
    if begins_with_glue_catalog(call, given) and not _helper_knows(found):
        whole = _target_of(call, found)
        return Rewrite(others=((given, code("{name}", name=quoted(whole))),)) if whole else [catalog_left(call)]
    wrapped = call.place.memory.setdefault("wrapped", {})
    assert isinstance(wrapped, dict)
    wrapped[given] = "uc_schema" if is_schema else "uc_name"
    return [call.info("the name is looked up in the mapping of schemas and tables when it runs", "")]
