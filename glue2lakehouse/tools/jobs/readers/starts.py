"""What EventBridge starts a state machine or an EVENT trigger with: a schedule, its limits, and the input that it gives.

AWS: eventbridge rules (ScheduleExpression, Targets.Input), EventBridge Scheduler (StartDate, EndDate, FlexibleTimeWindow).
"""

import json
from dataclasses import dataclass
from typing import Any

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.model import Chain, GlueTrigger, Place

FILLED_IN = "<aws.scheduler."


_ENABLED = "none, unless the rule is to be enabled again: then add a second job that runs it"


@dataclass(frozen=True)
class Start:
    """One rule or schedule, whatever language it was written in."""

    name: str
    place: Place
    expression: str
    timezone: str = "UTC"
    active: bool | None = True
    given: Any = None
    computed: str = ""
    first: str = ""
    last: str = ""
    window: str = ""

    def say(self, message: str, action: str, severity: Severity = Severity.WARNING) -> Finding:
        """Return a finding at this rule."""
        return Finding(
            rule="trigger-event", severity=severity, path=self.place.path, line=self.place.line,
            message=f"event rule '{self.name}' {message}", action=action,
        )  # fmt: skip

    def other(self, name: str) -> Finding:
        """Return the finding for what no schedule and no file arrival says."""
        return self.say(
            f"starts '{name}' in a way that one schedule or new files in one S3 folder do not say",
            "start the job through the Jobs API from that rule, or add a second job that runs it",
        )

    def limits(self, name: str) -> list[Finding]:
        """Return what a schedule of Databricks cannot say of this one."""
        found = []
        dates = " and ".join(
            filter(None, (f"from {self.first}" * bool(self.first), f"until {self.last}" * bool(self.last)))
        )
        if dates:
            found.append(
                self.say(
                    f"starts '{name}' only {dates}; a schedule of Databricks has no dates",
                    "pause and unpause the job on these dates",
                )
            )
        if self.window:
            text = (
                f"may start '{name}' up to {self.window} minutes later (flexible time window); here it starts on time"
            )
            found.append(self.say(text, "none, unless many jobs start at once", Severity.INFO))
        return found


def start_chain(found: Definitions, chain: Chain, start: Start) -> None:
    """Give a chain the schedule and the input of a rule; a second rule is told, and one that is disabled gives way."""
    if start.expression and chain.schedule and start.active is False:
        found.findings.append(
            start.say(f"is disabled: its start of '{chain.name}' was left out", _ENABLED, Severity.INFO)
        )
        return
    if start.expression and chain.schedule and chain.active is False:
        text = f"starts '{chain.name}'; a disabled rule that does ({chain.schedule}) was left out for it"
        found.findings.append(start.say(text, _ENABLED, Severity.INFO))
        chain.schedule = ""
    if not start.expression or chain.schedule:
        found.findings.append(start.other(chain.name))
        return
    chain.schedule, chain.timezone, chain.active = start.expression, start.timezone, start.active
    given = _object(start.given)
    chain.inputs = {key: str(value) for key, value in given.items() if _plain(value) and FILLED_IN not in str(value)}
    filled = sorted(key for key, value in given.items() if FILLED_IN in str(value))
    if filled:
        text = f"gives '{chain.name}' {', '.join(filled)} that only EventBridge fills in (<aws.scheduler…>)"
        found.findings.append(
            start.say(text, "use {{job.trigger.time.iso_date}} or another dynamic value", Severity.BLOCKER)
        )
    if start.computed:
        text = f"makes the input of '{chain.name}' anew at each run ({start.computed}), which was left out"
        found.findings.append(
            start.say(text, "use {{job.trigger.time.iso_date}} or another dynamic value", Severity.BLOCKER)
        )
    found.findings += start.limits(chain.name)


def start_trigger(found: Definitions, trigger: GlueTrigger, start: Start, url: str) -> None:
    """Give an EVENT trigger the S3 folder that a rule watches, or its schedule where each of its ticks starts a run."""
    batch = trigger.event_batching_condition
    if url:
        trigger.arrival_url = url
    elif (
        start.expression
        and not trigger.arrival_url
        and trigger.type == "EVENT"
        and (batch is None or batch.batch_size == 1)
    ):
        trigger.type, trigger.schedule, trigger.timezone = "SCHEDULED", start.expression, start.timezone
        if start.active is not True:
            trigger.state, trigger.start_on_creation = ("DEACTIVATED" if start.active is False else ""), None
        found.findings += start.limits(trigger.name)
    else:
        found.findings.append(start.other(trigger.name))


def is_enabled(said: Any) -> bool | None:
    """Say whether a rule or schedule is enabled, as it is where nothing is said; None where only the deployment knows."""
    if said in (False, "false", "DISABLED"):
        return False
    return None if "⟦" in str(said) else True


def _plain(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _object(given: Any) -> dict[str, Any]:
    try:
        value = json.loads(given) if isinstance(given, str) else given
    except json.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}
