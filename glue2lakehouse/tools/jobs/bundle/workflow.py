"""Workflows, triggers and chains as jobs of tasks; a trigger that only starts one job at a time gives it the schedule.

AWS: about-triggers, orchestrate-using-workflows. A job can have one schedule; a job that several triggers start, or a trigger that
starts several jobs, needs a job of its own that runs them.
"""

from collections.abc import Mapping

from glue2lakehouse.domain import Severity, Status
from glue2lakehouse.tools.jobs.bundle.arguments import run_properties
from glue2lakehouse.tools.jobs.bundle.chain import write_chain
from glue2lakehouse.tools.jobs.bundle.draft import Context, Draft
from glue2lakehouse.tools.jobs.bundle.job import describe
from glue2lakehouse.tools.jobs.bundle.schedule import add_start
from glue2lakehouse.tools.jobs.bundle.script_arguments import RUN_PROPERTIES
from glue2lakehouse.tools.jobs.bundle.tags import add_tags
from glue2lakehouse.tools.jobs.bundle.tasks import Tasks
from glue2lakehouse.tools.jobs.model import GlueJob, GlueTrigger, GlueWorkflow, Kind


def write_workflows(context: Context, jobs: dict[int, Draft], scripts: Mapping[str, Status]) -> list[Draft]:
    """Return the jobs that workflows, loose triggers and chains become; `jobs` are the drafts by id of their Glue job."""
    drafts = [_workflow(workflow, context, jobs, scripts) for workflow in _workflows(context)]
    loose = [trigger for trigger in context.definitions.triggers if not trigger.workflow_name]
    drafts += _loose(loose, context, jobs, scripts)
    drafts += [write_chain(chain, context, scripts) for chain in context.definitions.chains]
    return [draft for draft in drafts if draft.job.get("tasks")]


def _workflows(context: Context) -> list[GlueWorkflow]:
    """The workflows, and those that a trigger names but the source does not hold."""
    found = list(context.definitions.workflows)
    named = {workflow.name for workflow in found}
    for trigger in context.definitions.triggers:
        if trigger.workflow_name and trigger.workflow_name not in named:
            named.add(trigger.workflow_name)
            found.append(GlueWorkflow(name=trigger.workflow_name, place=trigger.place, origin=trigger.origin))
            context.tell(
                trigger, "workflow-reference", f"belongs to workflow '{trigger.workflow_name}', which is not in the source; its run properties are not known",
                "add the workflow's definition", field="WorkflowName",
            )  # fmt: skip
    return found


def _workflow(
    workflow: GlueWorkflow, context: Context, jobs: Mapping[int, Draft], scripts: Mapping[str, Status]
) -> Draft:
    key = context.new_key(workflow.name, "_workflow")
    context.keys[id(workflow)] = key
    draft = Draft(key, workflow, {"name": context.text(workflow.name)})
    draft.note(("name",), "workflow", workflow, "Name")
    if workflow.description:
        draft.job["description"] = context.text(workflow.description)
        draft.note(("description",), "Description", workflow, "Description")
    runs = workflow.max_concurrent_runs
    if runs is not None:
        draft.job["max_concurrent_runs"] = context.text(runs) if isinstance(runs, str) else runs
        draft.note(("max_concurrent_runs",), "MaxConcurrentRuns", workflow, "MaxConcurrentRuns")
        draft.job["queue"] = {"enabled": False}
        draft.comments[("queue",)] = "Glue refuses a run that is one too many; a bundle would keep it waiting"
    else:
        draft.job["max_concurrent_runs"] = 1000
        draft.note(
            ("max_concurrent_runs",),
            "a workflow without MaxConcurrentRuns has no limit; 1000 is the most here",
            workflow,
        )
    if workflow.tags:
        add_tags(draft, workflow, workflow.tags, context)
    near = [t for t in context.definitions.triggers if t.workflow_name == workflow.name]
    owner = context.definitions
    mine = [t for t in near if owner.find(Kind.WORKFLOW, workflow.name, t.place.path) in (workflow, None)]
    _run_properties(draft, workflow, mine, jobs, context)
    fill(draft, mine, context, scripts)
    _tell_tags(workflow.tags, mine, context)
    if not mine:
        context.tell(
            workflow,
            "workflow-empty",
            "no trigger of the source belongs to it, so it has no tasks and was left out",
            "add its triggers",
        )
    describe(draft)
    return draft


