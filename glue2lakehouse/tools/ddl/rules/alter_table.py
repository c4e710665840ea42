"""Change tables: columns, properties, names and partitions.

What a change means depends on what the table became: a managed Delta table has no partitions to add and no file format to
set; an external table keeps Hive's statements. Hive: LanguageManual DDL (Alter Table). Athena: alter-table-*.
Databricks: sql-ref-syntax-ddl-alter-table, external-partition-discovery.
"""

from collections.abc import Callable
from dataclasses import replace

from glue2lakehouse.domain import Certainty, Severity
from glue2lakehouse.tools.ddl.context import Answer, Context, Rule, dropped, handed_off
from glue2lakehouse.tools.ddl.cursor import Cursor, Unreadable, split_commas
from glue2lakehouse.tools.ddl.grammar import read_column
from glue2lakehouse.tools.ddl.lexer import Statement, Token, literal
from glue2lakehouse.tools.ddl.model import TableDefinition
from glue2lakehouse.tools.ddl.properties import sort_properties
from glue2lakehouse.tools.ddl.types import quoted

NAME = "alter-table"
_LAYOUT = (
    ("SET", "FILEFORMAT"), ("SET", "SERDE"), ("SET", "SERDEPROPERTIES"), ("UNSET", "SERDEPROPERTIES"), ("CLUSTERED", "BY"),
    ("SKEWED", "BY"), ("NOT", "SKEWED"), ("NOT", "CLUSTERED"), ("NOT", "STORED"), ("NOT", "SORTED"), ("SET", "SKEWED"),
    ("CONCATENATE",), ("COMPACT",), ("TOUCH",), ("INTO",), ("ENABLE",), ("DISABLE",), ("UPDATE", "STATISTICS"),
    ("UPDATE", "COLUMNS"),
)  # fmt: skip
_LOOK = "look at what it changes and write it for Databricks"
_RENEW = "an external table is dropped and created anew with {what}, its files stay; "
# What to do instead, by whether the change is one of a single partition.
_INSTEAD: dict[bool, tuple[tuple[str, str], ...]] = {
    False: (
        (
            "SET LOCATION",
            _RENEW.format(what="the new LOCATION") + "into a managed Delta table load the rows of the new folder",
        ),
        (
            "REPLACE COLUMNS",
            _RENEW.format(what="these columns") + "columns of a Delta table are added, changed and dropped one by one",
        ),
        (
            "DROP COLUMN",
            "ALTER TABLE {table} SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name'), then ALTER TABLE {table} DROP COLUMN …;"
            " readers of the table must know column mapping",
        ),
    ),
    True: (
        (
            "SET LOCATION",
            "ALTER TABLE {table} DROP PARTITION (…), then ADD PARTITION (…) LOCATION of the new folder; files stay",
        ),
        (
            "RENAME TO",
            "ALTER TABLE {table} DROP PARTITION (…), then ADD PARTITION (the new values) LOCATION of its folder; files stay",
        ),
        (
            "ADD COLUMNS",
            "a partition has no columns of its own on Databricks: add them to {table} as a whole, where they are missing",
        ),
    ),
}
_ALWAYS_LAYOUT = (("UPDATE", "STATISTICS"), ("TOUCH",), ("COMPACT",), ("CONCATENATE",), ("UPDATE", "COLUMNS"))


def apply(statement: Statement, context: Context) -> Answer:
    """Answer for ALTER TABLE; a table whose change is left to a person proves nothing about later statements."""
    cursor = Cursor(statement.tokens)
    cursor.expect("ALTER", "TABLE")
    name = cursor.name()
    try:
        answer = _answer(statement, context, cursor, name)
    except Unreadable:
        _unsettle(context, name)
        raise
    if any(finding.severity is Severity.BLOCKER for finding in answer.findings):
        _unsettle(context, name)
    return answer


def _unsettle(context: Context, name: tuple[str, ...]) -> None:
    table = context.table(name)
    if table is not None:
        context.tables[(table.database, table.name)] = replace(table, settled=False, path=context.path)


