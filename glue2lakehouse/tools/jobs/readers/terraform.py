"""Definitions from Terraform modules: variables with defaults, locals, count, for_each, dynamic blocks, local modules.

HashiCorp: Terraform language; AWS provider, aws_glue_* resources. A module that another one calls is read with
what its callers pass, once for each call; the others with their defaults.
"""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.build import build
from glue2lakehouse.tools.jobs.model import Definitions, Kind, OpenReference, Origin, Place
from glue2lakehouse.tools.jobs.readers.hcl import Block, evaluate, to_text
from glue2lakehouse.tools.jobs.readers.hcl_functions import Unknown
from glue2lakehouse.tools.jobs.readers.stepfunctions import read_state_machine
from glue2lakehouse.tools.jobs.readers.terraform_events import read_events
from glue2lakehouse.tools.jobs.readers.terraform_scope import Module, Scope, expand
from glue2lakehouse.tools.jobs.values import open_references

TYPES = {
    "aws_glue_job": Kind.JOB,
    "aws_glue_trigger": Kind.TRIGGER,
    "aws_glue_workflow": Kind.WORKFLOW,
    "aws_glue_crawler": Kind.CRAWLER,
    "aws_glue_connection": Kind.CONNECTION,
    "aws_glue_classifier": Kind.CLASSIFIER,
    "aws_glue_security_configuration": Kind.SECURITY_CONFIGURATION,
    "aws_glue_catalog_table": Kind.TABLE,
    "aws_glue_catalog_database": Kind.DATABASE,
}
_META = frozenset({"count", "for_each", "provider", "depends_on", "lifecycle", "timeouts", "region"})
_MOVED: dict[Kind, dict[str, str]] = {
    Kind.CRAWLER: {"security_configuration": "crawler_security_configuration"},
    Kind.DATABASE: {},
}


@dataclass
class _Reading:
    found: Definitions = field(default_factory=Definitions)
    files: Mapping[str, str] = field(default_factory=dict)


def read_modules(modules: Mapping[str, Module], files: Mapping[str, str]) -> Definitions:
    """Read the definitions of all modules, by folder; `files` are the texts that `file()` may ask for."""
    reading = _Reading(files=files)
    called = {folder for module in modules.values() for folder in module.calls(modules)}
    for folder, module in sorted(modules.items()):
        if folder not in called:
            _read_module(reading, modules, module, Scope(module, modules, files))
    return reading.found


def _read_module(
    reading: _Reading, modules: Mapping[str, Module], module: Module, scope: Scope, depth: int = 0
) -> None:
    for block in module.resources:
        if block.labels[0] in TYPES:
            _read_resource(reading, module, block, scope)
        elif block.labels[0].startswith("aws_glue_"):
            reading.found.seen += 1
            reading.found.findings.append(_no_counterpart(module, block))
        elif block.labels[0] == "aws_sfn_state_machine":
            _read_machine(reading, module, block, scope)
    read_events(reading.found, module, scope)
    for call in module.module_calls:
        _read_call(reading, modules, module, call, scope, depth)


def _read_call(
    reading: _Reading, modules: Mapping[str, Module], module: Module, call: Block, scope: Scope, depth: int
) -> None:
    folder = module.source_of(call)
    place = module.place(call)
    if folder is None or folder not in modules or depth > 8:
        if "glue" in to_text(evaluate(call.attributes["source"].expression, scope.look_up)).lower():
            reading.found.findings.append(_remote(place, call))
        return
    for child in scope.children(call, folder):
        if child.note:
            reading.found.findings.append(_unexpanded(place, f"module.{call.labels[0]}", child.note))
        _read_module(reading, modules, modules[folder], child.scope, depth + 1)


def _read_resource(reading: _Reading, module: Module, block: Block, scope: Scope) -> None:
    kind = TYPES[block.labels[0]]
    place = module.place(block)
    address = ".".join((*scope.path, *block.labels))
    for instance in expand(block, scope):
        reading.found.seen += 1
        if instance.note:
            reading.found.findings.append(_unexpanded(place, address, instance.note))
        raw, lines = _fields(block, instance.scope, module, kind)
        built = build(kind, raw, place, Origin.TERRAFORM, address=address + instance.suffix, lines=lines)
        if isinstance(built, Finding):
            reading.found.findings.append(built)
        else:
            reading.found.items.append(built)
        _note_references(reading, raw, instance.scope, place)


