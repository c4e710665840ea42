"""What is known of a table's name that a program puts together: how many levels it has, and which of them are written out."""

import ast
import re

from glue2lakehouse.tools.ddl.qualifiers import GLUE_CATALOGS
from glue2lakehouse.tools.rewrite.literals import HOLE, Style, Text, read_literal
from glue2lakehouse.tools.rewrite.mapping.beginnings import beginning
from glue2lakehouse.tools.rewrite.rule import GlueCall, Use
from glue2lakehouse.tools.rewrite.sql.names import Name, name_in
from glue2lakehouse.tools.rewrite.sql.sums import filler, is_literal, operands


def styled(literal: ast.expr) -> tuple[ast.expr, Style]:
    """Return the text of `"…".format(…)` and `"…" % …`, and how its holes are written; another expression as it is."""
    if isinstance(literal, ast.Call) and isinstance(literal.func, ast.Attribute) and literal.func.attr == "format":
        return literal.func.value, "format"
    if isinstance(literal, ast.BinOp) and isinstance(literal.op, ast.Mod):
        return literal.left, "percent"
    return literal, ""


def levels_of(call: GlueCall, node: ast.expr) -> list[str] | None:
    """Return the levels of the name that an expression holds, with `HOLE` in those that are computed; None if unknown.

    A variable counts by the one expression that the module assigns to it.
    """
    value = call.value_of(node)
    text = _text_of(call, value) if value is not None else None
    name = name_in(text) if text else None
    levels = [part.text for part in name.parts] if name is not None else None
    # A catalog of Glue's is none of the target's: such a name is told as one that is not known.
    return None if levels and len(levels) == 3 and levels[0].lower() in GLUE_CATALOGS else levels


def _text_of(call: GlueCall, value: ast.expr) -> str | None:
    if isinstance(value, ast.Constant):
        return value.value if isinstance(value.value, str) else None
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        sides = [_text_of(call, side) or HOLE for side in (value.left, value.right)]
        return "".join(sides)
    shown, style = styled(value)
    text = read_literal(call.text(shown), style) if isinstance(shown, ast.Constant | ast.JoinedStr) else None
    return text.text if text is not None else None


def levels_filled(call: GlueCall, literal: ast.expr, text: Text, name: Name) -> list[str]:
    """Return the levels of a name, of what fills it where it is one hole."""
    written = [part.text for part in name.parts]
    if len(written) > 1 or set(written[0]) != {HOLE}:
        return written
    value = value_of_hole(call, literal, text, name)
    return (levels_of(call, value) if value is not None else None) or written


def value_of_hole(call: GlueCall, literal: ast.expr, text: Text, name: Name) -> ast.expr | None:
    """Return the expression that fills a name in a text that is one hole; None where it is not plain which one does."""
    start, end = name.parts[0].start, name.parts[0].end
    shown, before = text.hole(start, end), text.source[: text.places[start]]
    if isinstance(literal, ast.JoinedStr):
        held = [each.value for each in literal.values if isinstance(each, ast.FormattedValue)]
        return next((node for node in held if isinstance(node, ast.Name) and shown == f"{{{node.id}}}"), None)
    if isinstance(literal, ast.BinOp):
        return filler(literal, shown)
    above = call.place.parents.get(literal)
    templates = call.place.memory.get("templates", {})
    assert isinstance(templates, dict)
    if isinstance(filled := templates.get(literal), ast.BinOp):
        above = filled
    if isinstance(above, ast.BinOp):
        given = above.right.elts if isinstance(above.right, ast.Tuple) else [above.right]
        at = len(re.findall(r"%[^%]", before.replace("%%", "")))
        return given[at] if shown == "%s" and at < len(given) else None
    given_to = filled or (call.place.parents.get(above) if isinstance(above, ast.Attribute) else None)
    return (
        _argument(given_to, shown[1:-1], before) if isinstance(given_to, ast.Call) and "{{" not in text.source else None
    )


def put_in(call: GlueCall, literal: ast.expr) -> list[ast.expr]:
    """Return what is put into a text when the program runs."""
    if isinstance(literal, ast.JoinedStr):
        return [each.value for each in literal.values if isinstance(each, ast.FormattedValue)]
    if isinstance(literal, ast.BinOp):
        return [each for each in operands(literal) if not is_literal(each)]
    above = call.place.parents.get(literal)
    templates = call.place.memory.get("templates", {})
    assert isinstance(templates, dict)
    above = templates.get(literal) or (call.place.parents.get(above) if isinstance(above, ast.Attribute) else above)
    if isinstance(above, ast.BinOp) and isinstance(above.op, ast.Mod):
        return above.right.elts if isinstance(above.right, ast.Tuple) else [above.right]
    if isinstance(above, ast.Call) and isinstance(above.func, ast.Attribute) and above.func.attr == "format":
        return [*above.args, *(each.value for each in above.keywords)]
    return []


