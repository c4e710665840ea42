"""When a DAG runs: cron expressions, presets, intervals and timetables as AWS schedules, with the time zone of its start date.

Airflow: authoring-and-scheduling (cron, timetables), timezone.
"""

import re
from collections.abc import Callable
from typing import Any

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.jobs.cron import unix_to_aws
from glue2lakehouse.tools.jobs.readers.airflow_values import Dag, Delta, Moment, Open, Timetable

Tell = Callable[[int, str, Severity], None]
_PRESETS = {
    "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *", "@quarterly": "0 0 1 */3 *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
}  # fmt: skip


def schedule_of(dag: Dag, tell: Tell) -> tuple[str, str]:
    """Return the AWS schedule of a DAG, empty without one, and its time zone; what has no counterpart is told."""
    given = dag.given
    name = next((word for word in ("schedule", "schedule_interval", "timetable") if word in given), "")
    if not name:
        if given:
            tell(
                dag.line, "no schedule is given: Airflow 2 runs it daily, Airflow 3 not at all; the job has none",
                Severity.WARNING,
            )  # fmt: skip
        return "", "UTC"
    value = given[name]
    if value is None or value == "@once":
        return "", "UTC"
    expression = _rate(value) if isinstance(value, Delta) else None
    cron = value.cron if isinstance(value, Timetable) else value
    if isinstance(cron, str):
        expression = unix_to_aws(_PRESETS.get(cron, cron))
    if expression is None:
        text = f"schedule {shown_value(value)} has no cron form; the job has no schedule"
        tell(dag.line, text, Severity.BLOCKER)
        return "", "UTC"
    if given.get("catchup", True) is not False:
        tell(dag.line, "catchup starts the runs that were missed; Databricks does not", Severity.WARNING)
    return expression, value.zone if isinstance(value, Timetable) else _zone(dag, tell)


def _zone(dag: Dag, tell: Tell) -> str:
    start = dag.given.get("start_date", dag.defaults.get("start_date"))
    if isinstance(start, Moment):
        return start.zone or "UTC"
    if start is not None:
        tell(
            dag.line,
            f"start_date ({shown_value(start)}) is computed: the schedule was taken to be in UTC",
            Severity.WARNING,
        )
    return "UTC"


def _rate(delta: Delta) -> str | None:
    for unit, seconds in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if delta.seconds >= seconds and delta.seconds % seconds == 0:
            return f"rate({int(delta.seconds // seconds)} {unit}s)"
    return None


def shown_value(value: Any) -> str:
    """Return a value for a message, on one line."""
    text = (
        value.text
        if isinstance(value, Open)
        else f"every {value.seconds:g} s"
        if isinstance(value, Delta)
        else str(value)
    )
    return re.sub(r"\s+", " ", text)[:80]
