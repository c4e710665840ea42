"""What a Glue script tells about its data: which sources it reads, which columns it expects there, what it compares them with.

Everything is read from the syntax tree of the original script and of the local modules that it imports; nothing is executed. Columns
follow variables: `b = Filter.apply(frame=a, …)` makes what is asked of `b` a column of the source of `a`.
"""

import ast
import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from glue2lakehouse.tools.sandbox.script_columns import COLUMN_CALLS, Columns
from glue2lakehouse.tools.sandbox.script_constants import Constants, argument_of, called, has_keyword
from glue2lakehouse.tools.sandbox.script_notes import Notes, is_mapping_of_types
from glue2lakehouse.tools.sandbox.script_reads import read_of
from glue2lakehouse.tools.sandbox.script_sql import columns_of_sql
from glue2lakehouse.tools.sandbox.source_facts import Read, ScriptFacts

_NAMES_COLUMNS = {
    "select",
    "groupBy",
    "groupby",
    "orderBy",
    "sort",
    "dropDuplicates",
    "drop_duplicates",
    "partitionBy",
    "select_fields",
}
_MAKES_COLUMN = {"withColumn": 0, "withColumnRenamed": 1, "rename_field": 1, "alias": 0, "toDF": 0}
_TAKES_COLUMN = {"withColumnRenamed": 0, "rename_field": 0}
_SQL_TEXT = {"filter", "where", "expr", "selectExpr", "sql"}
_DEEPEST_CALL = 4
_RESOLVES = re.compile(r"(cast:.+|project:.+|make_cols|make_struct)$")


def script_facts(texts: Iterable[str], arguments: Mapping[str, str]) -> ScriptFacts:
    """Return the facts of a script and its local modules, with job arguments where paths and names depend on them."""
    trees = []
    for text in texts:
        try:
            trees.append(ast.parse(text))
        except (SyntaxError, ValueError):
            continue
    reader = _Reader(trees, arguments)
    for tree in reversed(trees):
        reader.walk(tree.body)
    return reader.facts()


