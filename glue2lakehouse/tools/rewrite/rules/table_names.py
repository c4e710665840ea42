"""Name tables by three levels where readers, writers and the catalog are given them: `spark.table("sales.orders")`.

Databricks: Unity Catalog object names. A name that is computed is put together with the catalog, or looked up when it runs.
"""

import ast
from dataclasses import replace

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.code import Code
from glue2lakehouse.tools.rewrite.io.iceberg_names import states, written_to
from glue2lakehouse.tools.rewrite.kinds.stubs import CATALOG, DELTA_BUILDER, DELTA_TABLE, SQL_READER, SQL_WRITER
from glue2lakehouse.tools.rewrite.kinds.values import DATA_FRAME, GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.literals import HOLE, Text
from glue2lakehouse.tools.rewrite.mapping import managed
from glue2lakehouse.tools.rewrite.mapping.names import quote_name, table_code
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, Use, code
from glue2lakehouse.tools.rewrite.rules.sql_names import AFTER, BEFORE, SESSIONS, handed_on
from glue2lakehouse.tools.rewrite.sql.computed_names import begins_with_glue_catalog, levels_of
from glue2lakehouse.tools.rewrite.sql.iceberg import metadata_asked
from glue2lakehouse.tools.rewrite.sql.listings import current_catalog, schemas_of_catalog, tables_listed
from glue2lakehouse.tools.rewrite.sql.mapped_names import by_mapping
from glue2lakehouse.tools.rewrite.sql.names import Name, Statement, name_in
from glue2lakehouse.tools.rewrite.sql.overwriting import inserted_over
from glue2lakehouse.tools.rewrite.sql.remarks import once, unknown_name
from glue2lakehouse.tools.rewrite.sql.targets import COMPUTED, filled, new_name, with_new_names
from glue2lakehouse.tools.rewrite.sql.texts import first_argument, is_held_elsewhere, literal_of
from glue2lakehouse.tools.rewrite.sql.views import views_of


