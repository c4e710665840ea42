"""One Glue job as one job of the bundle.

Facts: Glue, add-job (defaults and limits). Databricks Jobs API: a task's timeout and retries are those of one run, as in Glue.
"""

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from glue2lakehouse.domain import Compute, Severity, Status
from glue2lakehouse.tools.jobs.bundle.arguments import add_parameters
from glue2lakehouse.tools.jobs.bundle.compute import ENVIRONMENT, add_compute, glue_version
from glue2lakehouse.tools.jobs.bundle.draft import Context, Draft
from glue2lakehouse.tools.jobs.bundle.libraries import add_libraries
from glue2lakehouse.tools.jobs.bundle.tags import add_tags
from glue2lakehouse.tools.jobs.model import GlueJob
from glue2lakehouse.tools.jobs.values import shown, with_variables

_DAYS = {
    "Mon": "MONDAY",
    "Tue": "TUESDAY",
    "Wed": "WEDNESDAY",
    "Thu": "THURSDAY",
    "Fri": "FRIDAY",
    "Sat": "SATURDAY",
    "Sun": "SUNDAY",
}
_NO_LIMIT = 0


def write_job(job: GlueJob, context: Context, scripts: Mapping[str, Status]) -> Draft:
    """Return the draft of a job; every field of the source that is mapped is in it, the rest is told."""
    key = context.key_of(job)
    draft = Draft(key, job, {"name": context.text(job.name)})
    draft.note(("name",), "Name", job, "Name")
    if job.description:
        draft.job["description"] = context.text(job.description)
        draft.note(("description",), "Description", job, "Description")
    _limits(draft, job, context)
    task = script_task(draft, job, context, scripts, key)
    draft.job["tasks"] = [task]
    add_parameters(draft, job, context, task)
    add_compute(draft, job, context, task, ENVIRONMENT if context.settings.compute is Compute.SERVERLESS else "glue")
    add_libraries(draft, job, context, task)
    if job.command.name == "gluestreaming":
        _stream(draft, job, context, task)
    describe(draft)
    return draft


def runs_at_once(job: GlueJob) -> int | str:
    """Return how many runs of a job may overlap; 0 says nothing, since Databricks would then skip them all."""
    return job.execution_property.max_concurrent_runs or 1


def _limits(draft: Draft, job: GlueJob, context: Context) -> None:
    runs = runs_at_once(job)
    if job.execution_property.max_concurrent_runs == 0:
        context.tell(
            job, "job-runs", "MaxConcurrentRuns is 0, as a skeleton of the AWS command line has it; 1, Glue's default, was written",
            "set max_concurrent_runs if more runs may overlap; 0 would skip every run", field="ExecutionProperty",
        )  # fmt: skip
    draft.job["max_concurrent_runs"] = context.text(runs) if isinstance(runs, str) else runs
    draft.note(("max_concurrent_runs",), f"ExecutionProperty.MaxConcurrentRuns {shown(runs)}", job, "ExecutionProperty")
    draft.job["queue"] = {"enabled": job.job_run_queuing_enabled is True}
    draft.note(
        ("queue",),
        "JobRunQueuingEnabled; Glue fails a run that is one too many, Databricks skips it",
        job,
        "JobRunQueuingEnabled",
    )
    add_health(draft.job, draft, ("health",), job.notification_property.notify_delay_after, job, context)
    if job.tags:
        add_tags(draft, job, job.tags, context)


def add_health(
    target: dict[str, Any],
    draft: Draft,
    path: tuple[str | int, ...],
    minutes: int | str | None,
    source: Any,
    context: Context,
) -> None:
    """Write the rule that warns when a run takes longer than Glue's NotifyDelayAfter."""
    if minutes is None:
        return
    if isinstance(minutes, str):
        context.tell(
            source, "job-health", f"NotifyDelayAfter is not in the source ({shown(minutes)})", "add a health rule"
        )
        return
    target["health"] = {"rules": [{"metric": "RUN_DURATION_SECONDS", "op": "GREATER_THAN", "value": minutes * 60}]}
    draft.note(path, f"NotificationProperty.NotifyDelayAfter {minutes} minutes", source, "NotificationProperty")
    context.tell(
        source, "job-health", "Glue tells EventBridge of a delay; the bundle's rule tells nobody yet",
        "name who is told under email_notifications.on_duration_warning_threshold_exceeded",
        field="NotificationProperty", severity=Severity.INFO,
    )  # fmt: skip


def script_task(
    draft: Draft, job: GlueJob, context: Context, scripts: Mapping[str, Status], key: str
) -> dict[str, Any]:
    """Return the task that runs the job's script, with its timeout and retries."""
    index = len(draft.job.get("tasks", []))
    task: dict[str, Any] = {
        "task_key": key,
        "spark_python_task": {"python_file": _python_file(draft, job, context, scripts)},
    }
    draft.note(
        ("tasks", index, "spark_python_task", "python_file"),
        shown(job.command.script_location),
        job,
        "Command.ScriptLocation",
    )
    retries = job.max_retries
    if retries:
        task["max_retries"] = context.text(retries) if isinstance(retries, str) else retries
        task["retry_on_timeout"] = False
        draft.note(
            ("tasks", index, "max_retries"),
            f"MaxRetries {shown(retries)}; Glue does not retry a timeout",
            job,
            "MaxRetries",
        )
    _timeout(draft, job, context, task, index)
    return task


