"""Definitions from CloudFormation, SAM and synthesised CDK templates.

AWS: AWS_Glue resource types; AWS::StepFunctions::StateMachine, AWS::Serverless::StateMachine, AWS::Events::Rule.
"""

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.build import build
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.model import Chain, GlueTrigger, Kind, Origin, Place
from glue2lakehouse.tools.jobs.readers.assumed import defaults_taken
from glue2lakehouse.tools.jobs.readers.intrinsics import Intrinsics
from glue2lakehouse.tools.jobs.readers.queries import IN_CLOUDFORMATION, unread_query
from glue2lakehouse.tools.jobs.readers.scheduler import STARTS_JOB, scheduled_start
from glue2lakehouse.tools.jobs.readers.starts import Start, is_enabled, start_chain, start_trigger
from glue2lakehouse.tools.jobs.readers.stepfunctions import read_state_machine
from glue2lakehouse.tools.jobs.readers.template import Lines
from glue2lakehouse.tools.jobs.readers.without_counterpart import is_told, without_counterpart

TYPES = {
    "AWS::Glue::Job": Kind.JOB,
    "AWS::Glue::Trigger": Kind.TRIGGER,
    "AWS::Glue::Workflow": Kind.WORKFLOW,
    "AWS::Glue::Crawler": Kind.CRAWLER,
    "AWS::Glue::Connection": Kind.CONNECTION,
    "AWS::Glue::Classifier": Kind.CLASSIFIER,
    "AWS::Glue::SecurityConfiguration": Kind.SECURITY_CONFIGURATION,
    "AWS::Glue::Table": Kind.TABLE,
    "AWS::Glue::Database": Kind.DATABASE,
}
_RULES = ("AWS::Events::Rule", "AWS::Scheduler::Schedule")
_DETAIL = frozenset({"bucket", "object", "eventSource", "eventName", "requestParameters"})
_MACHINES = ("AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine")


def looks_like_template(data: Any) -> bool:
    """Say whether a value is a template with something of Glue in it."""
    resources = data.get("Resources") if isinstance(data, dict) else None
    if not isinstance(resources, dict):
        return False
    types = [item.get("Type") for item in resources.values() if isinstance(item, dict)]
    looped = any(str(name).startswith("Fn::") and "AWS::Glue::" in str(item) for name, item in resources.items())
    return looped or any(
        isinstance(kind, str) and (is_told(kind) or kind in (*_MACHINES, *_RULES, IN_CLOUDFORMATION)) for kind in types
    )


def read_template(values: Intrinsics, texts: Mapping[str, str] | None = None) -> Definitions:
    """Read the Glue definitions of one template, with its parameters' values; `texts` hold what DefinitionUri names."""
    found = Definitions()
    data, lines = values.template, values.lines
    for logical_id, resource in data["Resources"].items():
        kind = resource["Type"]
        if kind in TYPES:
            _read_resource(found, values, logical_id, resource, TYPES[kind])
        elif is_told(kind):
            found.seen += 1
            place = Place(path=values.path, line=lines.get(("Resources", logical_id), 0))
            found.findings.append(without_counterpart(place, kind, logical_id))
        elif kind == IN_CLOUDFORMATION:
            found.findings.append(
                unread_query(Place(path=values.path, line=lines.get(("Resources", logical_id), 0)), logical_id)
            )
        elif kind in _MACHINES:
            _read_machine(found, values, logical_id, resource, texts or {})
    _read_rules(found, values, data)
    if values.defaults and found.items:
        found.findings.append(_defaults(values))
    found.references |= values.references
    return found


def _defaults(values: Intrinsics) -> Finding:
    place = Place(path=values.path, line=values.lines.get(("Parameters",), 0))
    action = "change the default in the template and migrate again, where you deploy with another value"
    chosen = values.defaults.keys() & _choosing(values.template)
    return defaults_taken(place, "the template's parameters", values.defaults, action, chosen)


def _choosing(template: Any, inside: bool = False) -> set[str]:
    """Return the parameters that a condition or a look-up in a mapping asks for: with another value a job is another one."""
    if isinstance(template, list):
        return {name for item in template for name in _choosing(item, inside)}
    if not isinstance(template, dict):
        return set()
    found: set[str] = set()
    for key, value in template.items():
        if key == "Ref" and inside and isinstance(value, str):
            found.add(value)
        found |= _choosing(value, inside or key in ("Conditions", "Fn::FindInMap"))
    return found


