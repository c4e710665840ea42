"""Statistics, repair, compaction and clean-up: none of it changes rows.

Athena: msck-repair-table, optimize-statement, vacuum-statement. Databricks: delta-optimize, delta-vacuum.
"""

from glue2lakehouse.domain import Certainty, Severity
from glue2lakehouse.tools.ddl.context import Answer, Context, Rule, dropped, handed_off
from glue2lakehouse.tools.ddl.cursor import Cursor
from glue2lakehouse.tools.ddl.lexer import Statement, literal
from glue2lakehouse.tools.ddl.query import translate
from glue2lakehouse.tools.ddl.rules.create_as import problem, said

ANALYZE = "analyze-table"
REPAIR = "repair-table"
OPTIMIZE = "optimize"
VACUUM = "vacuum"
UNLOAD = "unload"


def analyze(statement: Statement, context: Context) -> Answer:
    """Answer for ANALYZE TABLE; the partition and Hive's own switches only limit the work."""
    cursor = Cursor(statement.tokens)
    cursor.expect("ANALYZE", "TABLE")
    name = context.target(cursor.name())
    if cursor.take("PARTITION"):
        cursor.group()
    cursor.expect("COMPUTE", "STATISTICS")
    text = f"ANALYZE TABLE {name} COMPUTE STATISTICS"
    if cursor.take("FOR", "COLUMNS"):
        rest = [cursor.next().text for _ in range(len(cursor.tokens) - cursor.position)]
        text += f" FOR COLUMNS {' '.join(rest).replace(' ,', ',')}" if rest else " FOR ALL COLUMNS"
    elif not (cursor.done or cursor.take("NOSCAN") or cursor.take("PARTIALSCAN") or cursor.take("CACHE", "METADATA")):
        raise cursor.unexpected("in ANALYZE TABLE")
    return Answer(text)


def repair(statement: Statement, context: Context) -> Answer:
    """Answer for MSCK [REPAIR] TABLE: the same statement for partitioned external tables, nothing for Delta."""
    cursor = Cursor(statement.tokens)
    cursor.expect("MSCK")
    if not cursor.take("REPAIR"):
        return dropped(context, REPAIR, statement.line, "MSCK without REPAIR only prints: left out")
    cursor.expect("TABLE")
    name = cursor.name()
    how = next((f" {w} PARTITIONS" for w in ("ADD", "DROP", "SYNC") if cursor.take(w, "PARTITIONS")), "")
    if not cursor.done:
        raise cursor.unexpected("in MSCK REPAIR TABLE")
    table = context.table(name)
    if context.skips(name):
        return dropped(context, REPAIR, statement.line, f"{'.'.join(name)} is not migrated: the mapping file says skip")
    if table is not None and not table.made:
        message = f"the CREATE TABLE of {'.'.join(name)} waits for a person (line {table.line} of {table.path})"
        return handed_off(context, REPAIR, statement.line, message, "settle that first, then list its partitions")
    if context.becomes_delta(name):
        return dropped(context, REPAIR, statement.line, "a Delta table knows its partitions: left out")
    if table is not None and table.properties.get("projection.enabled", "").lower() == "true":
        return dropped(context, REPAIR, statement.line, "Unity Catalog lists this table's folders itself: left out")
    condition = "the table is external and was created with partition metadata logging, as create-table does"
    return Answer(f"MSCK REPAIR TABLE {context.target(name)}{how}", Certainty.CONDITIONAL, [condition])


def optimize(statement: Statement, context: Context) -> Answer:
    """Answer for OPTIMIZE … REWRITE DATA USING BIN_PACK of Athena."""
    cursor = Cursor(statement.tokens)
    cursor.expect("OPTIMIZE")
    name = context.target(cursor.name())
    cursor.expect("REWRITE", "DATA", "USING", "BIN_PACK")
    if not cursor.done:
        message = "OPTIMIZE … WHERE: Delta only takes conditions on partition columns"
        return handed_off(context, OPTIMIZE, statement.line, message, f"run OPTIMIZE {name} on the whole table")
    return Answer(f"OPTIMIZE {name}")


