"""The touches of plain Python and Spark code: names, literals, attributes, comparisons, operations on data."""

import ast
import re
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from glue2lakehouse.domain import Compute
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import glue_surface as glue
from glue2lakehouse.tools.checks.facts import Fact
from glue2lakehouse.tools.checks.options import type_name
from glue2lakehouse.tools.checks.schema_types import SchemaTypes
from glue2lakehouse.tools.checks.syntax import (
    NEGATED,
    children,
    comparison,
    concatenated,
    constant,
    plain,
    spark_operations,
    text_of,
    walk,
)
from glue2lakehouse.tools.checks.touch import Touch
from glue2lakehouse.tools.checks.units import Unit

_SAME_WORK = {
    "registerTempTable": "createorreplacetempview",
    "hasField": "hasfield fieldnames",
    "getField": "getfield",
    "registerDataFrameAsTable": "createorreplacetempview",
    "unionAll": "unionall union unionbyname",
    "union": "union unionbyname",
    "setConf": "set",
    "getConf": "get",
    "registerFunction": "register",
    "dropTempTable": "droptempview",
    "tableNames": "listtables",
    "setCurrentDatabase": "setcurrentdatabase sql",
    "sql": "sql overwrite_partitions",
    "catalog": "catalog sql",
    "isInitialized": "",
    "warn": "warn warning",
    "from_rdd": "createdataframe",
    "create_dynamic_frame_from_rdd": "createdataframe",
    "currentTimeMillis": "time",
    "getNumPartitions": "getnumpartitions number_of_partitions",
    "keys": "keys next iter items values select",
    "values": "values items",
    "toDF": "",
    "name": "",
    "select": "select get",
    "map": "map items mapinpandas transform withcolumn withcolumns select",
    "show": "show",
    "schema": "schema",
    "writeDataFrame": "",
    "getFrame": "",
    "getDataFrame": "",
    "setFormat": "",
}
"""Method -> the words (lower case) of which any stands for it afterwards; empty: nothing has to."""
_OTHER_NAMES = {"input_file_name": "_metadata.file_path"}
"""Functions of Spark that Unity Catalog lacks -> the text that stands for them."""

_OTHER_CALLS: dict[str, tuple[Fact, ...]] = {
    "strip": (("function", "strip_text"), ("call", "btrim")),
    "filter": (("function", "filter_records"), ("function", "filter_typed")),
}
"""Methods that have another name afterwards: Python's of values on columns, a filter by a function of another module."""


