"""Definitions from JSON: `aws glue get-job(s)`, get-triggers, batch-get-…, list-…, a bare definition, by hand or by Studio.

Glue API pages: get-jobs, batch-get-jobs, get-triggers, get-workflows, get-crawlers, get-connections, get-classifiers,
get-blueprint, get-security-configurations.
"""

import json
import re
from typing import Any

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.build import build
from glue2lakehouse.tools.jobs.model import Definitions, Kind, Origin, Place
from glue2lakehouse.tools.jobs.readers.studio import studio_job

ENVELOPES = {
    "Job": Kind.JOB, "Jobs": Kind.JOB,
    "Trigger": Kind.TRIGGER, "Triggers": Kind.TRIGGER,
    "Workflow": Kind.WORKFLOW, "Workflows": Kind.WORKFLOW,
    "Crawler": Kind.CRAWLER, "Crawlers": Kind.CRAWLER, "CrawlerList": Kind.CRAWLER,
    "Connection": Kind.CONNECTION, "ConnectionList": Kind.CONNECTION, "Connections": Kind.CONNECTION,
    "Classifier": Kind.CLASSIFIER, "Classifiers": Kind.CLASSIFIER,
    "Blueprint": Kind.BLUEPRINT, "Blueprints": Kind.BLUEPRINT,
    "SecurityConfiguration": Kind.SECURITY_CONFIGURATION, "SecurityConfigurations": Kind.SECURITY_CONFIGURATION,
    "Table": Kind.TABLE, "TableList": Kind.TABLE,
    "Database": Kind.DATABASE, "DatabaseList": Kind.DATABASE,
}  # fmt: skip
NAME_LISTS = ("JobNames", "TriggerNames", "CrawlerNames")
_SIGNS: tuple[tuple[frozenset[str], Kind], ...] = (
    (frozenset({"command"}), Kind.JOB),
    (frozenset({"codegenconfigurationnodes"}), Kind.JOB),
    (frozenset({"type", "actions"}), Kind.TRIGGER),
    (frozenset({"targets", "role"}), Kind.CRAWLER),
    (frozenset({"defaultrunproperties"}), Kind.WORKFLOW),
    (frozenset({"connectiontype", "connectionproperties"}), Kind.CONNECTION),
    (frozenset({"csvclassifier"}), Kind.CLASSIFIER),
    (frozenset({"grokclassifier"}), Kind.CLASSIFIER),
    (frozenset({"jsonclassifier"}), Kind.CLASSIFIER),
    (frozenset({"xmlclassifier"}), Kind.CLASSIFIER),
    (frozenset({"blueprintlocation"}), Kind.BLUEPRINT),
    (frozenset({"encryptionconfiguration", "name"}), Kind.SECURITY_CONFIGURATION),
)
_JOB_SIGNS = frozenset({"scriptlocation", "script_location"})


def looks_like_definitions(data: Any) -> bool:
    """Say whether a JSON value holds Glue definitions in any form that `read_exported` takes."""
    if isinstance(data, list):
        return bool(data) and all(isinstance(item, dict) for item in data) and any(_kind(item) for item in data)
    if not isinstance(data, dict):
        return False
    return (
        any(isinstance(data.get(key), dict) for key in ("JobUpdate", "jobConfig"))
        or bool(_kind(data))
        or any(_enveloped(key, item) for key, item in data.items())
        or any(key in data for key in NAME_LISTS)
    )


def read_exported(path: str, text: str, data: Any) -> Definitions:
    """Read every definition of one JSON document; `data` is its parsed form."""
    found = Definitions()
    for kind, item in _items(data):
        found.seen += 1
        name = str(item.get("Name") or item.get("name") or "")
        line = _line(text, name)
        built = build(kind, item, Place(path=path, line=line), Origin.JSON, lines=_field_lines(text, item, line))
        if isinstance(built, Finding):
            found.findings.append(built)
        else:
            found.items.append(built)
    if isinstance(data, dict):
        found.findings += [_names_only(path, key, data[key]) for key in NAME_LISTS if isinstance(data.get(key), list)]
        found.findings += _not_found(path, data)
        if data.get("NextToken"):
            found.findings.append(_cut(path, text))
    return found