def catalog_of(call: GlueCall, literal: ast.expr, text: Text, name: Name) -> str:
    """Return the first level of a name in lower case, by what fills it where it is a hole."""
    # Arguments of `format` and `%` are counted, so that none of their holes can go.
    counted = set(name.parts[0].text) == {HOLE} and not isinstance(literal, ast.JoinedStr)
    return "" if counted else first_level(call, literal, text, name)


def first_level(call: GlueCall, literal: ast.expr, text: Text, name: Name) -> str:
    """Return the first level of a name in lower case, by what fills it where it is a hole of any kind."""
    first = name.parts[0].text
    if set(first) != {HOLE}:
        return first.lower()
    value = value_of_hole(call, literal, text, name)
    spelled = call.literal(value) if value is not None else None
    return spelled.lower() if isinstance(spelled, str) else ""


def begins_with_glue_catalog(call: GlueCall, node: ast.expr | None) -> bool:
    """Whether the name that an expression makes is known to begin with a catalog that stands for Glue's."""
    first, dot, _ = beginning(call, node).text.partition(".")
    return bool(dot) and first.strip("`").lower() in glue_catalogs(call)


def catalog_fillers(call: GlueCall, literal: ast.expr, text: Text, names: list[Name]) -> dict[ast.expr, bool]:
    """Return what `format` and `%` put in for Glue's catalogs, and whether all holes that it fills are catalogs."""
    if isinstance(literal, ast.JoinedStr):
        return {}
    whole = [name for name in names if len(name.parts) == 2 + (not name.is_schema) and HOLE in name.parts[0].text]
    holes = [text.hole(name.parts[0].start, name.parts[0].end) for name in whole]
    found: dict[ast.expr, str] = {}
    for name, hole in zip(whole, holes, strict=True):
        value = value_of_hole(call, literal, text, name)
        if value is not None and first_level(call, literal, text, name) in glue_catalogs(call):
            found[value] = hole
    added = isinstance(literal, ast.BinOp)  # The text of a sum is written anew with what stands between its literals.
    return {
        value: not added and (hole in ("{}", "%s") or text.source.count(hole) == holes.count(hole))
        for value, hole in found.items()
    }


def glue_catalogs(call: Use) -> frozenset[str]:
    """Return the names, in lower case, under which the module's Spark sessions have the Glue Data Catalog: its own settings, and the jobs'."""
    known = call.place.memory.get("glue_catalogs")
    if not isinstance(known, frozenset):
        source = call.place.module.source
        names = {name for configured in _CONFIGURED.findall(source) for name in _spelled(configured, source)}
        # What the module itself says of a catalog counts over what the jobs' definitions say.
        given = call.place.facts.glue_catalogs - {name.lower() for name in _SET_UP.findall(source)}
        known = GLUE_CATALOGS | {name.lower() for name in names} | given
        call.place.memory["glue_catalogs"] = known
    return known


def _spelled(configured: str, source: str) -> list[str]:
    """Return what a configured catalog is called: the texts that its variable is given, where an f-string names it."""
    if not configured.startswith("{"):
        return [configured]
    return re.findall(rf"(?m)^\s*{configured[1:-1]}\s*(?::\s*str\s*)?=\s*[\"'](\w+)[\"']", source)


_SET_UP = re.compile(r"spark\.sql\.catalog\.(\w+)\b")
_CONFIGURED = re.compile(
    r"spark\.sql\.catalog\.(\w+|\{\w+\})\.(?:catalog-impl[\"']?\s*[,=:]\s*[\"']?org\.apache\.iceberg\.aws\.glue\.GlueCatalog"
    r"|type[\"']?\s*[,=:]\s*[\"']?glue\b)"
)


def _argument(filler: ast.Call, inside: str, before: str) -> ast.expr | None:
    """Return what `.format` puts in for `{inside}`."""
    if any(isinstance(each, ast.Starred) for each in filler.args):
        return None
    if not inside or inside.isdigit():
        at = int(inside) if inside else before.count("{}")
        return filler.args[at] if at < len(filler.args) else None
    return next((each.value for each in filler.keywords if each.arg == inside), None)
