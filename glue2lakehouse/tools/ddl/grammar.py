"""Read Hive's and Athena's CREATE TABLE into a TableDefinition; every token is accounted for or the reading fails.

Hive: LanguageManual DDL (Create Table). Athena: create-table, querying-iceberg-creating-tables.
"""

from collections.abc import Sequence
from dataclasses import replace

from glue2lakehouse.tools.ddl.cursor import Cursor, Unreadable, split_commas
from glue2lakehouse.tools.ddl.lexer import Statement, Token
from glue2lakehouse.tools.ddl.model import Column, Constraint, TableDefinition
from glue2lakehouse.tools.ddl.types import parse_type

_CONSTRAINT_NOISE = ("DISABLE", "NOVALIDATE", "RELY", "NORELY", "ENABLE", "VALIDATE", "ENFORCED")
FORMATS = {
    "TEXTFILE": "text", "PARQUET": "parquet", "PARQUETFILE": "parquet", "ORC": "orc", "ORCFILE": "orc",
    "AVRO": "avro", "JSONFILE": "json", "SEQUENCEFILE": "sequencefile", "RCFILE": "rcfile", "ICEBERG": "iceberg",
}  # fmt: skip
_DELIMITERS = {
    ("FIELDS", "TERMINATED", "BY"): "field",
    ("ESCAPED", "BY"): "escape",
    ("COLLECTION", "ITEMS", "TERMINATED", "BY"): "collection",
    ("MAP", "KEYS", "TERMINATED", "BY"): "map",
    ("LINES", "TERMINATED", "BY"): "line",
    ("NULL", "DEFINED", "AS"): "null",
}


def read_create_table(statement: Statement) -> tuple[TableDefinition, Cursor]:
    """Read the statement up to `AS` or `LIKE` or its end; the cursor stands there. Raises Unreadable."""
    cursor = Cursor(statement.tokens)
    cursor.expect("CREATE")
    temporary = cursor.take("TEMPORARY")
    transactional = cursor.take("TRANSACTIONAL") or cursor.take("MANAGED")
    external = cursor.take("EXTERNAL")
    cursor.expect("TABLE")
    exists = cursor.take("IF", "NOT", "EXISTS")
    parts = cursor.name()
    table = TableDefinition(
        database=parts[-2].lower() if len(parts) > 1 else "",
        name=parts[-1].lower(),
        external=external and not transactional,
        temporary=temporary,
        if_not_exists=exists,
        line=statement.line,
    )
    if cursor.at("("):
        if (token := cursor.peek(1)) is not None and token.says("SELECT", "WITH"):
            return table, cursor
        table = _columns(table, cursor.group())
    return read_clauses(table, cursor), cursor


def read_clauses(table: TableDefinition, cursor: Cursor) -> TableDefinition:
    """Read the clauses behind the columns into the definition, up to AS, LIKE or a query. Raises Unreadable."""
    while not cursor.done and not any(cursor.at(word) for word in ("AS", "LIKE", "SELECT")):
        table = _clause(table, cursor)
    return table


def read_column(tokens: Sequence[Token]) -> tuple[Column, list[Constraint], list[str]]:
    """Read `name type [constraints] [COMMENT 'text']`; also returns the notes on what was left out."""
    cursor = Cursor(tokens)
    name = cursor.identifier()
    cursor.take(":")
    start = cursor.position
    kind = parse_type(cursor)
    source_type = " ".join(token.text for token in tokens[start : cursor.position])
    column = Column(name=name, type=kind, source_type=source_type.lower())
    keys: list[Constraint] = []
    notes: list[str] = []
    while not cursor.done:
        constraint_name = cursor.identifier() if cursor.take("CONSTRAINT") else ""
        if cursor.take("COMMENT"):
            column = replace(column, comment=cursor.string())
        elif cursor.take("NOT", "NULL"):
            column = _not_null(column, cursor, notes)
        elif cursor.take("NULL"):
            continue
        elif cursor.take("PRIMARY", "KEY"):
            keys.append(Constraint("PRIMARY KEY", (name,), constraint_name))
            _noise(cursor)
        elif cursor.take("UNIQUE"):
            notes.append(f"UNIQUE on {name} is informational in Hive and does not exist on Databricks: left out")
            _noise(cursor)
        elif cursor.take("REFERENCES"):
            keys.append(_reference(cursor, (name,), constraint_name))
        else:
            raise cursor.unexpected("in a column definition")
    return column, keys, notes


