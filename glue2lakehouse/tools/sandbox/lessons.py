"""Learn from a failed run of the original what its data has to look like: a column that it asks for, a type, a table, a path.

Made data starts from what the script's text tells (`script_facts`). What the text does not tell (columns behind helper functions,
SQL put together at run time), the failure often does, in Spark's own words. Only the original teaches: data that was fitted to the
converted script could hide what that script does wrong.
"""

import ast
import re
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from glue2lakehouse.tools.sandbox.source_facts import DEFAULT_COLUMNS, Read, ScriptFacts

MOST_LESSONS = 30
Kind = Literal[
    "column", "surplus", "field", "type", "table", "database", "connection", "path", "delta", "jdbc", "property", "digits", "calm",
    "narrow", "key", "target",
]  # fmt: skip
_PART = re.compile(r"`([^`]+)`|(\w+)")
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "column",
        re.compile(
            r"UNRESOLVED_COLUMN[^]]*\] .*? with name (?P<name>.+?) cannot be resolved"
            r"(?:\. Did you mean one of the following\? \[(?P<beside>.*?)\])?"
        ),
    ),
    (
        "column",
        re.compile(
            r"UNRESOLVED_USING_COLUMN_FOR_JOIN\] USING column (?P<name>\S+) cannot .*? columns: \[(?P<beside>.*?)\]"
        ),
    ),
    ("column", re.compile(r"ATTRIBUTE_NOT_SUPPORTED\] Attribute (?P<name>\S+) is not supported")),
    ("column", re.compile(r"KeyError: ['\"](?P<name>\w+)['\"]")),
    ("surplus", re.compile(r"AMBIGUOUS_REFERENCE\] Reference (?P<name>\S+) is ambiguous")),
    ("field", re.compile(r"FIELD_NOT_FOUND\] No such struct field (?P<name>\S+) in (?P<beside>.*?)\.")),
    ("database", re.compile(r"SCHEMA_NOT_FOUND\] The schema (?P<name>\S+) cannot be found")),
    ("table", re.compile(r"TABLE_OR_VIEW_NOT_FOUND\] The table or view (?P<name>\S+) cannot be found")),
    ("table", re.compile(r"table (?P<name>\S+?\.\S+) is not in the run's catalog")),
    ("connection", re.compile(r"connection (?P<name>.+?) is not in the run's environment")),
    ("path", re.compile(r"PATH_NOT_FOUND\] Path does not exist: (?P<name>s3[an]?://.+?)\. SQLSTATE")),
    ("delta", re.compile(r"DELTA_\w+\] [`'\"]?(?P<name>s3[an]?://[^`'\" ]+)[`'\"]? is not a Delta table")),
    ("jdbc", re.compile(r"no local copy at \S*?/databases/(?P<name>\S+?);")),
)
_MISMATCH = re.compile(r"the \(?\"(\w+)\b.*? however \"([^\"]+)\" has the type")
_NO_NUMBER = re.compile(
    r"invalid literal for int\(\)|could not convert string to float|"
    r"CAST_INVALID_INPUT.*cannot be cast to \"(?:\w*INT|DOUBLE|FLOAT|DECIMAL)"
)
_NO_KEY = re.compile(r"UNRESOLVED_COLUMN\.WITHOUT_SUGGESTION\] .*? with name (?P<name>.+?) cannot be resolved")
_PREDICATE = re.compile(r"push_down_predicate|catalogPartitionPredicate")
_PROPERTIES = re.compile(r"get_workflow_run_properties")
_MADE_FOR = {"ARRAY": "array<string>", "MAP": "map<string,string>", "STRUCT": "struct<value:string>", "NUMERIC": "double",
             "INT": "int", "BIGINT": "bigint", "DOUBLE": "double", "BOOLEAN": "boolean", "DATE": "date",
             "TIMESTAMP": "timestamp"}  # fmt: skip


class Lesson(BaseModel):
    """One thing that a failure tells about the data.

    `key`: a predicate on partitions asks for a column; `target`: a table that the script appends to has these `columns`
    and partition keys (`beside`). `digits`: texts are turned into numbers, so that clean ones have to be digits; `calm`: it fails on
    odd values, so that the rows have to be clean; `narrow`: what Glue's readers make of int and bigint in one field decides, so that
    no field may hold both.
    """

    model_config = ConfigDict(frozen=True)

    kind: Kind
    name: str
    beside: tuple[str, ...] = ()
    type: str = ""
    columns: tuple[tuple[str, str], ...] = ()


def lesson_of(error_type: str, error: str, line: int, text: str) -> Lesson | None:
    """Return what the failure of a script (its text and the line where it ended) teaches, None when nothing is known."""
    said = f"{error_type}: {error}"
    mismatch = _MISMATCH.search(said)
    if mismatch and "DATATYPE_MISMATCH" in said:
        made = _MADE_FOR.get(mismatch[1])
        return Lesson(kind="type", name=_last_part(mismatch[2]), type=made) if made else None
    if _NO_NUMBER.search(said):
        return Lesson(kind="digits", name="")
    if (key := _NO_KEY.search(said)) and _PREDICATE.search(text):
        return Lesson(kind="key", name=key["name"].strip("`"))
    for kind, pattern in _PATTERNS:
        found = pattern.search(said)
        if found and kind == "column" and error_type == "KeyError" and _PROPERTIES.search(text):
            return Lesson(kind="property", name=found["name"])
        if found:
            return _lesson(kind, found, line, text)
    return None


