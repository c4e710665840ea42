"""Create tables from a query or from another table: `CREATE TABLE … AS SELECT`, `CREATE TABLE … LIKE`.

Athena: create-table-as (the properties in WITH). Hive: LanguageManual DDL (Create Table As Select, Create Table Like).
"""

from dataclasses import replace

from glue2lakehouse.domain import Certainty, Finding, Severity
from glue2lakehouse.tools.ddl.context import Answer, Context, Rule, handed_off
from glue2lakehouse.tools.ddl.cursor import Cursor
from glue2lakehouse.tools.ddl.grammar import read_clauses, read_create_table
from glue2lakehouse.tools.ddl.lexer import Statement, literal
from glue2lakehouse.tools.ddl.model import Column, TableDefinition
from glue2lakehouse.tools.ddl.query import Translation, translate
from glue2lakehouse.tools.ddl.rules import create_table
from glue2lakehouse.tools.ddl.storage import Storage

AS = "create-table-as"
LIKE = "create-table-like"
_ACCOUNTED = frozenset(
    "external_location format partitioned_by bucketed_by bucket_count write_compression parquet_compression orc_compression"
    " compression_level field_delimiter table_type location is_external partitioning vacuum_min_snapshots_to_keep"
    " vacuum_max_snapshot_age_seconds optimize_rewrite_data_file_threshold optimize_rewrite_delete_file_threshold"
    " optimize_rewrite_min_data_file_size_bytes optimize_rewrite_max_data_file_size_bytes".split()
)
# Files of these kinds at a place of their own are written for somebody else, too.
_FOR_OTHERS = frozenset({"TEXTFILE", "JSON", "AVRO", "CSV"})
_LAYOUT = ("bucketed_by", "write_compression", "partitioning", "vacuum_min_snapshots_to_keep", "field_delimiter")


def create_as(statement: Statement, context: Context) -> Answer:
    """Answer for CREATE TABLE … AS query."""
    table, cursor = read_create_table(statement)
    cursor.take("AS")
    if table.temporary:
        action = "use a temporary view, or a managed table that the job drops at its end"
        return handed_off(context, AS, statement.line, "a temporary table has no equal that every compute has", action)
    query, no_data = _query(statement, cursor)
    result = translate(query, context, names_matter=True)
    if result.problems:
        return Answer(findings=[problem(context, AS, statement.line, p) for p in result.problems])
    answer = Answer(certainty=Certainty.CONDITIONAL, findings=said(context, AS, statement.line, result))
    table, storage = _storage(table, statement, context, answer)
    body = result.sql
    if no_data:
        body = f"SELECT * FROM (\n{body}\n) AS no_data LIMIT 0"
    create_table.note(table, storage, context, answer)
    if not any(f.severity is Severity.BLOCKER for f in answer.findings):
        answer.output = create_table.render(table, storage, context, answer, query=body)
    answer.conditions.append("ANSI mode is on")
    create_table.remember(replace(table, columns=(), format=storage.format.lower()), context)
    return answer


def problem(context: Context, rule: str, line: int, text: str) -> Finding:
    """Return the blocker for one reason why a query is not proven."""
    action = "rewrite this part for Databricks, compare the results on real rows, and replace the comment with it"
    return context.finding(rule, Severity.BLOCKER, line, text, action)


def said(context: Context, rule: str, line: int, result: Translation) -> list[Finding]:
    """Return the findings for what a translated query does otherwise in a corner."""
    action = "look whether the data has such values; compare the results on real rows"
    return [
        context.finding(rule, severity, line, text, action if severity is Severity.WARNING else "")
        for severity, text in result.said
    ]


def _query(statement: Statement, cursor: Cursor) -> tuple[str, bool]:
    tokens = list(cursor.tokens[cursor.position :])
    no_data = len(tokens) > 3 and tokens[-3].says("WITH") and tokens[-2].says("NO") and tokens[-1].says("DATA")
    if no_data:
        tokens = tokens[:-3]
    elif len(tokens) > 2 and tokens[-2].says("WITH") and tokens[-1].says("DATA"):
        tokens = tokens[:-2]
    if not tokens:
        raise cursor.unexpected("expected a query")
    text = statement.text[tokens[0].start - statement.start : tokens[-1].end - statement.start]
    if tokens[0].says("(") and tokens[-1].says(")") and Cursor(tokens).group() == tokens[1:-1]:
        text = text[1:-1].strip()
    return text, no_data