def _answer(statement: Statement, context: Context, cursor: Cursor, name: tuple[str, ...]) -> Answer:
    table = context.table(name)
    if context.skips(name):
        return dropped(context, NAME, statement.line, f"{'.'.join(name)} is not migrated: the mapping file says skip")
    if table is not None and not table.made:
        message = f"the CREATE TABLE of {'.'.join(name)} waits for a person (line {table.line} of {table.path})"
        return handed_off(context, NAME, statement.line, message, "settle that first, then change the table")
    partition = cursor.group() if cursor.at("PARTITION", "(") and cursor.take("PARTITION") else None
    begin = cursor.position
    for words, change in _CHANGES:
        if cursor.take(*words):
            if partition is not None:
                break
            return change(Change(statement, context, cursor, name, table))
    if any(cursor.at(*words) for words in _LAYOUT) and (
        context.becomes_delta(name) or any(cursor.at(*w) for w in _ALWAYS_LAYOUT)
    ):
        reason = f"{' '.join(t.text.upper() for t in cursor.tokens[cursor.position :][:2])} only changes how Hive lays files out"
        return dropped(context, NAME, statement.line, f"{reason}: left out, the table is Delta")
    start = " ".join(token.text.upper() for token in cursor.tokens[begin : begin + 2])
    message = f"no rule proves that `{'PARTITION (…) ' if partition is not None else ''}{start} …` of {'.'.join(name)} means the same"
    action = next((what for words, what in _INSTEAD[partition is not None] if start.startswith(words)), _LOOK)
    return handed_off(context, NAME, statement.line, message, action.format(table=context.target(name)))


class Change:
    """One change of one table: the statement, where the cursor stands, and what the table became."""

    def __init__(
        self,
        statement: Statement,
        context: Context,
        cursor: Cursor,
        name: tuple[str, ...],
        table: TableDefinition | None,
    ) -> None:
        self.statement, self.context, self.cursor, self.name, self.table = statement, context, cursor, name, table
        self.target = context.target(name)
        self.delta = context.becomes_delta(name)

    def drop(self, reason: str) -> Answer:
        """Nothing has to run in its place."""
        return dropped(self.context, NAME, self.statement.line, reason)

    def hand_off(self, message: str, action: str) -> Answer:
        """A person has to do it."""
        return handed_off(self.context, NAME, self.statement.line, message, action)


def _rename(change: Change) -> Answer:
    other = change.cursor.name()
    if not change.cursor.done:
        raise change.cursor.unexpected("in RENAME TO")
    if change.context.key(other)[0] != change.context.key(change.name)[0]:
        message = "the table would move to another schema, which RENAME cannot do on Databricks"
        return change.hand_off(message, "create it there and copy the rows")
    if change.table is not None:
        database, name = change.context.key(other)
        target = change.context.settings.table_for(database, name) if database else name
        change.context.tables[(database, name)] = replace(change.table, name=name, target_name=target)
        change.context.tables.pop(change.context.key(change.name), None)
    return Answer(f"ALTER TABLE {change.target} RENAME TO {change.context.target(other)}")


def _add_columns(change: Change) -> Answer:
    columns = [read_column(part)[0] for part in split_commas(change.cursor.group())]
    if not (change.cursor.done or change.cursor.take("CASCADE") or change.cursor.take("RESTRICT")):
        raise change.cursor.unexpected("in ADD COLUMNS")
    table = change.table
    if table is None or not table.columns:
        message = "new columns come before the partition columns in Hive and at the end in Delta; this file does not say which there are"
        return change.hand_off(message, "ALTER TABLE … ADD COLUMNS (name type AFTER the last data column)")
    after = f" AFTER {quoted(table.columns[-1].name)}"
    items = []
    for column in columns:
        comment = f" COMMENT {literal(column.comment)}" if column.comment else ""
        items.append(f"{quoted(column.name)} {column.type}{comment}{after if table.partition_keys else ''}")
        after = f" AFTER {quoted(column.name)}"
    change.context.tables[(table.database, table.name)] = replace(table, columns=(*table.columns, *columns))
    if table.partition_keys and not table.managed_target:
        return Answer(f"ALTER TABLE {change.target} ADD COLUMNS ({', '.join(i.split(' AFTER ')[0] for i in items)})")
    return Answer(f"ALTER TABLE {change.target} ADD COLUMNS ({', '.join(items)})")


