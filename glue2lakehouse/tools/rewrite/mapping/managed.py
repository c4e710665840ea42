"""Tables that a job makes without a location: Unity Catalog manages them, and as Delta only.

Databricks: unity-catalog managed tables. Glue writes the files of such a table in the format that is asked for.
"""

import ast
import re

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.code import Code
from glue2lakehouse.tools.rewrite.literals import Text
from glue2lakehouse.tools.rewrite.rule import GlueCall

_FILES = frozenset({"parquet", "orc", "csv", "json", "avro", "text"})
_CREATE = re.compile(r"\s*CREATE\s+(?:OR\s+REPLACE\s+)?TABLE\b", re.IGNORECASE)
_PLACED = re.compile(r"\bLOCATION\b|\bOPTIONS\s*\([^)]*\bpath\b", re.IGNORECASE)
_USING = re.compile(rf"\bUSING\s+({'|'.join(sorted(_FILES))}|hive)\b", re.IGNORECASE)
_ICEBERG = re.compile(r"\bUSING\s+(iceberg)\b", re.IGNORECASE)
_LOCATION = re.compile(r"\s*\bLOCATION\s+(?:'[^']*'|\"[^\"]*\")", re.IGNORECASE)


def told(
    call: GlueCall,
    form: str,
    text: Text | None = None,
    gone: tuple[tuple[int, int, str], ...] = (),
    literal: ast.expr | None = None,
) -> Finding:
    """Say that nobody finds the table's files any more; `gone` are the places of clauses that go from the text of a literal."""
    if form == "iceberg" and text is not None:
        clauses = [text.source[text.places[start] : text.places[end - 1] + 1].strip() for start, end, _ in gone]
        shown = f"; `{clauses[0]}` goes" if clauses else ""
        return call.warning(
            f"CREATE TABLE ... USING iceberg makes a table without a location, Delta and managed{shown}",
            "bring the rows that are there over first: CREATE TABLE ... CLONE iceberg.`folder of the table`",
            literal,
        )
    return call.warning(
        f"what makes a table without a location (CREATE TABLE, saveAsTable) makes a managed one: Delta and not {form}",
        "let whoever reads its files read the table; give it a LOCATION or path to keep the format",
        literal,
    )


def format_in_sql(text: Text) -> tuple[tuple[int, int, str], ...]:
    """Return where a CREATE TABLE without a location asks for files, or any asks for Iceberg, with what to write there."""
    if not _CREATE.match(text.text):
        return ()
    if iceberg := _ICEBERG.search(text.text):
        place = _LOCATION.search(text.text)
        # The folder of an Iceberg table is none for a Delta table.
        gone = ((place.start(), place.end(), ""),) if place else ()
        return ((iceberg.start(1), iceberg.end(1), "DELTA"), *gone)
    if _PLACED.search(text.text):
        return ()
    match = _USING.search(text.text)
    return ((match.start(1), match.end(1), "DELTA"),) if match else ()


def format_of_writer(call: GlueCall) -> ast.Constant | None:
    """Return the format that a `saveAsTable` without a path asks for, where it is one of files and written out."""
    given: dict[str, ast.expr] = {}
    node: ast.expr = call.node
    while isinstance(node, ast.Call | ast.Attribute):
        if isinstance(node, ast.Attribute) and node.attr == "write":
            break
        if isinstance(node, ast.Call):
            _note(node, given)
        node = node.func if isinstance(node, ast.Call) else node.value
    form = given.get("format")
    if not isinstance(node, ast.Attribute) or "path" in given or not isinstance(form, ast.Constant):
        return None
    return form if str(form.value).lower() in _FILES and not _is_located(call) else None


def _note(node: ast.Call, given: dict[str, ast.expr]) -> None:
    """Note the format and the options of one link of the chain; what comes later in the text counts."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    for keyword in node.keywords:
        given.setdefault(keyword.arg or "path", keyword.value)
    if name == "format" and node.args:
        given.setdefault("format", node.args[0])
    elif name == "option" and len(node.args) == 2 and isinstance(node.args[0], ast.Constant):
        given.setdefault(str(node.args[0].value).lower(), node.args[1])


def _is_located(call: GlueCall) -> bool:
    """Whether the project's DDL says where the table's files are: the format has to stay theirs."""
    name = call.literal(call.node.args[0]) if call.node.args else None
    facts = call.place.world.tables.get(name.lower()) if isinstance(name, str) else None
    return facts is not None and facts.located


def as_delta(form: ast.Constant) -> tuple[ast.expr, Code]:
    """Return the edit that asks for Delta instead."""
    return form, Code(('"delta"',))
