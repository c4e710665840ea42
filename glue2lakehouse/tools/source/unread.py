"""Files that hold Glue in a form that nothing here reads: Scala and Java on Glue's library, rulesets in DQDL, notes of Zeppelin.

They are listed and told, as a job that nobody sees is a job that nobody moves. AWS: Scala script APIs; DQDL reference.
"""

import re
from collections.abc import Collection, Iterable, Iterator

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.source.text import NotText, decode_any
from glue2lakehouse.tools.source.tree import SourceFile

_LARGEST = 20_000_000
_LIBRARY = b"com.amazonaws.services.glue"
# The AWS client for Glue has this package's name too, and none of these.
_ON_THE_JVM = re.compile(
    r"\b(?:GlueContext|DynamicFrame|DynamicRecord|GlueArgParser|JsonOptions|MappingSpec|ResolveSpec|ChoiceOption)\b"
)
_RULES = re.compile(r"\b(?:Rules|Analyzers)\s*=\s*\[")
_ZEPPELIN = re.compile(r'^\s*\{\s*"paragraphs"\s*:')
_JVM = (".scala", ".sc", ".java", ".kt")
_NOTES = (".zpln", ".json")


def unread_glue(files: Iterable[SourceFile], told: Collection[str] = ()) -> Iterator[Finding]:
    """Yield a finding for each such file: a blocker where it is code of a job, a warning for rules. `told` are left out."""
    for file in files:
        name = file.path.lower()
        if file.path in told or not name.endswith((*_JVM, *_NOTES, ".dqdl")) or file.size > _LARGEST:
            continue
        text = _text(file, name)
        if text and (finding := _told(file.path, name, text)) is not None:
            yield finding


def _text(file: SourceFile, name: str) -> str:
    """Return a file's text, empty for one that is not worth decoding."""
    try:
        with file.absolute.open("rb") as stream:
            start = stream.read(200)
            if name.endswith(_NOTES) and b"paragraphs" not in start:
                return ""
            data = start + stream.read()
        return decode_any(data).content if name.endswith((*_NOTES, ".dqdl")) or _LIBRARY in data else ""
    except (OSError, NotText):
        return ""


def is_note(content: str) -> bool:
    """Whether a JSON document is a note of Zeppelin; its paragraphs belong together and are no scripts."""
    return _ZEPPELIN.match(content) is not None


def _told(path: str, name: str, text: str) -> Finding | None:
    if name.endswith(_NOTES):
        if not is_note(text) or ("awsglue" not in text and _LIBRARY.decode() not in text):
            return None
        return _finding(
            path, 0, Severity.BLOCKER, "is a note of Zeppelin that uses Glue, which is not read",
            "save its %pyspark paragraphs, in their order, as one .py or .ipynb file, its %sql ones as spark.sql(...), and migrate again",
        )  # fmt: skip
    match = (_RULES if name.endswith(".dqdl") else _ON_THE_JVM).search(text)
    if match is None:
        return None
    line = text.count("\n", 0, match.start()) + 1
    if name.endswith(".dqdl"):
        return _finding(
            path, line, Severity.WARNING, "holds rules of Glue Data Quality, which are converted only where a job writes them out",
            "write them at the job's EvaluateDataQuality and migrate again, or as expectations of a pipeline",
        )  # fmt: skip
    return _finding(
        path, line, Severity.BLOCKER, "uses Glue in Scala or Java, which is not converted",
        "rewrite it in Python and migrate again, or against Spark and Delta alone, for a spark_jar_task",
    )  # fmt: skip


def _finding(path: str, line: int, severity: Severity, message: str, action: str) -> Finding:
    return Finding(rule="unread-glue", severity=severity, path=path, line=line, message=message, action=action)
