"""What a Glue script tells about its data: which sources it reads, which columns it expects there, what it compares them with.

Everything is read from the syntax tree of the original script and of the local modules that it imports; nothing is executed. Columns
follow variables: `b = Filter.apply(frame=a, …)` makes what is asked of `b` a column of the source of `a`.
"""

import ast
import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, Field

SourceKind = Literal["catalog", "path", "jdbc", "stream"]
_COLUMN_CALLS = {"col", "column"}
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
_READER_FORMATS = {"csv", "json", "parquet", "orc", "text", "avro"}
_DEEPEST_CALL = 4
LOOKS_LIKE_NUMBER = re.compile(
    r"(^|_)(id|key|num|number|no|count|qty|quantity|year|month|age|zip|code)$|[a-z]Id$|[a-z]ID$", re.IGNORECASE
)
_TYPES = (
    "string|int|integer|long|bigint|short|smallint|byte|tinyint|float|double|boolean|date|timestamp|decimal|binary|"
    "array|struct|map|choice|null|char|varchar"
)
_NOT_COLUMNS = {"write", "read", "rdd", "columns", "schema", "dtypes", "sparkContext", "spark_session", "na", "stat"}


DEFAULT_COLUMNS = {"id": "bigint", "name": "string", "amount": "double", "day": "string"}
"""The columns of a source of which nothing is told."""


class Read(BaseModel):
    """One source that the script reads."""

    kind: SourceKind
    name: str = Field(description="database.table, s3://… path, connection/table, or stream name")
    format: str = ""
    options: dict[str, str] = Field(default_factory=dict)
    columns: dict[str, str] = Field(default_factory=dict, description="column (dots for structs) -> Glue type, if told")
    keys: list[str] = Field(default_factory=list, description="columns that a catalog table is partitioned by")


class ScriptFacts(BaseModel):
    """Everything that making data needs."""

    arguments: list[str] = Field(default_factory=list, description="job arguments that the script requires")
    reads: list[Read] = Field(default_factory=list)
    literals: dict[str, list[Any]] = Field(default_factory=dict, description="column -> values it is compared with")
    keys: list[list[str]] = Field(default_factory=list, description="columns that are joined with each other")
    domains: dict[str, str] = Field(
        default_factory=dict, description="column -> the column whose values it shares, because they are joined"
    )
    casts: dict[str, str] = Field(default_factory=dict, description="column -> Glue type that the script turns it into")
    digits: bool = Field(default=False, description="clean texts are digits: the script turns them into numbers")
    calm: bool = Field(default=False, description="only clean rows: the script fails on odd values")


def joined_domains(keys: Iterable[Sequence[str]]) -> dict[str, str]:
    """Return for each column that is joined with another one the one of them that looks most like a number, else the first."""
    groups: list[set[str]] = []
    for pair in keys:
        names = set(pair)
        touched = [group for group in groups if group & names]
        groups = [group for group in groups if not group & names] + [names.union(*touched)]
    domains: dict[str, str] = {}
    for group in groups:
        ordered = sorted(group, key=lambda name: (not LOOKS_LIKE_NUMBER.search(name), name))
        domains |= dict.fromkeys(group, ordered[0])
    return domains


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


def required_arguments(texts: Iterable[str]) -> dict[str, str]:
    """Return the job arguments that `getResolvedOptions` asks for -> how they are used (`bucket` or empty)."""
    names: dict[str, str] = {}
    for text in texts:
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, (ast.List, ast.Tuple)):
                words = [
                    item.value for item in node.elts if isinstance(item, ast.Constant) and isinstance(item.value, str)
                ]
                if "JOB_NAME" in words:
                    names |= {word: names.get(word, "") for word in words}
            if isinstance(node, ast.Call) and _called(node) == "getResolvedOptions" and len(node.args) > 1:
                for item in ast.walk(node.args[1]):
                    if isinstance(item, ast.Constant) and isinstance(item.value, str):
                        names.setdefault(item.value, "")
        for match in re.finditer(
            r"s3[an]?://\{\s*\w+\[['\"](\w+)['\"]\]\s*\}|s3[an]?://['\"]\s*\+\s*\w+\[['\"](\w+)['\"]\]", text
        ):
            name = match[1] or match[2]
            if name in names:
                names[name] = "bucket"
    return names


