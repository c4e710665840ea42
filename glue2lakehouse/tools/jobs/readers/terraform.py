"""Definitions from Terraform modules: variables with defaults, locals, count, for_each, dynamic blocks, local modules.

HashiCorp: Terraform language; AWS provider, aws_glue_* resources. A module that another one calls is read with
what its callers pass, once for each call; the others with their defaults.
"""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.build import build
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.model import Kind, OpenReference, Origin, Place
from glue2lakehouse.tools.jobs.readers.assumed import defaults_taken
from glue2lakehouse.tools.jobs.readers.hcl import evaluate
from glue2lakehouse.tools.jobs.readers.hcl_blocks import Block
from glue2lakehouse.tools.jobs.readers.hcl_functions import Unknown, text_of
from glue2lakehouse.tools.jobs.readers.hcl_values import to_text
from glue2lakehouse.tools.jobs.readers.queries import IN_TERRAFORM, unread_query
from glue2lakehouse.tools.jobs.readers.stepfunctions import read_state_machine
from glue2lakehouse.tools.jobs.readers.terraform_body import body, plain
from glue2lakehouse.tools.jobs.readers.terraform_events import read_events
from glue2lakehouse.tools.jobs.readers.terraform_scope import Module, Scope, expand
from glue2lakehouse.tools.jobs.readers.without_counterpart import is_told, without_counterpart
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
_MOVED: dict[Kind, dict[str, str]] = {
    Kind.CRAWLER: {"security_configuration": "crawler_security_configuration"},
    Kind.DATABASE: {},
}


_OBJECTS = frozenset({"aws_s3_object", "aws_s3_bucket_object"})
_TAGGED = frozenset({Kind.JOB, Kind.TRIGGER, Kind.WORKFLOW})
# Names that a module's caller gives where the module makes Glue jobs; a remote module that takes none of them is of other services.
_GLUE_INPUTS = re.compile(
    r"glue|^script_?(location|path|s3|name|key)|^worker_type$|^number_of_workers$|^crawler|^job_(name|bookmark|language)|^default_arguments$"
)


@dataclass
class _Reading:
    found: Definitions = field(default_factory=Definitions)
    files: Mapping[str, str] = field(default_factory=dict)
    uploads: dict[str, str] = field(default_factory=dict)
    tags: dict[str, Any] = field(default_factory=dict)


def read_modules(modules: Mapping[str, Module], files: Mapping[str, str]) -> Definitions:
    """Read the definitions of all modules, by folder; `files` are the texts that `file()` may ask for."""
    reading = _Reading(files=files)
    called = {folder for module in modules.values() for folder in module.calls(modules)}
    for folder, module in sorted(modules.items()):
        if folder not in called:
            scope = Scope(module, modules, files)
            reading.tags = _default_tags(module, scope)
            before = len(reading.found.items)
            _read_module(reading, modules, module, scope)
            if len(reading.found.items) > before:
                reading.found.findings += _assumed(module, scope, modules, called)
    _match_uploads(reading)
    return reading.found


def _default_tags(module: Module, scope: Scope) -> dict[str, Any]:
    """Return what `default_tags` of the AWS provider puts on every resource; of several providers the unnamed one counts."""
    for block in module.of("provider"):
        inner = next((each for each in block.blocks if each.type == "default_tags"), None)
        if block.labels == ("aws",) and "alias" not in block.attributes and inner and "tags" in inner.attributes:
            tags = plain(evaluate(inner.attributes["tags"].expression, scope.look_up), scope)
            return tags if isinstance(tags, dict) else {tags: tags}
    return {}


def _assumed(module: Module, scope: Scope, modules: Mapping[str, Module], called: set[str]) -> list[Finding]:
    """Tell which values are only defaults, and which files of variables nobody loads unless told to."""
    loose = [file for each in modules.values() if each.folder not in called for file in each.loose]
    loose = sorted(file for file in loose if file.startswith(f"{module.folder}/" if module.folder else ""))
    found = [_not_loaded(loose)] if loose else []
    if scope.defaults:
        action = "give other values in a terraform.tfvars beside this file and migrate again, if they are not yours"
        found.append(defaults_taken(Place(path=module.blocks[0][0]), "Terraform's variables", scope.defaults, action))
    return found


def _not_loaded(files: list[str]) -> Finding:
    return Finding(
        rule="terraform-variables",
        severity=Severity.WARNING,
        path=files[0],
        line=0,
        message=f"Terraform loads {', '.join(files)} only where -var-file names it, so the values in there were not taken",
        action="copy the one that you deploy with to terraform.tfvars beside the root module and migrate again",
    )


def _match_uploads(reading: _Reading) -> None:
    """Note the script of each job whose S3 object the same Terraform uploads: its key may be named otherwise than its file."""
    for job in reading.found.jobs:
        fitting = [key for key in reading.uploads if job.command.script_location.endswith(f"/{key}")]
        if fitting and not job.script:
            job.script = reading.uploads[max(fitting, key=len)]


def _note_upload(reading: _Reading, module: Module, block: Block, scope: Scope) -> None:
    for instance in expand(block, scope):
        values = {
            name: plain(evaluate(block.attributes[name].expression, instance.scope.look_up), scope)
            for name in ("key", "source")
            if name in block.attributes
        }
        key, source = values.get("key"), values.get("source")
        if not isinstance(key, str) or not isinstance(source, str) or not source.endswith(".py"):
            continue
        places = (posixpath.normpath(source), posixpath.normpath(posixpath.join(module.folder, source)))
        found = next((place for place in places if place in reading.files), None)
        if found:
            reading.uploads[key.lstrip("/")] = found