def _change_column(change: Change) -> Answer:
    change.cursor.take("COLUMN")
    old = change.cursor.identifier()
    start = change.cursor.position
    rest = list(change.cursor.tokens[start:])
    place = next(
        (i for i, t in enumerate(rest) if i > 1 and t.says("FIRST", "AFTER", "CASCADE", "RESTRICT")), len(rest)
    )
    column, keys, _ = read_column(rest[:place])
    tail = [t for t in rest[place:] if not t.says("CASCADE", "RESTRICT")]
    known = {c.name.lower(): c for c in change.table.all_columns} if change.table else {}
    before = known.get(old.lower())
    if keys or tail or before is None or before.type != column.type or old.lower() != column.name.lower():
        message = f"CHANGE COLUMN {old} renames, retypes or moves the column (or the file does not say its type)"
        action = "Delta renames with column mapping (delta.columnMapping.mode = name) and widens some types; else copy the table"
        return change.hand_off(message, action)
    if not column.comment:
        return change.drop("the column keeps its name and type: left out")
    return Answer(f"ALTER TABLE {change.target} ALTER COLUMN {quoted(old)} COMMENT {literal(column.comment)}")


def _set_properties(change: Change) -> Answer:
    kept, left, refused = sort_properties(given := change.cursor.pairs())
    if not change.cursor.done or refused or any(k.lower() == "external" for k in given):
        message = f"these table properties change what the table is: {', '.join(given)}"
        return change.hand_off(message, "create the table anew as managed or external")
    if "comment" in given and len(given) == 1:
        return Answer(f"COMMENT ON TABLE {change.target} IS {literal(given['comment'])}")
    projection = [k for k in given if k.startswith(("projection.", "storage.", "skip."))]
    if projection:
        message = f"{', '.join(projection)} changes how files are found or read"
        return change.hand_off(message, "put it into CREATE TABLE")
    if "comment" in given:
        action = "write COMMENT ON TABLE … IS … and set the other properties by themselves"
        return change.hand_off("a comment is no property of a table on Databricks", action)
    if not kept:
        return change.drop("table properties left out: " + "; ".join(f"{k} ({v})" for k, v in left.items()))
    answer = Answer(
        f"ALTER TABLE {change.target} SET TBLPROPERTIES ({', '.join(f'{literal(k)} = {literal(v)}' for k, v in kept.items())})"
    )
    if left:
        message = "table properties left out: " + "; ".join(f"{k} ({v})" for k, v in left.items())
        answer.findings.append(change.context.finding(NAME, Severity.INFO, change.statement.line, message))
    return answer


def _unset_properties(change: Change) -> Answer:
    change.cursor.take("IF", "EXISTS")
    keys = [t.value for t in change.cursor.group() if t.kind in ("string", "double")]
    kept, _, _ = sort_properties(dict.fromkeys(keys, ""))
    if not kept:
        return change.drop(f"{', '.join(keys)} was left out of the table anyway: left out")
    names = ", ".join(literal(key) for key in kept)
    return Answer(f"ALTER TABLE {change.target} UNSET TBLPROPERTIES IF EXISTS ({names})")


