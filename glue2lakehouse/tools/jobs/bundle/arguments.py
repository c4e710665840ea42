"""The arguments of a Glue job: parameters of the Databricks job, and literals where nothing may override them.

AWS: aws-glue-programming-etl-glue-arguments; run arguments override defaults, and non-overridable ones win over both.
Databricks: jobs/job-parameters (letters, digits, `_ - .` in names), dynamic-value-references, Jobs API (10,000 bytes of parameters).
"""

import json
import re
from typing import Any

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.jobs.bundle.draft import Context, Draft, Variable, identifier
from glue2lakehouse.tools.jobs.bundle.script_arguments import RUN_PROPERTIES, Asked
from glue2lakehouse.tools.jobs.facts import BOOKMARKS_ON
from glue2lakehouse.tools.jobs.fields import ARGUMENTS
from glue2lakehouse.tools.jobs.model import Definition, GlueJob, GlueTrigger, GlueWorkflow, Kind
from glue2lakehouse.tools.jobs.values import input_of, shown

_PASSED = ("--TempDir", "--mode", "--debug", "--endpoint")
_GIVEN = ("--JOB_NAME", "--JOB_RUN_ID", "--JOB_ID")
_WORKFLOW = ("--WORKFLOW_NAME", "--WORKFLOW_RUN_ID", RUN_PROPERTIES)
_PARAMETER = re.compile(r"[\w.\-]+", re.ASCII)
_MOST_BYTES = 10_000


def is_passed(name: str, asked: Asked | None = None) -> bool:
    """Say whether the script sees this argument: its own ones and TempDir; those that configure Glue only where it asks for them."""
    own = name in _PASSED or name not in ARGUMENTS or (asked is not None and name in asked.all and name not in _GIVEN)
    return name.startswith("--") and "⟦" not in name and own


def add_parameters(draft: Draft, job: GlueJob, context: Context, task: dict[str, Any]) -> None:
    """Write the job's parameters, and the command line that its script sees."""
    asked = context.asked_by(job)
    line = _head(job, context, asked)
    parameters: list[dict[str, str]] = []
    for name, value in job.default_arguments.items():
        if not is_passed(name, asked) or name in job.non_overridable_arguments:
            continue
        if not _PARAMETER.fullmatch(name.removeprefix("--")):
            _tell_name(job, name, context)
            line += [name, _value(name, value, job, context)]
            continue
        mapped = context.text(value) != context.argument(value, job)
        said = f"{name}, a path that the script looks up in the mapping" if mapped else name
        draft.note(("parameters", len(parameters)), said, job, f"DefaultArguments.{name}")
        parameters.append({"name": name.removeprefix("--"), "default": _value(name, value, job, context)})
        line += [name, reference(name.removeprefix("--"))]
    for name, value in job.non_overridable_arguments.items():
        if is_passed(name, asked):
            line += [name, _value(name, value, job, context)]
    flows = _workflows_of(job, context)
    of_workflow = asked.all & set(_WORKFLOW) if flows else asked.all & {RUN_PROPERTIES}
    for name in sorted((asked.required | of_workflow) - set(line)):
        line += _not_defined(draft, job, context, name, parameters)
    if parameters:
        draft.job["parameters"] = parameters
    task["spark_python_task"]["parameters"] = line
    draft.comments[("tasks", 0, "spark_python_task", "parameters")] = (
        "what Glue passes; non-overridable arguments are literals, the others are parameters of the job"
    )
    size = len(json.dumps([*line, *(parameter["default"] for parameter in parameters)]).encode())
    if size > _MOST_BYTES:
        context.tell(
            job, "job-arguments", f"its arguments take {size} bytes; a task takes {_MOST_BYTES}",
            "put the long ones into a file on a volume and pass its path", field="DefaultArguments", severity=Severity.BLOCKER,
        )  # fmt: skip
    _tell_special(job, context)


def _head(job: GlueJob, context: Context, asked: Asked) -> list[str]:
    line = ["--JOB_NAME", context.text(job.name), "--JOB_RUN_ID", "{{job.run_id}}"]
    if "--JOB_ID" in job.arguments or "--JOB_ID" in asked.all:
        line += ["--JOB_ID", "{{job.id}}"]
    return line


def _not_defined(
    draft: Draft, job: GlueJob, context: Context, name: str, parameters: list[dict[str, str]]
) -> list[str]:
    """An argument that the script asks for and the definition does not give: the workflow's, or one that a run has to give."""
    parameter = name.removeprefix("--")
    if not _PARAMETER.fullmatch(parameter):
        _tell_name(job, name, context)
        return []
    starters = [t for t in context.definitions.triggers for action in t.actions if action.job_name == job.name]
    if name in _WORKFLOW and (flows := _workflows_of(job, context)):
        defaults = {"--WORKFLOW_NAME": context.text(flows[0]), "--WORKFLOW_RUN_ID": "{{job.run_id}}"}
        if name == RUN_PROPERTIES:
            defaults[name] = run_properties(flows[0], job.place.path, context)
        draft.comments[("parameters", len(parameters))] = f"{name}, which the jobs of a workflow are given"
        parameters.append({"name": parameter, "default": defaults[name]})
        return [name, reference(parameter)]
    given = [t.name for t in starters for a in t.actions if a.job_name == job.name and name in a.arguments]
    if given:
        context.tell(
            job, "job-arguments", f"its script asks for {name}, which only the runs of {', '.join(sorted(set(given)))} give it",
            "give the definition a default, if the job shall run by itself", field="DefaultArguments", severity=Severity.INFO,
        )  # fmt: skip
        return []
    variable = f"{context.key_of(job)}_{identifier(parameter)}"
    context.variables[variable] = Variable(f"What job {shown(job.name)} gets as {name} when a run does not give it")
    context.tell(
        job, "job-arguments",
        "its script looks up the run properties of its workflow, and no workflow in the source starts the job" if name == RUN_PROPERTIES
        else f"its script asks for {name}, which no definition gives: every run of it gave its own",
        f"give a default as variable {variable}, and each run its value as job parameter {parameter}"
        + (", as JSON" if name == RUN_PROPERTIES else ""), field="DefaultArguments",
    )  # fmt: skip
    draft.comments[("parameters", len(parameters))] = f"{name}, which the script asks for and no definition gives"
    parameters.append({"name": parameter, "default": f"${{var.{variable}}}"})
    return [name, reference(parameter)]


