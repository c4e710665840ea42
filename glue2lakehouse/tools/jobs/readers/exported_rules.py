"""Schedules that were exported from EventBridge: one that starts a Glue job is its trigger, another is told.

AWS: events list-rules and describe-rule (which do not say what a rule starts), scheduler get-schedule.
"""

from typing import Any

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.model import Origin, Place
from glue2lakehouse.tools.jobs.readers.scheduler import STARTS_JOB, scheduled_start
from glue2lakehouse.tools.jobs.readers.starts import is_enabled

EXPORTED = "schedule-export"


def looks_like_rules(data: Any) -> bool:
    """Say whether a JSON value holds schedules as the AWS command line prints them, or takes them."""
    return bool(_scheduled(data))


def read_rules(path: str, data: Any) -> Definitions:
    """Read the schedules of one JSON document."""
    found, place = Definitions(), Place(path=path)
    for rule in _scheduled(data):
        name, expression, active = str(rule["Name"]), str(rule["ScheduleExpression"]), is_enabled(rule.get("State"))
        held = rule.get("Target")
        target = held if isinstance(held, dict) else {}
        if str(target.get("Arn", "")).endswith(STARTS_JOB):
            timezone = str(rule.get("ScheduleExpressionTimezone") or "UTC")
            made = scheduled_start(name, place, Origin.JSON, target.get("Input"), expression, timezone, active=active)
            found.seen += 1
            if isinstance(made, Finding):
                found.findings.append(made)
            else:
                found.items.append(made)
        elif active is not False:
            found.findings.append(_told(path, name, expression, str(target.get("Arn", ""))))
    return found


def _scheduled(data: Any) -> list[dict[str, Any]]:
    held = data.get("Rules", [data]) if isinstance(data, dict) else []
    rules = [rule for rule in held if isinstance(rule, dict)] if isinstance(held, list) else []
    return [rule for rule in rules if rule.get("ScheduleExpression") and rule.get("Name")]


def _told(path: str, name: str, expression: str, arn: str) -> Finding:
    what = arn or "what the export does not say"
    return Finding(
        rule=EXPORTED,
        severity=Severity.WARNING,
        path=path,
        line=0,
        message=f"EventBridge's rule '{name}' starts {what} on {expression}, and no job of the bundle has that schedule",
        action="where it starts a job or state machine of this project, give the job in the bundle this schedule",
    )
