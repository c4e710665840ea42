"""What the rules of one file share: settings, the current database, the tables seen so far, and what a rule answers."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from glue2lakehouse.domain import Certainty, Finding, Severity
from glue2lakehouse.settings import Settings, s3_spelled
from glue2lakehouse.tools.ddl.cursor import Unreadable
from glue2lakehouse.tools.ddl.known import KnownTables
from glue2lakehouse.tools.ddl.lexer import VARIABLE, Statement
from glue2lakehouse.tools.ddl.model import Dialect, TableDefinition
from glue2lakehouse.tools.ddl.types import quoted

GLUE_CATALOG = "awsdatacatalog"


@dataclass(slots=True)
class Context:
    """The state while a file is read from top to bottom; `dialects` has two entries when the text fits both."""

    path: str
    settings: Settings
    dialects: tuple[Dialect, ...]
    database: str = ""
    default_format: str = ""
    tables: dict[tuple[str, str], TableDefinition] = field(default_factory=dict)
    known: KnownTables = field(default_factory=KnownTables)
    prepared: dict[str, str] = field(default_factory=dict)
    schemas: list[str] = field(default_factory=list)
    external_locations: dict[str, None] = field(default_factory=dict)
    volumes: dict[str, None] = field(default_factory=dict)

    @property
    def dialect(self) -> Dialect:
        """Return the dialect that DDL is read in; Athena's DDL is Hive's."""
        return self.dialects[0]

    def key(self, parts: tuple[str, ...]) -> tuple[str, str]:
        """Return (database, table) in lower case; the database is the current one where the name has none."""
        names = [part.lower() for part in parts]
        if len(names) == 3 and names[0] == GLUE_CATALOG:
            names = names[1:]
        if not names:
            raise Unreadable("a name is empty", 0)
        if len(names) > 2:
            raise Unreadable(f"`{'.'.join(parts)}` is in another catalog", 0, "map the catalog by hand")
        return (names[0] if len(names) == 2 else self.database.lower(), names[-1])

    def table(self, parts: tuple[str, ...]) -> TableDefinition | None:
        """Return the definition of a table that this file created earlier, or that another file creates."""
        key = self.key(parts)
        here = self.tables.get(key)
        if here is None and not key[0]:
            named = [table for (_, name), table in self.tables.items() if name == key[1]]
            here = named[0] if len(named) == 1 else None
        return here or self.known.get(key, self.path)

    def becomes_delta(self, parts: tuple[str, ...]) -> bool:
        """Whether the table is Delta after the migration: by its definition, or by the project's policy for it alone."""
        table = self.table(parts)
        if table is not None:
            return table.managed_target or table.format == "delta"
        database, name = self.key(parts)
        return self.settings.table_actions.get(f"{database}.{name}") == "convert_to_delta"

    def skips(self, parts: tuple[str, ...]) -> bool:
        """Whether the project does not migrate the table."""
        database, name = self.key(parts)
        return self.settings.action_for(database, name) == "skip"

    def target(self, parts: tuple[str, ...]) -> str:
        """Return the Unity Catalog name, quoted where needed; unqualified where the source does not say the database."""
        database, name = self.key(parts)
        if not database:
            return quoted(name)
        full = self.settings.table_for(database, name)
        return ".".join(quoted(part) for part in full.split(".", 2))

    def schema(self, database: str) -> str:
        """Return the Unity Catalog schema of a database, with its catalog."""
        return f"{quoted(self.settings.catalog)}.{quoted(self.settings.schema_for(database.lower()))}"

    def location(self, path: str) -> str:
        """Return where a path lives after the migration; paths in S3 and volumes are remembered."""
        target = self.settings.path_for(path)
        known = self.volumes if target.startswith("/Volumes/") else self.external_locations
        if re.match(r"s3[an]?://|/Volumes/", target):
            known[target] = None
        return target

    def unsettled(self, path: str) -> tuple[Severity, str, str] | None:
        """Return what to say of a folder that the mapping of paths does not settle: a part of it moved, or it is not known."""
        moved = self.settings.moved
        spelled = s3_spelled(path).rstrip("/")
        variable = VARIABLE.search(spelled)
        begins = spelled[: variable.start()] if variable else spelled + "/"
        apart = [
            prefix
            for prefix, place in moved.items()
            if prefix.startswith(begins)
            and (variable or place != self.settings.path_for(spelled) + prefix[len(spelled) :])
        ]
        if not apart:
            return None
        if variable:
            message = (
                f"{path} is filled in at run time, so it is not known whether {apart[0]}, which has moved, is meant"
            )
            return Severity.WARNING, message, "give the variable the place after the migration"
        message = f"{path} holds {apart[0]}, which is in {moved[apart[0]]} now, beside what has not moved"
        return Severity.BLOCKER, message, "give each its own table, or map the whole of it"

    def finding(self, rule: str, severity: Severity, line: int, message: str, action: str = "") -> Finding:
        """Return a finding at a line of this file."""
        return Finding(rule=rule, severity=severity, path=self.path, line=line, message=message, action=action)


@dataclass(slots=True)
class Answer:
    """What a rule says about a statement; no output and no blocker means that nothing has to run in its place.

    `around` are statements that have to run right before and right behind the output.
    """

    output: str = ""
    certainty: Certainty = Certainty.EXACT
    conditions: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    around: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Rule:
    """One construct family. `opening` is matched on the statement's first words; the first rule that matches answers.

    `example` is a statement and what becomes of it ("" when it is dropped, None when it is handed off).
    """

    name: str
    summary: str
    opening: str
    apply: Callable[[Statement, Context], Answer]
    example: tuple[str, str | None]

    def matches(self, statement: Statement) -> bool:
        """Whether this rule answers for the statement."""
        return re.match(self.opening, statement.opening + " ") is not None


def has_variable(text: str) -> bool:
    """Whether the text has a `${name}` or `{{ name }}` that something fills in before it runs."""
    return VARIABLE.search(text) is not None


def handed_off(context: Context, rule: str, line: int, message: str, action: str) -> Answer:
    """Return the answer that leaves the statement to a person."""
    return Answer(findings=[context.finding(rule, Severity.BLOCKER, line, message, action)])


def dropped(context: Context, rule: str, line: int, reason: str, action: str = "") -> Answer:
    """Return the answer that nothing has to run in the statement's place, because of `reason`."""
    return Answer(findings=[context.finding(rule, Severity.INFO, line, reason, action)])