class PlainReader:
    """Reads the touches of old units. `session` holds the variables that carry the Glue session."""

    readers: ClassVar[dict[type[ast.AST], Callable[[Any, Any], None]]] = {}
    """Node -> the method that reads it; others are read through to what is below them."""

    def __init__(
        self, settings: Settings, session: frozenset[str], before: str, after: str, written_out: dict[str, ast.expr]
    ) -> None:
        self._settings = settings
        self._session = session
        reads_files = "from_options" in before or "getSource" in before
        self._untyped = reads_files and bool(re.search(r"""["'](csv|json|xml|groklog|ion)["']""", before, re.I))
        self._table_sink = "setCatalogInfo" in before
        self._updates_catalog = "enableUpdateCatalog" in before
        self._functions = {one or two for one, two in re.findall(r"\bdef (\w+)\(|\b(\w+) *= *lambda\b", before)}
        self._types = SchemaTypes(before)
        self._after = after
        self._written_out = written_out
        self._found: list[Touch] = []
        self._local: set[str] = set()
        self._nots: frozenset[tuple[int, int]] = frozenset()
        self._callee = ""
        self._studio = False
        self._hudi = False
        self._header_told = False
        self.bound: set[tuple[str, str]] = set()
        """Scope and name of all that the old units bind."""
        self._scope = ""

    def read(self, unit: Unit) -> list[Touch]:
        """Return the touches of one unit, each once."""
        self._found, self._local = [], set()
        node = unit.node
        self._scope = unit.inner
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            self._operation("loop", node)
        elif isinstance(node, (ast.Raise, ast.Assert, ast.Delete)) or (isinstance(node, ast.Return) and node.value):
            self._operation(type(node).__name__.lower(), node)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self.bound.add((unit.scope, node.name))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self.bound.update((unit.scope, (a.asname or a.name).partition(".")[0]) for a in node.names)
            return []
        elif isinstance(node, ast.Assign) and _only_reaches_java(node.value):
            self.bound.update((unit.scope, target.id) for target in node.targets if isinstance(target, ast.Name))
            return []
        for part in unit.parts:
            self._visit(part)
        once: dict[object, Touch] = {}
        for number, touch in enumerate(self._found):
            touch.span, touch.scope = (unit.start, unit.end), unit.scope
            touch.name = touch.name or self._inlined(touch, unit)
            once[touch.what, touch.alternatives, number if touch.kind == "counted" else 0] = touch
        return list(once.values())

    @staticmethod
    def _inlined(touch: Touch, unit: Unit) -> str:
        """Return the function whose removal takes a touch along: its `return`, its loop over what it was given."""
        return unit.scope.rpartition(".")[2] if touch.what in ("return", "loop", ".items()", ".keys", ".values") else ""

    def _need(
        self,
        what: str,
        node: ast.AST,
        *alternatives: Fact,
        mentions: tuple[str, ...] = (),
        text: str = "",
        name: str = "",
        kind: str = "",
    ) -> None:
        line = getattr(node, "lineno", 1)
        self._found.append(Touch(what, line, alternatives, mentions or (what,), text, name, kind))

    def _operation(self, name: str, node: ast.AST, *others: str) -> None:
        alternatives: list[Fact] = [("op", name), *(("low", word) for word in others)]
        self._need(name, node, *alternatives, mentions=(name, *others), kind="operation")

    def _visit(self, node: ast.AST | None) -> None:
        if node is None:
            return
        reader = self.readers.get(node.__class__)
        if reader is not None:
            reader(self, node)
        else:
            for child in children(node):
                self._visit(child)

    def _arg(self, node: ast.arg) -> None:
        if not self._is_session(node.arg):
            self.bound.add((self._scope, node.arg))

    def _sum(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Add):
            self._concatenated(node)
        self._visit(node.left)
        self._visit(node.right)

    def _subscript(self, node: ast.Subscript) -> None:
        self._visit(node.value)
        # The first of something is often reached in another way afterwards.
        if not (isinstance(node.slice, ast.Constant) and node.slice.value == 0):
            self._visit(node.slice)

    def _annotated(self, node: ast.AnnAssign) -> None:
        self._visit(node.target)
        self._visit(node.value)

    def _constant(self, node: ast.Constant, *others: Fact) -> None:
        value = node.value
        if isinstance(value, str):
            self._string(value, node, *others)
        elif isinstance(value, (int, float)) and not isinstance(value, bool) and value != 0:
            self._need(f"number {value}", node, ("word", str(value)), *others, mentions=(str(value),))

    def _string(self, value: str, node: ast.AST, *others: Fact) -> None:
        if not value.strip():
            return
        value = self._in_session(value)
        moved = self._settings.path_for(value)
        spelled = {plain(value), plain(value).rstrip("/"), plain(moved), plain(moved).rstrip("/")}
        alternatives: list[Fact] = [*(("str", text) for text in sorted(spelled)), *others]
        if re.fullmatch(r"\w+", value):
            alternatives += [("word", value), ("word", self._settings.schema_for(value))]
        elif re.fullmatch(r"--[\w-]+", value):
            alternatives.append(("arg", value[2:].replace("-", "_")))
        if type_name(value) != value.lower():
            alternatives.append(("low", type_name(value)))
        # A path is mapped as a whole; a statement that has one in it is compared word by word.
        text = "" if "://" in value and len(value.split()) == 1 else value
        shown = value if len(value) <= 60 else value[:57] + "..."
        self._need(f"text {shown!r}", node, *alternatives, mentions=(value, *_statement(value)), text=text)

    def _in_session(self, text: str) -> str:
        """Return SQL as compute without global temporary views reads it: they are views of the session there."""
        return text if self._settings.compute is Compute.CLASSIC else text.replace("global_temp.", "")

    def _template(self, node: ast.JoinedStr) -> None:
        self._concatenated(node)
        text = self._in_session("".join(text_of(part) or "{}" for part in node.values))
        bare = text.replace("{}", "").strip()
        if bare:
            alternatives: list[Fact] = [("str", plain(text)), ("str", plain(self._settings.path_for(text)))]
            self._need(f"text {text[:60]!r}", node, *alternatives, mentions=(bare, *_statement(text)), text=text)
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self._visit(part.value)

    def _concatenated(self, node: ast.BinOp | ast.JoinedStr) -> None:
        """A variable that goes into a text goes into a text afterwards, whatever became of the words around it."""
        for _, name in concatenated(node):
            if not self._is_session(name) and name not in self._local:
                self._need(f"use of {name} in a text", node, ("cat", "", name), mentions=(name,), name=name)

    def _name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.bound.add((self._scope, node.id))
        elif name := self._types.spark_name(node):
            self._schema_type(node, name)
        elif not self._is_session(node.id) and node.id not in self._local and node.id not in glue.STAR_EXPORTS:
            others: list[Fact] = [("str", _OTHER_NAMES[node.id])] if node.id in _OTHER_NAMES else []
            self._need(f"use of {node.id}", node, ("name", node.id), *others, mentions=(node.id,), name=node.id)

    def _is_session(self, name: str) -> bool:
        return name in ("self", "cls") or name in self._session or name.lower().lstrip("_") in glue.PLUMBING

    def _schema_type(self, node: ast.expr, name: str) -> None:
        alternatives: tuple[Fact, ...] = (("name", name), ("low", name.lower()))
        self._need(f"schema type {name}", node, *alternatives, mentions=(name,))

    def _attribute(self, node: ast.Attribute) -> None:
        if name := self._types.spark_name(node):
            self._schema_type(node, name)
            return
        if isinstance(node.ctx, ast.Store):
            self.bound.add(("", node.attr))
        elif self._is_session(node.attr) or _is_glues(node.attr):
            pass
        elif node.attr in ("from_catalog", "from_options"):
            # A reader or writer that is named and not called here: a helper stands in its place.
            names = ("read_catalog", "read_source", "write_target", "partial", "read", "write")
            self._need(
                f".{node.attr}", node, ("op", "helper"), *(("low", name) for name in names), mentions=(node.attr,)
            )
        elif (words := _SAME_WORK.get(node.attr, node.attr.lower()).split()) and node.attr not in self._local:
            alternatives: list[Fact] = [("low", word) for word in words]
            name = node.attr if isinstance(node.value, ast.Name) and node.value.id == "self" else ""
            if node.attr in _OTHER_NAMES:
                alternatives.append(("str", _OTHER_NAMES[node.attr]))
            if node.attr in ("select", "getField"):
                alternatives.append(("has", "subscript"))
            self._need(f".{node.attr}", node, *alternatives, mentions=(node.attr,), name=name)
        self._visit(node.value)

    def _lambda(self, node: ast.Lambda) -> None:
        arguments = node.args
        names = {argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
        kept, self._local = self._local, self._local | names
        nested = {id(part) for inner in walk(node.body) if isinstance(inner, ast.Lambda) for part in walk(inner)}
        for inner in walk(node.body):
            if id(inner) not in nested and isinstance(inner, ast.BoolOp) and not isinstance(inner.op, ast.Not):
                word = "and" if isinstance(inner.op, ast.And) else "or"
                for _ in inner.values[1:]:
                    self._found.append(self._junction(word, inner))
        self._visit(node.body)
        self._local = kept

    @staticmethod
    def _junction(word: str, node: ast.expr) -> Touch:
        """An `and` may become a second filter, an `or` a list."""
        other: Fact = ("op", "filter") if word == "and" else ("low", "isin")
        return Touch(f"'{word}' of a condition", node.lineno, (("op", word), other), (f" {word} ",), kind="counted")

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        names = {n.id for g in node.generators for n in walk(g.target) if isinstance(n, ast.Name)}
        kept, self._local = self._local, self._local | names
        for child in children(node):
            if isinstance(child, ast.comprehension):
                self._visit(child.iter)
                for condition in child.ifs:
                    self._visit(condition)
            else:
                self._visit(child)
        self._local = kept

    def _keyword(self, node: ast.keyword) -> None:
        if node.arg in glue.DROPPED_ARGUMENTS or (node.arg in glue.ZERO_DEFAULTS and constant(node.value) == "0"):
            return
        if node.arg and node.arg not in ("f", "frame", "frame2", "paths1", "paths2") and not self._studio:
            word = node.arg.lower()
            self._need(f"argument {node.arg}=", node.value, ("low", word), mentions=(node.arg,), name=self._callee)
        self._visit(node.value)

    def _compare(self, node: ast.Compare) -> None:
        left: ast.expr = node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            found = comparison(left, operator, right)
            if found and found[2] not in ("True", "False"):
                column, sign, value = found
                same = {sign, {"is": "==", "is not": "!="}.get(sign, sign)}
                opposite = {NEGATED[one] for one in same} if self._negated(node) else set()
                alternatives: list[Fact] = [
                    ("cmp", name, one, value) for one in sorted(same | opposite) for name in dict.fromkeys((column, ""))
                ]
                what = f"comparison {column} {sign} {value}".replace("  ", " ")
                self._need(what, node, *alternatives, mentions=(column or value,), kind="comparison")
            left = right
        self._visit(node.left)
        for other in node.comparators:
            self._visit(other)

    def _negated(self, node: ast.Compare) -> bool:
        return (node.lineno, node.col_offset) in self._nots

    def _method_call(self, node: ast.Call) -> None:
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else ""
        known = self._is_session(name) or name in glue.METHODS or name in glue.STAR_EXPORTS or name in _SAME_WORK
        known = known or name.startswith(glue.STUDIO_PREFIX) or name in _OTHER_NAMES
        if not isinstance(function, ast.Attribute) or known:
            self._visit(function)
            return
        functions = (("function", each.lower()) for each in self._functions_for(name))
        others = _OTHER_CALLS.get(name, ())
        alternatives: tuple[Fact, ...] = (("call", name.lower()), *others, *functions)
        owner = name if isinstance(function.value, ast.Name) and function.value.id == "self" else ""
        self._found.append(Touch(f".{name}()", node.lineno, alternatives, (name,), name=owner, kind="counted"))
        self._visit(function.value)

    def _functions_for(self, method: str) -> Iterator[str]:
        """Yield the global functions of the conversion that a method of this name may have become."""
        for each in re.finditer(
            rf"(?m)^(?:def {method}\(|{method} = lambda|from (?!pyspark\b)\S+ import .*\b{method}\b( as \w+)?)",
            self._after,
        ):
            yield (each[1] or method).removeprefix(" as ")

    def _spark_call(self, node: ast.Call, name: str) -> None:
        if self._types.spark_name(node.func):
            # Its parameters have other names in Spark, or none: what is given for them is what has to stay.
            self._visit(node.func)
            for given in (*node.args, *(keyword.value for keyword in node.keywords)):
                self._visit(given)
            return
        for operation in spark_operations(node):
            if operation != "append" or name == "mode":
                self._operation(operation, node)
        self._studio = name.startswith(glue.STUDIO_PREFIX)
        outer, self._callee = self._callee, node.func.id if isinstance(node.func, ast.Name) else ""
        self._method_call(node)
        # How many slices a local list is cut into has no effect on its rows.
        for argument in node.args[:1] if name == "parallelize" else node.args:
            self._visit(argument)
        for keyword in node.keywords:
            self._callee = node.func.id if isinstance(node.func, ast.Name) else ""
            self._visit(keyword)
        self._callee = outer


def _is_glues(name: str) -> bool:
    """Whether an attribute is one of Glue's own, which a conversion has to rename."""
    return name in glue.METHODS or name in glue.STAR_EXPORTS or name.startswith(glue.STUDIO_PREFIX)


def _only_reaches_java(value: ast.expr) -> bool:
    """Whether a value is only a way into the JVM (`sc._jvm.org.apache.log4j`): what is done through it counts where it is."""
    names: set[str] = set()
    while isinstance(value, ast.Attribute | ast.Call):
        if isinstance(value, ast.Call) and (value.args or value.keywords):
            return False
        if isinstance(value, ast.Attribute):
            names.add(value.attr)
        value = value.value if isinstance(value, ast.Attribute) else value.func
    return isinstance(value, ast.Name) and bool(names & {"_jvm", "_jsc"})


def _statement(text: str) -> tuple[str, ...]:
    """Return what a finding calls Hive's DDL that is made anew for Unity Catalog, clause by clause."""
    if re.match(r"\s*create\s+(or\s+replace\s+)?(external\s+)?table\b", text, re.IGNORECASE):
        return ("hive's create table", "makes a table without a location")
    return ("hive's ddl",) if re.match(r"\s*(create\s+(database|schema)|alter\s+table)\b", text, re.IGNORECASE) else ()