class TableNames(Rule):
    """Names given to readers, writers and the catalog."""

    name = "table-names"
    glue = (
        *(f"{owner}.table" for owner in SESSIONS),
        f"{SQL_READER}.table",
        f"{SQL_WRITER}.saveAsTable",
        f"{SQL_WRITER}.insertInto",
        f"{DATA_FRAME}.writeTo",
        f"{SQL_WRITER}.toTable",
        f"{DELTA_TABLE}.forName",
        f"{DELTA_TABLE}.convertToDelta",
        f"{DELTA_BUILDER}.tableName",
        *(f"{CATALOG}.{name}" for name in (
            "tableExists", "refreshTable", "cacheTable", "uncacheTable", "isCached", "recoverPartitions", "listColumns",
            "getTable", "listTables", "databaseExists", "getDatabase", "setCurrentDatabase", "createTable", "createExternalTable",
            "listDatabases", "currentDatabase", "setCurrentCatalog")),
    )  # fmt: skip
    example = Example(
        before=BEFORE + 'spark.read.table("orders").write.mode("append").saveAsTable("sales.copy")\n',
        after=AFTER + 'spark.read.table("orders").write.mode("append").saveAsTable("main.sales.copy")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """A name that is computed as a whole stays, with a warning; so does what Delta does otherwise than Iceberg."""
        call.drop_everything()
        if not views_of(call.place.world).uses_glue:
            return ()
        if call.name == f"{SQL_READER}.table" and (told := states(call)):
            return told
        answer = self._renamed(call)
        told = written_to(call) if call.leaf == "writeTo" else []
        told += inserted_over(call) if call.leaf == "insertInto" else []
        if isinstance(answer, Rewrite):
            return replace(answer, findings=(*answer.findings, *told))
        return [*([answer] if isinstance(answer, Finding) else answer), *told]

    def _renamed(self, call: GlueCall) -> Answer:
        if call.leaf in ("listDatabases", "currentDatabase"):
            return schemas_of_catalog(call)
        given = _given(call)
        if call.leaf == "setCurrentCatalog":
            return current_catalog(call, given)
        if call.leaf == "listTables" and given is None:
            return ()
        if call.leaf in ("tableExists", "listColumns") and (database := _second(call)) is not None:
            return _of_database(call, given, database)
        is_schema = call.leaf in ("listTables", "databaseExists", "getDatabase", "setCurrentDatabase")
        if given is not None and call.leaf != "setCurrentDatabase" and _is_looked_up(call, given):
            looked_up = by_mapping(call, given, is_schema=is_schema)
            if isinstance(looked_up, Rewrite):
                return _managed(call, looked_up)
            if looked_up is not None:
                return _managed(call, [*looked_up, *(tables_listed(call, None) if call.leaf == "listTables" else ())])
        where = literal_of(call, given, whole=True)
        if given is None or where is None:
            answer = _joined(call, given) or _variable(call, given)
            return once(call, "table", unknown_name(call)) if answer is None else answer
        literal, text = where
        name = name_in(text.text)
        if (asked := metadata_asked(text.text)) is not None:
            return call.blocker(*asked)
        if name is None or set(text.text) == {HOLE}:
            return once(call, "table", unknown_name(call))
        statement = Statement([Name(name.parts, is_schema)])
        if call.leaf == "setCurrentDatabase":
            return _current(call, text, statement.names[0])
        answer = _managed(call, with_new_names(call, literal, text, statement))
        if not isinstance(given, ast.Name) or not isinstance(answer, Rewrite) or _names_tables_only(call, given):
            return answer
        # The variable is read elsewhere too, as text: the name changes here.
        return replace(answer, others=tuple((given if old is literal else old, new) for old, new in answer.others))

    def refer(self, use: Use) -> Answer:
        """A method that is handed to other code gets names there that nothing maps."""
        return handed_on(use) if not use.name.startswith(GLUE_CONTEXT) else super().refer(use)


def _is_looked_up(call: GlueCall, given: ast.expr) -> bool:
    """Whether a name has to go through the mapping when it runs: it may be another one, or begin with Glue's catalog."""
    if isinstance(call.value_of(given), ast.Constant):
        return call.settings.renames
    of_glue = begins_with_glue_catalog(call, given)
    if of_glue and isinstance(given, ast.JoinedStr):
        # A hole that is the catalog goes in its place; one that holds more than the catalog does not.
        return len(levels_of(call, given) or ()) != 3
    return call.settings.renames or of_glue


def _given(call: GlueCall) -> ast.expr | None:
    """Return the name that a call is given; Delta's own functions take a session before it."""
    if call.leaf not in ("forName", "convertToDelta"):
        return first_argument(call, "tableName")
    named = {keyword.arg: keyword.value for keyword in call.node.keywords}
    return named.get("tableOrViewName") or named.get("identifier") or next(iter(call.node.args[1:2]), None)


def _names_tables_only(call: GlueCall, given: ast.expr) -> bool:
    """Whether a variable is read nowhere but where a table is named."""
    reads = [node for node in call.place.nodes.of(ast.Name) if isinstance(node.ctx, ast.Load)]
    callees = call.place.world.callees
    return (
        isinstance(given, ast.Name)
        and not is_held_elsewhere(call, given)
        and all(
            isinstance(parent := call.place.parents[node], ast.Call)
            and node in parent.args
            and callees.get(parent) in TableNames.glue
            for node in reads
            if node.id == given.id
        )
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
    return Rewrite(others=((database, prefix),), certainty=Certainty.CONDITIONAL, condition=COMPUTED)


def _variable(call: GlueCall, given: ast.expr | None) -> Answer | None:
    """Put the catalog before a name of two levels that a variable holds: `spark.table(name)`."""
    levels = levels_of(call, given) if isinstance(given, ast.Name) else None
    if levels is None or not isinstance(given, ast.Name) or len(levels) == 1:
        return None
    if len(levels) == 3:
        return ()
    named = filled(call, f"{{{given.id}}}", levels)
    if named is None:
        return None
    return Rewrite(others=((given, Code((f'f"{named}"',))),), certainty=Certainty.CONDITIONAL, condition=COMPUTED)


def _second(call: GlueCall) -> ast.expr | None:
    """Return the database that is named beside a table."""
    if len(call.node.args) > 1:
        return call.node.args[1]
    return next((keyword.value for keyword in call.node.keywords if keyword.arg == "dbName"), None)


def _of_database(call: GlueCall, table: ast.expr | None, database: ast.expr) -> Answer:
    """`tableExists(table, database)` has no place for a catalog: one name instead."""
    if table is None or call.literal(database) is None:
        return once(call, "table", unknown_name(call))
    name, known = table_code(call, database, table)
    named = " and ".join(str(keyword.arg) for keyword in call.node.keywords)
    return Rewrite(
        code("{catalog}.{leaf}({name})", catalog=call.receiver, leaf=call.leaf, name=name),
        findings=(call.info(f"{named}: the table is named with its database", ""),) if named else (),
        certainty=Certainty.EXACT if known else Certainty.CONDITIONAL,
        condition="" if known else COMPUTED,
    )


def _current(call: GlueCall, text: Text, name: Name) -> Answer:
    """`setCurrentDatabase` takes a schema of the current catalog only, so the statement USE takes its place."""
    schema = new_name(call, text, name, call.node)
    session = call.receiver.value if isinstance(call.receiver, ast.Attribute) else None
    if schema is None or session is None or HOLE in text.text:
        return once(call, "table", unknown_name(call))
    return Rewrite(code("{session}.sql({use})", session=session, use=quoted(f"USE {schema}")))