def _add_partition(change: Change) -> Answer:
    if change.delta:
        if "LOCATION" in {t.text.upper() for t in change.statement.tokens}:
            message = "ADD PARTITION … LOCATION brings in files that a managed Delta table cannot read where they are"
            return change.hand_off(message, "load the folder with COPY INTO")
        return change.drop("a Delta table gets its partitions with its rows: left out")
    if change.table is not None and change.table.properties.get("projection.enabled", "").lower() == "true":
        return change.drop("Athena ignores registered partitions of a table with projection: left out")
    change.cursor.position -= 1 if not change.cursor.tokens[change.cursor.position - 1].says("EXISTS") else 0
    parts: list[str] = []
    exists = any(change.cursor.tokens[i].says("EXISTS") for i in range(change.cursor.position))
    while change.cursor.take("PARTITION") or (parts and change.cursor.take(",") and change.cursor.take("PARTITION")):
        text = f"PARTITION ({_spec(change.cursor.group())})"
        if change.cursor.take("LOCATION"):
            text += f" LOCATION {literal(change.context.location(change.cursor.string()))}"
        parts.append(text)
    if not change.cursor.done or not parts:
        raise change.cursor.unexpected("in ADD PARTITION")
    condition = "the table is external and was created with partition metadata logging, as create-table does"
    text = f"ALTER TABLE {change.target} ADD {'IF NOT EXISTS ' if exists else ''}" + "\n  ".join(parts)
    return Answer(text, Certainty.CONDITIONAL, [condition])


_OPERATORS = ("=", "<", ">", "<=", ">=", "!=", "<>")


def _conditions(tokens: list[Token]) -> list[tuple[str, str, str]]:
    """Return (key, operator, value) of each part of a partition specification, quoted for Spark."""
    found = []
    for part in split_commas(tokens, types=False):
        cursor = Cursor(part)
        key = quoted(cursor.identifier())
        operator = ""
        while (token := cursor.peek()) is not None and operator + token.text in _OPERATORS:
            operator += cursor.next().text
        if not operator:
            raise cursor.unexpected("in a partition")
        token = cursor.peek()
        minus = cursor.take("-")
        value = literal(cursor.string()) if token and token.kind in ("string", "double") else cursor.next().text
        if not cursor.done:
            raise cursor.unexpected("in a partition value")
        found.append((key, operator, f"-{value}" if minus else value))
    return found


def partition_values(tokens: list[Token]) -> dict[str, str]:
    """Return the value of each key of `PARTITION (key = value, …)`, as Spark text by lower-cased key. Raises Unreadable."""
    conditions = _conditions(tokens)
    if any(operator != "=" for _, operator, _ in conditions):
        raise Unreadable("a partition to load into has one value for each key", tokens[0].line)
    return {key.strip("`").lower(): value for key, _, value in conditions}


def _spec(tokens: list[Token]) -> str:
    conditions = _conditions(tokens)
    if any(operator != "=" for _, operator, _ in conditions):
        raise Unreadable(
            "a range of partitions can only be dropped from a Delta table", tokens[0].line, "name each partition"
        )
    return ", ".join(f"{key} = {value}" for key, _, value in conditions)


def _drop_partition(change: Change) -> Answer:
    exists = any(t.says("EXISTS") for t in change.cursor.tokens[: change.cursor.position])
    change.cursor.position -= 1 if change.cursor.tokens[change.cursor.position - 1].says("PARTITION") else 0
    specs: list[list[Token]] = []
    while change.cursor.take("PARTITION") or (specs and change.cursor.take(",") and change.cursor.take("PARTITION")):
        specs.append(change.cursor.group())
    for word in ("PURGE", "IGNORE", "PROTECTION"):
        change.cursor.take(word)
    if not change.cursor.done or not specs:
        raise change.cursor.unexpected("in DROP PARTITION")
    if change.delta:
        each = (" AND ".join(" ".join(condition) for condition in _conditions(spec)) for spec in specs)
        where = " OR ".join(f"({conditions})" for conditions in each)
        return Answer(f"DELETE FROM {change.target} WHERE {where}")
    if change.table is None and change.context.dialects != ("athena",):
        message = "dropping a partition deletes rows of a managed table and none of an external one; this file does not say which"
        return change.hand_off(message, "managed: DELETE FROM … WHERE; external: ALTER TABLE … DROP PARTITION")
    if change.table is not None and change.table.owns_files:
        message = "Hive deletes the files of the partition, Unity Catalog leaves them, and the next INSERT would bring them back"
        return change.hand_off(message, "delete the partition's folder first, then ALTER TABLE … DROP PARTITION")
    text = ", ".join(f"PARTITION ({_spec(spec)})" for spec in specs)
    condition = "the table was created with partition metadata logging, as create-table does"
    return Answer(
        f"ALTER TABLE {change.target} DROP {'IF EXISTS ' if exists else ''}{text}", Certainty.CONDITIONAL, [condition]
    )