def run_property_names(text: str) -> list[str]:
    """Return the run properties of its workflow that a script looks up."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return []
    holders = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and re.search("RunProperties|workflow_run_properties", ast.unparse(node.value))
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    names = [
        node.slice.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
        and (ast.unparse(node.value) in holders or "RunProperties" in ast.unparse(node.value))
    ]
    return [name for name in dict.fromkeys(names) if name != "RunProperties"]


def _called(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


class _Reader:
    """Walks statements in order, with what each variable holds."""

    def __init__(self, trees: Sequence[ast.Module], arguments: Mapping[str, str]) -> None:
        self.arguments = arguments
        self.trees = trees
        self.reads: list[Read] = []
        self.inside: list[str] = []
        self.casts: dict[str, str] = {}
        self.holds: dict[str, set[int]] = defaultdict(set)
        self.constants: dict[str, Any] = {}
        self.renamed: dict[str, str] = {}
        self.made: set[str] = set()
        self.followed: list[Any] = []
        self.literals: dict[str, list[Any]] = defaultdict(list)
        self.keys: list[list[str]] = []
        self.uses: list[tuple[str, frozenset[int], str]] = []
        self.functions = {
            node.name: node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
        }  # fmt: skip

    def facts(self) -> ScriptFacts:
        # What belongs to one source first: a column of a join's result is then no new one for all that went into it.
        for column, sources, kind in sorted(self.uses, key=lambda use: len(use[1])):
            if column in self.made or (len(sources) > 1 and any(column in self.reads[at].columns for at in sources)):
                continue
            # In two of the sources of a join it would clash; a union that lacks it in one is told by its failure.
            for number in sorted(sources)[-1:]:
                columns = self.reads[number].columns
                if not any(name.startswith(f"{column}.") for name in columns):
                    columns.setdefault(column, kind)
        self._loose_mappings()
        literals = {name: list(dict.fromkeys(values)) for name, values in self.literals.items()}
        for target, source in self.renamed.items():
            if target in literals:
                literals[source] = [*literals.get(source, []), *literals[target]]
        domains = joined_domains(self.keys)
        domains |= {source: domains[target] for target, source in self.renamed.items() if target in domains}
        for column, domain in domains.items():
            if domain in literals or column in literals:
                shared = [*literals.get(domain, []), *literals.get(column, [])]
                literals[domain] = literals[column] = list(dict.fromkeys(shared))
        return ScriptFacts(reads=self.reads, literals=literals, keys=self.keys, domains=domains, casts=self.casts)

    def _loose_mappings(self) -> None:
        """Give sources of which nothing is told the columns of mappings that reach `apply_mapping` by ways not followed here."""
        unknown = [read for read in self.reads if not any(read.columns.values()) and read.kind != "jdbc"]
        for tree in self.trees if unknown else ():
            for node in ast.walk(tree):
                value = self.value(node) if isinstance(node, ast.List) else None
                if value in self.followed:
                    continue
                if isinstance(value, list) and value and all(map(_is_mapping_of_types, value)):
                    for source, kind, _, goal in value:
                        self.casts.setdefault(source, goal)
                        for read in unknown:
                            read.columns.setdefault(source, kind)

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
                    constant = self.value(value)
                    if constant is not None:
                        self.constants[target.id] = constant
        for node in ast.walk(value):
            self._look(node, sources)
            if isinstance(node, ast.Tuple) and len(node.elts) == 2:
                column, action = (self.value(item) for item in node.elts)
                if isinstance(column, str) and isinstance(action, str) and action.startswith("cast:"):
                    self.casts[column] = action.removeprefix("cast:")

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
        read = self._as_read(call)
        if read is None:
            if _called(call) == "sql":
                return self._tables_of_sql(call)
            return self._enter(call) if _called(call) in self.functions else set()
        for number, other in enumerate(self.reads):
            if (other.kind, other.name) == (read.kind, read.name):
                return {number}
        self.reads.append(read)
        return {len(self.reads) - 1}

    def _enter(self, call: ast.Call) -> set[int]:
        """Walk a local function with the arguments of this call; return the sources of what it returns."""
        name = _called(call)
        function = self.functions[name]
        if name in self.inside or len(self.inside) >= _DEEPEST_CALL:
            return set()
        names = [argument.arg for argument in function.args.args if argument.arg not in ("self", "cls")]
        given = dict(zip(names, call.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg in names}
        values = {name: self.value(node) for name, node in given.items()}
        held = {name: self._sources(node) for name, node in given.items()}
        before = dict(self.constants)
        self.constants |= {name: value for name, value in values.items() if value is not None}
        for name, sources in held.items():
            self.holds[name] = sources
        self.inside.append(function.name)
        self.walk(function.body)
        found: set[int] = set()
        for node in ast.walk(function):
            if isinstance(node, ast.Return) and node.value is not None:
                found |= self._sources(node.value)
        self.inside.pop()
        self.constants = before
        return found

    def _as_read(self, call: ast.Call) -> Read | None:
        name, text = _called(call), ast.unparse(call.func)
        if "create_" in text and "from_catalog" in name:
            database = self._text(call, ("database", "name_space"), 0)
            table = self._text(call, ("table_name",), 1)
            starts = re.search(r"startingPosition|startingOffsets", ast.unparse(call)) if "data_frame" in text else None
            form = "stream" if starts else ""
            return Read(kind="catalog", name=f"{database}.{table}".lower(), format=form) if database and table else None
        if "create_" in text and "from_options" in name:
            return self._from_options(call)
        if name in ("table",) and call.args and self.value(call.args[0]) and not text.startswith("self"):
            table = str(self.value(call.args[0]))
            return Read(kind="catalog", name=table.lower()) if "." in table else None
        if ".read" in text and name in {*_READER_FORMATS, "load"} and call.args:
            path = self.value(call.args[0])
            first = path[0] if isinstance(path, list) and path else path
            chain = re.search(r"\.format\(['\"](\w+)['\"]\)", text)
            kind = name if name in _READER_FORMATS else chain[1] if chain else "parquet"
            header = re.search(
                r"header['\"]?,\s*(True|['\"]true['\"])|header=(True|['\"]true['\"])", ast.unparse(call), re.IGNORECASE
            )
            options = {"withHeader": "true"} if header else {}
            return Read(kind="path", name=str(first), format=kind, options=options) if first else None
        return None

    def _from_options(self, call: ast.Call) -> Read | None:
        kind = str(self._text(call, ("connection_type",), 0) or "s3").lower()
        options = self.value(_argument(call, ("connection_options",), 1)) or {}
        options = options if isinstance(options, dict) else {}
        formats = self.value(_argument(call, ("format_options",), 3))
        given = {str(key): str(item).lower() for key, item in formats.items()} if isinstance(formats, dict) else {}
        if kind in ("kinesis", "kafka"):
            named = (options.get(key) for key in ("streamName", "streamARN", "topicName", "subscribe", "topic"))
            stream = next((str(value) for value in named if value), "")
            return Read(kind="stream", name=stream, format="json") if stream else None
        if kind in ("s3", "file"):
            paths = options.get("paths") or options.get("path")
            first = paths[0] if isinstance(paths, list) and paths else paths
            format = self._text(call, ("format",), 2) or "parquet"
            return Read(kind="path", name=str(first), format=str(format).lower(), options=given) if first else None
        table = options.get("dbtable") or options.get("collection") or options.get("dynamodb.input.tableName")
        where = options.get("connectionName") or options.get("database") or options.get("url") or kind
        return Read(kind="jdbc", name=f"{where}|{table}") if table and "(" not in str(table) else None

    def _tables_of_sql(self, call: ast.Call) -> set[int]:
        found: set[int] = set()
        text = self.value(call.args[0]) if call.args else None
        if isinstance(text, str):
            for name in re.findall(r"\b(?:from|join)\s+([`\w.]+)", text, re.IGNORECASE):
                bare = name.replace("`", "").lower()
                found |= self.holds.get(f"view {bare}", set())
                if bare.count(".") == 1:
                    read = Read(kind="catalog", name=bare)
                    if read.name not in [other.name for other in self.reads]:
                        self.reads.append(read)
                    found.add([other.name for other in self.reads].index(bare))
        return found

    def _text(self, call: ast.Call, names: tuple[str, ...], position: int) -> str | None:
        found = self.value(_argument(call, names, position))
        return found if isinstance(found, str) else None

    def _look(self, node: ast.AST, sources: set[int]) -> None:
        """Note the columns, literals and keys in one node of a statement."""
        if isinstance(node, ast.Call):
            self._look_at_call(node, sources)
        elif isinstance(node, ast.Lambda):
            self._look_at_function(node, [argument.arg for argument in node.args.args], sources)
        elif isinstance(node, ast.Compare):
            self._look_at_comparison(node)
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and self.holds.get(node.value.id):
            column = self.value(node.slice)
            if isinstance(column, str):
                self._use(column, self.holds[node.value.id])
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            sources = self.holds.get(node.value.id, set())
            if sources and node.attr not in _frame_attributes() and not node.attr.startswith("_"):
                self._use(node.attr, sources)

    def _use(self, column: str, sources: Iterable[int], kind: str = "") -> None:
        column = column.strip("`")
        if column and column != "*" and re.fullmatch(r"[\w .#/-]+", column):
            self.uses.append((column, frozenset(sources), kind))

    def _look_at_call(self, call: ast.Call, sources: set[int]) -> None:
        name = _called(call)
        if name in ("apply", "apply_mapping"):
            self._mappings(call, sources)
        if name in _COLUMN_CALLS and call.args:
            self._column_argument(call.args[0], sources)
        if name in _NAMES_COLUMNS:
            for argument in call.args:
                self._column_argument(argument, sources)
        if name in _MAKES_COLUMN and len(call.args) > _MAKES_COLUMN[name]:
            made = self.value(call.args[_MAKES_COLUMN[name]])
            taken = self.value(call.args[_TAKES_COLUMN[name]]) if name in _TAKES_COLUMN else None
            if isinstance(taken, str):
                self._use(taken, sources)
                self.renamed[str(made)] = taken
            if isinstance(made, str):
                self.made.add(made)
        if name in _SQL_TEXT:
            for argument in call.args:
                text = self.value(argument)
                if isinstance(text, str):
                    self._look_at_sql(text, sources, whole=name == "sql")
        self._look_at_studio_query(call, sources)
        if name in ("forEachBatch", "foreachBatch"):
            self._look_at_batches(call, sources)
        if name in ("createOrReplaceTempView", "createTempView", "registerTempTable") and call.args:
            self.holds[f"view {str(self.value(call.args[0])).lower()}"] |= sources
        if "Join" in ast.unparse(call.func) or name == "join":
            self._look_at_join(call, sources)
        for argument in [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "f")]:
            if isinstance(argument, ast.Name) and argument.id in self.functions:
                function = self.functions[argument.id]
                self._look_at_function(function, [item.arg for item in function.args.args], sources)

    def _look_at_batches(self, call: ast.Call, sources: set[int]) -> None:
        """Walk the function that gets each batch of a stream: its first argument holds what the stream reads."""
        named = _argument(call, ("batch_function", "func"), 0 if _called(call) == "foreachBatch" else 1)
        function = self.functions.get(named.id) if isinstance(named, ast.Name) else None
        if function is not None and function.args.args and function.name not in self.inside:
            self.holds[function.args.args[0].arg] |= sources
            self.inside.append(function.name)
            self.walk(function.body)
            self.inside.pop()

    def _look_at_studio_query(self, call: ast.Call, sources: set[int]) -> None:
        """Look at the SQL node that Glue Studio generates: `sparkSqlQuery(context, query=…, mapping={"a": frame})`."""
        mapping, query = _argument(call, ("mapping",), 2), self.value(_argument(call, ("query",), 1))
        if not isinstance(mapping, ast.Dict) or not isinstance(query, str):
            return
        for alias, frame in zip(mapping.keys, mapping.values, strict=True):
            self.holds[f"view {str(self.value(alias)).lower()}"] |= self._sources(frame)
        self._look_at_sql(query, sources, whole=True)

    def _column_argument(self, argument: ast.expr, sources: set[int]) -> None:
        value = self.value(argument)
        for column in value if isinstance(value, list) else [value]:
            if isinstance(column, str):
                self._use(column, sources)

    def _mappings(self, call: ast.Call, sources: set[int]) -> None:
        value = next(
            (self.value(item) for item in [_argument(call, ("mappings",), 1), *call.args] if self._is_mapping(item)),
            None,
        )
        if value and sources:
            self.followed.append(value)
        for item in value or []:
            source, target = str(item[0]), str(item[-2] if len(item) == 4 else item[-1])
            self._use(source, sources, str(item[1]) if len(item) >= 3 else "")
            if len(item) == 4:
                self.casts[source] = str(item[3])
            if source != target:
                self.made.add(target)
                self.renamed[target] = source

    def _is_mapping(self, node: ast.expr | None) -> bool:
        value = self.value(node)
        return (
            isinstance(value, list)
            and bool(value)
            and all(isinstance(item, list) and 2 <= len(item) <= 4 for item in value)
        )

    def _look_at_join(self, call: ast.Call, sources: set[int]) -> None:
        if _called(call) == "apply":
            frames = [_argument(call, ("frame1",), 0), _argument(call, ("frame2",), 1)]
            names = [self.value(_argument(call, (key,), at)) for key, at in (("keys1", 2), ("keys2", 3))]
        else:
            on = _argument(call, ("on", "paths1"), 1 if len(call.args) < 3 else 0)
            if isinstance(on, ast.Compare):
                self.keys.append([name for name in map(self._column_name, [on.left, *on.comparators]) if name])
                return
            owner = call.func.value if isinstance(call.func, ast.Attribute) else None
            frames = [owner, _argument(call, ("frame2", "other"), 2 if len(call.args) > 2 else 0)]
            second = _argument(call, ("paths2",), 1) if len(call.args) > 2 or _has_keyword(call, "paths2") else on
            names = [self.value(on), self.value(second)]
        lists = [[name] if isinstance(name, str) else name for name in names]
        if not all(isinstance(item, list) for item in lists):
            return
        for frame, columns in zip(frames, lists, strict=True):
            side = self._sources(frame) if frame is not None else sources
            for column in columns:
                if isinstance(column, str):
                    self._use(column, side)
        pairs = [[item for item in pair if isinstance(item, str)] for pair in zip(*lists, strict=False)]
        self.keys += [list(dict.fromkeys(pair)) for pair in pairs]

    def _look_at_function(
        self, function: ast.Lambda | ast.FunctionDef, parameters: list[str], sources: set[int]
    ) -> None:
        written: set[str] = set()
        for node in ast.walk(function):
            if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in parameters:
                column = self.value(node.slice)
                if isinstance(column, str):
                    if isinstance(node.ctx, ast.Store):
                        written.add(column)
                    else:
                        self._use(column, sources)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in parameters:
                if (
                    node.attr not in ("get", "keys", "items", "values", "pop", "update", "copy")
                    and node.attr not in _NOT_COLUMNS
                ):
                    self._use(node.attr, sources)
            elif isinstance(node, ast.Compare):
                self._look_at_comparison(node)
        self.made |= {name for name in written if name not in {column for column, _, _ in self.uses}}

    def _look_at_comparison(self, node: ast.Compare) -> None:
        sides = [node.left, *node.comparators]
        columns = [name for name in map(self._column_name, sides) if name]
        for side in sides:
            value = self.value(side)
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, (str, int, float)) and item not in columns:
                    for column in columns:
                        self.literals[column].append(item)

    def _column_name(self, node: ast.expr) -> str:
        """Return the column that an operand of a comparison stands for, empty when it is none."""
        while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
            node = node.func.value
        if (
            isinstance(node, ast.Call)
            and (_called(node) in {*_COLUMN_CALLS, "int", "float", "str", "get", "lower", "trim"})
            and node.args
        ):
            inner = node.args[0]
            value = self.value(inner)
            return value if isinstance(value, str) else self._column_name(inner)
        if isinstance(node, ast.Subscript):
            value = self.value(node.slice)
            return value if isinstance(value, str) and self.value(node) is None else ""
        return node.attr if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) else ""

    def _look_at_sql(self, text: str, sources: set[int], *, whole: bool) -> None:
        import sqlglot
        from sqlglot import exp
        from sqlglot.errors import SqlglotError

        try:
            tree: Any = (
                sqlglot.parse_one(text, dialect="spark")
                if whole
                else sqlglot.parse_one(f"SELECT {text}", dialect="spark")
            )
        except SqlglotError:
            return
        aliases = [alias for alias in tree.find_all(exp.Alias) if alias.alias not in _columns_in(alias)]
        self.made |= {alias.alias for alias in aliases}
        tables = {table.alias_or_name.lower(): self._held_by(table) for table in tree.find_all(exp.Table)}
        every: set[int] = set().union(*tables.values())
        for column in tree.find_all(exp.Column):
            own = tables.get(column.table.lower()) if column.table else every
            self._use(column.name, own or sources)
        for comparison in tree.find_all(exp.Predicate, exp.In):
            columns = [column.name for column in comparison.find_all(exp.Column)]
            for literal in comparison.find_all(exp.Literal):
                value: Any = literal.this
                if not literal.is_string:
                    value = float(value) if "." in value or "e" in value.lower() else int(value)
                for column in columns[:1]:
                    self.literals[column].append(value)
            if isinstance(comparison, exp.EQ) and len(columns) > 1:
                self.keys.append(columns)

    def _held_by(self, table: Any) -> set[int]:
        """Return the sources behind a table of a query: a view's, or the catalog table's itself."""
        full = f"{table.db}.{table.name}".lower()
        named = {at for at, read in enumerate(self.reads) if read.kind == "catalog" and read.name == full}
        return self.holds.get(f"view {table.name.lower()}", set()) | named

    def value(self, node: ast.expr | None) -> Any:
        """Return the constant that an expression amounts to, with job arguments filled in; None when it is not one."""
        if node is None:
            return None
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return self.constants.get(node.id)
        if isinstance(node, (ast.List, ast.Tuple)):
            return [self.value(item) for item in node.elts]
        if isinstance(node, ast.Dict):
            return {self.value(key): self.value(item) for key, item in zip(node.keys, node.values, strict=True) if key}
        return self._composed(node)

    def _composed(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Subscript):
            key = self.value(node.slice)
            held = self.constants.get(node.value.id) if isinstance(node.value, ast.Name) else None
            if isinstance(held, dict):
                return held.get(key)
            holder = ast.unparse(node.value).lower()
            told = any(word in holder for word in ("arg", "prop", "param", "option"))
            return self.arguments.get(key) if isinstance(key, str) and told else None
        if isinstance(node, ast.JoinedStr):
            parts = [
                self.value(item.value) if isinstance(item, ast.FormattedValue) else self.value(item)
                for item in node.values
            ]
            return "".join(map(str, parts)) if all(part is not None for part in parts) else None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self.value(node.left), self.value(node.right)
            return left + right if isinstance(left, str) and isinstance(right, str) else None
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            number = self.value(node.operand)
            return -number if isinstance(number, (int, float)) else None
        if isinstance(node, ast.Call) and _called(node) == "format" and isinstance(node.func, ast.Attribute):
            return self._formatted(node, self.value(node.func.value))
        return None

    def _formatted(self, call: ast.Call, pattern: Any) -> str | None:
        values = [self.value(argument) for argument in call.args]
        named = {keyword.arg: self.value(keyword.value) for keyword in call.keywords if keyword.arg}
        if not isinstance(pattern, str) or None in values or None in named.values():
            return None
        try:
            return pattern.format(*values, **named)
        except (IndexError, KeyError, ValueError):
            return None


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


def _columns_in(tree: Any) -> set[str]:
    from sqlglot import exp

    return {column.name for column in tree.find_all(exp.Column)}


def _is_mapping_of_types(item: Any) -> bool:
    if not (isinstance(item, list) and len(item) == 4 and all(isinstance(part, str) for part in item)):
        return False
    return all(re.match(rf"({_TYPES})\b", item[at].strip(), re.IGNORECASE) for at in (1, 3))


def _argument(call: ast.Call, names: tuple[str, ...], position: int) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg in names:
            return keyword.value
    return call.args[position] if len(call.args) > position else None


def _has_keyword(call: ast.Call, name: str) -> bool:
    return any(keyword.arg == name for keyword in call.keywords)
