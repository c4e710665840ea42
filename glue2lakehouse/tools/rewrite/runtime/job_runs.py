"""Starting, watching and stopping runs of Databricks jobs, in the words of the AWS client for Glue."""

import json

from databricks.sdk import WorkspaceClient

_RESULTS = {"SUCCESS": "SUCCEEDED", "TIMEDOUT": "TIMEOUT", "CANCELED": "STOPPED", "UPSTREAM_CANCELED": "STOPPED"}
_WAITING = {"QUEUED": "WAITING", "BLOCKED": "WAITING", "PENDING": "STARTING", "WAITING_FOR_RETRY": "WAITING"}


def start_job_run(job_name, arguments=None):
    """Start the Databricks job of the Glue job's name as glue.start_job_run does; arguments are its job parameters.

    Raises LookupError where there is not exactly one such job, ValueError for an argument that is none of its parameters.
    """
    jobs = WorkspaceClient().jobs
    job = _job_named(jobs, job_name)
    given = {name.removeprefix("--"): value for name, value in (arguments or {}).items()}
    unknown = given.keys() - _defaults(job).keys()
    if unknown:
        raise ValueError(f"job {job_name} has no parameter for --{', --'.join(sorted(unknown))}")
    return {"JobRunId": str(jobs.run_now(job.job_id, job_parameters=given).response.run_id)}


def start_workflow_run(name, run_properties=None):
    """Start the Databricks job of the workflow's name as glue.start_workflow_run does; properties go over its defaults."""
    jobs = WorkspaceClient().jobs
    job = _job_named(jobs, name)
    given = {}
    if run_properties:
        defaults = json.loads(_defaults(job)["WORKFLOW_RUN_PROPERTIES"])
        given = {"WORKFLOW_RUN_PROPERTIES": json.dumps({**defaults, **run_properties})}
    return {"RunId": str(jobs.run_now(job.job_id, job_parameters=given).response.run_id)}


def stop_workflow_run(name, run_id):
    """Stop a run of a workflow as glue.stop_workflow_run does: it is asked to end, with all jobs that it runs."""
    WorkspaceClient().jobs.cancel_run(int(run_id))
    return {}


def get_job_run(job_name, run_id):
    """Answer as glue.get_job_run does for a run that start_job_run has started: its Id, JobName, JobRunState, ErrorMessage."""
    state = WorkspaceClient().jobs.get_run(int(run_id)).state
    told = _job_run_state(state)
    run = {"Id": run_id, "JobName": job_name, "JobRunState": told}
    if state.state_message and told != "SUCCEEDED":
        run["ErrorMessage"] = state.state_message
    return {"JobRun": run}


def get_job_tags(arn):
    """Answer as glue.get_tags does for the ARN of a Glue job: with the tags of the Databricks job of its name.

    Raises LookupError where there is not exactly one such job.
    """
    job = _job_named(WorkspaceClient().jobs, arn.rpartition(":job/")[2])
    return {"Tags": dict(job.settings.tags or {})}


def _job_run_state(state):
    cycle = state.life_cycle_state.value
    if cycle in ("TERMINATED", "SKIPPED", "INTERNAL_ERROR"):
        return _RESULTS.get(state.result_state.value if state.result_state else cycle, "FAILED")
    return _WAITING.get(cycle, "RUNNING")


def _job_named(jobs, name):
    found = [job.job_id for job in jobs.list(name=name) if job.settings.name == name]
    if len(found) != 1:
        raise LookupError(f"{len(found)} Databricks jobs are named {name}")
    return jobs.get(found[0])


def _defaults(job):
    return {parameter.name: parameter.default for parameter in job.settings.parameters or ()}
