"""Definitions from JSON: `aws glue get-job(s)`, get-triggers, batch-get-…, list-…, a bare definition, by hand or by Studio.

Glue API pages: get-jobs, batch-get-jobs, get-triggers, get-workflows, get-crawlers, get-connections, get-classifiers,
get-blueprint, get-security-configurations.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.build import build
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.model import Kind, Origin, Place
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
NAME_LISTS = ("JobNames", "TriggerNames", "CrawlerNames", "Workflows", "Blueprints", "Jobs", "Triggers", "Crawlers")
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
    (frozenset({"tableinput"}), Kind.TABLE),
    (frozenset({"databaseinput"}), Kind.DATABASE),
    (frozenset({"storagedescriptor", "name"}), Kind.TABLE),
)
GRAPH = "graph of its workflow"
_NEAR = 200
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
        or any(_lists_names(data, key) for key in NAME_LISTS)
    )


def _lists_names(data: dict[str, Any], key: str) -> bool:
    names = data.get(key)
    return isinstance(names, list) and bool(names) and all(isinstance(name, str) for name in names)


def json_documents(text: str) -> list[Any]:
    """Return the JSON values of a text: one, or several that were appended to one file. Raises json.JSONDecodeError."""
    decoder, found, position = json.JSONDecoder(), [], 0
    while position < len(text):
        value, position = decoder.raw_decode(text, position)
        found.append(value)
        while position < len(text) and text[position] in " \t\r\n,":
            position += 1
    return found


def read_exported(path: str, text: str, data: Any) -> Definitions:
    """Read every definition of one JSON document; `data` is its parsed form."""
    found = Definitions()
    lines = _Lines(text)
    for kind, held in _items(data):
        found.seen += 1
        item = _without_input(held)
        name = str(item.get("Name") or item.get("name") or "")
        line = lines.of(name)
        built = build(kind, item, Place(path=path, line=line), Origin.JSON, lines=lines.fields(item, line))
        if isinstance(built, Finding):
            found.findings.append(built)
        else:
            found.items.append(built)
            if kind is Kind.WORKFLOW:
                _read_graph(found, item, path, line)
    if isinstance(data, dict):
        found.findings += [_names_only(path, key, data[key]) for key in NAME_LISTS if _lists_names(data, key)]
        found.findings += _not_found(path, data)
        if data.get("NextToken"):
            found.findings.append(_cut(path, text))
    return found


def _without_input(item: dict[str, Any]) -> dict[str, Any]:
    """What create-table and create-database are given has the fields of the object one level deeper."""
    inner = next((item[key] for key in ("TableInput", "DatabaseInput") if isinstance(item.get(key), dict)), None)
    return item if inner is None else {**{k: v for k, v in item.items() if v is not inner}, **inner}


def _read_graph(found: Definitions, workflow: dict[str, Any], path: str, line: int) -> None:
    """`get-workflow --include-graph` holds the workflow's triggers; one that is exported by itself, too, is a copy."""
    graph = workflow.get("Graph") or {}
    for node in graph.get("Nodes") or [] if isinstance(graph, dict) else []:
        trigger = (node.get("TriggerDetails") or {}).get("Trigger") if isinstance(node, dict) else None
        if isinstance(trigger, dict):
            built = build(
                Kind.TRIGGER,
                {"WorkflowName": workflow.get("Name"), **trigger},
                Place(path=path, line=line),
                Origin.JSON,
                address=GRAPH,
            )
            found.seen += 1
            if isinstance(built, Finding):
                found.findings.append(built)
            else:
                found.items.append(built)


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


class _Lines:
    """Finds the lines of one document's definitions, which come in the order in which they are asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.rows = text.splitlines()
        self._offset = 0

    def of(self, name: str) -> int:
        """Return the line of an object's name, searching on from the last one; 1 where it is not found."""
        value = re.escape(json.dumps(name)[1:-1])
        sign = re.compile(rf"""["']?\b[Nn]ame["']?\s*:\s*["']?{value}["']?\s*[,}}\n]""")
        found = sign.search(self.text, self._offset) or sign.search(self.text)
        if not name or found is None:
            return 1
        self._offset = found.end()
        return self.text.count("\n", 0, found.start()) + 1

    def fields(self, item: dict[str, Any], line: int) -> dict[str, int]:
        """Find each top-level field near the object's name: below it first, then above."""
        below = list(enumerate(self.rows[line - 1 : line - 1 + _NEAR], line))
        above = list(enumerate(self.rows[max(line - _NEAR, 0) : line], max(line - _NEAR, 0) + 1))[::-1]
        lines: dict[str, int] = {}
        for key, value in item.items():
            lines[str(key)] = at = _first(str(key), (*below, *above), line)
            for inner in value if isinstance(value, dict) else ():
                lines[f"{key}.{inner}"] = _first(
                    str(inner), list(enumerate(self.rows[at - 1 : at - 1 + _NEAR], at)), at
                )
        return lines


def _first(key: str, rows: Iterable[tuple[int, str]], otherwise: int) -> int:
    sign = re.compile(rf"""(?:^|[\s{{,])["']?{re.escape(key)}["']?\s*:""")
    return next((number for number, row in rows if sign.search(row)), otherwise)


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
        if (key.endswith("NotFound") or key.startswith("Missing")) and isinstance(names, list) and names
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
