"""A schedule of EventBridge Scheduler that starts a Glue job by itself, as a SCHEDULED trigger of that job.

AWS: scheduler/latest/UserGuide/managing-targets-universal (`arn:aws:scheduler:::aws-sdk:glue:startJobRun`, parameters as JSON).
"""

import json
from typing import Any

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.build import build
from glue2lakehouse.tools.jobs.model import Definition, GlueTrigger, Kind, Origin, Place
from glue2lakehouse.tools.jobs.readers.starts import FILLED_IN

STARTS_JOB = "aws-sdk:glue:startJobRun"
_ACTION = {"JobName", "Arguments", "Timeout", "NotificationProperty", "SecurityConfiguration"}


def scheduled_start(
    name: str, place: Place, origin: Origin, given: Any, expression: str, timezone: str, *, active: bool | None
) -> Definition | Finding:
    """Return the trigger, or the finding that says why the schedule's input does not say what it starts."""
    try:
        request = json.loads(given) if isinstance(given, str) else given
    except json.JSONDecodeError:
        request = None
    if not isinstance(request, dict) or not request.get("JobName"):
        return _unclear(name, place, f"its input does not say which job ({given})")
    if FILLED_IN in json.dumps(request):
        return _unclear(name, place, "gives it values that only EventBridge fills in (<aws.scheduler…>)")
    if set(request) - _ACTION:
        return _unclear(name, place, f"it also sets {', '.join(sorted(set(request) - _ACTION))}")
    fields = {
        "Name": name, "Type": "SCHEDULED", "Schedule": expression, "State": {True: "ACTIVATED", False: "DEACTIVATED", None: ""}[active],
        "Actions": [request],
    }  # fmt: skip
    built = build(Kind.TRIGGER, fields, place, origin)
    if isinstance(built, GlueTrigger):
        built.timezone = timezone
    return built


def _unclear(name: str, place: Place, why: str) -> Finding:
    return Finding(
        rule="trigger-event",
        severity=Severity.BLOCKER,
        path=place.path,
        line=place.line,
        message=f"schedule '{name}' starts a Glue job, but {why}; it was left out",
        action="give the job of the bundle this schedule by hand",
    )
