"""Name tables by three levels: `spark.sql("select * from sales.orders")` -> `... from main.sales.orders`.

Databricks: Unity Catalog object names. A Glue database is a schema of the project's catalog; temporary views, common table
expressions and files read by path keep their names. Only the names change in the text, everything else stays as it is.
"""

import ast
from collections.abc import Iterable
from dataclasses import replace

from glue2lakehouse.domain import Certainty, Finding, Severity
from glue2lakehouse.tools.rewrite import managed
from glue2lakehouse.tools.rewrite.code import Code
from glue2lakehouse.tools.rewrite.compute import without_context
from glue2lakehouse.tools.rewrite.computed_names import catalog_of, glue_catalogs, levels_of, styled, value_of_hole
from glue2lakehouse.tools.rewrite.hive_ddl import convert_text, is_hive_statement, is_hive_table, lists_folders
from glue2lakehouse.tools.rewrite.iceberg_sql import iceberg_only
from glue2lakehouse.tools.rewrite.kinds.stubs import CATALOG, SQL_READER, SQL_WRITER
from glue2lakehouse.tools.rewrite.kinds.values import DATA_FRAME, GLUE_CONTEXT, SPARK_SESSION
from glue2lakehouse.tools.rewrite.literals import HOLE, Style, Text, read_literal
from glue2lakehouse.tools.rewrite.mapped_names import by_mapping, in_current_schema, renamed
from glue2lakehouse.tools.rewrite.names import quote_name, table_code, target_name
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, code
from glue2lakehouse.tools.rewrite.sql import (
    FILE_FORMATS,
    GLUE_CATALOGS,
    Name,
    Statement,
    name_in,
    qualified,
    read_sql,
    rename,
)
from glue2lakehouse.tools.rewrite.sql_paths import paths_in_sql
from glue2lakehouse.tools.rewrite.views import views_of

_SESSIONS = (SPARK_SESSION, GLUE_CONTEXT, "pyspark.sql.SQLContext")
_COMPUTED = "the Glue database that is computed has a schema of the same name"
_LOADED = "the rows of a table that Hive managed are loaded into the managed Delta table"
_BEFORE = (
    "from awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
    'spark.table("sales.orders").createOrReplaceTempView("orders")\n'
)
_AFTER = (
    "from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n"
    'spark.table("main.sales.orders").createOrReplaceTempView("orders")\n'
)