def run_minutes(job: GlueJob, context: Context) -> tuple[int, str]:
    """Return how long a run of the job may take, 0 for ever, and why."""
    if isinstance(job.timeout, int):
        return job.timeout, f"Timeout {job.timeout} minutes"
    if job.command.name == "gluestreaming":
        return _NO_LIMIT, "a streaming job has no timeout unless it gives one"
    minutes = 480 if glue_version(job, context) in ("5.0", "5.1", "6.0") else 2880
    return minutes, f"Timeout not given: Glue's default of {minutes} minutes, where Databricks has none"


def _timeout(draft: Draft, job: GlueJob, context: Context, task: dict[str, Any], index: int) -> None:
    minutes, why = run_minutes(job, context)
    if isinstance(job.timeout, str):
        context.tell(
            job, "job-timeout", f"its timeout is not in the source ({shown(job.timeout)}); {minutes} minutes were taken",
            "set timeout_seconds", field="Timeout",
        )  # fmt: skip
    task["timeout_seconds"] = minutes * 60
    draft.note(("tasks", index, "timeout_seconds"), why, job, "Timeout")


def _python_file(draft: Draft, job: GlueJob, context: Context, scripts: Mapping[str, Status]) -> str:
    reason = _unmappable(job)
    if reason is not None:
        context.tell(job, "job-unmappable", reason[0], reason[1], field="Command", severity=Severity.BLOCKER)
        draft.notes.append(reason[0])
    elif not job.script:
        reason = (f"its script {shown(job.command.script_location)} is not in the source", "")
        draft.notes.append(reason[0])
    if reason is not None:
        path = f"src/_missing/{context.key_of(job)}.py"
        draft.loud[path] = loud_script(job, reason[0])
        return f"../{path}"
    status = scripts.get(job.script)
    if status in (Status.NEEDS_REVIEW, Status.FAILED):
        draft.notes.append(f"src/{job.script} needs review before it runs")
    draft.scripts = (*draft.scripts, job.script)
    return f"../src/{posixpath.splitext(job.script)[0]}.py"


def _unmappable(job: GlueJob) -> tuple[str, str] | None:
    if job.command.name == "glueray" or job.command.runtime.startswith("Ray"):
        return (
            "a Ray job has no task of Databricks",
            "start Ray on a cluster (ray.util.spark) and rewrite the script for it",
        )
    if job.arguments.get("--job-language") == "scala" or job.script.endswith(".scala"):
        return (
            "a Scala job is not converted",
            "build a jar of it against Spark and use a spark_jar_task, or rewrite it in Python",
        )
    if job.command.name not in ("glueetl", "gluestreaming", "pythonshell"):
        return f"command '{shown(job.command.name)}' is not known", "choose the kind of task in the resources file"
    return None


def loud_script(job: GlueJob, reason: str) -> str:
    """Return a script that fails with the reason when somebody runs it."""
    message = f"Glue job {job.name!r} was not migrated: {reason}. Put its conversion here or change python_file."
    return f'"""Stands where the script of Glue job {shown(job.name)} has to be; fails so that nobody takes it for done."""\n\nraise SystemExit({shown(message)!r})\n'


def _stream(draft: Draft, job: GlueJob, context: Context, task: dict[str, Any]) -> None:
    retry = "ON_FAILURE" if job.max_retries else "NEVER"
    for name in ("max_retries", "retry_on_timeout"):
        task.pop(name, None)
    draft.job["max_concurrent_runs"] = 1
    draft.comments[("max_concurrent_runs",)] = "a continuous job has one run"
    continuous: dict[str, Any] = {"pause_status": "PAUSED", "task_retry_mode": retry}
    draft.note(("continuous", "task_retry_mode"), f"MaxRetries {shown(job.max_retries)}", job, "MaxRetries")
    draft.comments[("continuous", "pause_status")] = "a Glue streaming job waits to be started, too"
    if job.maintenance_window:
        window = re.fullmatch(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun):(\d{1,2})", job.maintenance_window)
        if window:
            continuous["maintenance_window"] = {
                "day_of_week": _DAYS[window[1]], "start_hour": int(window[2]), "timezone_id": "UTC",
            }  # fmt: skip
            draft.note(
                ("continuous", "maintenance_window"),
                f"MaintenanceWindow {job.maintenance_window}",
                job,
                "MaintenanceWindow",
            )
            context.tell(
                job, "job-maintenance", "in this window Glue restarts the stream; Databricks does its own maintenance in it",
                "none, if the stream may restart in that hour", field="MaintenanceWindow", severity=Severity.INFO,
            )  # fmt: skip
        else:
            context.tell(
                job,
                "job-maintenance",
                f"MaintenanceWindow '{shown(job.maintenance_window)}' is no day:hour",
                "set it by hand",
            )
    draft.job["continuous"] = continuous


def describe(draft: Draft) -> None:
    """Put what needs review in front of the description."""
    if draft.notes:
        notes = with_variables(f"NEEDS REVIEW: {'; '.join(draft.notes)}.")
        draft.job["description"] = " ".join(filter(None, (notes, draft.job.get("description", ""))))
        draft.comments[("description",)] = "see report.json"
