"""When a job starts: AWS schedules and S3 events as schedule, periodic trigger or file arrival.

AWS: about-triggers; pause_status is UNPAUSED only where the source says that the trigger is active.
"""

from typing import Any

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.jobs.bundle.draft import Context, Draft, Variable
from glue2lakehouse.tools.jobs.cron import CronError, Rate, read_schedule
from glue2lakehouse.tools.jobs.model import Definition, GlueTrigger

_SHORTEST_WAIT = 60


def add_start(draft: Draft, trigger: GlueTrigger, context: Context) -> None:
    """Write what starts a job: the trigger's schedule or event; an ON_DEMAND trigger leaves the job to be started by hand."""
    if trigger.type == "SCHEDULED":
        add_schedule(draft, trigger, trigger.schedule, trigger.active, context, trigger.timezone)
    elif trigger.type == "EVENT":
        _add_arrival(draft, trigger, context)
    elif trigger.type != "ON_DEMAND":
        context.tell(
            trigger, "trigger-type", f"type '{trigger.type}' cannot start a chain", "choose the job's schedule by hand",
            field="Type", severity=Severity.BLOCKER,
        )  # fmt: skip


def add_schedule(
    draft: Draft, source: Definition, text: str, active: bool | None, context: Context, timezone: str = "UTC"
) -> None:
    """Write an AWS schedule as the job's own; one that has no counterpart leaves the job without, and is told."""
    if "⟦" in text or not text:
        context.tell(
            source, "trigger-schedule", "its schedule is not in the source; the job has none",
            _by_hand(active), field="Schedule", severity=Severity.BLOCKER,
        )  # fmt: skip
        return
    try:
        found = read_schedule(text)
    except CronError as error:
        context.tell(
            source, "trigger-schedule", f"schedule '{text}' has no Quartz form: {error}; the job has none",
            _by_hand(active), field="Schedule", severity=Severity.BLOCKER,
        )  # fmt: skip
        return
    pause = _pause(source, active, context)
    if isinstance(found, Rate):
        draft.job["trigger"] = {"pause_status": pause, "periodic": {"interval": found.interval, "unit": found.unit}}
        draft.note(("trigger", "periodic"), text, source, "Schedule")
        return
    if found.note:
        context.tell(
            source,
            "trigger-schedule",
            f"'{text}': {found.note}",
            "none before then",
            field="Schedule",
            severity=Severity.INFO,
        )
    draft.job["schedule"] = {
        "quartz_cron_expression": found.expression,
        "timezone_id": context.text(timezone),
        "pause_status": pause,
    }
    draft.note(("schedule", "quartz_cron_expression"), text, source, "Schedule")
    draft.comments[("schedule", "timezone_id")] = (
        "AWS schedules are in UTC" if timezone == "UTC" else "as its schedule says"
    )
    draft.note(("schedule", "pause_status"), _said(active), source, "State")


def _pause(source: Definition, active: bool | None, context: Context) -> str:
    if active is None:
        context.tell(
            source, "trigger-state", "the source does not say whether it is active; the job is paused",
            "unpause it if it runs in AWS", field="StartOnCreation", severity=Severity.INFO,
        )  # fmt: skip
    return "UNPAUSED" if active else "PAUSED"


def _by_hand(active: bool | None) -> str:
    paused = {
        True: "",
        False: ", paused, as the trigger is not active",
        None: ", paused unless the trigger is active in AWS",
    }
    return f"add schedule.quartz_cron_expression{paused[active]}"


def _said(active: bool | None) -> str:
    return {True: "the trigger is active", False: "the trigger is not active", None: "the source does not say"}[active]


def _add_arrival(draft: Draft, trigger: GlueTrigger, context: Context) -> None:
    url = context.text(trigger.arrival_url) if trigger.arrival_url else ""
    if not url:
        name = f"arrival_url_{draft.key}"
        context.variables[name] = Variable(f"Folder whose new files start what trigger {trigger.name} started")
        url = f"${{var.{name}}}"
        context.tell(
            trigger, "trigger-event", "what event starts it stands in an EventBridge rule that is not in the source",
            f"give the S3 folder of the new files as variable {name}, or start the job through the Jobs API",
            field="Type", severity=Severity.BLOCKER,
        )  # fmt: skip
    arrival: dict[str, Any] = {"url": url}
    batch = trigger.event_batching_condition
    if batch is not None and isinstance(batch.batch_window, int):
        arrival["wait_after_last_change_seconds"] = max(batch.batch_window, _SHORTEST_WAIT)
        draft.note(
            ("trigger", "file_arrival", "wait_after_last_change_seconds"), f"BatchWindow {batch.batch_window}", trigger
        )
    if batch is not None and batch.batch_size != 1:
        context.tell(
            trigger, "trigger-event", f"Glue waits for {batch.batch_size} events; file arrival starts with the first and counts none",
            "let the job check that all files are there", field="EventBatchingCondition",
        )  # fmt: skip
    draft.job["trigger"] = {"pause_status": _pause(trigger, trigger.active, context), "file_arrival": arrival}
    draft.note(("trigger", "file_arrival"), f"EVENT trigger {trigger.name}", trigger, "Type")
