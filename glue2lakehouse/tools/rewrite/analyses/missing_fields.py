"""Records that lack a field which a function reads, where the function takes a null as well.

Glue: semantics of Filter and Map: `record["x"]` of a record without x is a KeyError, and the record is gone. A row of Spark has
null there, as a record with an explicit null has in Glue: a function that gets on with None keeps such rows.
"""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.analyses.row_functions import Function, function_of, names_of, record_of
from glue2lakehouse.tools.rewrite.kinds.values import Lacking, Provenance
from glue2lakehouse.tools.rewrite.rule import GlueCall

_DICT = frozenset("get keys values items pop update copy setdefault clear popitem fromkeys".split())
_NEEDS_A_VALUE = frozenset("int float len abs sum min max round sorted list tuple set dict ord hex Decimal".split())
_NEED_A_TEXT = frozenset("match search fullmatch sub findall finditer strptime fromisoformat loads b64decode".split())
_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_OF_NONE = frozenset({"TypeError", "AttributeError"})
_OF_BOTH = frozenset({"KeyError", "LookupError", "Exception", "BaseException"})
"""What None raises in an expression, and what catches a field that is not there as well."""


def kept_without_a_field(call: GlueCall, function: ast.expr) -> tuple[Finding, ...]:
    """Return what has to be said where a record that lacks a field is gone in Glue and may be kept in Spark.

    A warning where records may lack fields (JSON, XML, columns made of structs, which may be null), of a filter an info where
    nobody knows; nothing elsewhere.
    """
    lacks = _lacks_fields(call)
    is_filter = call.leaf.lower() == "filter"
    asked = lacks is Lacking.LIKELY or (lacks is Lacking.MAYBE and is_filter)
    node = function_of(call, function) if asked else None
    if node is None or not record_of(node):
        return ()
    names = list(dict.fromkeys(_kept(call, node, is_filter, set())))
    if not names:
        return ()
    shown = ", ".join(names[:4]) + (", …" if len(names) > 4 else "")
    message = (
        f"Glue drops a record that has no {shown} at all (the function raises KeyError, unless it catches it); in Spark it is a "
        "row with null there, which the function keeps, as it keeps an explicit null in Glue"
    )
    action = "where records lack the field and none holds an explicit null, keep only rows in which it is not null"
    if lacks is Lacking.LIKELY or any("." in name for name in names):
        return (call.warning(message, action, function),)
    return (
        call.info(
            f"if records lack it (JSON, XML, a null struct whose fields became columns): {message}", action, function
        ),
    )


def _lacks_fields(call: GlueCall) -> Lacking:
    """Return whether records lack fields; those of a table of text that is not JSON or XML have all."""
    facts = call.frame_facts
    table = call.place.world.tables.get(facts.source.lower()) if facts.provenance is Provenance.CATALOG else None
    defined = table is not None and table.format != "" and facts.lacking is Lacking.NO
    return Lacking.NO if defined else facts.lacks_fields


def _kept(call: GlueCall, node: Function, is_filter: bool, seen: set[ast.AST]) -> Iterator[str]:
    """Yield the fields that a function reads and of which it takes a null, and those of functions that it hands the record to."""
    seen.add(node)
    names = names_of(node)
    there = {f"[{ast.unparse(key)}]" for key in _keys_of_record(node, names)}
    fields = (field for child in ast.walk(node) if (field := _field(child, names)) and field not in there)
    yield from (field for field in dict.fromkeys(fields) if _keeps_null(node, names, field, is_filter))
    for child in ast.walk(node):
        if isinstance(child, ast.Call) and child.args and getattr(child.args[0], "id", "") in names:
            called = function_of(call, child.func)
            if called is not None and called not in seen and record_of(called):
                yield from _kept(call, called, False, seen)


def _keys_of_record(node: Function, names: set[str]) -> Iterator[ast.expr]:
    """Yield the names of fields that are there: `for key in record`, `for key, value in record.items()`, `if key in record`."""
    for child in ast.walk(node):
        if isinstance(child, ast.Compare) and getattr(child.comparators[0], "id", "") in names:
            yield child.left
        elif isinstance(child, ast.For | ast.comprehension) and any(
            isinstance(part, ast.Name) and part.id in names for part in ast.walk(child.iter)
        ):
            yield from child.target.elts if isinstance(child.target, ast.Tuple) else [child.target]