def _read_module(
    reading: _Reading, modules: Mapping[str, Module], module: Module, scope: Scope, depth: int = 0
) -> None:
    for block in module.resources:
        if block.labels[0] in TYPES:
            _read_resource(reading, module, block, scope)
        elif is_told(block.labels[0]):
            reading.found.seen += 1
            reading.found.findings.append(without_counterpart(module.place(block), *block.labels[:2]))
        elif block.labels[0] == IN_TERRAFORM:
            reading.found.findings.append(unread_query(module.place(block), ".".join(block.labels)))
        elif block.labels[0] == "aws_sfn_state_machine":
            _read_machine(reading, module, block, scope)
        elif block.labels[0] in _OBJECTS:
            _note_upload(reading, module, block, scope)
    read_events(reading.found, module, scope)
    for call in module.module_calls:
        _read_call(reading, modules, module, call, scope, depth)


def _read_call(
    reading: _Reading, modules: Mapping[str, Module], module: Module, call: Block, scope: Scope, depth: int
) -> None:
    folder = module.source_of(call)
    place = module.place(call)
    if folder is None or folder not in modules or depth > 8:
        source = to_text(evaluate(call.attributes["source"].expression, scope.look_up)).lower()
        if "glue" in source or any(_GLUE_INPUTS.search(name) for name in call.attributes):
            reading.found.findings.append(_remote(place, call))
        return
    children = list(scope.children(call, folder))
    if not children and any(block.labels[0] in TYPES for block in modules[folder].resources):
        reading.found.findings.append(_none(place, f"module.{call.labels[0]}"))
    for child in children:
        if child.note:
            reading.found.findings.append(_unexpanded(place, f"module.{call.labels[0]}", child.note))
        _read_module(reading, modules, modules[folder], child.scope, depth + 1)


def _read_resource(reading: _Reading, module: Module, block: Block, scope: Scope) -> None:
    kind = TYPES[block.labels[0]]
    place = module.place(block)
    address = ".".join((*scope.path, *block.labels))
    instances = list(expand(block, scope))
    if not instances:
        reading.found.findings.append(_none(place, address))
    for instance in instances:
        reading.found.seen += 1
        if instance.note:
            reading.found.findings.append(_unexpanded(place, address, instance.note))
        raw, lines = _fields(block, instance.scope, module, kind)
        if reading.tags and kind in _TAGGED and isinstance(raw.get("tags", {}), dict):
            raw["tags"] = {**reading.tags, **raw.get("tags", {})}
        built = build(kind, raw, place, Origin.TERRAFORM, address=address + instance.suffix, lines=lines)
        if isinstance(built, Finding):
            reading.found.findings.append(built)
        else:
            reading.found.items.append(built)
        _note_references(reading, raw, instance.scope, place)


def _note_references(reading: _Reading, raw: Any, scope: Scope, place: Place) -> None:
    for name in open_references(raw):
        text, secret = scope.texts.get(name, (text_of(name), False))
        reading.found.references.setdefault(name, OpenReference(name=name, text=text, place=place, secret=secret))


def _fields(block: Block, scope: Scope, module: Module, kind: Kind) -> tuple[dict[str, Any], dict[str, int]]:
    raw, lines = body(block, scope)
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
    """`enabled` is the provider's word for an active trigger, true where it is not given; an open one leaves it open."""
    enabled = raw.pop("enabled", True)
    line = lines.pop("enabled", 0)
    if line:
        lines["state"] = line
    if enabled in (True, "true", False, "false"):
        raw["state"] = "ACTIVATED" if enabled in (True, "true") else "DEACTIVATED"
    else:
        raw.pop("start_on_creation", None)


def _read_machine(reading: _Reading, module: Module, block: Block, scope: Scope) -> None:
    definition = block.attributes.get("definition")
    place = module.place(block)
    for instance in expand(block, scope):
        value = evaluate(definition.expression, instance.scope.look_up) if definition else ""
        if isinstance(value, Unknown):
            reading.found.findings.append(_unknown_machine(place, block, value))
        if "glue:start" not in to_text(value):
            continue
        named = block.attributes.get("name")
        name = to_text(evaluate(named.expression, instance.scope.look_up)) if named else block.labels[1]
        machine = read_state_machine(place, name, to_text(value), address=".".join(block.labels) + instance.suffix)
        reading.found.add(machine)
        _note_references(reading, to_text(value), scope, place)


def _unknown_machine(place: Place, block: Block, value: Unknown) -> Finding:
    return Finding(
        rule="step-functions",
        severity=Severity.WARNING,
        path=place.path,
        line=place.line,
        message=f"{'.'.join(block.labels)}: its definition ({value.text}) cannot be known from the files, so the jobs that it may start are not in order",
        action="add the rendered state machine as a .json file (`aws stepfunctions describe-state-machine`) and migrate again",
    )


def _unexpanded(place: Place, address: str, note: str) -> Finding:
    return Finding(
        rule="terraform-expansion",
        severity=Severity.WARNING,
        path=place.path,
        line=place.line,
        message=f"{address}: {note}; it was read once, with the varying values left open",
        action="give the variables defaults or a terraform.tfvars, or export the jobs with `aws glue get-jobs`",
    )


def _none(place: Place, address: str) -> Finding:
    return Finding(
        rule="terraform-expansion",
        severity=Severity.WARNING,
        path=place.path,
        line=place.line,
        message=f"{address} is left out: its count or for_each is empty with the values that were taken",
        action="give the variable another default or a terraform.tfvars, if you need it",
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