def _read_resource(
    found: Definitions, values: Intrinsics, logical_id: str, resource: dict[str, Any], kind: Kind
) -> None:
    found.seen += 1
    at = values.lines.get(("Resources", logical_id), 0)
    place = Place(path=values.path, line=at)
    if (held := _excluded(values, logical_id, resource, place)) is not None:
        found.findings.append(held)
        if held.severity is Severity.WARNING:
            return
    properties = values.resolve(resource["Properties"])
    if not isinstance(properties, dict):
        found.findings.append(odd_resource(values.path, values.lines, logical_id))
        return
    for wrapper in ("TableInput", "DatabaseInput"):
        inner = properties.pop(wrapper, None)
        properties |= inner if isinstance(inner, dict) else {}
    built = build(
        kind, properties, place, Origin.CLOUDFORMATION, address=logical_id, lines=_lines(values.lines, logical_id)
    )
    if isinstance(built, Finding):
        found.findings.append(built)
    else:
        found.items.append(built)


def _excluded(values: Intrinsics, logical_id: str, resource: dict[str, Any], place: Place) -> Finding | None:
    name = resource.get("Condition")
    truth = values.condition(str(name)) if name else True
    if truth is True:
        return None
    if truth is False:
        message = f"'{logical_id}' is left out: its condition '{name}' is false with the parameters' defaults"
        severity, action = (
            Severity.WARNING,
            "give the parameter another default, or add the definition by hand, if you need it",
        )
    else:
        message = f"'{logical_id}' exists only under the condition '{name}', which the defaults do not settle; it was taken in"
        severity, action = Severity.INFO, "remove it from the bundle where the condition does not hold"
    return Finding(
        rule="definition-condition", severity=severity, path=place.path, line=place.line, message=message, action=action
    )


def _lines(lines: Lines, logical_id: str) -> dict[str, int]:
    root = ("Resources", logical_id, "Properties")
    return {".".join(path[3:]): line for path, line in lines.items() if path[:3] == root and len(path) > 3}


def _read_machine(
    found: Definitions, values: Intrinsics, logical_id: str, resource: dict[str, Any], texts: Mapping[str, str]
) -> None:
    properties = resource["Properties"]
    definition = properties.get("DefinitionString", properties.get("Definition"))
    substitutions = values.resolve(properties.get("DefinitionSubstitutions") or {})
    resolved = values.resolve(definition)
    text = resolved if isinstance(resolved, str) else json.dumps(resolved or {})
    uri = properties.get("DefinitionUri")
    if isinstance(uri, str):
        text = texts.get(posixpath.normpath(posixpath.join(posixpath.dirname(values.path), uri)), "")
    if not text or text == "{}":
        found.findings.append(_unknown_machine(values, logical_id))
    if "glue:start" not in text:
        return
    for name, value in substitutions.items():
        text = text.replace("${" + name + "}", str(value))
    place = Place(path=values.path, line=values.lines.get(("Resources", logical_id), 0))
    name = values.resolve(properties.get("StateMachineName") or properties.get("Name") or logical_id)
    machine = read_state_machine(place, str(name), text, address=logical_id)
    for title, event in (properties.get("Events") or {}).items():
        _read_event(machine, values, str(title), event if isinstance(event, dict) else {})
    found.add(machine)


def _unknown_machine(values: Intrinsics, logical_id: str) -> Finding:
    return Finding(
        rule="step-functions",
        severity=Severity.WARNING,
        path=values.path,
        line=values.lines.get(("Resources", logical_id), 0),
        message=f"state machine '{logical_id}': its definition is not in the source, so the jobs that it may start are not in order",
        action="add the state machine as a .json file (`aws stepfunctions describe-state-machine`) and migrate again",
    )


def _read_event(machine: Definitions, values: Intrinsics, title: str, event: dict[str, Any]) -> None:
    """Take over the schedule that SAM gives a state machine; what else starts it is a finding."""
    known = event.get("Type") in ("Schedule", "ScheduleV2")
    for chain in machine.chains:
        start = _start(title, chain.place, values, (event.get("Properties") or {}) if known else {})
        start_chain(machine, chain, start)


def _read_rules(found: Definitions, values: Intrinsics, data: dict[str, Any]) -> None:
    """Give EVENT triggers the S3 prefix, and state machines the schedule, of the EventBridge rule that targets them."""
    for logical_id, resource in data["Resources"].items():
        if resource.get("Type") not in _RULES:
            continue
        properties = resource["Properties"]
        targets = json.dumps([properties.get("Targets"), properties.get("Target")])
        line = values.lines.get(("Resources", logical_id), 0)
        if STARTS_JOB in targets:
            _read_schedule(found, values, logical_id, properties)
        start = _start(logical_id, Place(path=values.path, line=line), values, properties)
        for item in list(found.items):
            if isinstance(item, Chain) and _names(targets, item.address):
                for one in _starts(start, values, properties, item.address):
                    start_chain(found, item, one)
            elif isinstance(item, GlueTrigger) and item.type == "EVENT" and _targets_workflow(item, found, targets):
                url = arrival_url(values.resolve(properties.get("EventPattern") or {}))
                start_trigger(found, item, start, url)


