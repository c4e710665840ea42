"""The arguments of a Glue job: parameters of the Databricks job, and literals where nothing may override them.

AWS: aws-glue-programming-etl-glue-arguments; run arguments override defaults, and non-overridable ones win over both.
"""

import re
from typing import Any

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.jobs.bundle.draft import Context, Draft, Variable
from glue2lakehouse.tools.jobs.facts import BOOKMARKS_ON
from glue2lakehouse.tools.jobs.fields import ARGUMENTS
from glue2lakehouse.tools.jobs.model import GlueJob

_PASSED = ("--TempDir",)
_GIVEN = ("--JOB_NAME", "--JOB_RUN_ID", "--JOB_ID")


def is_passed(name: str) -> bool:
    """Say whether the script sees this argument: its own ones and TempDir, not those that configure Glue."""
    return name.startswith("--") and "⟦" not in name and (name in _PASSED or name not in ARGUMENTS)


def add_parameters(draft: Draft, job: GlueJob, context: Context, task: dict[str, Any]) -> None:
    """Write the job's parameters, and the command line that its script sees."""
    line = ["--JOB_NAME", context.text(job.name), "--JOB_RUN_ID", "{{job.run_id}}"]
    if "--JOB_ID" in job.arguments:
        line += ["--JOB_ID", "{{job.id}}"]
    parameters: list[dict[str, str]] = []
    for name, value in job.default_arguments.items():
        if not is_passed(name) or name in job.non_overridable_arguments:
            continue
        parameter = name.removeprefix("--")
        draft.note(("parameters", len(parameters)), name, job, f"DefaultArguments.{name}")
        parameters.append({"name": parameter, "default": _value(name, value, context)})
        line += [name, reference(parameter)]
    for name, value in job.non_overridable_arguments.items():
        if is_passed(name):
            line += [name, _value(name, value, context)]
    if parameters:
        draft.job["parameters"] = parameters
    task["spark_python_task"]["parameters"] = line
    draft.comments[("tasks", 0, "spark_python_task", "parameters")] = (
        "what Glue passes; non-overridable arguments are literals, the others are parameters of the job"
    )
    _tell_special(job, context)


def literal_parameters(job: GlueJob, arguments: dict[str, str], context: Context) -> list[str]:
    """Return the command line of one run with these run arguments, every value a literal."""
    run = {**job.default_arguments, **arguments, **job.non_overridable_arguments}
    line = ["--JOB_NAME", context.text(job.name), "--JOB_RUN_ID", "{{job.run_id}}"]
    for name, value in run.items():
        if is_passed(name):
            line += [name, _value(name, value, context)]
    return line


def reference(parameter: str) -> str:
    """Return the dynamic reference to a job parameter; names with other characters than letters, digits, _ are quoted."""
    return f"{{{{job.parameters.{parameter if re.fullmatch(r'[A-Za-z0-9_]+', parameter) else f'`{parameter}`'}}}}}"


def _value(name: str, value: str, context: Context) -> str:
    text = context.text(value)
    if name != "--TempDir" or "${" in text:
        return text
    known = {v.default: key for key, v in context.variables.items() if key.startswith("temp_dir")}
    if text not in known:
        key = "temp_dir" if not known else f"temp_dir_{len(known) + 1}"
        context.variables[key] = Variable(f"Scratch folder of the jobs; Glue's --TempDir {value}", text)
        known[text] = key
    return f"${{var.{known[text]}}}"


def _tell_special(job: GlueJob, context: Context) -> None:
    option = job.arguments.get("--job-bookmark-option", "job-bookmark-disable")
    if option in BOOKMARKS_ON or option != "job-bookmark-disable":
        context.tell(
            job, "job-bookmark", f"runs with --job-bookmark-option {option.strip('⟦⟧')}: each run reads only what is new",
            f"see the script's findings; the project's policy for bookmarks is '{context.settings.bookmarks}'",
            field="DefaultArguments.--job-bookmark-option",
        )  # fmt: skip
    formats = {name.strip() for name in job.arguments.get("--datalake-formats", "").split(",")} - {
        "",
        "delta",
        "iceberg",
    }
    if formats:
        context.tell(
            job, "job-format", f"--datalake-formats: {', '.join(sorted(formats))} is not part of the Databricks runtime",
            "write Delta instead, or add the connector as a library", field="DefaultArguments.--datalake-formats",
        )  # fmt: skip
    for name in job.default_arguments:
        if name in job.non_overridable_arguments and job.default_arguments[name] != job.non_overridable_arguments[name]:
            context.tell(
                job, "job-arguments", f"{name} has a default that its non-overridable value always wins over",
                "none; the non-overridable value is written", field=f"DefaultArguments.{name}", severity=Severity.INFO,
            )  # fmt: skip
    for name in _GIVEN:
        if name in job.arguments and name != "--JOB_ID":
            context.tell(
                job,
                "job-arguments",
                f"{name} is set as an argument; Glue's own value wins",
                "remove it",
                severity=Severity.INFO,
            )