def _run_properties(
    draft: Draft, workflow: GlueWorkflow, triggers: list[GlueTrigger], jobs: Mapping[int, Draft], context: Context
) -> None:
    """Run properties become one parameter of the job where its scripts look them up, and else a parameter each. Databricks
    hands these down to every job that it runs, where one of the same name would take the place of the job's own argument,
    which Glue does not do: such a one gets another name."""
    started = {action.job_name for trigger in triggers for action in trigger.actions}
    if any(RUN_PROPERTIES in context.asked_by(job).all for job in context.definitions.jobs if job.name in started):
        draft.job["parameters"] = [
            {
                "name": RUN_PROPERTIES.removeprefix("--"),
                "default": run_properties(workflow.name, workflow.place.path, context),
            }
        ]
        draft.note(("parameters",), "DefaultRunProperties", workflow, "DefaultRunProperties")
        context.tell(
            workflow, "workflow-properties", "its run properties are the job parameter WORKFLOW_RUN_PROPERTIES, as JSON; its jobs keep them in "
            f"{context.settings.workflow_runs_folder}",
            "make that volume before the first run; a run with other properties is given all of them in that parameter",
            field="DefaultRunProperties", severity=Severity.INFO,
        )  # fmt: skip
        return
    if not workflow.default_run_properties:
        return
    taken = {
        parameter["name"]
        for job in context.definitions.jobs
        if job.name in started
        for parameter in jobs[id(job)].job.get("parameters", [])
    }
    named = {
        name: f"run_property_{name}" if name in taken else name
        for name in workflow.default_run_properties
        if "⟦" not in name
    }
    draft.job["parameters"] = [
        {"name": parameter, "default": context.text(workflow.default_run_properties[name])}
        for name, parameter in named.items()
    ]
    draft.note(("parameters",), "DefaultRunProperties", workflow, "DefaultRunProperties")
    renamed = ", ".join(f"{name} (as {parameter})" for name, parameter in named.items() if parameter != name)
    context.tell(
        workflow, "workflow-properties", f"run properties {', '.join(named)} are parameters of the job now"
        + (f"; an argument of a job has the same name as {renamed}" if renamed else ""),
        "where a script calls get_workflow_run_properties, pass it {{job.parameters.NAME}}; put_ becomes dbutils.jobs.taskValues.set",
        field="DefaultRunProperties",
    )  # fmt: skip


def fill(draft: Draft, triggers: list[GlueTrigger], context: Context, scripts: Mapping[str, Status]) -> set[str]:
    """Give a draft the tasks that these triggers start; return the names of the triggers that are in it."""
    tasks = Tasks(draft, context, scripts)
    roots = [trigger for trigger in triggers if trigger.type != "CONDITIONAL"]
    waiting = [trigger for trigger in triggers if trigger.type == "CONDITIONAL" and _may_fire(trigger, context)]
    for trigger in roots:
        for index, action in enumerate(trigger.actions):
            tasks.start(trigger, action, {}, f"Actions.{index}")
    _starts(draft, roots, context)
    used = {trigger.name for trigger in roots}
    while waiting:
        ready = _ready(waiting, tasks)
        if ready is None:
            break
        waiting.remove(ready)
        used.add(ready.name)
        dependency = tasks.after(ready)
        for index, action in enumerate(ready.actions):
            tasks.start(ready, action, dependency, f"Actions.{index}")
    for trigger in waiting:
        _tell_stuck(trigger, tasks, context)
    if tasks.tasks:
        draft.job["tasks"] = tasks.tasks
    return used


def _tell_tags(written: Mapping[str, str], triggers: list[GlueTrigger], context: Context) -> None:
    """A trigger that is a task now has no tags; where they say more than those of the job around it, that is told."""
    for trigger in triggers:
        left = [name for name, value in trigger.tags.items() if written.get(name) != value]
        if left:
            context.tell(
                trigger, "job-tags", f"its tags {', '.join(left)} were left out: a task has none",
                "put them under tags of the job, if you account by them", field="Tags", severity=Severity.INFO,
            )  # fmt: skip


def _may_fire(trigger: GlueTrigger, context: Context) -> bool:
    if trigger.active is False:
        context.tell(
            trigger, "trigger-state", "is not active, so it starts nothing; what it would start was left out",
            "activate it in AWS and migrate again, or add its tasks by hand", field="State",
        )  # fmt: skip
        return False
    if trigger.active is None:
        context.tell(
            trigger, "trigger-state", "the source does not say whether it is active; it was taken as active",
            "remove its tasks if it is not", field="StartOnCreation", severity=Severity.INFO,
        )  # fmt: skip
    return True


def _starts(draft: Draft, roots: list[GlueTrigger], context: Context) -> None:
    starting = [trigger for trigger in roots if trigger.type != "ON_DEMAND"]
    if starting:
        add_start(draft, starting[0], context)
    for trigger in starting[1:]:
        context.tell(
            trigger, "trigger-start", "a job has one schedule; this further one was left out",
            "make a second job that runs this one at that time", severity=Severity.BLOCKER,
        )  # fmt: skip


