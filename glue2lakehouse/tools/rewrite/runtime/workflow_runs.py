"""The runs of a workflow in the words of the AWS client for Glue: those of the Databricks job that has its name."""

import datetime
import itertools
import json
import os
from urllib.parse import quote

from databricks.sdk import WorkspaceClient

from glue2lakehouse.tools.rewrite.runtime.job_runs import _job_named, _job_run_state
from glue2lakehouse.tools.rewrite.runtime.workflows import _put_since, _run_folder

_COUNTED = {
    "SUCCEEDED": "SucceededActions", "FAILED": "FailedActions", "TIMEOUT": "TimeoutActions", "STOPPED": "StoppedActions",
    "RUNNING": "RunningActions", "STARTING": "RunningActions", "WAITING": "WaitingActions", "ERROR": "ErroredActions",
}  # fmt: skip
_NEVER_RAN = ("BLOCKED", "SKIPPED", "UPSTREAM_FAILED", "UPSTREAM_CANCELED", "EXCLUDED", "DISABLED")


def get_workflow_runs(root, name, next_token=None, max_results=None):
    """Answer as glue.get_workflow_runs does, newest runs first, all in one page where max_results is not given.

    After the runs of the Databricks job, which are kept for 60 days, come those of workflow=<name>/earlier_runs.json below the
    root, if there is such a file: what `aws glue get-workflow-runs --name <name>` said before the migration.
    Raises LookupError where there is not exactly one job of that name, ValueError for a token of no run.
    """
    jobs, folder = WorkspaceClient().jobs, _run_folder(root, name)
    job = _job_named(jobs, name)
    runs = itertools.chain(jobs.list_runs(job_id=job.job_id, expand_tasks=True), _earlier_runs(folder))
    if next_token is not None and not any(_run_id(run) == next_token for run in runs):
        raise ValueError(f"workflow {name} has no run {next_token}, after which the next page would start")
    page = list(itertools.islice(runs, max_results))
    told = {"Runs": [run if isinstance(run, dict) else _workflow_run(folder, name, run) for run in page]}
    if next(runs, None) is not None:
        told["NextToken"] = _run_id(page[-1])
    return told


def _run_id(run):
    return run["WorkflowRunId"] if isinstance(run, dict) else str(run.run_id)


def _earlier_runs(folder):
    file = os.path.join(folder, "earlier_runs.json")
    if not os.path.isfile(file):
        return
    with open(file, encoding="utf-8") as opened:
        held = json.load(opened)["Runs"]
    for run in held:
        times = {key: _point_in_time(run[key]) for key in ("StartedOn", "CompletedOn") if key in run}
        yield {**run, **times}


def _point_in_time(value):
    if isinstance(value, str):
        return datetime.datetime.fromisoformat(value)
    return datetime.datetime.fromtimestamp(value, datetime.UTC)


def _workflow_run(folder, name, run):
    given = {each.name: each.default if each.value is None else each.value for each in run.job_parameters or ()}
    if "WORKFLOW_RUN_PROPERTIES" in given:
        properties = json.loads(given["WORKFLOW_RUN_PROPERTIES"])
    else:
        properties = {key.removeprefix("run_property_"): value for key, value in given.items()}
    told = {
        "Name": name,
        "WorkflowRunId": str(run.run_id),
        "WorkflowRunProperties": {**properties, **_put_since(os.path.join(folder, "run=" + quote(str(run.run_id))))},
        "StartedOn": _point_in_time(run.start_time / 1000),
        "Status": _workflow_status(run.state),
        "Statistics": _statistics(run.tasks or ()),
    }
    if run.end_time:
        told["CompletedOn"] = _point_in_time(run.end_time / 1000)
    if told["Status"] == "ERROR" and run.state.state_message:
        told["ErrorMessage"] = run.state.state_message
    return told


def _workflow_status(state):
    """Return Glue's word: a workflow is COMPLETED when its actions have ended, whether they failed or not."""
    cycle, result = state.life_cycle_state.value, state.result_state.value if state.result_state else ""
    stopped = result in ("CANCELED", "TIMEDOUT") or (not result and state.user_cancelled_or_timedout)
    if cycle == "SKIPPED" or result == "MAXIMUM_CONCURRENT_RUNS_REACHED" or (cycle == "INTERNAL_ERROR" and not result):
        return "ERROR"
    if cycle not in ("TERMINATED", "INTERNAL_ERROR"):
        return "STOPPING" if cycle == "TERMINATING" and stopped else "RUNNING"
    return "STOPPED" if stopped else "COMPLETED"


def _statistics(tasks):
    """Count the last attempts at jobs and at what stands for crawlers; conditions between them are no actions of a workflow."""
    last = {}
    for task in tasks:
        if task.task_key not in last or (task.attempt_number or 0) >= (last[task.task_key].attempt_number or 0):
            last[task.task_key] = task
    counts = dict.fromkeys(["TotalActions", *_COUNTED.values()], 0)
    for task in last.values():
        if not _is_action(task):
            continue
        counts["TotalActions"] += 1
        cycle, result = task.state.life_cycle_state.value, task.state.result_state
        if (result.value if result else cycle) == "MAXIMUM_CONCURRENT_RUNS_REACHED":
            counts["ErroredActions"] += 1
        elif (result.value if result else cycle) not in _NEVER_RAN:
            counts[_COUNTED[_job_run_state(task.state)]] += 1
    return counts


def _is_action(task):
    condition = task.condition_task
    return condition is None or (condition.left == condition.right and condition.left.startswith("crawler "))