def _items(data: Any) -> list[tuple[Kind, dict[str, Any]]]:
    if isinstance(data, list):
        return [(kind, item) for item in data if isinstance(item, dict) and (kind := _kind(item))]
    if isinstance(data.get("JobUpdate"), dict):
        return [(Kind.JOB, {**data["JobUpdate"], "Name": data.get("JobName")})]
    if isinstance(data.get("jobConfig"), dict):
        return [(Kind.JOB, studio_job(data))]
    if kind := _kind(data):
        return [(kind, data)]
    items: list[tuple[Kind, dict[str, Any]]] = []
    for key, held in data.items():
        if _enveloped(key, held):
            items += [(ENVELOPES[key], item) for item in (held if isinstance(held, list) else [held])]
    return items


def _enveloped(key: str, held: Any) -> bool:
    if key not in ENVELOPES:
        return False
    items = held if isinstance(held, list) else [held]
    named = ("Name", "name", "CsvClassifier", "GrokClassifier", "JsonClassifier", "XMLClassifier")
    return bool(items) and all(isinstance(item, dict) and any(key in item for key in named) for item in items)


def _kind(item: dict[str, Any]) -> Kind | None:
    keys = frozenset(str(key).replace("_", "").lower() for key in item)
    for signs, kind in _SIGNS:
        if signs <= keys and (kind is not Kind.JOB or _is_job(item, keys)):
            return kind
    return None


def _is_job(item: dict[str, Any], keys: frozenset[str]) -> bool:
    if "codegenconfigurationnodes" in keys:
        return True
    command = next(held for key, held in item.items() if key.lower() == "command")
    return isinstance(command, dict) and any(key.lower() in _JOB_SIGNS for key in command)


def _line(text: str, name: str) -> int:
    found = re.search(r'"[Nn]ame"\s*:\s*' + re.escape(json.dumps(name)), text) if name else None
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _field_lines(text: str, item: dict[str, Any], line: int) -> dict[str, int]:
    """Find each top-level field at or after the object's name; fields written before it are found from the top."""
    rows = text.splitlines()
    start = max(line - 1, 0)
    lines = {}
    for key in item:
        sign = json.dumps(str(key))
        after = next((number for number, row in enumerate(rows[start:], start + 1) if sign in row), 0)
        lines[str(key)] = after or next((number for number, row in enumerate(rows, 1) if sign in row), line)
    return lines


def _names_only(path: str, key: str, names: list[Any]) -> Finding:
    return Finding(
        rule="definition-names-only",
        severity=Severity.WARNING,
        path=path,
        line=0,
        message=f"{key} lists {len(names)} names without their definitions",
        action="export them with `aws glue batch-get-jobs`, `batch-get-triggers` or `batch-get-crawlers`",
    )


def _not_found(path: str, data: dict[str, Any]) -> list[Finding]:
    return [
        Finding(
            rule="definition-not-found",
            severity=Severity.WARNING,
            path=path,
            line=0,
            message=f"{key}: {', '.join(map(str, names))}: AWS did not return these",
            action="check the names and export again",
        )
        for key, names in data.items()
        if key.endswith("NotFound") and isinstance(names, list) and names
    ]


def _cut(path: str, text: str) -> Finding:
    rows = text.splitlines()
    return Finding(
        rule="export-incomplete",
        severity=Severity.WARNING,
        path=path,
        line=next((number for number, row in enumerate(rows, 1) if '"NextToken"' in row), 0),
        message="the export ends with a NextToken: more definitions exist than this file holds",
        action="export again without --max-items or --no-paginate",
    )