def _ready(waiting: list[GlueTrigger], tasks: Tasks) -> GlueTrigger | None:
    """Return the next trigger whose conditions are all among the tasks; for ANY, some of them will do at last."""
    startable = {
        (Kind.CRAWLER, action.crawler_name) if action.crawler_name else (Kind.JOB, action.job_name)
        for trigger in waiting
        for action in trigger.actions
    }
    for trigger in waiting:
        watched = {condition.watched for condition in trigger.predicate.conditions}
        if watched and watched <= tasks.started.keys():
            return trigger
    for trigger in waiting:
        watched = {condition.watched for condition in trigger.predicate.conditions}
        missing = watched - tasks.started.keys()
        if trigger.predicate.logical == "ANY" and missing < watched and not missing & startable:
            return trigger
    return None


def _tell_stuck(trigger: GlueTrigger, tasks: Tasks, context: Context) -> None:
    missing = [
        f"{kind} '{name}'"
        for kind, name in dict.fromkeys(c.watched for c in trigger.predicate.conditions)
        if (kind, name) not in tasks.started
    ]
    context.tell(
        trigger, "trigger-conditions", f"waits for {', '.join(missing) or 'nothing'}, which no trigger of the same job starts; what it starts was left out",
        "start all of them from one schedule, or use a table-update trigger", field="Predicate", severity=Severity.BLOCKER,
    )  # fmt: skip


def _loose(
    triggers: list[GlueTrigger], context: Context, jobs: dict[int, Draft], scripts: Mapping[str, Status]
) -> list[Draft]:
    roots = [trigger for trigger in triggers if trigger.type != "CONDITIONAL"]
    conditional = [trigger for trigger in triggers if trigger.type == "CONDITIONAL" and _may_fire(trigger, context)]
    drafts: list[Draft] = []
    used: set[str] = set()
    for root in roots:
        following = _following(root, conditional, roots, context)
        own = _own_job(root, roots, following, context, jobs)
        if own is not None:
            add_start(own, root, context)
            if root.description and ("schedule",) not in own.comments:
                own.comments[("schedule",)] = own.comments[("trigger",)] = f"trigger {root.name}: {root.description}"
            if root.type == "ON_DEMAND":
                own.comments[("tasks",)] = f"started by hand, as by trigger {root.name}, {root.place}"
            continue
        draft = Draft(
            context.new_key(root.name, "_trigger"), root, {"name": context.text(root.name), "max_concurrent_runs": 1000}
        )
        context.keys[id(root)] = draft.key
        draft.note(("name",), f"{root.type} trigger", root, "Name")
        draft.comments[("max_concurrent_runs",)] = "the jobs that it runs have limits of their own"
        if root.description:
            draft.job["description"] = context.text(root.description)
            draft.note(("description",), "Description", root, "Description")
        if root.tags:
            add_tags(draft, root, root.tags, context)
        used |= fill(draft, [root, *following], context, scripts)
        _tell_tags(root.tags, following, context)
        describe(draft)
        drafts.append(draft)
    for trigger in conditional:
        if trigger.name not in used:
            _tell_stuck(trigger, Tasks(Draft("", trigger, {}), context, scripts), context)
    return drafts


def _following(
    root: GlueTrigger, conditional: list[GlueTrigger], roots: list[GlueTrigger], context: Context
) -> list[GlueTrigger]:
    """Return the conditional triggers that can fire in a run that this root starts."""
    started = {(Kind.JOB, a.job_name) if a.job_name else (Kind.CRAWLER, a.crawler_name) for a in root.actions}
    found: list[GlueTrigger] = []
    grown = True
    while grown:
        grown = False
        for trigger in conditional:
            watched = {condition.watched for condition in trigger.predicate.conditions}
            enough = watched <= started if trigger.predicate.logical != "ANY" else bool(watched & started)
            if trigger not in found and watched and enough:
                found.append(trigger)
                started |= {
                    (Kind.JOB, a.job_name) if a.job_name else (Kind.CRAWLER, a.crawler_name) for a in trigger.actions
                }
                grown = True
    return found


def _own_job(
    root: GlueTrigger, roots: list[GlueTrigger], following: list[GlueTrigger], context: Context, jobs: dict[int, Draft]
) -> Draft | None:
    """Return the job's own draft where the trigger is nothing but its schedule."""
    if len(root.actions) != 1 or following:
        return None
    action = root.actions[0]
    job = context.definitions.find(Kind.JOB, action.job_name, root.place.path) if action.job_name else None
    if not isinstance(job, GlueJob) or action.model_fields_set - {"job_name"}:
        return None
    if not root.tags.items() <= job.tags.items():
        return None
    if root.type != "ON_DEMAND":
        others = [
            other for other in roots if other.type != "ON_DEMAND" and any(a.job_name == job.name for a in other.actions)
        ]
        draft = jobs[id(job)]
        if len(others) > 1 or "continuous" in draft.job or "schedule" in draft.job or "trigger" in draft.job:
            return None
    return jobs[id(job)]