def _field(node: ast.AST, names: set[str]) -> str:
    """Return the field that `record["x"]`, `record.x` or `record.pop("x")` reads or deletes, which raises where the record lacks it."""
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "pop" and len(node.args) == 1:
        assert isinstance(node.func, ast.Attribute)
        node = ast.Subscript(node.func.value, node.args[0], ast.Load())
    if not isinstance(node, ast.Attribute | ast.Subscript) or isinstance(node.ctx, ast.Store):
        return ""
    if not isinstance(node.value, ast.Name) or node.value.id not in names:
        return ""
    if isinstance(node, ast.Attribute):
        return "" if node.attr in _DICT else node.attr
    return str(node.slice.value) if isinstance(node.slice, ast.Constant) else f"[{ast.unparse(node.slice)}]"


def _keeps_null(node: Function, names: set[str], field: str, is_filter: bool) -> bool:
    if isinstance(node, ast.Lambda):
        returned: ast.expr | None = node.body
    else:
        body = [part for part in node.body if not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))]
        returned = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
    if is_filter and returned is not None:
        return _Outcome("true", True) in _of_null(returned, names, field)
    above = {child: parent for parent in ast.walk(node) for child in ast.iter_child_nodes(parent)}
    for read in (read for read in _evaluated(node) if _field(read, names) == field):
        way = _way_to(read, above)
        caught = {name for part, parent in way if (name := _caught_by(part, parent))}
        if not any(_raises_on(parent, read) for parent in ast.walk(node)) or caught == {"null"}:
            return True
        if not caught and not any(_is_optional(part, parent) for part, parent in way):
            return False
    return False


def _way_to(node: ast.AST, above: dict[ast.AST, ast.AST]) -> list[tuple[ast.AST, ast.AST]]:
    """Return each node around one with the part of it that the one is in, the nearest first."""
    way = []
    while node in above:
        way.append((node, above[node]))
        node = above[node]
    return way


def _caught_by(part: ast.AST, parent: ast.AST) -> str:
    """Return what the handlers around a statement catch: what a null raises alone, or the KeyError of no field as well."""
    if not isinstance(parent, ast.Try) or part not in parent.body:
        return ""
    types = (handler.type or ast.Name("BaseException") for handler in parent.handlers)
    caught = {each.id for type_ in types for each in ast.walk(type_) if isinstance(each, ast.Name)}
    return "both" if caught & _OF_BOTH else "null" if caught & _OF_NONE else ""


def _is_optional(part: ast.AST, parent: ast.AST) -> bool:
    """Whether a part may be left out when what it is in is evaluated."""
    if isinstance(parent, ast.If | ast.IfExp | ast.While):
        return part is not parent.test
    if isinstance(parent, ast.BoolOp):
        return part is not parent.values[0]
    if isinstance(parent, ast.For | ast.comprehension):
        return part is not parent.iter
    return isinstance(parent, ast.ExceptHandler | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp)


