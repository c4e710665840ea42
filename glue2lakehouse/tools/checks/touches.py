"""List what a piece of Glue code touches: tables, paths, options, columns, literals, names, and what it does to data.

Each touch names the facts of which any one, found in the conversion, shows that it is still there.
"""

import ast
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import glue_surface as glue
from glue2lakehouse.tools.checks.facts import Fact
from glue2lakehouse.tools.checks.option_touches import Option, read_option
from glue2lakehouse.tools.checks.options import CONNECTIONS, FORMATS, type_name
from glue2lakehouse.tools.checks.signatures import METHODS, SIGNATURES, bind
from glue2lakehouse.tools.checks.syntax import (
    NEGATED,
    callee,
    children,
    comparison,
    concatenated,
    constant,
    plain,
    receivers,
    spark_operations,
    text_of,
    walk,
)
from glue2lakehouse.tools.checks.units import Unit

_SAME_WORK = {
    "registerTempTable": "createorreplacetempview",
    "registerDataFrameAsTable": "createorreplacetempview",
    "unionAll": "unionall union unionbyname",
    "union": "union unionbyname",
    "setConf": "set",
    "getConf": "get",
    "warn": "warn warning",
    "from_rdd": "createdataframe",
    "create_dynamic_frame_from_rdd": "createdataframe",
    "currentTimeMillis": "time",
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


@dataclass(frozen=True, slots=True)
class Touch:
    """One thing that has to survive; `text` is a longer text to look up token by token, `name` a plain variable."""

    what: str
    line: int
    alternatives: tuple[Fact, ...]
    mentions: tuple[str, ...] = ()
    text: str = ""
    name: str = ""
    kind: str = ""
    severity: Severity = Severity.BLOCKER
    span: tuple[int, int] = (0, 0)


class TouchReader:
    """Reads the touches of old units. `session` holds the variables that carry the Glue session."""

    def __init__(self, settings: Settings, session: frozenset[str], before: str, after: str) -> None:
        self._settings = settings
        self._session = session
        self._untyped = bool(re.search(r"""["'](csv|json|xml|groklog|ion)["']""", before, re.I))
        self._table_sink = "setCatalogInfo" in before
        self._updates_catalog = "enableUpdateCatalog" in before
        self._after = after
        self._found: list[Touch] = []
        self._local: set[str] = set()
        self._nots: frozenset[tuple[int, int]] = frozenset()
        self._callee = ""
        self.bound: set[str] = set()

    def read(self, unit: Unit) -> list[Touch]:
        """Return the touches of one unit, each once."""
        self._found, self._local = [], set()
        node = unit.node
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            self._operation("loop", node)
        elif isinstance(node, (ast.Raise, ast.Assert, ast.Delete)) or (isinstance(node, ast.Return) and node.value):
            self._operation(type(node).__name__.lower(), node)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self.bound.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self.bound.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
            return []
        for part in unit.parts:
            self._visit(part)
        span = (unit.start, unit.end)
        once = {(t.what, t.alternatives, i if t.kind == "counted" else 0): t for i, t in enumerate(self._found)}
        return [replace(touch, span=span, name=touch.name or self._inlined(touch, unit)) for touch in once.values()]

    @staticmethod
    def _inlined(touch: Touch, unit: Unit) -> str:
        """Return the function whose removal takes a touch along: its `return`, its loop over what it was given."""
        return unit.scope.rpartition(".")[2] if touch.what in ("return", "loop", ".items", ".keys", ".values") else ""

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
        reader = _READERS.get(node.__class__)
        if reader is not None:
            reader(self, node)
        else:
            for child in children(node):
                self._visit(child)

    def _arg(self, node: ast.arg) -> None:
        if not self._is_session(node.arg):
            self.bound.add(node.arg)

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
        moved = self._settings.path_for(value)
        spelled = {plain(value), plain(value).rstrip("/"), plain(moved), plain(moved).rstrip("/")}
        alternatives: list[Fact] = [*(("str", text) for text in sorted(spelled)), *others]
        if re.fullmatch(r"\w+", value):
            alternatives += [("word", value), ("word", self._settings.schema_for(value))]
        elif re.fullmatch(r"--[\w-]+", value):
            alternatives.append(("arg", value[2:].replace("-", "_")))
        if type_name(value) != value.lower():
            alternatives.append(("low", type_name(value)))
        text = "" if "://" in value else value
        shown = value if len(value) <= 60 else value[:57] + "..."
        self._need(f"text {shown!r}", node, *alternatives, mentions=(value,), text=text)

    def _template(self, node: ast.JoinedStr) -> None:
        self._concatenated(node)
        text = "".join(text_of(part) or "{}" for part in node.values)
        bare = text.replace("{}", "").strip()
        if bare:
            alternatives: list[Fact] = [("str", plain(text)), ("str", plain(self._settings.path_for(text)))]
            self._need(f"text {text[:60]!r}", node, *alternatives, mentions=(bare,), text=text)
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
            self.bound.add(node.id)
        elif not self._is_session(node.id) and node.id not in self._local and node.id not in glue.STAR_EXPORTS:
            self._need(f"use of {node.id}", node, ("name", node.id), mentions=(node.id,), name=node.id)

    def _is_session(self, name: str) -> bool:
        return name in self._session or name.lower().lstrip("_") in glue.PLUMBING

    def _attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Store):
            self.bound.add(node.attr)
        elif self._is_session(node.attr) or node.attr in glue.METHODS or node.attr in glue.STAR_EXPORTS:
            pass
        elif (words := _SAME_WORK.get(node.attr, node.attr.lower()).split()) and node.attr not in self._local:
            alternatives: list[Fact] = [("low", word) for word in words]
            name = node.attr if isinstance(node.value, ast.Name) and node.value.id == "self" else ""
            if node.attr == "select":
                alternatives.append(("has", "subscript"))
            self._need(f".{node.attr}", node, *alternatives, mentions=(node.attr,), name=name)
        self._visit(node.value)

    def _lambda(self, node: ast.Lambda) -> None:
        arguments = node.args
        names = {argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
        kept, self._local = self._local, self._local | names
        for inner in walk(node.body):
            if isinstance(inner, ast.BoolOp) and not isinstance(inner.op, ast.Not):
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
        if node.arg and node.arg not in ("f", "frame", "frame2", "paths1", "paths2"):
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

    def _call(self, node: ast.Call) -> None:
        owner, name = callee(node)
        if owner in self._jobs() and name in ("init", "commit"):
            return
        if name in SESSION_MAKERS or (owner in SESSION_MAKERS and name == "getOrCreate"):
            for argument in node.args:
                self._visit(argument)
            return
        if name == "getResolvedOptions":
            self._job_arguments(node)
            return
        transform = owner if name == "apply" and owner in glue.TRANSFORMS else ""
        if not transform and isinstance(node.func, ast.Call) and callee(node.func)[1] in glue.TRANSFORMS:
            transform = callee(node.func)[1]
        if transform in SIGNATURES:
            self._glue(transform, bind(SIGNATURES[transform], node), node)
        elif signature := self._method(owner, name, node):
            self._visit(node.func.value if isinstance(node.func, ast.Attribute) else None)
            self._glue(signature, bind(SIGNATURES[signature], node), node)
        else:
            self._spark_call(node, name)

    def _spark_call(self, node: ast.Call, name: str) -> None:
        for operation in spark_operations(node):
            if operation != "append" or name == "mode":
                self._operation(operation, node)
        outer, self._callee = self._callee, node.func.id if isinstance(node.func, ast.Name) else ""
        self._visit(node.func)
        for argument in node.args:
            self._visit(argument)
        for keyword in node.keywords:
            self._callee = node.func.id if isinstance(node.func, ast.Name) else ""
            self._visit(keyword)
        self._callee = outer

    def _jobs(self) -> frozenset[str]:
        return self._session | {"job"}

    def _method(self, owner: str, name: str, node: ast.Call) -> str:
        """Return the signature that a method call follows, empty for what is not Glue's."""
        if name in ("from_catalog", "from_options", "from_jdbc_conf") and owner:
            return f"{'write' if 'write' in owner else 'read'}_{name}"
        if name == "write" and isinstance(node.func, ast.Attribute):
            return "method_write" if any(k.arg == "connection_type" for k in node.keywords) else "write_frame"
        if name in ("filter", "map", "join") and isinstance(node.func, ast.Attribute):
            return self._shared_method(name, node)
        return METHODS.get(name, "") if isinstance(node.func, ast.Attribute) else ""

    def _shared_method(self, name: str, node: ast.Call) -> str:
        keywords = {keyword.arg for keyword in node.keywords}
        if name == "join":
            return "method_join" if len(node.args) >= 3 or keywords & {"paths1", "paths2", "frame2"} else ""
        function = "f" in keywords or (node.args and isinstance(node.args[0], ast.Lambda))
        spark = set(receivers(node.func)) & {"rdd", "parallelize"}
        return f"method_{name}" if function and not spark else ""

    def _glue(self, name: str, arguments: dict[str, ast.expr], node: ast.Call) -> None:
        kind = name.rpartition(":")[0] or name
        if kind.startswith("read"):
            self._operation("read", node)
        elif kind.startswith("write") or kind == "method_write":
            self._operation("write", node)
            self._append(arguments, node)
        elif kind in OPERATIONS:
            self._glue_operation(*OPERATIONS[kind], node=node)
        elif kind == "DropNullFields":
            self._drop_null_fields(node)
        self._table(arguments, node)
        connection = (text_of(arguments.get("connection_type")) or "").lower()
        for parameter, value in arguments.items():
            self._argument(kind, parameter, value, connection)

    def _glue_operation(self, name: str, *others: str, node: ast.AST) -> None:
        words = others if name in ("filter", "join", "union") else (name, *others)
        alternatives: list[Fact] = [("op", name), *(("low", word) for word in words), ("op", "helper")]
        self._need(name, node, *alternatives, mentions=(name, *others), kind="operation")

    def _drop_null_fields(self, node: ast.AST) -> None:
        """Only JSON and XML make columns of null type; on typed frames the call changes nothing."""
        words = ("drop_null_fields", "dropnullfields", "nulltype", "void", "drop-null-fields")
        severity = Severity.BLOCKER if self._untyped else Severity.WARNING
        alternatives = (*(("low", word) for word in words), ("op", "helper"))
        line = getattr(node, "lineno", 1)
        self._found.append(Touch("DropNullFields", line, alternatives, (*words, "null"), severity=severity))

    def _append(self, arguments: dict[str, ast.expr], node: ast.Call) -> None:
        keys = {
            (text_of(key) or "").lower()
            for value in arguments.values()
            if isinstance(value, ast.Dict)
            for key in value.keys
        }
        if not keys & {"savemode", "mode", "writemode"} and not any(key.startswith("hoodie") for key in keys):
            self._need("append mode of the sink", node, ("op", "append"), mentions=("append",), kind="operation")
        formats = text_of(arguments.get("format"))
        if (formats or "").lower() == "csv" and not self._has(arguments.get("format_options"), "writeHeader"):
            self._need("header of the CSV sink (Glue writes it)", node, ("opt", "header", "true"), mentions=("header",))

    @staticmethod
    def _has(options: ast.expr | None, key: str) -> bool:
        if options is not None and not isinstance(options, ast.Dict):
            return True
        return isinstance(options, ast.Dict) and any(text_of(item) in (key, None) for item in options.keys)

    def _table(self, arguments: dict[str, ast.expr], node: ast.AST) -> None:
        first, second = arguments.pop("database", None), arguments.pop("table_name", None)
        database, table = text_of(first), text_of(second)
        if database and table:
            full = self._settings.table_for(database, table)
            parts = full.lower().replace("`", "").split(".")
            alternatives: tuple[Fact, ...] = (("table", ".".join(parts)), ("table", ".".join(parts[1:])))
            text = f"{parts[-2]} {table}"
            mentions = (table, f"{database}.{table}")
            self._need(f"table {database}.{table}", node, *alternatives, mentions=mentions, text=text, kind="table")
            return
        for value in (first, second):
            self._visit(value)

    def _argument(self, kind: str, parameter: str, value: ast.expr, connection: str) -> None:
        if parameter in glue.DROPPED_ARGUMENTS or (kind, parameter) in MEANINGLESS:
            return
        literal = constant(value)
        if (parameter in glue.ZERO_DEFAULTS and literal == "0") or literal == "None":
            return
        handler = getattr(self, f"_take_{parameter}", None)
        if handler is not None:
            handler(value, kind)
        elif parameter.endswith("options"):
            self._options(value, connection, kind)
        elif parameter.startswith("**"):
            self._option(parameter[2:], value, connection)
        elif parameter in glue.ZERO_DEFAULTS:
            self._need(f"{parameter}={literal or '...'}", value, ("low", parameter.lower()), mentions=(parameter,))
        else:
            self._visit(value)

    def _take_connection_type(self, value: ast.expr, kind: str) -> None:
        self._kind_of_source("connection type", text_of(value), value, CONNECTIONS)

    def _take_format(self, value: ast.expr, kind: str) -> None:
        literal = text_of(value)
        if kind == "unbox":
            self._kind_of_source("format", literal, value, FORMATS)
            return
        others = "saveastable insertinto" if self._table_sink and not kind.startswith("read") else ""
        self._kind_of_source("format", literal, value, FORMATS, others)
        if kind == "set_format" and (literal or "").lower() == "csv":
            self._need(
                "header of the CSV sink (Glue writes it)", value, ("opt", "header", "true"), mentions=("header",)
            )

    def _kind_of_source(
        self, what: str, literal: str | None, node: ast.expr, names: dict[str, str], others: str = ""
    ) -> None:
        if literal is None:
            self._visit(node)
            return
        words = names.get(literal.lower(), literal.lower()).split()
        if words:
            alternatives: list[Fact] = [("low", word) for word in (*words, *others.split())]
            self._need(f"{what} {literal!r}", node, *alternatives, ("str", literal), mentions=(literal,))

    def _take_push_down_predicate(self, value: ast.expr, kind: str) -> None:
        if text_of(value) == "":
            return
        self._operation("filter", value, "where", "push_down_predicate")
        self._visit(value)

    def _take_redshift_tmp_dir(self, value: ast.expr, kind: str) -> None:
        """A catalog table needs no staging folder in Unity Catalog; a JDBC or Redshift connection does."""
        if kind.endswith("jdbc_conf") and text_of(value) != "":
            self._option("redshiftTmpDir", value, "redshift")

    def _take_catalog_connection(self, value: ast.expr, kind: str) -> None:
        self._option("connectionName", value, "")

    def _take_mappings(self, value: ast.expr, kind: str) -> None:
        items = value.elts if isinstance(value, ast.List) else [value] if isinstance(value, ast.Tuple) else None
        if items is None:
            self._visit(value)
            words = "select selectexpr withcolumn withcolumns withcolumnrenamed"
            self._need("mapping", value, *(("low", w) for w in words.split()), HELPER, kind="operation")
            return
        for item in items:
            texts = [text_of(part) for part in item.elts] if isinstance(item, ast.Tuple) else []
            parts = [text for text in texts if text is not None]
            if len(parts) != len(texts) or len(parts) not in (2, 3, 4):
                self._visit(item)
            elif len(parts) == 2:
                self._pair(parts[0], parts[1], "", "", item)
            elif len(parts) == 3:
                self._pair(parts[0], parts[1], "", parts[2], item)
            else:
                self._pair(parts[0], parts[2], parts[1], parts[3], item)

    def _pair(self, source: str, target: str, old: str, new: str, node: ast.expr) -> None:
        source, target, old, new = plain(source), plain(target), type_name(old), type_name(new)
        kinds = [new] if new and old != new else ["", new]
        sources = dict.fromkeys((source, source.rpartition(".")[2]))
        targets = dict.fromkeys((target, target.rpartition(".")[2]))
        alternatives: list[Fact] = [("pair", s, t, k) for s in sources for t in targets for k in kinds]
        if source == target and old == new:
            alternatives.append(("word", source))
            alternatives.append(("str", source))
        if old == new and new in ("struct", "array"):
            alternatives.append(("word", source))
        what = f"mapping {source} -> {target}" + (f" ({new})" if new else "")
        self._need(what, node, *alternatives, mentions=(source, target), kind=f"pair:{new}")

    def _take_specs(self, value: ast.expr, kind: str) -> None:
        items = value.elts if isinstance(value, ast.List) else [value]
        for item in items:
            texts = [text_of(part) for part in item.elts] if isinstance(item, ast.Tuple) else []
            if len(texts) != 2 or texts[0] is None or texts[1] is None:
                self._visit(item)
                continue
            path, (action, _, kind_name) = plain(texts[0]).replace("[]", ""), texts[1].partition(":")
            if action == "cast":
                self._pair(path, path, "?", kind_name, item)
            else:
                self._choice(f"choice {path}: {texts[1]}", item, path, texts[1])

    def _take_choice(self, value: ast.expr, kind: str) -> None:
        literal = text_of(value)
        if literal is None:
            self._visit(value)
        elif literal:
            self._choice(f"choice {literal}", value, literal, "choice")

    def _choice(self, what: str, node: ast.expr, *mentions: str) -> None:
        """On a frame of fixed schema a choice changes nothing; CSV, JSON and XML may hold some."""
        alternatives: list[Fact] = [("str", mentions[0])]
        severity = Severity.BLOCKER if self._untyped else Severity.WARNING
        mentions = (*mentions, "resolvechoice", "resolve-choice", "choice")
        self._found.append(Touch(what, node.lineno, tuple(alternatives), mentions, severity=severity))

    def _take_comparison_dict(self, value: ast.expr, kind: str) -> None:
        if not isinstance(value, ast.Dict):
            self._visit(value)
            return
        for key, conditions in zip(value.keys, value.values, strict=True):
            column = plain(text_of(key) or "")
            if not isinstance(conditions, ast.Dict) or not column:
                self._visit(key)
                self._visit(conditions)
                continue
            for sign, operand in zip(conditions.keys, conditions.values, strict=True):
                literal, operator = constant(operand), text_of(sign) or ""
                if literal is None:
                    self._visit(operand)
                    continue
                leaf = column.rpartition(".")[2]
                operator = {"=": "==", "<>": "!="}.get(operator, operator)
                facts: list[Fact] = [("cmp", name, operator, literal) for name in (leaf, "")]
                what = f"comparison {column} {operator} {literal}"
                self._need(what, operand, *facts, HELPER, mentions=(column,), kind="comparison")

    def _take_f(self, value: ast.expr, kind: str) -> None:
        nots = {
            (inner.lineno, inner.col_offset)
            for outer in walk(value)
            if isinstance(outer, ast.UnaryOp) and isinstance(outer.op, ast.Not)
            for inner in walk(outer)
            if isinstance(inner, ast.Compare)
        }
        self._nots = frozenset(nots)
        self._visit(value)
        self._nots = frozenset()

    def _options(self, value: ast.expr, connection: str, kind: str) -> None:
        if not isinstance(value, ast.Dict):
            self._visit(value)
            return
        for key, item in zip(value.keys, value.values, strict=True):
            name = text_of(key)
            if name is None:
                self._visit(key)
                self._visit(item)
            else:
                self._option(name, item, connection)

    def _option(self, key: str, value: ast.expr, connection: str) -> None:
        option: Option = read_option(key, value, connection, self._updates_catalog)
        if option.dropped:
            return
        if option.alternatives:
            shown = constant(value) if not option.secret else None
            what = f"option {key}" + (f"={shown}" if shown is not None else "")
            self._need(what, value, *option.alternatives, mentions=(key,), kind="option")
        if option.visit:
            start = len(self._found)
            self._visit(value)
            for index in range(start, len(self._found)):
                touch = self._found[index]
                extra: tuple[Fact, ...] = (("low", "secrets"),) if option.secret else ()
                self._found[index] = replace(
                    touch, alternatives=touch.alternatives + extra, mentions=(*touch.mentions, key)
                )

    def _job_arguments(self, node: ast.Call) -> None:
        requested = (
            node.args[1] if len(node.args) > 1 else next((k.value for k in node.keywords if k.arg == "options"), None)
        )
        if not isinstance(requested, (ast.List, ast.Tuple)):
            self._visit(requested)
            return
        for item in requested.elts:
            name = text_of(item)
            if name is None:
                self._visit(item)
            elif name not in ("JOB_NAME", "TempDir") or re.search(rf"""\[\s*["']{name}["']\s*\]""", self._after):
                spelled = name.replace("-", "_")
                self._need(f"job argument {name}", item, ("arg", spelled), mentions=(name,), kind="job argument")


HELPER: Fact = ("has", "helper")
"""A runtime helper is called in the same group: it may do under one name what Glue spells out."""

SESSION_MAKERS = frozenset({"GlueContext", "SparkContext", "Job", "SQLContext", "HiveContext"})

OPERATIONS = {
    "Filter": ("filter",),
    "Join": ("join",),
    "Union": ("union",),
    "Relationalize": ("explode", "posexplode", "relationalize"),
    "Map": ("map", "mapinpandas", "withcolumn", "withcolumns", "select", "transform"),
    "UnnestFrame": ("select", "unnest", "withcolumn"),
    "Unbox": ("from_json", "from_csv", "from_avro", "unbox"),
    "DropFields": ("drop", "dropfields", "select", "withfield"),
    "SelectFields": ("select",),
    "RenameField": ("withcolumnrenamed", "withcolumnsrenamed", "alias", "withfield", "renamefield"),
    "SplitFields": ("select", "drop"),
    "SplitRows": ("filter",),
    "method_filter": ("filter",),
    "method_map": ("map", "mapinpandas", "withcolumn", "withcolumns", "select", "transform"),
    "method_join": ("join",),
    "merge": ("left_anti", "anti", "leftanti", "merge"),
    "for_each_batch": ("foreachbatch",),
    "errors": ("_corrupt_record", "badrecordspath", "rescueddatacolumn"),
    "purge": ("rm", "delete", "truncate", "vacuum", "overwrite"),
    "Repartition": ("repartition",),
    "Coalesce": ("coalesce", "repartition"),
    "Spigot": ("write",),
    "MapToCollection": ("items", "map"),
    "FlatMap": ("items",),
}
"""Call -> the operation, then the words (lower case) of which any shows that it is still done."""

MEANINGLESS = frozenset(
    {
        ("from_df", "name"),
        ("Relationalize", "staging_path"),
        ("Relationalize", "options"),
        ("Relationalize", "name_default"),
        ("ApplyMapping", "case_sensitive"),
        ("SplitFields", "unused"),
    }
)
"""Arguments of one call that hold no data: a frame's label, the staging folder of a pivot."""


_READERS: dict[type[ast.AST], Callable[[TouchReader, Any], None]] = {
    ast.Constant: TouchReader._constant,
    ast.Name: TouchReader._name,
    ast.Attribute: TouchReader._attribute,
    ast.Call: TouchReader._call,
    ast.Lambda: TouchReader._lambda,
    ast.arg: TouchReader._arg,
    ast.BinOp: TouchReader._sum,
    ast.JoinedStr: TouchReader._template,
    ast.keyword: TouchReader._keyword,
    ast.Compare: TouchReader._compare,
    ast.ListComp: TouchReader._comprehension,
    ast.SetComp: TouchReader._comprehension,
    ast.DictComp: TouchReader._comprehension,
    ast.GeneratorExp: TouchReader._comprehension,
    ast.Subscript: TouchReader._subscript,
    ast.AnnAssign: TouchReader._annotated,
}


def session_names(units: Iterable[Unit]) -> frozenset[str]:
    """Return the variables that hold a Glue context, a Spark session or context, a Job or a logger of Glue's."""
    names: set[str] = set()
    for unit in units:
        node = unit.node
        if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not unit.target:
            continue
        value = node.value
        name = callee(value)[1] if isinstance(value, ast.Call) else getattr(value, "attr", "")
        owner = callee(value)[0] if isinstance(value, ast.Call) else ""
        if name in SESSION_MAKERS or name in ("spark_session", "sparkContext", "get_logger") or owner in SESSION_MAKERS:
            names.add(unit.target.rpartition(".")[2])
    return frozenset(names)
