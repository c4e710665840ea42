"""What starts a state machine or workflow from outside: EventBridge rules and schedules of Terraform.

AWS provider: aws_cloudwatch_event_rule, aws_cloudwatch_event_target, aws_scheduler_schedule.
"""

import json
from typing import Any

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.model import Chain, GlueTrigger, Origin
from glue2lakehouse.tools.jobs.readers.cloudformation import arrival_url
from glue2lakehouse.tools.jobs.readers.hcl import evaluate
from glue2lakehouse.tools.jobs.readers.hcl_blocks import Block
from glue2lakehouse.tools.jobs.readers.hcl_values import to_text
from glue2lakehouse.tools.jobs.readers.intrinsics import reference_name
from glue2lakehouse.tools.jobs.readers.scheduler import STARTS_JOB, scheduled_start
from glue2lakehouse.tools.jobs.readers.starts import Start, is_enabled, start_chain, start_trigger
from glue2lakehouse.tools.jobs.readers.terraform_body import body
from glue2lakehouse.tools.jobs.readers.terraform_scope import Module, Scope, expand


def read_events(found: Definitions, module: Module, scope: Scope) -> None:
    """Give each chain its schedule, and each EVENT trigger its S3 folder, where a rule of the module targets them."""
    for block in module.resources:
        if block.labels[0] == "aws_scheduler_schedule":
            _read_schedule(found, module, scope, block)
        elif block.labels[0] == "aws_cloudwatch_event_target":
            for instance in expand(block, scope):
                _read_target(found, module, instance.scope, block)


def _read_target(found: Definitions, module: Module, scope: Scope, block: Block) -> None:
    named = _value(block, "rule", scope)
    rules = [each for each in module.resources if each.labels[0] == "aws_cloudwatch_event_rule"]
    # The longest label: `load` is the start of `load_daily`.
    fitting = sorted((each for each in rules if _is(each, named, scope)), key=lambda each: len(each.labels[1]))
    if fitting and next(expand(fitting[-1], scope), None) is not None:
        said = [*(inner.type for inner in block.blocks), *block.attributes]
        computed = next((name for name in ("input_transformer", "input_path") if name in said), "")
        given = _value(block, "input", scope)
        _apply(found, module, scope, fitting[-1], _value(block, "arn", scope), given, computed)


def _read_schedule(found: Definitions, module: Module, scope: Scope, block: Block) -> None:
    """One schedule of EventBridge Scheduler: of a state machine or workflow, or a trigger of its own where it starts a job."""
    for instance in expand(block, scope):
        raw, _ = body(block, instance.scope)
        target = raw.get("target")
        target = target[0] if isinstance(target, list) and target else target if isinstance(target, dict) else {}
        arn = str(target.get("arn", ""))
        if STARTS_JOB not in arn:
            _apply(found, module, instance.scope, block, arn, target.get("input"))
            continue
        found.seen += 1
        built = scheduled_start(
            str(raw.get("name") or block.labels[1] + instance.suffix),
            module.place(block),
            Origin.TERRAFORM,
            target.get("input"),
            str(raw.get("schedule_expression", "")),
            str(raw.get("schedule_expression_timezone") or "UTC"),
            active=is_enabled(raw.get("state")),
        )
        if isinstance(built, Finding):
            found.findings.append(built)
        else:
            found.items.append(built)
            found.findings += _start(module, instance.scope, block, None).limits(built.name)


def _is(rule: Block, named: str, scope: Scope) -> bool:
    own = _value(rule, "name", scope)
    return named.strip("⟦⟧").startswith(f"aws_cloudwatch_event_rule_{rule.labels[1]}_") or bool(own and named == own)


def _value(block: Block, name: str, scope: Scope) -> str:
    attribute = block.attributes.get(name)
    return to_text(evaluate(attribute.expression, scope.look_up)) if attribute else ""


def _start(module: Module, scope: Scope, rule: Block, given: Any, computed: str = "") -> Start:
    raw, _ = body(rule, scope)
    window = raw.get("flexible_time_window") or {}
    window = window[0] if isinstance(window, list) else window
    return Start(
        ".".join(rule.labels), module.place(rule), _value(rule, "schedule_expression", scope),
        _value(rule, "schedule_expression_timezone", scope) or "UTC", active=is_enabled(raw.get("state") or raw.get("is_enabled", True)), given=given, computed=computed,
        first=_value(rule, "start_date", scope), last=_value(rule, "end_date", scope),
        window=str(window.get("maximum_window_in_minutes") or "") if window.get("mode") == "FLEXIBLE" else "",
    )  # fmt: skip


def _apply(
    found: Definitions, module: Module, scope: Scope, rule: Block, arn: str, given: Any, computed: str = ""
) -> None:
    start = _start(module, scope, rule, given, computed)
    for item in found.items:
        if isinstance(item, Chain) and _targets(arn, "aws_sfn_state_machine", item.address.rpartition(".")[2]):
            start_chain(found, item, start)
        elif isinstance(item, GlueTrigger) and item.type == "EVENT":
            workflow = next((each for each in found.workflows if each.name == item.workflow_name), None)
            if workflow is not None and _targets(arn, "aws_glue_workflow", workflow.address.rpartition(".")[2]):
                start_trigger(found, item, start, arrival_url(_pattern(_value(rule, "event_pattern", scope))))


def _targets(arn: str, kind: str, label: str) -> bool:
    return arn == f"⟦{reference_name(f'{kind}.{label}.arn')}⟧"


def _pattern(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return None