def _add_constraint(change: Change) -> Answer:
    name = quoted(change.cursor.identifier())
    kind = next((k for k in ("PRIMARY", "FOREIGN", "UNIQUE") if change.cursor.take(k)), "")
    if kind == "UNIQUE":
        return change.drop("UNIQUE is informational in Hive and does not exist on Databricks: left out")
    if not kind:
        message = "this constraint is checked on write, and its expression is not proven"
        return change.hand_off(message, "ALTER TABLE … ADD CONSTRAINT … CHECK (…) once the expression is checked")
    change.cursor.expect("KEY")
    columns = [token.value for token in change.cursor.group() if token.kind != "symbol"]
    nullable = {c.name.lower(): c.nullable for c in change.table.all_columns} if change.table else {}
    text = f"ALTER TABLE {change.target} ADD CONSTRAINT {name} {kind} KEY ({', '.join(map(quoted, columns))})"
    if kind == "PRIMARY" and any(nullable.get(column.lower(), True) for column in columns):
        message = "a primary key needs NOT NULL columns in Unity Catalog, which Hive does not ask for"
        return change.hand_off(message, f"ALTER COLUMN … SET NOT NULL, then {text}")
    if kind == "FOREIGN":
        change.cursor.expect("REFERENCES")
        text += f" REFERENCES {change.context.target(change.cursor.name())}"
        referenced = [token.value for token in change.cursor.group() if token.kind != "symbol"]
        text += f" ({', '.join(map(quoted, referenced))})"
    words = ("DISABLE", "NOVALIDATE", "RELY", "NORELY", "NOT", "ENFORCED")
    while any(change.cursor.take(word) for word in words):
        continue
    if not change.cursor.done:
        raise change.cursor.unexpected("behind a constraint")
    return Answer(text)


def _drop_constraint(change: Change) -> Answer:
    return Answer(f"ALTER TABLE {change.target} DROP CONSTRAINT IF EXISTS {quoted(change.cursor.identifier())}")


def _recover_partitions(change: Change) -> Answer:
    """Spark's other spelling of MSCK REPAIR TABLE."""
    if not change.cursor.done:
        raise change.cursor.unexpected("in RECOVER PARTITIONS")
    if change.delta:
        return change.drop("a Delta table knows its partitions: left out")
    condition = "the table is external and was created with partition metadata logging, as create-table does"
    return Answer(f"MSCK REPAIR TABLE {change.target}", Certainty.CONDITIONAL, [condition])


_CHANGES: tuple[tuple[tuple[str, ...], Callable[[Change], Answer]], ...] = (
    (("RENAME", "TO"), _rename),
    (("ADD", "COLUMNS"), _add_columns),
    (("CHANGE",), _change_column),
    (("SET", "TBLPROPERTIES"), _set_properties),
    (("UNSET", "TBLPROPERTIES"), _unset_properties),
    (("ADD", "IF", "NOT", "EXISTS"), _add_partition),
    (("ADD", "PARTITION"), _add_partition),
    (("RECOVER", "PARTITIONS"), _recover_partitions),
    (("DROP", "IF", "EXISTS"), _drop_partition),
    (("DROP", "PARTITION"), _drop_partition),
    (("ADD", "CONSTRAINT"), _add_constraint),
    (("DROP", "CONSTRAINT"), _drop_constraint),
)

RULE = Rule(
    name=NAME,
    summary="Change tables, according to what they became.",
    opening=r"ALTER TABLE ",
    apply=apply,
    example=(
        "ALTER TABLE sales.t SET TBLPROPERTIES ('owner_team'='x')",
        "ALTER TABLE main.sales.t SET TBLPROPERTIES ('owner_team' = 'x')",
    ),
)
