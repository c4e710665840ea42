"""List what a piece of Glue code touches: tables, paths, options, columns, literals, names, and what it does to data.

Each touch names the facts of which any one, found in the conversion, shows that it is still there.
"""

import ast
import re
from collections.abc import Iterable
from dataclasses import replace

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.checks import glue_surface as glue
from glue2lakehouse.tools.checks.argument_touches import ArgumentReader
from glue2lakehouse.tools.checks.facts import Fact
from glue2lakehouse.tools.checks.merged_options import merged
from glue2lakehouse.tools.checks.option_touches import WRITE_MODES
from glue2lakehouse.tools.checks.signatures import METHODS, SIGNATURES, bind
from glue2lakehouse.tools.checks.syntax import callee, receivers, text_of
from glue2lakehouse.tools.checks.touch import HELPER, Touch
from glue2lakehouse.tools.checks.units import Unit

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
    "method_union": ("union",),
    "merge": ("left_anti", "anti", "leftanti", "merge"),
    "for_each_batch": ("foreachbatch",),
    "purge": ("rm", "delete", "truncate", "vacuum", "overwrite", "purge_path"),
    "purge_table": ("delete", "truncate", "vacuum", "overwrite"),
    "Repartition": ("repartition",),
    "Coalesce": ("coalesce", "repartition"),
    "Spigot": ("write",),
    "MapToCollection": ("items", "map"),
    "FlatMap": ("items",),
}
"""Call -> the operation, then the words (lower case) of which any shows that it is still done."""


ERRORS = {
    "errors": ("errors_as_frame", "errorsAsDynamicFrame"),
    "ErrorsAsDynamicFrame": ("errors_as_frame", "ErrorsAsDynamicFrame"),
    "errors_count": ("errors_count", "errorsCount"),
    "stage_errors_count": ("stage_errors_count", "stageErrorsCount"),
}
"""Call -> the helper that does it, and what Glue calls it."""


def _maps_frames(node: ast.Call) -> bool:
    """Whether the function given to `map` takes a frame and a context, as a collection's does, and not a record."""
    function = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "callable"), None)
    return isinstance(function, ast.Lambda) and len(function.args.args) == 2


