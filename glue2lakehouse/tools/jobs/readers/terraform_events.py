"""What starts a state machine or workflow from outside: EventBridge rules and schedules of Terraform.

AWS provider: aws_cloudwatch_event_rule, aws_cloudwatch_event_target, aws_scheduler_schedule.
"""

import json
from typing import Any

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.model import Chain, Definitions, GlueTrigger, Origin
from glue2lakehouse.tools.jobs.readers.cloudformation import arrival_url
from glue2lakehouse.tools.jobs.readers.hcl import Block, evaluate, to_text
from glue2lakehouse.tools.jobs.readers.intrinsics import reference_name
from glue2lakehouse.tools.jobs.readers.scheduler import STARTS_JOB, scheduled_start
from glue2lakehouse.tools.jobs.readers.terraform_body import body
from glue2lakehouse.tools.jobs.readers.terraform_scope import Module, Scope, expand


def read_events(found: Definitions, module: Module, scope: Scope) -> None:
    """Give each chain its schedule, and each EVENT trigger its S3 folder, where a rule of the module targets them."""
    for block in module.resources:
        if block.labels[0] == "aws_scheduler_schedule":
            _read_schedule(found, module, scope, block)
        elif block.labels[0] == "aws_cloudwatch_event_target":
            named = _value(block, "rule", scope)
            rule = next(
                (
                    each
                    for each in module.resources
                    if each.labels[0] == "aws_cloudwatch_event_rule" and _is(each, named, scope)
                ),
                None,
            )
            if rule is not None:
                _apply(found, module, scope, rule, _value(block, "arn", scope))


def _read_schedule(found: Definitions, module: Module, scope: Scope, block: Block) -> None:
    """One schedule of EventBridge Scheduler: of a state machine or workflow, or a trigger of its own where it starts a job."""
    for instance in expand(block, scope):
        raw, _ = body(block, instance.scope)
        target = raw.get("target")
        target = target[0] if isinstance(target, list) and target else target if isinstance(target, dict) else {}
        arn = str(target.get("arn", ""))
        if STARTS_JOB not in arn:
            _apply(found, module, instance.scope, block, arn)
            continue
        found.seen += 1
        built = scheduled_start(
            str(raw.get("name") or block.labels[1] + instance.suffix),
            module.place(block),
            Origin.TERRAFORM,
            target.get("input"),
            str(raw.get("schedule_expression", "")),
            str(raw.get("schedule_expression_timezone") or "UTC"),
            active=raw.get("state") != "DISABLED",
        )
        if isinstance(built, Finding):
            found.findings.append(built)
        else:
            found.items.append(built)


def _is(rule: Block, named: str, scope: Scope) -> bool:
    own = _value(rule, "name", scope)
    return named.strip("⟦⟧").startswith(f"aws_cloudwatch_event_rule_{rule.labels[1]}_") or bool(own and named == own)


def _value(block: Block, name: str, scope: Scope) -> str:
    attribute = block.attributes.get(name)
    return to_text(evaluate(attribute.expression, scope.look_up)) if attribute else ""


def _apply(found: Definitions, module: Module, scope: Scope, rule: Block, arn: str) -> None:
    expression = _value(rule, "schedule_expression", scope)
    zone = _value(rule, "schedule_expression_timezone", scope) or "UTC"
    stopped = _value(rule, "is_enabled", scope) == "false" or _value(rule, "state", scope) == "DISABLED"
    for item in found.items:
        if isinstance(item, Chain) and _targets(arn, "aws_sfn_state_machine", item.address.rpartition(".")[2]):
            if expression and not item.schedule:
                item.schedule, item.active, item.timezone = expression, not stopped, zone
            else:
                found.findings.append(_other(module, rule, item.name))
        elif isinstance(item, GlueTrigger) and item.type == "EVENT":
            workflow = next((each for each in found.workflows if each.name == item.workflow_name), None)
            if workflow is not None and _targets(arn, "aws_glue_workflow", workflow.address.rpartition(".")[2]):
                item.arrival_url = arrival_url(_pattern(_value(rule, "event_pattern", scope)))
                if not item.arrival_url:
                    found.findings.append(_other(module, rule, item.name))


def _targets(arn: str, kind: str, label: str) -> bool:
    return arn == f"⟦{reference_name(f'{kind}.{label}.arn')}⟧"


def _pattern(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return None


def _other(module: Module, rule: Block, name: str) -> Finding:
    place = module.place(rule)
    return Finding(
        rule="trigger-event",
        severity=Severity.WARNING,
        path=place.path,
        line=place.line,
        message=f"{'.'.join(rule.labels)} starts '{name}' in a way that one schedule or file arrival does not say",
        action="start the job through the Jobs API from that rule, or add a second job that runs it",
    )