def _evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a function in about the order in which they are evaluated."""
    children = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.IfExp):
        children = [node.test, node.body, node.orelse]
    elif isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        children = [child for child in [node.value, *children] if child is not None]
    elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
        children = [*node.generators, *children]
    for child in children:
        yield from _evaluated(child)
    yield node


def _raises_on(parent: ast.AST, node: ast.AST) -> bool:
    """Whether an expression or statement raises where one part of it is None."""
    if isinstance(parent, ast.Attribute | ast.Subscript):
        return parent.value is node
    if isinstance(parent, ast.Call):
        name = parent.func.id if isinstance(parent.func, ast.Name) else getattr(parent.func, "attr", "")
        return node in parent.args and name in (_NEEDS_A_VALUE if isinstance(parent.func, ast.Name) else _NEED_A_TEXT)
    if isinstance(parent, ast.BinOp):
        formatted = isinstance(parent.op, ast.Mod) and not isinstance(parent.right, ast.Constant)
        return node in (parent.left, parent.right) and not formatted
    if isinstance(parent, ast.UnaryOp):
        return parent.operand is node and not isinstance(parent.op, ast.Not)
    if isinstance(parent, ast.For | ast.comprehension):
        return parent.iter is node
    if isinstance(parent, ast.AugAssign):
        return parent.value is node
    return isinstance(parent, ast.Compare) and _compares_in_order(parent, node)


def _compares_in_order(compared: ast.Compare, node: ast.AST) -> bool:
    sides = [compared.left, *compared.comparators]
    for left, operator, right in zip(sides, compared.ops, sides[1:], strict=False):
        if isinstance(operator, _ORDER) and node in (left, right):
            return True
        if isinstance(operator, ast.In | ast.NotIn) and right is node:
            return True
    return False


class _Outcome(NamedTuple):
    """One way an expression comes out (none, true, false, raised), and whether the field was read on the way."""

    value: str
    read: bool


_Outcomes = frozenset[_Outcome]


def _of_null(node: ast.expr, names: set[str], field: str) -> _Outcomes:
    """Return how an expression may come out for a record in which one field is null; of other fields nothing is known."""
    if _field(node, names) == field:
        return frozenset({_Outcome("none", True)})
    if isinstance(node, ast.Constant):
        return frozenset({_Outcome("none" if node.value is None else "true" if node.value else "false", False)})
    if isinstance(node, ast.BoolOp):
        return _of_operands(node.values, isinstance(node.op, ast.And), names, field)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        opposite = {"none": "true", "false": "true", "true": "false", "raised": "raised"}
        return frozenset(_Outcome(opposite[value], read) for value, read in _of_null(node.operand, names, field))
    if isinstance(node, ast.IfExp):
        chosen = ((one, node.body if one.value == "true" else node.orelse) for one in _of_null(node.test, names, field))
        return _union(_after(one, way, names, field) for one, way in chosen)
    return _of_whole(node, names, field)


def _union(parts: Iterator[_Outcomes]) -> _Outcomes:
    return frozenset(outcome for part in parts for outcome in part)


def _after(before: _Outcome, node: ast.expr, names: set[str], field: str) -> _Outcomes:
    if before.value == "raised":
        return frozenset({before})
    return frozenset(_Outcome(value, read or before.read) for value, read in _of_null(node, names, field))


def _of_operands(values: list[ast.expr], every: bool, names: set[str], field: str) -> _Outcomes:
    """`and` and `or`: the next operand counts only where the one before does not settle it."""
    first = _of_null(values[0], names, field)
    if len(values) == 1:
        return first
    settled = ("none", "false", "raised") if every else ("true", "raised")
    goes_on = [one for one in first if one.value not in settled]
    after = (
        frozenset(_Outcome(v, r or one.read) for v, r in _of_operands(values[1:], every, names, field))
        for one in goes_on
    )
    return (first - frozenset(goes_on)) | _union(iter(after))


def _of_whole(node: ast.expr, names: set[str], field: str) -> _Outcomes:
    """Comparisons and calls: what is known of them is when None makes them raise, and what equals None."""
    reads = [child for child in ast.walk(node) if _field(child, names) == field]
    read = bool(reads)
    if any(_raises_on(parent, child) for parent in ast.walk(node) for child in reads):
        return frozenset({_Outcome("raised", read)})
    if read and isinstance(node, ast.Compare) and len(node.ops) == 1 and node.left in reads:
        settled = _compared(node.ops[0], node.comparators[0])
        if settled is not None:
            return frozenset({_Outcome("true" if settled else "false", True)})
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "bool" and node.args:
        named = {"none": "false"}
        return frozenset(_Outcome(named.get(v, v), r) for v, r in _of_null(node.args[0], names, field))
    return frozenset(_Outcome(value, read) for value in ("none", "true", "false", "raised"))


def _compared(operator: ast.cmpop, right: ast.expr) -> bool | None:
    """Return how None compares with what is written out, None where that is not known."""
    try:
        value = ast.literal_eval(right)
        if isinstance(operator, ast.Eq | ast.Is):
            return value is None
        if isinstance(operator, ast.NotEq | ast.IsNot):
            return value is not None
        if isinstance(operator, ast.In | ast.NotIn):
            return (None in value) is isinstance(operator, ast.In)
    except (ValueError, TypeError, SyntaxError):
        return None
    return None
