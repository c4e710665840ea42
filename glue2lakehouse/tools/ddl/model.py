"""What the DDL converter hands back: table definitions, statements with their evidence, and the whole file."""

from dataclasses import dataclass, field
from typing import Literal

from glue2lakehouse.domain import Edit, Evidence, Finding, Status

Outcome = Literal["converted", "confirm", "dropped", "handed_off"]
Dialect = Literal["hive", "athena"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `type` is spelled as Unity Catalog spells it, `source_type` as the file does."""

    name: str
    type: str
    nullable: bool = True
    comment: str = ""
    source_type: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Constraint:
    """An informational key: `kind` is PRIMARY KEY or FOREIGN KEY."""

    kind: str
    columns: tuple[str, ...]
    name: str = ""
    references: tuple[str, ...] = ()
    referenced_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableDefinition:
    """A table as its CREATE TABLE says it is; `columns` are without the partition keys, which come last in Hive.

    `format` is csv, json, parquet, orc, avro, delta, iceberg or "" where nobody can tell; `database` is "" where the
    file does not name it; `target_name` is the name after the migration, unquoted.
    `settled` is false once a change of the table was left to a person: its types prove nothing any more. `made` is false
    where the CREATE TABLE itself was. `source_format` is what STORED AS said, whatever the table becomes.
    """

    database: str
    name: str
    columns: tuple[Column, ...] = ()
    partition_keys: tuple[Column, ...] = ()
    location: str = ""
    format: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    target_name: str = ""
    external: bool = False
    comment: str = ""
    serde: str = ""
    serde_properties: dict[str, str] = field(default_factory=dict)
    input_format: str = ""
    delimiters: dict[str, str] = field(default_factory=dict)
    handler: str = ""
    transforms: tuple[str, ...] = ()
    buckets: tuple[str, ...] = ()
    bucket_count: int = 0
    constraints: tuple[Constraint, ...] = ()
    if_not_exists: bool = False
    temporary: bool = False
    line: int = 1
    managed_target: bool = False
    notes: tuple[str, ...] = ()
    settled: bool = True
    made: bool = True
    source_format: str = ""
    path: str = ""

    @property
    def owns_files(self) -> bool:
        """Whether Hive deletes the files with the table or partition, and Unity Catalog leaves them where they are."""
        return bool(self.location) and not self.external and not self.managed_target

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Return the columns in the order of `SELECT *`: Hive puts partition keys last, Iceberg leaves them in place."""
        declared = {column.name for column in self.columns}
        return self.columns + tuple(key for key in self.partition_keys if key.name not in declared)


@dataclass(frozen=True, slots=True)
class StatementResult:
    """One statement of the file. `output` is "" where nothing is run in its place; `kind` names the rule.

    `around` are the statements that have to run right before and right behind it, "" for none.

    `outcome`: converted; confirm (converted, and a warning says what to look at first); dropped for a stated reason;
    handed_off (left in the file as a comment under its finding). `evidence` is `parsed` when our grammar read all of
    the statement; `ddl.evidence` has Spark's parser and engine confirm it, and makes it `none` or `executed`.
    """

    kind: str
    source_line: int
    target_line: int
    source: str
    output: str
    outcome: Outcome
    status: Status
    edits: tuple[Edit, ...] = ()
    findings: tuple[Finding, ...] = ()
    evidence: Evidence = Evidence.NONE
    around: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class DdlConversion:
    """A converted file: `sql` is the text to write, with nothing of the source missing."""

    path: str
    dialect: str
    sql: str
    status: Status
    statements: tuple[StatementResult, ...]
    findings: tuple[Finding, ...]
    tables: tuple[TableDefinition, ...] = ()
    schemas: tuple[str, ...] = ()
    external_locations: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Return the edits of all statements, in order."""
        return tuple(edit for statement in self.statements for edit in statement.edits)
