"""What a piece of converted code touches, as a pool in which the touches of the original are looked up."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from glue2lakehouse.tools.checks.options import type_name
from glue2lakehouse.tools.checks.syntax import (
    NEGATED,
    callee,
    children,
    columns,
    comparison,
    concatenated,
    constant,
    plain,
    spark_operations,
    sql_comparisons,
    text_of,
    walk,
)
from glue2lakehouse.tools.checks.units import Unit

Fact = tuple[str, ...]
"""A kind and its values.

`name`: a variable is used; `word`: a string holds it, or an attribute or a keyword is called so; `low`: the same in lower
case, variables too; `str`: a whole string; `arg`: a string that may name a job argument; `op`: an operation on data;
`cat` (literal, variable): both go into one text; `call`: a method is called; `function`: a function is; `table`, `pair` (source, target, type), `target`: a column gets a name; `cmp` (column, operator, constant), `opt` (option, value); `has`: a marker.
"""

COUNTED = frozenset({"op", "table", "call", "function"})
"""Kinds of which two uses need two counterparts; of the others one will do within a statement."""

_TOKEN = re.compile(r"[^\W\d]\w*|\d+(?:\.\d+)?")
_TABLE = re.compile(r"(?:`[^`]+`|[A-Za-z_{][\w{}]*)(?:\.(?:`[^`]+`|[A-Za-z_{][\w{}-]*))+")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_{][\w{}]*)+")
_ALIAS = re.compile(r"(?is)^\s*(.+?)\s+as\s+(?:`([^`]+)`|([\w. -]+?))\s*$")
_CAST = re.compile(r"(?is)\b(?:try_)?cast\s*\(\s*(.+?)\s+as\s+([a-z]+(?:\s*\([\d,\s]+\))?)\s*\)")
_CASTS = frozenset({"cast", "try_cast", "astype"})
_FIELD = re.compile(
    r"(?is)'([^']+)'\s*,\s*(?:(?:try_)?cast\s*\(\s*([^()']+?)\s+as\s+([a-z]+(?:\s*\([\d,\s]+\))?)\s*\)|([^(),']+))"
)
PASSING_ON = frozenset({"next_stage", "fail_at_errors"})
"""Helpers that hand on the frame that they are given: they stand for nothing that is done to data."""
COUNTING_ERRORS = frozenset({"stage_errors_count", "errors_count", "errors_as_frame"})
"""Helpers that stand for one call of Glue's each."""
_WRITERS = frozenset({"write", "sink", "save", "append", "insert"})


