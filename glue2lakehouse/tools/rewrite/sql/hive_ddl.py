"""Hive's CREATE TABLE and other DDL in the SQL text of a job, converted by `tools/ddl` as in a `.sql` file.

Spark on Glue makes a Hive table of it; Unity Catalog refuses the statements as they stand, or does something else.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.ddl import convert_ddl
from glue2lakehouse.tools.rewrite.literals import HOLE, Style, Text

_CREATE = re.compile(r"\s*CREATE\s+(?:TEMPORARY\s+)?(EXTERNAL\s+)?TABLE\b", re.IGNORECASE)
_HIVE = re.compile(r"\bSTORED\s+(?:AS|BY)\b|\bROW\s+FORMAT\b", re.IGNORECASE)
_OTHERS = re.compile(
    r"\s*(?:CREATE\s+(?:DATABASE|SCHEMA)\b[\s\S]*\b(?:LOCATION|DBPROPERTIES)\b"
    r"|ALTER\s+TABLE\b[\s\S]*?\b(?:DROP\s+(?:IF\s+EXISTS\s+)?PARTITION\b|RECOVER\s+PARTITIONS\b|SET\s+LOCATION\b"
    r"|SET\s+SERDE|SET\s+FILEFORMAT\b|(?:PARTITION\s*\([^)]*\)\s*)RENAME\b)|LOAD\s+DATA\b)",
    re.IGNORECASE,
)
"""What Unity Catalog has no equal for, or means something else by: folders of databases, partitions of tables that may be Delta."""
_FOLDERS = re.compile(
    r"\s*(MSCK\s+REPAIR\s+TABLE\b|ALTER\s+TABLE\b[\s\S]*?\bADD\s+(?:IF\s+NOT\s+EXISTS\s+)?PARTITION\b)", re.IGNORECASE
)
_SPARK = re.compile(r"\bUSING\s+\w", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Converted:
    """The literal for the statement on Unity Catalog, "" where a person has to write it, and what is to be said."""

    literal: str
    findings: tuple[Finding, ...]


def is_hive_statement(sql: str) -> bool:
    """Whether a text is DDL with clauses that only Hive's catalog has."""
    return is_hive_table(sql) or _OTHERS.match(sql) is not None


def lists_folders(sql: str) -> str:
    """Return what a statement is called that makes folders partitions of a table, else ""."""
    found = _FOLDERS.match(sql)
    return ("MSCK REPAIR TABLE" if found[1][:4].upper() == "MSCK" else "ADD PARTITION") if found else ""


def is_hive_table(sql: str) -> bool:
    """Whether a text creates a table with clauses that only Hive has."""
    created = _CREATE.match(sql)
    return created is not None and bool(created[1] or _HIVE.search(sql)) and not _SPARK.search(sql)


def convert_text(
    node: ast.expr, text: Text, style: Style, settings: Settings, filled: Mapping[int, str] | None = None
) -> Converted:
    """Convert the statement of a literal; what the job fills in at run time stays where it stood.

    `filled` is what else it fills in there, by the position in the text.
    """
    if "\\" in text.source and not isinstance(node, ast.Constant):
        return Converted("", ())
    sql = node.value if isinstance(node, ast.Constant) and HOLE not in text.text else text.text
    if ("\\" in text.source and HOLE in text.text) or not isinstance(sql, str):
        return Converted("", ())
    holes: dict[str, str] = {}

    def named(match: re.Match[str]) -> str:
        name = f"${{g2l{len(holes)}}}"
        holes[name] = (filled or {}).get(match.start()) or text.hole(match.start(), match.end())
        return name

    made = convert_ddl(re.sub(f"{HOLE}+", named, sql), "", settings, "hive")
    outputs = [statement.output for statement in made.statements]
    told = tuple(finding for statement in made.statements for finding in statement.findings)
    if len(outputs) != 1 or not outputs[0] or '"""' in outputs[0]:
        return Converted("", told)
    written = outputs[0].replace("\\", "\\\\")
    interpolated = style == "" and bool(holes)
    if interpolated or style == "format":
        written = written.replace("{", "{{").replace("}", "}}")
    elif style == "percent":
        written = written.replace("%", "%%")
    for name, source in holes.items():
        doubled = name.replace("{", "{{").replace("}", "}}")
        written = written.replace(doubled if interpolated or style == "format" else name, source)
    kept = tuple(finding for finding in told if finding.severity is not Severity.BLOCKER)
    return Converted(f'{"f" if interpolated else ""}"""{written}\n"""', kept)