def _not_null(column: Column, cursor: Cursor, notes: list[str]) -> Column:
    if "DISABLE" in _noise(cursor):
        notes.append(f"NOT NULL on {column.name} is DISABLEd in Hive, so not enforced: left out")
        return column
    return replace(column, nullable=False)


def _noise(cursor: Cursor) -> list[str]:
    found = []
    while (token := cursor.peek()) is not None and token.says("NOT", *_CONSTRAINT_NOISE):
        if token.says("NOT") and not cursor.at("NOT", "ENFORCED"):
            break
        found.append(cursor.next().text.upper())
    return found


def _reference(cursor: Cursor, columns: tuple[str, ...], name: str) -> Constraint:
    table = cursor.name()
    referenced = tuple(t.value for t in cursor.group() if t.kind != "symbol") if cursor.at("(") else ()
    _noise(cursor)
    return Constraint("FOREIGN KEY", columns, name, table, referenced)


def _columns(table: TableDefinition, tokens: Sequence[Token]) -> TableDefinition:
    columns: list[Column] = []
    constraints = list(table.constraints)
    notes = list(table.notes)
    for part in split_commas(tokens):
        if part[0].says("CONSTRAINT", "PRIMARY", "FOREIGN", "UNIQUE", "CHECK") and _is_constraint(part):
            _table_constraint(part, constraints, notes)
            continue
        column, keys, more = read_column(part)
        columns.append(column)
        constraints += keys
        notes += more
    return replace(table, columns=tuple(columns), constraints=tuple(constraints), notes=tuple(notes))


def _is_constraint(part: Sequence[Token]) -> bool:
    return (len(part) > 1 and part[1].says("KEY", "(")) or (part[0].says("CONSTRAINT") and len(part) > 2)


def _table_constraint(part: Sequence[Token], constraints: list[Constraint], notes: list[str]) -> None:
    cursor = Cursor(part)
    name = cursor.identifier() if cursor.take("CONSTRAINT") else ""
    if cursor.take("PRIMARY", "KEY"):
        columns = tuple(t.value for t in cursor.group() if t.kind != "symbol")
        _noise(cursor)
        constraints.append(Constraint("PRIMARY KEY", columns, name))
    elif cursor.take("FOREIGN", "KEY"):
        columns = tuple(t.value for t in cursor.group() if t.kind != "symbol")
        cursor.expect("REFERENCES")
        constraints.append(_reference(cursor, columns, name))
    elif cursor.take("UNIQUE"):
        columns = tuple(t.value for t in cursor.group() if t.kind != "symbol")
        _noise(cursor)
        notes.append(f"UNIQUE ({', '.join(columns)}) is informational in Hive and not on Databricks: left out")
    else:
        raise cursor.unexpected("add it with ALTER TABLE … ADD CONSTRAINT … CHECK once the table exists")
    if not cursor.done:
        raise cursor.unexpected("after a constraint")


def _clause(table: TableDefinition, cursor: Cursor) -> TableDefinition:
    if cursor.take("COMMENT"):
        return replace(table, comment=cursor.string())
    if cursor.take("PARTITIONED", "BY"):
        return _partitions(table, cursor)
    if cursor.take("CLUSTERED", "BY"):
        return _buckets(table, cursor)
    if cursor.take("SKEWED", "BY"):
        cursor.group()
        cursor.expect("ON")
        cursor.group()
        cursor.take("STORED", "AS", "DIRECTORIES")
        return replace(table, notes=(*table.notes, "SKEWED BY only lays files out: left out, Delta has no such layout"))
    if cursor.take("ROW", "FORMAT"):
        return _row_format(table, cursor)
    if cursor.take("STORED", "BY"):
        return _handler(table, cursor)
    if cursor.take("STORED", "AS"):
        return _stored_as(table, cursor)
    if cursor.take("WITH", "SERDEPROPERTIES"):
        return replace(table, serde_properties=table.serde_properties | cursor.pairs())
    if cursor.take("LOCATION"):
        return replace(table, location=cursor.string())
    if cursor.take("TBLPROPERTIES"):
        return replace(table, properties=table.properties | cursor.pairs())
    if cursor.at("WITH", "("):
        cursor.next()
        return replace(table, properties=table.properties | {f"with.{k}": v for k, v in _with(cursor).items()})
    raise cursor.unexpected("in CREATE TABLE")