class TouchReader(ArgumentReader):
    """Reads all touches of old units, Glue's calls by their signatures."""

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
            if not (isinstance(node.func, ast.Attribute) and _is_context(signature, node.func.value)):
                self._visit(node.func.value if isinstance(node.func, ast.Attribute) else None)
            self._glue(signature, bind(SIGNATURES[signature], node), node)
        else:
            self._spark_call(node, name)

    def _jobs(self) -> frozenset[str]:
        return self._session | {"job"}

    def _method(self, owner: str, name: str, node: ast.Call) -> str:
        """Return the signature that a method call follows, empty for what is not Glue's."""
        if name in ("from_catalog", "from_options", "from_jdbc_conf") and owner:
            return f"{'write' if 'write' in owner else 'read'}_{name}"
        if name == "write" and isinstance(node.func, ast.Attribute):
            return "method_write" if any(k.arg == "connection_type" for k in node.keywords) else "write_frame"
        if name in ("filter", "map", "join", "union") and isinstance(node.func, ast.Attribute):
            return self._shared_method(name, node)
        return METHODS.get(name, "") if isinstance(node.func, ast.Attribute) else ""

    def _shared_method(self, name: str, node: ast.Call) -> str:
        keywords = {keyword.arg for keyword in node.keywords}
        if name == "join":
            return "method_join" if len(node.args) >= 3 or keywords & {"paths1", "paths2", "frame2"} else ""
        if name == "union":
            return "method_union" if len(node.args) >= 2 or keywords & {"other_frame", "transformation_ctx"} else ""
        first = node.args[0] if node.args else None
        named = name == "filter" and isinstance(first, ast.Name) and first.id in self._functions
        function = "f" in keywords or named or isinstance(first, ast.Lambda)
        spark = set(receivers(node.func)) & {"rdd", "parallelize"}
        return f"method_{name}" if function and not spark else ""

    def _glue(self, name: str, arguments: dict[str, ast.expr], node: ast.Call) -> None:
        kind = name.rpartition(":")[0] or name
        given = self._option_names(arguments)
        hudi = any(key.startswith("hoodie.") for key in given)
        if kind.startswith("read"):
            self._operation("read", node)
        elif kind.startswith("write") or kind == "method_write":
            self._operation("write", node)
            if not hudi and not given & WRITE_MODES:
                self._need("append mode of the sink", node, ("op", "append"), mentions=("append",), kind="operation")
            self._header(arguments, node)
        elif kind in OPERATIONS:
            collection = kind == "method_map" and _maps_frames(node)
            self._glue_operation(*OPERATIONS["MapToCollection" if collection else kind], node=node)
        elif kind == "DropNullFields":
            self._drop_null_fields(node)
        elif kind in ERRORS:
            helper, called = ERRORS[kind]
            others = [("low", word) for word in ("_corrupt_record", "badrecordspath", "rescueddatacolumn")]
            self._need(called, node, ("op", helper), *others, mentions=(called,), kind="operation")
        start = len(self._found)
        self._table(arguments, node)
        connection = (text_of(arguments.get("connection_type")) or "").lower()
        self._header_told = "**writeHeader" in arguments
        for parameter, value in arguments.items():
            # A call among the arguments has options of its own.
            self._hudi = hudi
            self._argument(kind, parameter, value, connection)
        if kind == "EvaluateDataQuality":
            # One finding answers for the evaluation as a whole: its rules, its options, its frame.
            names = ("data quality", "data-quality", "evaluatedataquality", "dqdl")
            self._found[start:] = [replace(touch, mentions=(*touch.mentions, *names)) for touch in self._found[start:]]

    def _glue_operation(self, name: str, *others: str, node: ast.AST) -> None:
        words = others if name in ("filter", "join", "union") else (name, *others)
        alternatives: list[Fact] = [("op", name), *(("call", word) for word in words)]
        alternatives += [*(("str", word) for word in words), ("op", "helper")]
        alternatives += [("low", word) for word in words if name in ("rm", "delete")]
        self._need(name, node, *alternatives, mentions=(name, *others), kind="operation")

    def _drop_null_fields(self, node: ast.AST) -> None:
        """Only JSON and XML make columns of null type; on typed frames the call changes nothing."""
        words = ("drop_null_fields", "dropnullfields", "nulltype", "void", "drop-null-fields")
        severity = Severity.BLOCKER if self._untyped else Severity.WARNING
        alternatives = (*(("low", word) for word in words), ("op", "helper"))
        line = getattr(node, "lineno", 1)
        self._found.append(Touch("DropNullFields", line, alternatives, (*words, "null"), severity=severity))

    def _header(self, arguments: dict[str, ast.expr], node: ast.Call) -> None:
        formats = text_of(arguments.get("format"))
        if (formats or "").lower() == "csv" and not self._has(arguments.get("format_options"), "writeHeader"):
            self._need("header of the CSV sink (Glue writes it)", node, ("opt", "header", "true"), mentions=("header",))

    def _option_names(self, arguments: dict[str, ast.expr]) -> set[str]:
        """Return the names of all options that a call is given, in lower case."""
        every = (merged(value, self._written_out) for name, value in arguments.items() if name.endswith("options"))
        return {key.lower() for one in every for key in one.entries}

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
        if first is not None and second is not None:
            catalog = self._settings.catalog
            self._need(f"catalog {catalog}", node, ("word", catalog), ("op", "helper"), HELPER, mentions=(catalog,))
        for value in (first, second):
            self._visit(value)

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


_OF_CONTEXT = ("read_", "write_from", "purge", "sink", "connection")


def _is_context(signature: str, owner: ast.expr) -> bool:
    """Whether what a method is called on is a Glue context, however it is named: it carries the session and no data."""
    while isinstance(owner, ast.Attribute):
        owner = owner.value
    return signature.startswith(_OF_CONTEXT) and isinstance(owner, ast.Name)


TouchReader.readers = {
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