class SqlNames(Rule):
    """Names in the SQL text of `spark.sql`: written out, an f-string, or a variable that holds one."""

    name = "sql-names"
    glue = tuple(f"{owner}.sql" for owner in _SESSIONS)
    example = Example(
        before=_BEFORE + "spark.sql(f\"select * from orders join sales.items using (id) where day = '{1 + 1}'\")\n",
        after=_AFTER + "spark.sql(f\"select * from orders join main.sales.items using (id) where day = '{1 + 1}'\")\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """SQL that is put together in another way stays, with a warning."""
        call.drop_everything()
        if not views_of(call.place.world).uses_glue:
            return ()
        given = _first(call, "sqlQuery")
        where = _literal_of(call, given)
        if given is None or where is None:
            if (answer := _through_parameter(call, given)) is not None:
                return answer
            return _once(call, "sql", _unknown_sql(call)) if not _told(call, given) else ()
        literal, text = where
        if is_hive_statement(text.text):
            return _hive_statement(call, literal, text)
        statement = read_sql(text.text)
        if HOLE in text.text and not statement.names and set(text.text.strip()) <= {HOLE}:
            return _once(call, "sql", _unknown_sql(call))
        return _answer(call, literal, text, statement)


def _hive_statement(call: GlueCall, literal: ast.expr, text: Text) -> Answer:
    """A Hive table, a database with a folder or a change of partitions becomes what it becomes in a `.sql` file."""
    above = call.place.parents.get(literal)
    style: Style = "format" if isinstance(above, ast.Attribute) else "percent" if isinstance(above, ast.BinOp) else ""
    changes, unsettled = paths_in_sql(call, text, filled=isinstance(literal, ast.JoinedStr))
    looked_up = {start: new for start, _, new in changes if text.text[start] == HOLE}
    made = convert_text(literal, text, style, call.settings, looked_up)
    told = [found for found in unsettled if HOLE in text.text]
    told += [call.place.finding(call.node, each.severity, each.message, each.action) for each in made.findings]
    if made.literal:
        table = is_hive_table(text.text)
        shown = "CREATE TABLE is written as Unity Catalog's" if table else "DDL is written for Unity Catalog"
        told.append(call.info(f"Hive's {shown}, as in a .sql file"))
        return Rewrite(
            others=((literal, Code((made.literal,))),),
            certainty=Certainty.CONDITIONAL if table else Certainty.EXACT,
            condition=_LOADED if table else "",
            findings=tuple(told),
        )
    if not any(finding.severity is Severity.BLOCKER for finding in told):
        what = "CREATE TABLE" if is_hive_table(text.text) else "DDL"
        message = f"Unity Catalog refuses Hive's {what}, and this text cannot be converted as it is put together"
        told.append(call.blocker(message, "write it for Unity Catalog"))
    return told


class TableNames(Rule):
    """Names given to readers, writers and the catalog."""

    name = "table-names"
    glue = (
        *(f"{owner}.table" for owner in _SESSIONS),
        f"{SQL_READER}.table",
        f"{SQL_WRITER}.saveAsTable",
        f"{SQL_WRITER}.insertInto",
        f"{DATA_FRAME}.writeTo",
        "delta.tables.DeltaTable.forName",
        *(f"{CATALOG}.{name}" for name in (
            "tableExists", "refreshTable", "cacheTable", "uncacheTable", "isCached", "recoverPartitions", "listColumns",
            "getTable", "listTables", "databaseExists", "getDatabase", "setCurrentDatabase", "createTable", "createExternalTable")),
    )  # fmt: skip
    example = Example(
        before=_BEFORE + 'spark.read.table("orders").write.mode("append").saveAsTable("sales.copy")\n',
        after=_AFTER + 'spark.read.table("orders").write.mode("append").saveAsTable("main.sales.copy")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """A name that is computed as a whole stays, with a warning."""
        call.drop_everything()
        if not views_of(call.place.world).uses_glue:
            return ()
        given = call.node.args[1] if call.leaf == "forName" and len(call.node.args) > 1 else _first(call, "tableName")
        if call.leaf == "listTables" and given is None:
            return ()
        if call.leaf in ("tableExists", "listColumns") and (database := _second(call)) is not None:
            return _of_database(call, given, database)
        is_schema = call.leaf in ("listTables", "databaseExists", "getDatabase", "setCurrentDatabase")
        if call.settings.renames and given is not None and call.leaf != "setCurrentDatabase":
            answer = by_mapping(call, given, is_schema=is_schema)
            if answer is not None:
                return _managed(call, answer)
        where = _literal_of(call, given, whole=True)
        if given is None or where is None:
            answer = _joined(call, given) or _variable(call, given)
            return _once(call, "table", _unknown_name(call)) if answer is None else answer
        literal, text = where
        name = name_in(text.text)
        if name is None or set(text.text) == {HOLE}:
            return _once(call, "table", _unknown_name(call))
        statement = Statement([Name(name.parts, is_schema)])
        if call.leaf == "setCurrentDatabase":
            return _current(call, text, statement.names[0])
        answer = _managed(call, _answer(call, literal, text, statement))
        if not isinstance(given, ast.Name) or not isinstance(answer, Rewrite) or _names_tables_only(call, given):
            return answer
        # The variable is read elsewhere too, as text: the name changes here.
        return replace(answer, others=tuple((given if old is literal else old, new) for old, new in answer.others))


def _names_tables_only(call: GlueCall, given: ast.expr) -> bool:
    """Whether a variable is read nowhere but where a table is named."""
    reads = [node for node in call.place.nodes.of(ast.Name) if isinstance(node.ctx, ast.Load)]
    callees = call.place.world.callees
    return isinstance(given, ast.Name) and all(
        isinstance(parent := call.place.parents[node], ast.Call)
        and node in parent.args
        and callees.get(parent) in TableNames.glue
        for node in reads
        if node.id == given.id
    )


def _managed(call: GlueCall, answer: Answer) -> Answer:
    """Ask for Delta where a table is saved as files without a path."""
    form = managed.format_of_writer(call) if call.leaf == "saveAsTable" else None
    if form is None:
        return answer
    told = managed.told(call, str(form.value))
    if isinstance(answer, Rewrite):
        return replace(answer, others=(*answer.others, managed.as_delta(form)), findings=(*answer.findings, told))
    findings = (answer,) if isinstance(answer, Finding) else tuple(answer)
    return Rewrite(others=(managed.as_delta(form),), findings=(*findings, told))


def _first(call: GlueCall, keyword: str) -> ast.expr | None:
    if call.node.args:
        return call.node.args[0]
    given = {k.arg: k.value for k in call.node.keywords}
    return next((given[name] for name in (keyword, "name", "query", "dbName") if name in given), None)


def _through_parameter(call: GlueCall, given: ast.expr | None) -> Answer | None:
    """Answer for SQL that the enclosing function is given, where every call of it in the module writes the text out.

    Studio's `sparkSqlQuery(glueContext, query, mapping, ...)` is such a function; the keys of `mapping` are its views.
    """
    function = _function_of(call, given)
    if function is None or not isinstance(given, ast.Name):
        return None
    used = [node for node in call.place.nodes.of(ast.Name) if node.id == function.name]
    calls = [
        parent for node in used if isinstance(parent := call.place.parents[node], ast.Call) and parent.func is node
    ]
    if not calls or len(calls) != len(used):
        return None
    names = [argument.arg for argument in function.args.args]
    found: list[tuple[ast.expr, Text]] = []
    for node in calls:
        given_names = dict(zip(names, node.args, strict=False)) | {k.arg: k.value for k in node.keywords if k.arg}
        where = _literal_of(call, given_names.get(given.id), user=function.name)
        if where is None or any(isinstance(argument, ast.Starred) for argument in node.args):
            return None
        found.append(where)
        views_of(call.place.world).names.update(_keys(given_names.values()))
    return _all_of(_answer(call, literal, text, read_sql(text.text)) for literal, text in dict(found).items())


def _all_of(answers: Iterable[Answer]) -> Answer:
    """Return one answer for several texts: all their edits, all their findings."""
    whole = Rewrite()
    for answer in answers:
        if isinstance(answer, Rewrite):
            certainty = max(whole.certainty, answer.certainty, key=list(Certainty).index)
            whole = replace(whole, others=(*whole.others, *answer.others), certainty=certainty,
                            condition=answer.condition or whole.condition)  # fmt: skip
            answer = answer.findings
        whole = replace(whole, findings=(*whole.findings, *([answer] if isinstance(answer, Finding) else answer)))
    return whole if whole.others else whole.findings


def _function_of(call: GlueCall, given: ast.expr | None) -> ast.FunctionDef | None:
    """Return the function of the module's top level whose parameter a name is and stays."""
    node: ast.AST | None = given
    while node is not None and not isinstance(node, ast.FunctionDef):
        node = call.place.parents.get(node)
    if not isinstance(given, ast.Name) or node is None or not isinstance(call.place.parents.get(node), ast.Module):
        return None
    bound = [
        item
        for item in ast.walk(node)
        if isinstance(item, ast.Name) and item.id == given.id and isinstance(item.ctx, ast.Store)
    ]
    return node if not bound and given.id in [argument.arg for argument in node.args.args] else None


def _keys(arguments: Iterable[ast.expr]) -> set[str]:
    """Return the texts that are keys of the dicts among the arguments, in lower case."""
    return {
        key.value.lower()
        for argument in arguments
        if isinstance(argument, ast.Dict)
        for key in argument.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def _literal_of(
    call: GlueCall, given: ast.expr | None, whole: bool = False, user: str = ""
) -> tuple[ast.expr, Text] | None:
    """Return the literal that an argument is, or that its variable holds, with its text; `user` may take it as well."""
    if given is None:
        return None
    literal = call.value_of(given)
    if literal is None or (literal is not given and not whole and not _only_sql(call, given, user)):
        return None
    shown, style = styled(literal)
    plain = isinstance(shown, ast.Constant) and isinstance(shown.value, str)
    if not plain and not (isinstance(shown, ast.JoinedStr) and not _has_glue(call, shown)):
        return None
    if whole and literal is not given and (style or not plain):
        return None
    text = read_literal(call.text(shown), style)
    return (shown, text) if text is not None else None


def _has_glue(call: GlueCall, text: ast.JoinedStr) -> bool:
    return any(node in call.place.world.callees for node in ast.walk(text) if isinstance(node, ast.Call))


def _only_sql(call: GlueCall, given: ast.expr, user: str) -> bool:
    """Whether the variable goes nowhere but into `sql`, its user and messages, so that its text may change."""
    return isinstance(given, ast.Name) and all(
        _is_argument(call, node, user)
        for node in call.place.nodes.of(ast.Name)
        if node.id == given.id and isinstance(node.ctx, ast.Load)
    )


def _is_argument(call: GlueCall, node: ast.expr, user: str) -> bool:
    parent = call.place.parents[node]
    if user and isinstance(parent, ast.keyword):
        parent = call.place.parents[parent]
    if isinstance(parent, ast.FormattedValue):
        parent = call.place.parents[call.place.parents[parent]]
    if not isinstance(parent, ast.Call):
        return False
    called = ast.unparse(parent.func).rsplit(".", 1)[-1]
    return called in ("print", "info", "debug", "warning", "warn", "error", "len", user or "print") or (
        called == "sql" and call.place.world.callees.get(parent, "").endswith(".sql")
    )


def _told(call: GlueCall, given: ast.expr | None) -> bool:
    """Whether the text is known through the calls of this function and names no table of a schema."""
    held = call.kind(given)
    if held.tag != "text":
        return False
    statement = read_sql(held.name)
    return statement.understood and all(len(name.parts) == 1 and not name.is_schema for name in statement.names)


def _answer(call: GlueCall, literal: ast.expr, text: Text, statement: Statement) -> Answer:
    findings = _remarks(call, literal, text, statement)
    computed = any(HOLE in part.text for name in statement.names for part in name.parts)
    formats = managed.format_in_sql(text)
    paths, unsettled = paths_in_sql(call, text, filled=isinstance(literal, ast.JoinedStr))
    findings += unsettled
    unknown: list[Finding] = []

    def target(name: Name) -> str | None:
        return _target(call, text, name, literal, unknown)

    columns = qualified(statement, target)
    source = rename(text, statement.names, target, (*formats, *paths, *columns))
    findings += unknown[:1]
    computed &= bool(unknown) or not call.settings.renames
    findings += [managed.told(call, text.text[start:end].lower()) for start, end, _ in formats]
    if source is None:
        return [*findings, _unknown_sql(call)]
    if source == text.source:
        return findings
    certainty = Certainty.CONDITIONAL if computed else Certainty.EXACT
    condition = _COMPUTED if computed else ""
    return Rewrite(
        others=((literal, Code((source,))),), certainty=certainty, condition=condition, findings=tuple(findings)
    )


def _target(call: GlueCall, text: Text, name: Name, literal: ast.expr, told: list[Finding]) -> str | None:
    """Return the name in the target, None where it stays; a computed one by the settings' mapping where that renames."""
    first = name.parts[0].text.lower()
    ours = len(name.parts) < 3 or first in GLUE_CATALOGS
    plain = first in (*FILE_FORMATS, "global_temp", "information_schema", "system")
    if call.settings.renames and ours and not plain and any(HOLE in part.text for part in name.parts):
        made = renamed(call, literal, text, name, told)
        if made is not None:
            return made
    return _new_name(call, text, name, literal)


def _new_name(call: GlueCall, text: Text, name: Name, literal: ast.expr) -> str | None:
    """Return the name in the target, or None where it stays."""
    shown = [text.hole(p.start, p.end) if HOLE in p.text else p.text for p in name.parts]
    dynamic = [HOLE in part.text for part in name.parts]
    catalog = quote_name(call.settings.catalog)
    of_glue = catalog_of(call, literal, text, name) in glue_catalogs(call)
    if name.is_schema:
        if len(shown) == 2 and of_glue:
            shown, dynamic = shown[1:], dynamic[1:]
        if len(shown) != 1:
            return None
        return f"{catalog}.{shown[0] if dynamic[0] else quote_name(call.settings.schema_for(shown[0]))}"
    if len(shown) == 3 and of_glue:
        shown, dynamic = shown[1:], dynamic[1:]
    elif len(shown) == 1:
        return _filled(call, shown[0], _levels(call, literal, text, name))
    elif len(shown) != 2:
        return None
    database, table = shown
    if database.lower() in FILE_FORMATS and not dynamic[0]:
        return None
    if (
        database.lower() == "global_temp"
        and without_context(call)
        and table.lower() in views_of(call.place.world).names
    ):
        return quote_name(table)
    if database.lower() in ("global_temp", "information_schema", "system"):
        return None
    if not any(dynamic):
        return target_name(call, database, table)
    schema = database if dynamic[0] else quote_name(call.settings.schema_for(database))
    return f"{catalog}.{schema}.{table if dynamic[1] else quote_name(table)}"


def _levels(call: GlueCall, literal: ast.expr, text: Text, name: Name) -> list[str]:
    """Return the levels of a name, of what fills it where it is one hole."""
    written = [part.text for part in name.parts]
    if len(written) > 1 or set(written[0]) != {HOLE}:
        return written
    value = value_of_hole(call, literal, text, name)
    return (levels_of(call, value) if value is not None else None) or written


def _filled(call: GlueCall, shown: str, levels: list[str]) -> str | None:
    """Return the name for a hole that is filled with database and table."""
    if len(levels) != 2 or levels[0].lower() in (*FILE_FORMATS, "global_temp", "information_schema", "system"):
        return None
    plain = f"{quote_name(call.settings.catalog)}.{{}}"
    if not any(HOLE in level for level in levels):
        target = target_name(call, *levels)
        return plain.format(shown) if target == plain.format(".".join(levels)) else target
    mapped = HOLE in levels[0] or call.settings.schema_for(levels[0]) == levels[0]
    return plain.format(shown) if mapped else None


def _remarks(call: GlueCall, literal: ast.expr, text: Text, statement: Statement) -> list[Finding]:
    """Say what is left: names of one level that nobody registers, and statements that were not understood."""
    views = views_of(call.place.world)
    found: list[Finding] = []
    unknown = iceberg_only(text.text)
    if unknown is not None:
        found.append(call.blocker(*unknown))
    elif not statement.understood:
        found.append(
            call.warning(
                "the SQL text could not be read, so its names stay as they are",
                f"name its tables by three levels, {call.settings.catalog}.schema.table",
            )
        )
    named = ".".join(part.text for part in statement.names[0].parts) if statement.names else ""
    stays = call.place.world.tables.get(named.lower())
    if (what := lists_folders(text.text)) and (stays is None or not stays.located):
        refused = f"{what} is refused for a Delta table, which knows its partitions by itself"
        found.append(call.warning(refused, "drop the call where the table is Delta; a table of files may keep it"))
    seen = call.place.memory.setdefault("unqualified", set())
    assert isinstance(seen, set)
    ours = {call.settings.catalog, *(full.split(".")[0] for full in call.settings.tables.values())}
    for name in statement.names:
        first = name.parts[0]
        computed = HOLE in first.text
        shown = text.hole(first.start, first.end) if computed else first.text
        key = shown.lower()
        if len(name.parts) == 2 + (not name.is_schema) and key not in GLUE_CATALOGS and shown not in ours:
            found += _named_catalog(call, literal, shown, catalog_of(call, literal, text, name), seen)
        if (
            views.current
            and len(name.parts) == 1
            and not (name.is_schema or computed or key in views.names | statement.local)
        ):
            moved = in_current_schema(call, shown)
            found += [moved] if moved is not None else []
        if len(name.parts) > 1 or name.is_schema or key in seen or views.current:
            continue
        if computed:
            seen.add(key)
            if len(_levels(call, literal, text, name)) == 1 and not call.settings.renames:
                found.append(_unknown_name(call, f"the table {shown} in SQL text"))
            continue
        if key in views.names or key in statement.local:
            continue
        seen.add(key)
        severity = Severity.INFO if views.dynamic else Severity.WARNING
        message = f"`{shown}` is no temporary view that is registered by name here, and has no schema"
        action = f"name it {call.settings.catalog}.schema.{shown} if it is a table"
        found.append(call.place.finding(call.node, severity, message, action))
    return found


def _named_catalog(call: GlueCall, literal: ast.expr, shown: str, catalog: str, seen: set[str]) -> list[Finding]:
    """Say once what becomes of a catalog that is named: one that stands for Glue's is the target's."""
    if catalog in glue_catalogs(call):
        message = f"the catalog {shown} is Glue's own; {call.settings.catalog} takes its place"
        return [call.info(message, "take its spark.sql.catalog settings away", literal)]
    if shown.lower() in seen:
        return []
    seen.add(shown.lower())
    return [call.info(f"the catalog {shown} is named as it is", "see that Unity Catalog has it")]


def _unknown_sql(call: GlueCall) -> Finding:
    return call.warning(
        "SQL text is put together at run time; tables that it names by two levels are looked up in the default catalog"
        + _also(call),
        f"name them by three levels, or run spark.sql('USE CATALOG {call.settings.catalog}') first",
    )


def _unknown_name(call: GlueCall, what: str = "a table's name") -> Finding:
    return call.warning(
        f"{what} is computed; with two levels it is looked up in the default catalog{_also(call)}",
        f"pass three levels, or run spark.sql('USE CATALOG {call.settings.catalog}') first",
    )


def _also(call: GlueCall) -> str:
    return ", and the settings' renamed schemas and tables do not reach it" if call.settings.renames else ""


def _once(call: GlueCall, key: str, finding: Finding) -> list[Finding]:
    """Say a thing that concerns a whole file only once."""
    said = call.place.memory.setdefault("said", set())
    assert isinstance(said, set)
    if key in said:
        return []
    said.add(key)
    return [finding]


def _joined(call: GlueCall, given: ast.expr | None) -> Rewrite | None:
    """Put the catalog before a name that is joined from database, dot and table: `db + "." + table`."""
    pieces: list[ast.expr] = []
    while isinstance(given, ast.BinOp) and isinstance(given.op, ast.Add):
        pieces.insert(0, given.right)
        given = given.left
    if given is None or len(pieces) != 2:
        return None
    dot = pieces[0]
    database = given
    if not (isinstance(dot, ast.Constant) and dot.value == "." and isinstance(database, ast.Name | ast.Subscript)):
        return None
    prefix = code(
        "{prefix} + {database}", prefix=quoted(quote_name(call.settings.catalog) + "."), database=call.text(database)
    )
    return Rewrite(others=((database, prefix),), certainty=Certainty.CONDITIONAL, condition=_COMPUTED)


def _variable(call: GlueCall, given: ast.expr | None) -> Answer | None:
    """Put the catalog before a name of two levels that a variable holds: `spark.table(name)`."""
    levels = levels_of(call, given) if isinstance(given, ast.Name) else None
    if levels is None or not isinstance(given, ast.Name) or len(levels) == 1:
        return None
    if len(levels) == 3:
        return ()
    named = _filled(call, f"{{{given.id}}}", levels)
    if named is None:
        return None
    return Rewrite(others=((given, Code((f'f"{named}"',))),), certainty=Certainty.CONDITIONAL, condition=_COMPUTED)


def _second(call: GlueCall) -> ast.expr | None:
    """Return the database that is named beside a table."""
    if len(call.node.args) > 1:
        return call.node.args[1]
    return next((keyword.value for keyword in call.node.keywords if keyword.arg == "dbName"), None)


def _of_database(call: GlueCall, table: ast.expr | None, database: ast.expr) -> Answer:
    """`tableExists(table, database)` has no place for a catalog: one name instead."""
    if table is None or call.literal(database) is None:
        return _once(call, "table", _unknown_name(call))
    name, known = table_code(call, database, table)
    return Rewrite(
        code("{catalog}.{leaf}({name})", catalog=call.receiver, leaf=call.leaf, name=name),
        certainty=Certainty.EXACT if known else Certainty.CONDITIONAL,
        condition="" if known else _COMPUTED,
    )


def _current(call: GlueCall, text: Text, name: Name) -> Answer:
    """`setCurrentDatabase` takes a schema of the current catalog only, so the statement USE takes its place."""
    schema = _new_name(call, text, name, call.node)
    session = call.receiver.value if isinstance(call.receiver, ast.Attribute) else None
    if schema is None or session is None or HOLE in text.text:
        return _once(call, "table", _unknown_name(call))
    return Rewrite(code("{session}.sql({use})", session=session, use=quoted(f"USE {schema}")))