def _with(cursor: Cursor) -> dict[str, str]:
    found = {}
    for part in split_commas(cursor.group()):
        inner = Cursor(part)
        key = inner.identifier().lower()
        inner.expect("=")
        if inner.take("ARRAY"):
            found[key] = ",".join(t.value for t in part[inner.position :] if t.kind not in ("symbol",))
        else:
            token = inner.next()
            found[key] = token.value
            if not inner.done:
                raise inner.unexpected("in WITH ( … )")
    return found


def _partitions(table: TableDefinition, cursor: Cursor) -> TableDefinition:
    keys: list[Column] = []
    transforms: list[str] = []
    declared = {column.name.lower(): column for column in table.columns}
    for part in split_commas(cursor.group()):
        if len(part) == 1:
            name = part[0].value
            transforms.append(name)
            if name.lower() in declared:
                keys.append(declared[name.lower()])
        elif part[1].says("("):
            transforms.append("".join(token.text for token in part))
        else:
            column, _, notes = read_column(part)
            keys.append(column)
            table = replace(table, notes=(*table.notes, *notes))
    if transforms:
        return replace(table, transforms=tuple(transforms))
    return replace(table, partition_keys=tuple(keys))


def _buckets(table: TableDefinition, cursor: Cursor) -> TableDefinition:
    columns = tuple(token.value for token in cursor.group() if token.kind != "symbol")
    if cursor.take("SORTED", "BY"):
        cursor.group()
    count = 0
    if cursor.take("INTO"):
        number = cursor.next().text
        count = int(number) if number.isdecimal() else 0
    cursor.take("BUCKETS")
    return replace(table, buckets=columns, bucket_count=count)


def _row_format(table: TableDefinition, cursor: Cursor) -> TableDefinition:
    if cursor.take("SERDE"):
        table = replace(table, serde=cursor.string())
        if cursor.take("WITH", "SERDEPROPERTIES"):
            table = replace(table, serde_properties=table.serde_properties | cursor.pairs())
        return table
    cursor.expect("DELIMITED")
    found = dict(table.delimiters)
    while words := next((w for w in _DELIMITERS if cursor.take(*w)), None):
        found[_DELIMITERS[words]] = cursor.string()
    return replace(table, delimiters=found or {"field": "\x01"})


def _stored_as(table: TableDefinition, cursor: Cursor) -> TableDefinition:
    if cursor.take("INPUTFORMAT"):
        table = replace(table, input_format=cursor.string())
        cursor.expect("OUTPUTFORMAT")
        cursor.string()
        if cursor.take("INPUTDRIVER"):
            cursor.string()
            cursor.expect("OUTPUTDRIVER")
            cursor.string()
        return table
    token = cursor.next()
    if (name := token.text.upper()) not in FORMATS:
        raise Unreadable(f"STORED AS {token.text} is not a format that Hive documents", token.line)
    return replace(table, format=FORMATS[name])


def _handler(table: TableDefinition, cursor: Cursor) -> TableDefinition:
    token = cursor.peek()
    handler = cursor.string() if token is not None and token.kind in ("string", "double") else cursor.identifier()
    if cursor.take("WITH", "SERDEPROPERTIES"):
        table = replace(table, serde_properties=table.serde_properties | cursor.pairs())
    if "iceberg" in handler.lower():
        return replace(table, format="iceberg")
    return replace(table, handler=handler)