def _storage(
    table: TableDefinition, statement: Statement, context: Context, answer: Answer
) -> tuple[TableDefinition, Storage]:
    given = {k[5:]: v for k, v in table.properties.items() if k.startswith("with.")}

    def add(severity: Severity, message: str, action: str = "") -> None:
        answer.findings.append(context.finding(AS, severity, statement.line, message, action))

    for key in sorted(given.keys() - _ACCOUNTED):
        add(Severity.BLOCKER, f"no rule for the table property {key}")
    layout = [k for k in given if k.startswith(_LAYOUT) or k in _LAYOUT]
    if layout:
        add(Severity.INFO, f"{', '.join(layout)} only lay files out and are left out: Delta has its own layout")
    keys = tuple(Column(name, "") for name in given.get("partitioned_by", "").split(",") if name)
    keys = keys or tuple(Column(t, "") for t in table.transforms) or table.partition_keys
    place = given.get("external_location", "") or table.location
    iceberg = given.get("table_type", "").lower() == "iceberg"
    kind = given.get("format", table.format or "PARQUET").upper()
    table = replace(table, partition_keys=keys, transforms=(), columns=())
    kept = context.settings.action_for(table.database, table.name) == "keep_external"
    in_volume = context.settings.path_for(place).startswith("/Volumes/")
    if place and not iceberg and kept and not in_volume and kind in ("PARQUET", "ORC"):
        answer.conditions.append("the folder is empty before the statement runs, as Athena asks for")
        return replace(table, location=place, external=True), Storage(kind)
    place = place or given.get("location", "")
    if place:
        context.location(place)
        text = f"the rows go to a managed Delta table instead of {kind} files at {place}"
        if kind in _FOR_OTHERS and given.get("external_location"):
            action = (
                f"where another system reads the files, write them with INSERT OVERWRITE DIRECTORY {literal(place)}"
            )
            add(Severity.WARNING, text, action)
        else:
            add(Severity.INFO, text)
    answer.conditions.append("nothing else reads the files that this query wrote")
    return replace(table, location="", managed_target=True, external=False), Storage("DELTA")


def create_like(statement: Statement, context: Context) -> Answer:
    """Answer for CREATE TABLE … LIKE: from the file's own definition, or as a managed Delta table shaped like the other."""
    table, cursor = read_create_table(statement)
    cursor.expect("LIKE")
    if (token := cursor.peek()) is not None and token.says("FILE"):
        return handed_off(context, LIKE, statement.line, "the columns come from a file", "write the columns out")
    source = cursor.name()
    model = context.table(source)
    position = cursor.position
    if model is not None and model.all_columns:
        shaped = replace(
            model, database=table.database, name=table.name, external=table.external, if_not_exists=table.if_not_exists,
            temporary=table.temporary, location="", line=table.line, properties={}, managed_target=False, constraints=(),
            format="" if model.managed_target else model.format, handler="", notes=(),
        )  # fmt: skip
        rest = Cursor(cursor.tokens)
        rest.position = position
        return create_table.create(read_clauses(shaped, rest), context)
    if not cursor.done or table.external or table.temporary:
        message = (
            f"CREATE TABLE LIKE with more clauses needs the definition of {'.'.join(source)}, which this file lacks"
        )
        return handed_off(context, LIKE, statement.line, message, "write the columns out")
    exists = "IF NOT EXISTS " if table.if_not_exists else ""
    parts = (table.database, table.name) if table.database else (table.name,)
    create_table.remember(replace(table, database=context.key(parts)[0], managed_target=True, format="delta"), context)
    return Answer(
        f"CREATE TABLE {exists}{context.target(parts)} LIKE {context.target(source)} USING DELTA",
        Certainty.CONDITIONAL,
        [f"{'.'.join(source)} exists when this runs"],
    )


AS_RULE = Rule(
    name=AS,
    summary="Create a table from a query whose every function and construct is proven.",
    opening=r"CREATE (TEMPORARY |TRANSACTIONAL |MANAGED )*(EXTERNAL )?TABLE ",
    apply=create_as,
    example=(
        "CREATE TABLE sales.big STORED AS ORC AS SELECT id FROM sales.orders",
        "CREATE TABLE main.sales.big\nUSING DELTA\nAS SELECT id FROM main.sales.orders",
    ),
)
LIKE_RULE = Rule(
    name=LIKE,
    summary="Create a table shaped like another one.",
    opening=r"CREATE (TEMPORARY |TRANSACTIONAL |MANAGED )*(EXTERNAL )?TABLE ",
    apply=create_like,
    example=("CREATE TABLE sales.b LIKE sales.a", "CREATE TABLE main.sales.b LIKE main.sales.a USING DELTA"),
)
