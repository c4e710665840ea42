"""State machines and DAGs as jobs of tasks: one task for each job run or crawler that they start, in their order.

Airflow: max_active_runs (a run that is one too many waits), retry_delay, email. Step Functions: Retry, TimeoutSeconds.
"""

from collections.abc import Mapping
from typing import Any

from glue2lakehouse.domain import Severity, Status
from glue2lakehouse.tools.jobs.bundle.arguments import input_parameter, run_value
from glue2lakehouse.tools.jobs.bundle.draft import Context, Draft, Variable, identifier
from glue2lakehouse.tools.jobs.bundle.job import describe
from glue2lakehouse.tools.jobs.bundle.schedule import add_schedule
from glue2lakehouse.tools.jobs.bundle.tasks import Tasks
from glue2lakehouse.tools.jobs.model import Action, Chain, Definition, Kind, NotificationProperty, Origin, Place, Step
from glue2lakehouse.tools.jobs.values import input_of, shown


def write_chain(chain: Chain, context: Context, scripts: Mapping[str, Status]) -> Draft:
    """Return the job whose tasks are the steps of a chain, in its order."""
    draft = Draft(
        context.new_key(chain.name, "_chain"), chain, {"name": context.text(chain.name), "max_concurrent_runs": 1000}
    )
    context.keys[id(chain)] = draft.key
    word = "state machine" if chain.origin is Origin.STEP_FUNCTIONS else "DAG"
    draft.note(("name",), word, chain)
    draft.comments[("max_concurrent_runs",)] = f"a {word} has no limit of its own; its jobs have theirs"
    _add_settings(draft, chain, word, context)
    tasks = Tasks(draft, context, scripts)
    names: dict[str, str] = {}
    for step in _ordered(chain):
        _add_step(tasks, chain, step, names)
    draft.job["tasks"] = tasks.tasks
    _add_inputs(draft, chain, context)
    notes = [
        f.message
        for f in context.definitions.findings
        if f.path == chain.place.path and f.severity is Severity.BLOCKER and f.rule in ("step-functions", "airflow-dag")
    ]
    if notes:
        draft.notes.append(f"{len(notes)} parts of the {word} were left out, see report.json")
    describe(draft)
    return draft


def _add_settings(draft: Draft, chain: Chain, word: str, context: Context) -> None:
    """Give the job what the chain says of itself: its schedule, its limits, who is told."""
    if chain.schedule:
        add_schedule(draft, chain, chain.schedule, chain.active, context, chain.timezone)
    if chain.timeout_seconds is not None:
        draft.job["timeout_seconds"] = chain.timeout_seconds
        draft.note(("timeout_seconds",), f"the {word}'s own timeout", chain)
    if chain.max_concurrent_runs is not None:
        draft.job["max_concurrent_runs"] = chain.max_concurrent_runs
        draft.note(("max_concurrent_runs",), f"the {word}'s own limit, or Airflow's 16", chain)
        draft.job["queue"] = {"enabled": True}
        draft.comments[("queue",)] = "Airflow keeps a run that is one too many waiting"
    if chain.emails:
        draft.job["email_notifications"] = {"on_failure": list(chain.emails)}
        draft.note(("email_notifications",), "email, of a task that failed", chain)


def _add_step(tasks: Tasks, chain: Chain, step: Step, names: dict[str, str]) -> None:
    """Add the task of a step, which waits for those of the steps before it; `names` has their keys by their steps' keys."""
    waits = [{"task_key": names[key], **tasks.outcome(names[key])} for key in step.after if key in names]
    depends = {"depends_on": waits} if waits else {}
    rule = {"run_if": step.run_if} if step.after and step.run_if != "ALL_SUCCESS" else {}
    where = Definition(
        kind=Kind.CHAIN, name=chain.name, place=Place(path=chain.place.path, line=step.line), origin=chain.origin
    )
    started = (
        Action(crawler_name=step.crawler_name)
        if step.crawler_name
        else Action(
            job_name=step.job_name or step.key,
            arguments=step.arguments,
            timeout=step.run_timeout,
            notification_property=NotificationProperty(notify_delay_after=step.notify_after),
        )
    )
    tasks.start(where, started, {**depends, **rule}, "")
    task = tasks.tasks[-1]
    task["task_key"] = names[step.key] = _step_key(step.key, names)
    if not step.crawler_name:
        _limits(tasks.draft, len(tasks.tasks) - 1, task, step, where)


def _add_inputs(draft: Draft, chain: Chain, context: Context) -> None:
    """What steps take from the input of a run is a parameter of the job: what its schedule gives, else what a run has to say."""
    fields = dict.fromkeys(input_of(value) for step in chain.steps for value in step.arguments.values())
    for name in filter(None, fields):
        if name in chain.inputs:
            default = run_value(name, chain.inputs[name], None, chain, context, "Input")
        else:
            variable = identifier(f"{draft.key}_{name}")
            context.variables[variable] = Variable(f"What {shown(chain.name)} takes as {name} of its input")
            default = f"${{var.{variable}}}"
        parameters = draft.job.setdefault("parameters", [])
        draft.note(("parameters", len(parameters)), f"{name} of the input", chain)
        parameters.append({"name": input_parameter(name, context), "default": default})


def _limits(draft: Draft, index: int, task: dict[str, Any], step: Step, where: Definition) -> None:
    """Give a task what its step says of retries and time; the place of a crawler has neither, since it does nothing."""
    given: dict[str, Any] = {}
    if step.retries:
        given = {
            "max_retries": step.retries,
            "min_retry_interval_millis": (step.retry_seconds or 0) * 1000,
            "retry_on_timeout": step.retry_timeouts,
        }
    if step.timeout_seconds:
        given["timeout_seconds"] = min(step.timeout_seconds, task.get("timeout_seconds") or step.timeout_seconds)
    task |= given
    for name in given:
        draft.comments.pop(("tasks", index, name), None)
        if name in ("max_retries", "timeout_seconds"):
            draft.note(("tasks", index, name), "of this step", where)


def _step_key(key: str, names: dict[str, str]) -> str:
    base, taken = identifier(key), set(names.values())
    return next(
        name for name in (base, *(f"{base}_{number}" for number in range(2, len(taken) + 3))) if name not in taken
    )


def _ordered(chain: Chain) -> list[Step]:
    done: set[str] = set()
    left = list(chain.steps)
    ordered = []
    while left:
        step = next(
            (
                step
                for step in left
                if all(key in done or key not in {s.key for s in chain.steps} for key in step.after)
            ),
            left[0],
        )
        left.remove(step)
        done.add(step.key)
        ordered.append(step)
    return ordered