def vacuum(statement: Statement, context: Context) -> Answer:
    """Answer for Athena's VACUUM; Delta keeps seven days of history unless the table says otherwise."""
    cursor = Cursor(statement.tokens)
    cursor.expect("VACUUM")
    name = context.target(cursor.name())
    if not cursor.done:
        raise cursor.unexpected("in VACUUM")
    message = "VACUUM keeps Delta's own retention of seven days, not Iceberg's vacuum_* properties"
    answer = Answer(f"VACUUM {name}", Certainty.CONDITIONAL, ["seven days of history are enough"])
    answer.findings.append(context.finding(VACUUM, Severity.INFO, statement.line, message))
    return answer


def unload(statement: Statement, context: Context) -> Answer:
    """Answer for UNLOAD (query) TO 'folder' WITH (…), which refuses a folder with files in it; Spark overwrites it."""
    cursor = Cursor(statement.tokens)
    cursor.expect("UNLOAD")
    inner = cursor.group()
    cursor.expect("TO")
    place = context.location(cursor.string())
    given = {key.lower(): value for key, value in (cursor.pairs() if cursor.take("WITH") else {}).items()}
    if not cursor.done or not inner:
        raise cursor.unexpected("in UNLOAD")
    kind = given.pop("format", "").upper()
    codec = given.pop("compression", "").lower()
    if kind not in ("PARQUET", "ORC", "AVRO", "JSON") or given:
        message = f"UNLOAD to {place} as {kind or 'PARQUET'} with {', '.join(given) or 'text'} is not proven to write the same files"
        return handed_off(context, UNLOAD, statement.line, message, "write with DataFrame.write.mode('error') in a job")
    text = statement.text[inner[0].start - statement.start : inner[-1].end - statement.start]
    result = translate(text, context)
    if result.problems:
        return Answer(findings=[problem(context, UNLOAD, statement.line, each) for each in result.problems])
    message = f"UNLOAD fails when {place} has files; INSERT OVERWRITE DIRECTORY deletes them"
    action = "see that nothing else is in the folder, or write with DataFrame.write.mode('error') in a job"
    findings = [context.finding(UNLOAD, Severity.WARNING, statement.line, message, action)]
    options = f"\nOPTIONS ('compression' {literal(codec)})" if codec else ""
    output = f"INSERT OVERWRITE DIRECTORY {literal(place)}\nUSING {kind}{options}\n{result.sql}"
    return Answer(
        output, Certainty.CONDITIONAL, ["ANSI mode is on"], findings + said(context, UNLOAD, statement.line, result)
    )


ANALYZE_RULE = Rule(
    name=ANALYZE,
    summary="Compute statistics with Databricks' own statement.",
    opening=r"ANALYZE ",
    apply=analyze,
    example=("ANALYZE TABLE sales.t COMPUTE STATISTICS", "ANALYZE TABLE main.sales.t COMPUTE STATISTICS"),
)
REPAIR_RULE = Rule(
    name=REPAIR,
    summary="Register folders as partitions where the table has any.",
    opening=r"MSCK ",
    apply=repair,
    example=("MSCK REPAIR TABLE sales.t", "MSCK REPAIR TABLE main.sales.t"),
)
OPTIMIZE_RULE = Rule(
    name=OPTIMIZE,
    summary="Compact small files.",
    opening=r"OPTIMIZE ",
    apply=optimize,
    example=("OPTIMIZE sales.t REWRITE DATA USING BIN_PACK", "OPTIMIZE main.sales.t"),
)
VACUUM_RULE = Rule(
    name=VACUUM,
    summary="Remove files that no version needs.",
    opening=r"VACUUM ",
    apply=vacuum,
    example=("VACUUM sales.t", "VACUUM main.sales.t"),
)
UNLOAD_RULE = Rule(
    name=UNLOAD,
    summary="Write the rows of a query to a folder, with a warning: the nearest statement deletes files there.",
    opening=r"UNLOAD ",
    apply=unload,
    example=("UNLOAD (SELECT 1) TO 's3://b/x/' WITH (format='CSV')", None),
)