class Facts:
    """The pool of one group of units: `counts` per fact, and the string literals for looking up longer texts."""

    def __init__(self, units: Iterable[Unit], helpers: frozenset[str] = frozenset()) -> None:
        self.counts: Counter[Fact] = Counter()
        self.strings: list[str] = []
        self.bound: set[tuple[str, str]] = set()
        self._scope = ""
        self._helpers = helpers
        self._renamed: set[int] = set()
        for unit in units:
            self._unit(unit)

    def _unit(self, unit: Unit) -> None:
        node = unit.node
        self._scope = unit.inner
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            self._add("op", "loop")
        elif isinstance(node, (ast.Return, ast.Raise, ast.Assert, ast.Delete)):
            self._add("op", type(node).__name__.lower())
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self.bound.add((unit.scope, node.name))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self.bound.update((unit.scope, (a.asname or a.name).partition(".")[0]) for a in node.names)
            return
        for part in unit.parts:
            self._visit(part)

    def _add(self, *fact: str) -> None:
        self.counts[fact] += 1

    def _word(self, word: str) -> None:
        self.counts["word", word] += 1
        self.counts["low", word.lower()] += 1

    def _visit(self, node: ast.AST) -> None:
        reader = _READERS.get(node.__class__)
        if reader is None or reader(self, node):
            for child in children(node):
                self._visit(child)

    def _read_constant(self, node: ast.Constant) -> bool:
        self._constant(node.value)
        if isinstance(node.value, str) and id(node) not in self._renamed:
            self._add("pair", plain(node.value), plain(node.value), "")
        return False

    def _read_name(self, node: ast.Name) -> bool:
        if isinstance(node.ctx, ast.Store):
            self.bound.add((self._scope, node.id))
        else:
            self._add("name", node.id)
            self._add("low", node.id.lower())
        return False

    def _read_attribute(self, node: ast.Attribute) -> bool:
        if isinstance(node.ctx, ast.Store):
            self.bound.add(("", node.attr))
        else:
            self._word(node.attr)
        return True

    def _read_arg(self, node: ast.arg) -> bool:
        self.bound.add((self._scope, node.arg))
        return True

    def _read_keyword(self, node: ast.keyword) -> bool:
        if node.arg is None:
            self._add("has", "**")
        else:
            self._word(node.arg)
            self._option(node.arg, node.value)
        # argparse's `dest` is a name in the program, not the name that the caller passes.
        return node.arg != "dest"

    def _read_comprehension(self, node: ast.comprehension) -> bool:
        self._add("op", "loop")
        return True

    def _read_template(self, node: ast.JoinedStr) -> bool:
        self._concatenated(node)
        self._text(
            "".join(text_of(part) or ("{}" if isinstance(part, ast.FormattedValue) else "") for part in node.values)
        )
        return True

    def _read_subscript(self, node: ast.Subscript) -> bool:
        self._add("has", "subscript")
        index = text_of(node.slice)
        if index is None:
            return True
        self._text(index)
        if id(node.slice) not in self._renamed:
            self._add("pair", plain(index), plain(index), "")
        self._visit(node.value)
        return False

    def _constant(self, value: object) -> None:
        if isinstance(value, str):
            self._add("arg", value.lstrip("-").replace("-", "_"))
            self._text(value)
        elif not isinstance(value, bool) and value is not None:
            self._word(str(value))

    def _text(self, text: str) -> None:
        self.strings.append(text)
        bare = plain(text)
        self._add("str", bare)
        for token in set(_TOKEN.findall(bare)):
            self._word(token)
        for name in _TABLE.findall(text):
            self._table(plain(name))
        if not bare.strip() or " " not in bare.strip():
            return
        for compared in sql_comparisons(bare):
            self._add("cmp", *compared)
        for word in re.findall(r"\b(?:and|or|join|where)\b", bare.lower()):
            self._add("op", "filter" if word == "where" else word)
        alias = _ALIAS.match(text)
        if alias is None:
            for source, kind in _CAST.findall(bare):
                self._add("pair", source.strip(), source.strip(), type_name(kind))
        else:
            aliased = plain(alias[1])
            casts = _CAST.findall(aliased)
            sources = [aliased.strip(), *(source.strip() for source, _ in casts)]
            if "named_struct" in bare:
                for target, cast, kind, column in _FIELD.findall(bare):
                    self._add("pair", (cast or column).strip(), target, type_name(kind) if kind else "")
            named = alias[2] or alias[3]
            self._pairs([*sources, *_TOKEN.findall(aliased), *_DOTTED.findall(aliased)], named, casts)

    def _table(self, name: str) -> None:
        parts = name.lower().split(".")
        for start in range(len(parts) - 1):
            self._add("table", ".".join(parts[start:]))

    def _pairs(self, sources: Iterable[str], target: str, casts: list[tuple[str, str]]) -> None:
        kind = type_name(casts[0][1]) if casts else ""
        self._add("target", plain(target))
        for source in {plain(name) for name in sources}:
            self._add("pair", source, plain(target), kind)

    def _option(self, key: str, value: ast.AST) -> None:
        literal = constant(value)
        if literal is not None:
            self._add("opt", key.lower(), literal.lower())
        self.counts["low", key.lower()] += 1

    def _read_sequence(self, node: ast.Tuple | ast.List) -> bool:
        items = [text_of(item) for item in node.elts]
        names = [item for item in items if item is not None]
        if len(names) == len(items) and 2 <= len(names) <= 4:
            self._tuple(names)
        return True

    def _tuple(self, names: list[str]) -> None:
        if len(names) == 4:
            kind = type_name(names[3]) if type_name(names[1]) != type_name(names[3]) else ""
            self._add("pair", plain(names[0]), plain(names[2]), kind)
            self._add("pair", plain(names[0]), plain(names[2]), type_name(names[3]))
        elif len(names) == 3:
            self._add("pair", plain(names[0]), plain(names[1]), type_name(names[2]))
            self._add("pair", plain(names[0]), plain(names[2]), type_name(names[1]))
        elif names[1].partition(":")[0] == "cast":
            self._add("pair", plain(names[0]), plain(names[0]), type_name(names[1].partition(":")[2]))
        else:
            self._add("pair", plain(names[0]), plain(names[1]), "")
            self._add("pair", plain(names[0]), plain(names[0]), type_name(names[1]))

    def _read_dict(self, node: ast.Dict) -> bool:
        for key, value in zip(node.keys, node.values, strict=True):
            name = text_of(key)
            if name is None:
                continue
            self._option(name, value)
            target = text_of(value)
            if target is not None:
                self._add("pair", plain(name), plain(target), "")
                self._add("pair", plain(name), plain(name), type_name(target))
        return True

    def _read_call(self, node: ast.Call) -> bool:
        self._call(node)
        return True

    def _call(self, node: ast.Call) -> None:
        owner, name = callee(node)
        self._add("call" if isinstance(node.func, ast.Attribute) else "function", name.lower())
        if name in self._helpers or owner in self._helpers:
            self._helper(name)
        for operation in spark_operations(node):
            self._add("op", operation)
        if name == "write" and isinstance(node.func, ast.Attribute):
            # Spark's `write` is no method, so that this one is the project's own: it writes as it did.
            self._add("op", "write")
            self._add("op", "append")
        first = node.args[0] if node.args else None
        if name in ("alias", "withColumn", "withColumnRenamed"):
            self._renamed.update(map(id, node.args[:2]))
        literal = text_of(first)
        if name == "option" and literal is not None and len(node.args) > 1:
            self._option(literal, node.args[1])
        elif name in ("alias", "name") and literal is not None and isinstance(node.func, ast.Attribute):
            self._alias(node.func.value, literal)
        elif name in _CASTS and first is not None and isinstance(node.func, ast.Attribute):
            if id(node) in self._renamed:
                return
            kind = literal or _type_text(first)
            for source in columns(node.func.value):
                self._add("pair", source, source, type_name(kind))
        elif name == "withColumnRenamed" and literal is not None and len(node.args) > 1:
            self._pairs([literal], text_of(node.args[1]) or "", [])
        elif name == "withColumn" and literal is not None and len(node.args) > 1:
            self._alias(node.args[1], literal)
        elif name in ("eqNullSafe", "isin", "startswith", "endswith", "contains", "like", "rlike"):
            self._method_comparison(node, name)
        elif name in ("isNull", "isNotNull") and isinstance(node.func, ast.Attribute):
            for column in set(columns(node.func.value)):
                self._add("cmp", column.rpartition(".")[2], "is" if name == "isNull" else "is not", "None")

    def _alias(self, value: ast.AST, target: str) -> None:
        below = list(walk(value))
        self._renamed.update(id(node) for node in _outside_structs(value))
        casts = [
            ("", text_of(call.args[0]) or _type_text(call.args[0]))
            for call in below
            if isinstance(call, ast.Call) and callee(call)[1] in _CASTS and call.args
        ]
        texts = [text for node in below if (text := text_of(node))]
        casts += [found for text in texts for found in _CAST.findall(plain(text))]
        sources = set(columns(value)) | {name for text in texts for name in (_DOTTED.findall(plain(text)))}
        self._pairs(sources, target, casts)

    def _method_comparison(self, node: ast.Call, name: str) -> None:
        if name != "eqNullSafe" or not isinstance(node.func, ast.Attribute):
            return
        found = comparison(node.func.value, ast.Eq(), node.args[0]) if node.args else None
        if found:
            self._add("cmp", *found)

    def _concatenated(self, node: ast.BinOp | ast.JoinedStr) -> None:
        for literal, name in concatenated(node):
            self._add("cat", literal, name)
            self._add("cat", "", name)

    def _read_logic(self, node: ast.Compare | ast.BoolOp | ast.BinOp | ast.UnaryOp) -> bool:
        self._logic(node)
        return True

    def _logic(self, node: ast.Compare | ast.BoolOp | ast.BinOp | ast.UnaryOp) -> None:
        if isinstance(node, ast.Compare):
            left: ast.AST = node.left
            for operator, right in zip(node.ops, node.comparators, strict=True):
                if found := comparison(left, operator, right):
                    self._add("cmp", *found)
                left = right
        elif isinstance(node, ast.BoolOp):
            self.counts["op", "and" if isinstance(node.op, ast.And) else "or"] += len(node.values) - 1
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            self._concatenated(node)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.BitAnd, ast.BitOr)):
            self._add("op", "and" if isinstance(node.op, ast.BitAnd) else "or")
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Invert, ast.Not)):
            self._negated(node.operand)

    def _negated(self, operand: ast.AST) -> None:
        """Read `~a.eqNullSafe(1)` and `~(a == 1)` as `a != 1`."""
        for inner in walk(operand):
            found = None
            if isinstance(inner, ast.Compare) and len(inner.ops) == 1:
                found = comparison(inner.left, inner.ops[0], inner.comparators[0])
            elif (
                isinstance(inner, ast.Call)
                and callee(inner)[1] == "eqNullSafe"
                and isinstance(inner.func, ast.Attribute)
            ):
                found = comparison(inner.func.value, ast.Eq(), inner.args[0])
            if found:
                self._add("cmp", found[0], NEGATED[found[1]], found[2])

    def _helper(self, name: str) -> None:
        """Trust a runtime helper to do what its name says; the helpers have tests of their own."""
        if name in PASSING_ON:
            return
        if name in COUNTING_ERRORS:
            self._add("op", name)
        words = set(name.lower().split("_"))
        for operation in words & {"read", "filter", "join", "union", "loop", "merge"}:
            self._add("op", operation)
        if words & _WRITERS:
            self.counts.update([("op", "write"), ("op", "append"), ("opt", "header", "true")])
        if "read" not in words and words & {"load", "source", "catalog"} and not words & _WRITERS:
            self._add("op", "read")
        self.counts.update([("op", "helper"), ("has", "helper"), *(("low", word) for word in words)])