def _lesson(kind: Kind, found: re.Match[str], line: int, text: str) -> Lesson:
    given = found.groupdict()
    name, beside = given["name"], given.get("beside") or ""
    if kind in ("path", "delta"):
        return Lesson(kind=kind, name=name, type="delta" if kind == "delta" else _format_at(text, line, name))
    if kind in ("jdbc", "connection"):
        return Lesson(kind=kind, name=name)
    if kind == "database":
        return Lesson(kind=kind, name=name.split(".")[-1].strip("`").lower())
    if kind == "table":
        return Lesson(kind=kind, name=".".join(part.strip("`") for part in name.split(".")[-2:]).lower())
    qualifier = _parts(name)[-2:-1]
    others = [_parts(item) for item in beside.split(", ") if item]
    chosen = [parts for parts in others if qualifier and parts[-2:-1] == qualifier] or others
    return Lesson(kind=kind, name=_parts(name)[-1], beside=tuple(parts[-1] for parts in chosen if parts))


def _parts(name: str) -> list[str]:
    return [quoted or bare for quoted, bare in _PART.findall(name)] or [name]


def _last_part(name: str) -> str:
    return name.rpartition(".")[2].strip("`")


def _format_at(text: str, line: int, path: str) -> str:
    """Return the format that the statement on a line reads, by its words, else by the path's ending."""
    ending = re.search(r"\.(csv|json|parquet|orc|avro|txt)\b", path)
    statement = _statement_at(text, line)
    word = re.search(
        r"\.(csv|json|parquet|orc|text|table)\(|['\"](csv|json|parquet|orc|avro|delta|text)['\"]", statement
    )
    if word:
        return word[1] or word[2]
    return ending[1] if ending else "parquet"


def _statement_at(text: str, line: int) -> str:
    return next((ast.unparse(node) for node in _statements(text) if node.lineno <= line <= (node.end_lineno or 0)), "")


def _statements(text: str) -> list[ast.stmt]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return []
    found = [node for node in ast.walk(tree) if isinstance(node, ast.stmt) and not hasattr(node, "body")]
    return sorted(found, key=lambda node: (node.end_lineno or 0) - node.lineno)


def apply_lessons(facts: ScriptFacts, lessons: Sequence[Lesson]) -> None:
    """Change the facts as the lessons say; a lesson that comes again goes to the next likely source."""
    for lesson in lessons:
        if lesson.kind == "column":
            _add_column(facts, lesson)
        elif lesson.kind == "surplus":
            _take_column(facts, lesson)
        elif lesson.kind == "field":
            _add_field(facts, lesson)
        elif lesson.kind == "type":
            for read in facts.reads:
                if lesson.name in read.columns:
                    read.columns[lesson.name] = lesson.type
        elif lesson.kind == "key":
            _add_key(facts, lesson)
        elif lesson.kind == "target":
            _set_target(facts, lesson)
        elif lesson.kind not in ("database", "connection", "property", "digits", "calm", "narrow"):
            _add_source(facts, lesson)


def _add_column(facts: ScriptFacts, lesson: Lesson) -> None:
    keyed = [read for read in facts.reads if lesson.beside and set(lesson.beside) <= set(read.keys)]
    if keyed:
        # Nothing but keys stands beside it: a predicate on partitions asks for one more.
        _add_key(facts, lesson, keyed)
        return
    lacking = [read for read in facts.reads if lesson.name not in read.columns]
    ranked = sorted(lacking, key=lambda read: -len(_columns(read) & set(lesson.beside)))
    if ranked:
        ranked[0].columns[lesson.name] = ""


def _add_key(facts: ScriptFacts, lesson: Lesson, among: Sequence[Read] = ()) -> None:
    lacking = [read for read in among or facts.reads if read.kind == "catalog" and lesson.name not in read.keys]
    if lacking:
        lacking[0].columns = {**(lacking[0].columns or DEFAULT_COLUMNS), lesson.name: lesson.type}
        lacking[0].keys.append(lesson.name)


def _set_target(facts: ScriptFacts, lesson: Lesson) -> None:
    """Give a table the shape of what is appended to it: the migration makes it from the catalog, which has that shape."""
    for read in facts.reads:
        if read.kind == "catalog" and read.name.lower() == lesson.name:
            read.columns, read.keys = dict(lesson.columns), list(lesson.beside)


def _columns(read: Read) -> set[str]:
    return set(read.columns or DEFAULT_COLUMNS)


def _take_column(facts: ScriptFacts, lesson: Lesson) -> None:
    for read in [read for read in facts.reads if lesson.name in read.columns][1:][-1:]:
        del read.columns[lesson.name]


def _add_field(facts: ScriptFacts, lesson: Lesson) -> None:
    for read in facts.reads:
        roots = {name.rpartition(".")[0] for name in read.columns if name.rpartition(".")[2] in lesson.beside}
        for root in roots - {""}:
            read.columns[f"{root}.{lesson.name}"] = ""


def _add_source(facts: ScriptFacts, lesson: Lesson) -> None:
    if lesson.kind == "table":
        facts.reads.append(Read(kind="catalog", name=lesson.name))
    elif lesson.kind == "jdbc":
        database, _, table = lesson.name.partition("/")
        facts.reads.append(Read(kind="jdbc", name=f"{database}|{table}"))
    else:
        facts.reads.append(Read(kind="path", name=lesson.name, format=lesson.type, options={"withHeader": "true"}))
