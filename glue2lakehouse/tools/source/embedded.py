"""Scripts inside JSON: Glue Studio saves a visual job as one file whose `script` is a string.

Each becomes a virtual file `<file>.<place>.py`, such as `jobs/orders.json.script.py`, which stays the same from run to run.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from glue2lakehouse.tools.source.facts import JobFacts
from glue2lakehouse.tools.source.unread import is_note

_GLUE_IMPORT = re.compile(r"^\s*(?:from|import)\s+awsglue\b", re.M)
_UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class EmbeddedScript:
    """One script found in a JSON file: the virtual path, its code, what is said about its job, its JSON pointer."""

    path: str
    code: str
    facts: JobFacts
    pointer: str


def may_hold_scripts(data: bytes) -> bool:
    """Tell cheaply whether a JSON file is worth parsing."""
    return b"awsglue" in data


def embedded_scripts(content: str, path: str) -> Iterator[EmbeddedScript]:
    """Yield the Glue scripts in the strings of a JSON document, in document order; none where it is no valid JSON, or a note."""
    if is_note(content):
        return
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return
    for keys, code, facts in _walk(document, (), JobFacts()):
        place = _UNSAFE.sub("_", ".".join(keys)) or "script"
        yield EmbeddedScript(f"{path}.{place}.py", code, facts, "/" + "/".join(map(_escape, keys)))


def _walk(node: Any, keys: tuple[str, ...], facts: JobFacts) -> Iterator[tuple[tuple[str, ...], str, JobFacts]]:
    if isinstance(node, str):
        if "\n" in node and _GLUE_IMPORT.search(node):
            yield keys, node, facts
    elif isinstance(node, dict):
        settings = node.get("jobConfig", node.get("JobConfig"))
        below = _job_facts(settings) if isinstance(settings, dict) else facts
        for name, value in node.items():
            yield from _walk(value, (*keys, str(name)), below)
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _walk(value, (*keys, str(number)), facts)


def _job_facts(settings: dict[str, Any]) -> JobFacts:
    known = ("name", "role", "version", "workerType", "numberOfWorkers", "timeout", "pythonPath", "dependentPath")
    facts = JobFacts().with_settings({name: settings[name] for name in known if name in settings})
    command = str(settings.get("command") or "")
    return facts.model_copy(update={"command": command}) if command.startswith("glue") else facts


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