_READERS: dict[type[ast.AST], Callable[[Facts, Any], bool]] = {
    ast.Constant: Facts._read_constant,
    ast.Name: Facts._read_name,
    ast.Attribute: Facts._read_attribute,
    ast.arg: Facts._read_arg,
    ast.keyword: Facts._read_keyword,
    ast.Call: Facts._read_call,
    ast.Compare: Facts._read_logic,
    ast.BoolOp: Facts._read_logic,
    ast.BinOp: Facts._read_logic,
    ast.UnaryOp: Facts._read_logic,
    ast.Tuple: Facts._read_sequence,
    ast.List: Facts._read_sequence,
    ast.Dict: Facts._read_dict,
    ast.comprehension: Facts._read_comprehension,
    ast.JoinedStr: Facts._read_template,
    ast.Subscript: Facts._read_subscript,
}
"""Node -> its reader, which returns whether to go on below."""


def _outside_structs(value: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of an aliased expression that its alias renames: the fields of a struct keep their names."""
    pending = [value]
    while pending:
        node = pending.pop()
        yield node
        if not (isinstance(node, ast.Call) and callee(node)[1] in ("struct", "named_struct", "transform")):
            pending.extend(children(node))


def _type_text(node: ast.AST) -> str:
    if isinstance(node, ast.Call):
        arguments = ",".join(constant(argument) or "?" for argument in node.args)
        base = type_name(callee(node)[1])
        return f"{base}({arguments})" if arguments else base
    return node.attr if isinstance(node, ast.Attribute) else ""
