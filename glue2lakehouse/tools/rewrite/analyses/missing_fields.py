"""Records that lack a field which a function reads, where the function takes a null as well.

Glue: semantics of Filter and Map: `record["x"]` of a record without x is a KeyError, and the record is gone. A row of Spark has
null there, as a record with an explicit null has in Glue: a function that gets on with None keeps such rows.
"""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.analyses.row_functions import Function, function_of
from glue2lakehouse.tools.rewrite.kinds.frames import INFERRED_FORMATS
from glue2lakehouse.tools.rewrite.kinds.values import Provenance
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

    A warning where records may lack fields (JSON, XML), of a filter an info where nobody knows their files; nothing elsewhere.
    """
    sure, possible = _may_lack_fields(call)
    is_filter = call.leaf.lower() == "filter"
    node = function_of(call, function) if sure or (possible and is_filter) else None
    if node is None or not node.args.args:
        return ()
    names = [name for name in _fields_read(node) if _keeps_null(node, name, is_filter)]
    if not names:
        return ()
    shown = ", ".join(names[:4]) + (", …" if len(names) > 4 else "")
    message = (
        f"Glue drops a record that has no {shown} at all (the function raises KeyError); in Spark it is a row with null there, "
        "which the function keeps, as it keeps an explicit null in Glue"
    )
    action = "where records lack the field and none holds an explicit null, keep only rows in which it is not null"
    if sure:
        return (call.warning(message, action, function),)
    return (call.info(f"if the records come from JSON or XML: {message}", action, function),)


def _may_lack_fields(call: GlueCall) -> tuple[bool, bool]:
    """Return whether records surely come from files that leave fields out, and whether they may."""
    facts = call.frame_facts
    if facts.provenance is not Provenance.CATALOG:
        return facts.provenance is Provenance.CHOICE, facts.provenance is Provenance.UNKNOWN
    table = call.place.world.tables.get(facts.source.lower())
    known = table.format if table is not None else ""
    return known in INFERRED_FORMATS, not known


def _fields_read(node: Function) -> list[str]:
    record = node.args.args[0].arg
    return list(dict.fromkeys(name for child in ast.walk(node) if (name := _field(child, record))))


def _field(node: ast.AST, record: str) -> str:
    """Return the field that `record["x"]`, `record.x` or `record.pop("x")` reads or deletes, which raises where the record lacks it."""
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "pop" and len(node.args) == 1:
        assert isinstance(node.func, ast.Attribute)
        node = ast.Subscript(node.func.value, node.args[0], ast.Load())
    if not isinstance(node, ast.Attribute | ast.Subscript) or isinstance(node.ctx, ast.Store):
        return ""
    if not isinstance(node.value, ast.Name) or node.value.id != record:
        return ""
    if isinstance(node, ast.Attribute):
        return "" if node.attr in _DICT else node.attr
    return str(node.slice.value) if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str) else ""


def _keeps_null(node: Function, field: str, is_filter: bool) -> bool:
    record = node.args.args[0].arg
    if isinstance(node, ast.Lambda):
        returned: ast.expr | None = node.body
    else:
        body = [part for part in node.body if not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))]
        returned = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
    if is_filter and returned is not None:
        return _Outcome("true", True) in _of_null(returned, record, field)
    first = next((read for read in _evaluated(node) if _field(read, record) == field), None)
    if first is None:
        return False
    return _none_is_caught(node, first) or not any(_raises_on(parent, first) for parent in ast.walk(node))


def _none_is_caught(node: Function, read: ast.AST) -> bool:
    """Whether what None raises where it is read is caught, and a KeyError is not: `except (TypeError, ValueError)`."""
    for child in ast.walk(node):
        if isinstance(child, ast.Try) and any(read is part for stmt in child.body for part in ast.walk(stmt)):
            caught = {
                part.id if isinstance(part, ast.Name) else ""
                for handler in child.handlers
                for part in ast.walk(handler.type or ast.Name("BaseException"))
            }
            if caught & _OF_NONE and not caught & _OF_BOTH:
                return True
    return False


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


def _of_null(node: ast.expr, record: str, field: str) -> _Outcomes:
    """Return how an expression may come out for a record in which one field is null; of other fields nothing is known."""
    if _field(node, record) == field:
        return frozenset({_Outcome("none", True)})
    if isinstance(node, ast.Constant):
        return frozenset({_Outcome("none" if node.value is None else "true" if node.value else "false", False)})
    if isinstance(node, ast.BoolOp):
        return _of_operands(node.values, isinstance(node.op, ast.And), record, field)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        opposite = {"none": "true", "false": "true", "true": "false", "raised": "raised"}
        return frozenset(_Outcome(opposite[value], read) for value, read in _of_null(node.operand, record, field))
    if isinstance(node, ast.IfExp):
        chosen = (
            (one, node.body if one.value == "true" else node.orelse) for one in _of_null(node.test, record, field)
        )
        return _union(_after(one, way, record, field) for one, way in chosen)
    return _of_whole(node, record, field)


def _union(parts: Iterator[_Outcomes]) -> _Outcomes:
    return frozenset(outcome for part in parts for outcome in part)


def _after(before: _Outcome, node: ast.expr, record: str, field: str) -> _Outcomes:
    if before.value == "raised":
        return frozenset({before})
    return frozenset(_Outcome(value, read or before.read) for value, read in _of_null(node, record, field))


def _of_operands(values: list[ast.expr], every: bool, record: str, field: str) -> _Outcomes:
    """`and` and `or`: the next operand counts only where the one before does not settle it."""
    first = _of_null(values[0], record, field)
    if len(values) == 1:
        return first
    settled = ("none", "false", "raised") if every else ("true", "raised")
    goes_on = [one for one in first if one.value not in settled]
    after = (
        frozenset(_Outcome(v, r or one.read) for v, r in _of_operands(values[1:], every, record, field))
        for one in goes_on
    )
    return (first - frozenset(goes_on)) | _union(iter(after))


def _of_whole(node: ast.expr, record: str, field: str) -> _Outcomes:
    """Comparisons and calls: what is known of them is when None makes them raise, and what equals None."""
    reads = [child for child in ast.walk(node) if _field(child, record) == field]
    read = bool(reads)
    if any(_raises_on(parent, child) for parent in ast.walk(node) for child in reads):
        return frozenset({_Outcome("raised", read)})
    if read and isinstance(node, ast.Compare) and len(node.ops) == 1 and node.left in reads:
        settled = _compared(node.ops[0], node.comparators[0])
        if settled is not None:
            return frozenset({_Outcome("true" if settled else "false", True)})
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "bool" and node.args:
        named = {"none": "false"}
        return frozenset(_Outcome(named.get(v, v), r) for v, r in _of_null(node.args[0], record, field))
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