class _Reader:
    """Walks statements in order, with what each variable holds."""

    def __init__(self, trees: Sequence[ast.Module], arguments: Mapping[str, str]) -> None:
        self.trees = trees
        self.inside: list[str] = []
        self.holds: dict[str, set[int]] = defaultdict(set)
        self.constants, self.notes = Constants(arguments), Notes()
        self.columns = Columns(self.constants, self.notes, self.holds)
        self.functions = {
            node.name: node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
        }  # fmt: skip

    def facts(self) -> ScriptFacts:
        lists = (
            self.constants.value(node) for tree in self.trees for node in ast.walk(tree) if isinstance(node, ast.List)
        )
        return self.notes.facts(
            [value for value in lists if is_mapping_of_types(value) and value not in self.columns.followed]
        )

    def walk(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
                self.walk(statement.body)
            elif isinstance(statement, (ast.If, ast.For, ast.With, ast.Try, ast.While)):
                for part in ("body", "orelse", "finalbody"):
                    self.walk(getattr(statement, part, []))
                for handler in getattr(statement, "handlers", []):
                    self.walk(handler.body)
            else:
                self._statement(statement)

    def _statement(self, statement: ast.stmt) -> None:
        value = getattr(statement, "value", None)
        if value is None:
            return
        sources = self._sources(value)
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    self.holds[target.id] |= sources
                    constant = self.constants.value(value)
                    if constant is not None:
                        self.constants.known[target.id] = constant
        for node in ast.walk(value):
            self._look(node, sources)
            if isinstance(node, ast.Tuple) and len(node.elts) == 2:
                column, action = (self.constants.value(item) for item in node.elts)
                if isinstance(column, str) and isinstance(action, str) and _RESOLVES.match(action):
                    self.notes.use(column, sources)
                    if action.startswith("cast:"):
                        self.notes.casts[column] = action.removeprefix("cast:")

    def _sources(self, value: ast.expr) -> set[int]:
        """Return the sources that an expression's value may come from; notes the reads in it."""
        found: set[int] = set()
        for node in ast.walk(value):
            if isinstance(node, ast.Name):
                found |= self.holds.get(node.id, set())
            elif isinstance(node, ast.Call):
                found |= self._read(node)
        return found

    def _read(self, call: ast.Call) -> set[int]:
        read = read_of(call, self.constants)
        if read is None:
            if called(call) == "sql":
                return self._tables_of_sql(call)
            return self._enter(call) if called(call) in self.functions else set()
        number = self.notes.number(read)
        predicate = self.constants.value(argument_of(call, ("push_down_predicate",), 99))
        if isinstance(predicate, str) and read.kind == "catalog":
            self.columns.sql(predicate, {number}, whole=False)
            keys = self.notes.reads[number].keys
            keys += [name for name in columns_of_sql(predicate) if name not in keys]
        return {number}

    def _enter(self, call: ast.Call) -> set[int]:
        """Walk a local function with the arguments of this call; return the sources of what it returns."""
        name = called(call)
        function = self.functions[name]
        if name in self.inside or len(self.inside) >= _DEEPEST_CALL:
            return set()
        names = [argument.arg for argument in function.args.args if argument.arg not in ("self", "cls")]
        given = dict(zip(names, call.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg in names}
        values = {name: self.constants.value(node) for name, node in given.items()}
        held = {name: self._sources(node) for name, node in given.items()}
        before = dict(self.constants.known)
        self.constants.known |= {name: value for name, value in values.items() if value is not None}
        for name, sources in held.items():
            self.holds[name] = sources
        self.inside.append(function.name)
        self.walk(function.body)
        found: set[int] = set()
        for node in ast.walk(function):
            if isinstance(node, ast.Return) and node.value is not None:
                found |= self._sources(node.value)
        self.inside.pop()
        self.constants.known = before
        return found

    def _tables_of_sql(self, call: ast.Call) -> set[int]:
        found: set[int] = set()
        text = self.constants.value(call.args[0]) if call.args else None
        if isinstance(text, str):
            for name in re.findall(r"\b(?:from|join)\s+([`\w.]+)", text, re.IGNORECASE):
                bare = name.replace("`", "").lower()
                found |= self.holds.get(f"view {bare}", set())
                if bare.count(".") == 1:
                    read = Read(kind="catalog", name=bare)
                    if read.name not in [other.name for other in self.notes.reads]:
                        self.notes.reads.append(read)
                    found.add([other.name for other in self.notes.reads].index(bare))
        return found

    def _look(self, node: ast.AST, sources: set[int]) -> None:
        """Note the columns, literals and keys in one node of a statement."""
        if isinstance(node, ast.Call):
            self._look_at_call(node, sources)
        elif isinstance(node, ast.Lambda):
            self.columns.function(node, [argument.arg for argument in node.args.args], sources)
        elif isinstance(node, ast.Compare):
            self.columns.comparison(node)
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and self.holds.get(node.value.id):
            column = self.constants.value(node.slice)
            if isinstance(column, str):
                self.notes.use(column, self.holds[node.value.id])
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            sources = self.holds.get(node.value.id, set())
            if sources and node.attr not in _frame_attributes() and not node.attr.startswith("_"):
                self.notes.use(node.attr, sources)

    def _look_at_call(self, call: ast.Call, sources: set[int]) -> None:
        name = called(call)
        if name in ("apply", "apply_mapping"):
            self.columns.mappings(call, sources)
        if name in COLUMN_CALLS and call.args:
            self.columns.named(call.args[0], sources)
        if name in _NAMES_COLUMNS:
            for argument in call.args:
                self.columns.named(argument, sources)
        if name in _MAKES_COLUMN and len(call.args) > _MAKES_COLUMN[name]:
            made = self.constants.value(call.args[_MAKES_COLUMN[name]])
            taken = self.constants.value(call.args[_TAKES_COLUMN[name]]) if name in _TAKES_COLUMN else None
            if isinstance(taken, str):
                self.notes.use(taken, sources)
                self.notes.renamed[str(made)] = taken
            if isinstance(made, str):
                self.notes.made.add(made)
        if name in _SQL_TEXT:
            for argument in call.args:
                text = self.constants.value(argument)
                if isinstance(text, str):
                    self.columns.sql(text, sources, whole=name == "sql")
        self._look_at_studio_query(call, sources)
        if name in ("forEachBatch", "foreachBatch"):
            self._look_at_batches(call, sources)
        if name in ("createOrReplaceTempView", "createTempView", "registerTempTable") and call.args:
            self.holds[f"view {str(self.constants.value(call.args[0])).lower()}"] |= sources
        if "Join" in ast.unparse(call.func) or name == "join":
            self._look_at_join(call, sources)
        for argument in [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "f")]:
            if isinstance(argument, ast.Name) and argument.id in self.functions:
                function = self.functions[argument.id]
                self.columns.function(function, [item.arg for item in function.args.args], sources)

    def _look_at_batches(self, call: ast.Call, sources: set[int]) -> None:
        """Walk the function that gets each batch of a stream: its first argument holds what the stream reads."""
        named = argument_of(call, ("batch_function", "func"), 0 if called(call) == "foreachBatch" else 1)
        function = self.functions.get(named.id) if isinstance(named, ast.Name) else None
        if function is not None and function.args.args and function.name not in self.inside:
            self.holds[function.args.args[0].arg] |= sources
            self.inside.append(function.name)
            self.walk(function.body)
            self.inside.pop()

    def _look_at_studio_query(self, call: ast.Call, sources: set[int]) -> None:
        """Look at the SQL node that Glue Studio generates: `sparkSqlQuery(context, query=…, mapping={"a": frame})`."""
        mapping, query = argument_of(call, ("mapping",), 2), self.constants.value(argument_of(call, ("query",), 1))
        if not isinstance(mapping, ast.Dict) or not isinstance(query, str):
            return
        for alias, frame in zip(mapping.keys, mapping.values, strict=True):
            self.holds[f"view {str(self.constants.value(alias)).lower()}"] |= self._sources(frame)
        self.columns.sql(query, sources, whole=True)

    def _look_at_join(self, call: ast.Call, sources: set[int]) -> None:
        if called(call) == "apply":
            frames = [argument_of(call, ("frame1",), 0), argument_of(call, ("frame2",), 1)]
            names = [self.constants.value(argument_of(call, (key,), at)) for key, at in (("keys1", 2), ("keys2", 3))]
        else:
            on = argument_of(call, ("on", "paths1"), 1 if len(call.args) < 3 else 0)
            if isinstance(on, ast.Compare):
                self.notes.keys.append(
                    [name for name in map(self.columns.column_name, [on.left, *on.comparators]) if name]
                )
                return
            owner = call.func.value if isinstance(call.func, ast.Attribute) else None
            frames = [owner, argument_of(call, ("frame2", "other"), 2 if len(call.args) > 2 else 0)]
            second = argument_of(call, ("paths2",), 1) if len(call.args) > 2 or has_keyword(call, "paths2") else on
            names = [self.constants.value(on), self.constants.value(second)]
        lists = [[name] if isinstance(name, str) else name for name in names]
        if not all(isinstance(item, list) for item in lists):
            return
        for frame, columns in zip(frames, lists, strict=True):
            side = self._sources(frame) if frame is not None else sources
            for column in columns:
                if isinstance(column, str):
                    self.notes.use(column, side)
        pairs = [[item for item in pair if isinstance(item, str)] for pair in zip(*lists, strict=False)]
        self.notes.keys += [list(dict.fromkeys(pair)) for pair in pairs]


@functools.cache
def _frame_attributes() -> frozenset[str]:
    """Return what a frame, a reader or a writer has by itself: any other attribute is a column."""
    from pyspark.sql import DataFrame, DataFrameReader, DataFrameWriter, SparkSession

    from glue2lakehouse.tools.glue_runtime.collection import DynamicFrameCollection
    from glue2lakehouse.tools.glue_runtime.frame import DynamicFrame

    kinds: tuple[type, ...] = (
        DataFrame,
        DataFrameReader,
        DataFrameWriter,
        SparkSession,
        DynamicFrame,
        DynamicFrameCollection,
    )
    more = {*dir(dict), *dir(list), *dir(str), "name", "glue_ctx"}
    return frozenset(more.union(*map(dir, kinds)))