def _note_references(reading: _Reading, raw: Any, scope: Scope, place: Place) -> None:
    for name in open_references(raw):
        text, secret = scope.texts.get(name, (name, False))
        reading.found.references.setdefault(name, OpenReference(name=name, text=text, place=place, secret=secret))


def _fields(block: Block, scope: Scope, module: Module, kind: Kind) -> tuple[dict[str, Any], dict[str, int]]:
    raw, lines = _body(block, scope)
    for old, new in _MOVED.get(kind, {}).items():
        if old in raw:
            raw[new] = raw.pop(old)
            lines[new] = lines.pop(old)
    if kind is Kind.CRAWLER and isinstance(raw.get("schedule"), str):
        raw["schedule"] = {"ScheduleExpression": raw["schedule"]}
    if kind is Kind.TRIGGER:
        _trigger_state(raw, lines)
    return raw, lines


def _trigger_state(raw: dict[str, Any], lines: dict[str, int]) -> None:
    """`enabled` is the provider's word for an active trigger, true where it is not given."""
    enabled = raw.pop("enabled", True)
    line = lines.pop("enabled", 0)
    if enabled in (True, "true", False, "false"):
        raw["state"] = "ACTIVATED" if enabled in (True, "true") else "DEACTIVATED"
        if line:
            lines["state"] = line
    else:
        raw["enabled"] = enabled


def _body(block: Block, scope: Scope) -> tuple[dict[str, Any], dict[str, int]]:
    raw: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for name, attribute in block.attributes.items():
        if name in _META:
            continue
        raw[name] = plain(evaluate(attribute.expression, scope.look_up), scope)
        lines[name] = attribute.line
    for inner in block.blocks:
        if inner.type in _META:
            continue
        name, contents = (inner.labels[0], _dynamic(inner, scope)) if inner.type == "dynamic" else (inner.type, None)
        if contents is None:
            body, inner_lines = _body(inner, scope)
            contents = [body]
            lines |= {f"{name}.{key}": line for key, line in inner_lines.items()}
        lines.setdefault(name, inner.line)
        raw.setdefault(name, [])
        if isinstance(raw[name], list):
            raw[name] += contents
    return raw, lines


def _dynamic(block: Block, scope: Scope) -> list[Any]:
    content = next((inner for inner in block.blocks if inner.type == "content"), None)
    if content is None:
        return []
    return [_body(content, instance.scope)[0] for instance in expand(block, scope, iterator=block.labels[0])]


def plain(value: Any, scope: Scope) -> Any:
    """Return a value with each unknown as an open reference."""
    if isinstance(value, Unknown):
        scope.note(value)
        return value.marker
    if isinstance(value, dict):
        return {key: plain(item, scope) for key, item in value.items()}
    return [plain(item, scope) for item in value] if isinstance(value, list) else value


def _read_machine(reading: _Reading, module: Module, block: Block, scope: Scope) -> None:
    definition = block.attributes.get("definition")
    text = to_text(evaluate(definition.expression, scope.look_up)) if definition else ""
    if "glue:startJobRun" not in text:
        return
    place = module.place(block)
    named = block.attributes.get("name")
    name = to_text(evaluate(named.expression, scope.look_up)) if named else block.labels[1]
    reading.found.add(read_state_machine(place, name, text, address=".".join(block.labels)))
    _note_references(reading, text, scope, place)


def _unexpanded(place: Place, address: str, note: str) -> Finding:
    return Finding(
        rule="terraform-expansion",
        severity=Severity.WARNING,
        path=place.path,
        line=place.line,
        message=f"{address}: {note}; it was read once, with the varying values left open",
        action="give the variables defaults or a terraform.tfvars, or export the jobs with `aws glue get-jobs`",
    )


def _remote(place: Place, call: Block) -> Finding:
    return Finding(
        rule="terraform-module",
        severity=Severity.BLOCKER,
        path=place.path,
        line=place.line,
        message=f"module.{call.labels[0]}: its source is not in this tree, so what it defines is not known",
        action="add the module's folder to the source, or export the deployed definitions with `aws glue get-jobs`",
    )


def _no_counterpart(module: Module, block: Block) -> Finding:
    place = module.place(block)
    return Finding(
        rule="definition-kind",
        severity=Severity.WARNING,
        path=place.path,
        line=place.line,
        message=f"{'.'.join(block.labels)} has no counterpart in an Asset Bundle",
        action="see the migration notes on catalog encryption, registries, ML transforms and resource policies",
    )


def folder_of(path: str) -> str:
    """Return the folder of a file, empty at the root."""
    return posixpath.dirname(path)