def literal_parameters(job: GlueJob, arguments: dict[str, str], context: Context) -> list[str]:
    """Return the command line of one run with these run arguments, every value a literal."""
    asked = context.asked_by(job)
    run = {**job.default_arguments, **arguments, **job.non_overridable_arguments}
    line = _head(job, context, asked)
    for name, value in run.items():
        if is_passed(name, asked):
            line += [name, _value(name, value, job, context)]
    return line


def workflow_arguments(job: GlueJob, trigger: GlueTrigger, context: Context) -> dict[str, str]:
    """Return what each job of a workflow is given, where this one's script asks for it: name, run and run properties."""
    values = {
        "--WORKFLOW_NAME": context.text(trigger.workflow_name),
        "--WORKFLOW_RUN_ID": "{{job.run_id}}",
        RUN_PROPERTIES: reference(RUN_PROPERTIES.removeprefix("--")),
    }
    asked = context.asked_by(job)
    return {
        name.removeprefix("--"): values[name]
        for name in _WORKFLOW
        if trigger.workflow_name and name in asked.all and name not in job.arguments
    }


def run_properties(name: str, path: str, context: Context) -> str:
    """Return the default run properties of a workflow as JSON; a variable where the source does not hold the workflow."""
    workflow = context.definitions.find(Kind.WORKFLOW, name, path)
    if not isinstance(workflow, GlueWorkflow):
        variable = f"{identifier(name)}_run_properties"
        context.variables[variable] = Variable(f"Default run properties of workflow {shown(name)}, as JSON")
        return f"${{var.{variable}}}"
    values = {key: context.text(value) for key, value in workflow.default_run_properties.items() if "⟦" not in key}
    if any("{{" in value for value in values.values()):
        context.tell(
            workflow, "workflow-properties", "a run property holds {{: Databricks takes it for a dynamic value reference",
            "write the value otherwise, or let the script put the braces in", field="DefaultRunProperties", severity=Severity.BLOCKER,
        )  # fmt: skip
    return json.dumps(values, ensure_ascii=False)


def _workflows_of(job: GlueJob, context: Context) -> list[str]:
    """Return the names of the workflows that start the job."""
    starting = (t for t in context.definitions.triggers if any(action.job_name == job.name for action in t.actions))
    return sorted({trigger.workflow_name for trigger in starting if trigger.workflow_name})


def reference(parameter: str) -> str:
    """Return the dynamic reference to a job parameter; names with other characters than letters, digits, _ are quoted."""
    return f"{{{{job.parameters.{parameter if re.fullmatch(r'[A-Za-z0-9_]+', parameter) else f'`{parameter}`'}}}}}"


def input_parameter(name: str, context: Context) -> str:
    """Return the job parameter for a field of a chain's input. Databricks hands the parameters of a job down to those that it
    runs, so it must not have the name of one of theirs."""
    taken = {each.removeprefix("--") for job in context.definitions.jobs for each in job.arguments}
    parameter = f"input_{name}"
    return parameter if parameter not in taken else f"{parameter}_of_the_chain"


def run_value(name: str, value: str, job: GlueJob | None, source: Definition, context: Context, field: str) -> str:
    """Return the value of one argument of a run; braces that Databricks would read as a reference of its own are a blocker."""
    if input_of(value):
        return reference(input_parameter(input_of(value), context))
    text = context.text(value) if job is None else context.argument(value, job)
    if "{{" in text:
        context.tell(
            source, "job-arguments", f"{name} holds {{{{: Databricks takes {value} for a dynamic value reference",
            "write the value otherwise, or let the script put the braces in", field=field, severity=Severity.BLOCKER,
        )  # fmt: skip
    return text


def _value(name: str, value: str, job: GlueJob, context: Context) -> str:
    text = run_value(name, value, job, job, context, f"DefaultArguments.{name}")
    if input_of(value):
        return text
    if name != "--TempDir" or "${" in text:
        return text
    known = {v.default: key for key, v in context.variables.items() if key.startswith("temp_dir")}
    if text not in known:
        key = "temp_dir" if not known else f"temp_dir_{len(known) + 1}"
        context.variables[key] = Variable(f"Scratch folder of the jobs; Glue's --TempDir {value}", text)
        known[text] = key
    return f"${{var.{known[text]}}}"


def _tell_name(job: GlueJob, name: str, context: Context) -> None:
    context.tell(
        job, "job-arguments", f"{name} is no name of a job parameter (letters, digits, _ - .); its value is a literal, and no run overrides it",
        "rename the argument in the script and here, if runs give it", field=f"DefaultArguments.{name}",
    )  # fmt: skip


def _tell_special(job: GlueJob, context: Context) -> None:
    option = job.arguments.get("--job-bookmark-option", "job-bookmark-disable")
    if option in BOOKMARKS_ON or option != "job-bookmark-disable":
        new = "each run reads only what is new"
        context.tell(
            job, "job-bookmark",
            f"runs with --job-bookmark-option {shown(option)}{', which may enable them: then ' if '⟦' in option else ': '}{new}",
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