def _read_schedule(found: Definitions, values: Intrinsics, logical_id: str, properties: dict[str, Any]) -> None:
    """A schedule of EventBridge Scheduler that starts a job by itself is what a SCHEDULED trigger is."""
    target = values.resolve(properties.get("Target") or {})
    built = scheduled_start(
        str(values.resolve(properties.get("Name") or logical_id)),
        Place(path=values.path, line=values.lines.get(("Resources", logical_id), 0)),
        Origin.CLOUDFORMATION,
        target.get("Input") if isinstance(target, dict) else None,
        str(values.resolve(properties.get("ScheduleExpression") or "")),
        str(values.resolve(properties.get("ScheduleExpressionTimezone") or "UTC")),
        active=is_enabled(values.resolve(properties.get("State"))),
    )
    found.seen += 1
    if isinstance(built, Finding):
        found.findings.append(built)
    else:
        found.items.append(built)
        place = Place(path=values.path, line=built.place.line)
        found.findings += _start(logical_id, place, values, properties).limits(built.name)


def _names(targets: str, logical_id: str) -> bool:
    """Say whether a logical id, as a whole word, is among the targets."""
    return bool(re.search(rf'["{{]{re.escape(logical_id)}["}}.]', targets))


def _targets_workflow(trigger: GlueTrigger, found: Definitions, targets: str) -> bool:
    return any(
        workflow.name == trigger.workflow_name
        and (_names(targets, workflow.address) or re.search(rf"\b{re.escape(workflow.name)}(?![\w-])", targets))
        for workflow in found.workflows
    )


def _starts(start: Start, values: Intrinsics, properties: dict[str, Any], logical_id: str) -> list[Start]:
    """Return the starts of one machine by a rule: each of its targets gives an input of its own."""
    held = properties.get("Targets")
    targets = held if isinstance(held, list) else [properties.get("Target")]
    made = []
    for target in targets:
        if isinstance(target, dict) and _names(json.dumps(target), logical_id):
            computed = next((name for name in ("InputTransformer", "InputPath") if target.get(name)), "")
            made.append(replace(start, given=values.resolve(target.get("Input")) or start.given, computed=computed))
    return made or [start]


def _start(name: str, place: Place, values: Intrinsics, properties: dict[str, Any]) -> Start:
    """What a rule, a schedule or an event of SAM says, of which each uses its part of these properties."""
    said = values.resolve(properties)
    said = said if isinstance(said, dict) else {}
    expression = said.get("ScheduleExpression") or said.get("Schedule")
    window = _dict(said.get("FlexibleTimeWindow"))
    return Start(
        name, place, expression if isinstance(expression, str) else "", str(said.get("ScheduleExpressionTimezone") or "UTC"),
        active=is_enabled(said.get("State", said.get("Enabled", True))), given=said.get("Input"),
        first=str(said.get("StartDate") or ""), last=str(said.get("EndDate") or ""),
        window=str(window.get("MaximumWindowInMinutes") or "") if window.get("Mode") == "FLEXIBLE" else "",
    )  # fmt: skip


def arrival_url(pattern: Any) -> str:
    """Return the S3 folder that an event pattern waits for, empty where it waits for something else.

    File arrival watches a folder and nothing narrower: a suffix, a size or half a name is something else.
    """
    detail = pattern.get("detail") if isinstance(pattern, dict) else None
    if not isinstance(detail, dict) or set(detail) - _DETAIL:
        return ""
    bucket, object_, request = (_dict(detail.get(name)) for name in ("bucket", "object", "requestParameters"))
    if set(bucket) - {"name"} or set(object_) - {"key"} or set(request) - {"bucketName", "key"}:
        return ""
    buckets = bucket.get("name") or request.get("bucketName")
    if not isinstance(buckets, list) or len(buckets) != 1 or not isinstance(buckets[0], str):
        return ""
    keys = object_.get("key") or request.get("key") or [{"prefix": ""}]
    only = keys[0] if isinstance(keys, list) and len(keys) == 1 and isinstance(keys[0], dict) else {}
    prefix = only.get("prefix")
    if list(only) != ["prefix"] or not isinstance(prefix, str) or (prefix and not prefix.endswith("/")):
        return ""
    return f"s3://{buckets[0]}/{prefix}"


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def odd_resource(path: str, lines: Lines, logical_id: str) -> Finding:
    """Return the finding for what stands among the resources and is none."""
    return Finding(
        rule="template-macro",
        severity=Severity.BLOCKER,
        path=path,
        line=lines.get(("Resources", logical_id), 0),
        message=f"'{logical_id}' is a macro (Fn::ForEach, Fn::Transform) that only CloudFormation expands",
        action="deploy or package the template once and export its result with `aws cloudformation get-template`",
    )
