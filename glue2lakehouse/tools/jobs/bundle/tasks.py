"""The tasks of a workflow: one for each job or crawler that a trigger starts, and the conditions between them.

AWS: about-triggers (a conditional trigger fires when ALL or ANY of its conditions hold). Databricks: run_if, condition_task,
`{{tasks.x.result_state}}`.
"""

from collections.abc import Mapping
from typing import Any

from glue2lakehouse.domain import Severity, Status
from glue2lakehouse.tools.jobs.bundle.arguments import is_passed, literal_parameters, run_value, workflow_arguments
from glue2lakehouse.tools.jobs.bundle.compute import add_compute
from glue2lakehouse.tools.jobs.bundle.draft import Context, Draft, Variable, identifier
from glue2lakehouse.tools.jobs.bundle.job import add_health, run_minutes, script_task
from glue2lakehouse.tools.jobs.bundle.libraries import add_libraries
from glue2lakehouse.tools.jobs.model import Action, Definition, GlueJob, GlueTrigger, Kind
from glue2lakehouse.tools.jobs.values import shown, with_variables

RESULT_STATES = {
    "SUCCEEDED": "success",
    "FAILED": "failed",
    "ERROR": "failed",
    "TIMEOUT": "timedout",
    "STOPPED": "canceled",
    "CANCELLED": "canceled",
}
_FAILURES = frozenset({"FAILED", "ERROR"})


class Tasks:
    """The tasks of one draft, in the order in which they were added."""

    def __init__(self, draft: Draft, context: Context, scripts: Mapping[str, Status]) -> None:
        self.draft = draft
        self.context = context
        self.scripts = scripts
        self.started: dict[tuple[str, str], list[str]] = {}
        self.tasks: list[dict[str, Any]] = []
        self._skippable: set[str] = set()

    def start(self, source: Definition, action: Action, dependency: dict[str, Any], field: str) -> None:
        """Add the task of one action, with what it depends on."""
        if action.crawler_name:
            task = self._crawler(source, action.crawler_name, field)
            self.started.setdefault((Kind.CRAWLER, action.crawler_name), []).append(task["task_key"])
        else:
            task = self._job(source, action, field)
            self.started.setdefault((Kind.JOB, action.job_name), []).append(task["task_key"])
        task |= dependency
        if isinstance(source, GlueTrigger) and source.type == "CONDITIONAL" and source.description:
            task.setdefault("description", self.context.text(source.description))
        if self._may_be_left_out(dependency):
            self._skippable.add(task["task_key"])
        order = ("task_key", "description", "depends_on", "run_if")
        self.tasks[-1] = {name: task[name] for name in (*order, *task) if name in task}

    def _may_be_left_out(self, dependency: dict[str, Any]) -> bool:
        """Whether a run may pass over a task: its condition does not hold, or all that it waits for were passed over."""
        waits = dependency.get("depends_on", [])
        return (
            dependency.get("run_if", "ALL_SUCCESS") not in ("ALL_SUCCESS", "ALL_DONE")
            or any("outcome" in each for each in waits)
            or (bool(waits) and all(each["task_key"] in self._skippable for each in waits))
        )

    def _new_key(self, name: str) -> str:
        base, taken = identifier(name), {task["task_key"] for task in self.tasks}
        return next(
            key for key in (base, *(f"{base}_{number}" for number in range(2, len(taken) + 3))) if key not in taken
        )

    def _job(self, source: Definition, action: Action, field: str) -> dict[str, Any]:
        job = self.context.definitions.find(Kind.JOB, action.job_name, source.place.path)
        key = self._new_key(action.job_name)
        if not isinstance(job, GlueJob):
            return self._absent(source, action, key, field)
        self._tell_ignored(source, action, job, field)
        if job.command.name == "gluestreaming":
            self.context.tell(
                source, "trigger-stream", f"starts the stream '{job.name}', which is a continuous job here and does not end",
                "unpause that job instead, or give it a schedule with Trigger.AvailableNow", field=field,
            )  # fmt: skip
        more = [
            name
            for name in action.arguments
            if is_passed(name, self.context.asked_by(job)) and name not in job.arguments
        ]
        if more:
            extra = ", ".join(more)
            advice = "give the job a default for it if every run may have it, then use a run_job_task"
            self._tell_own(source, f"gives '{job.name}' {extra}, which its definition does not have", advice, field)
            return self._own_task(source, action, job, key, field, f"a run of the job alone has no {extra}")
        limit = run_minutes(job, self.context)[0]
        if isinstance(action.timeout, int) and 0 < limit < action.timeout:
            text = f"gives a run of '{job.name}' {action.timeout} minutes, more than the {limit} of its definition"
            self._tell_own(source, text, "give the job this timeout if every run may take so long", field)
            return self._own_task(source, action, job, key, field, f"the job ends after {limit} minutes")
        task: dict[str, Any] = {
            "task_key": key,
            "run_job_task": {"job_id": f"${{resources.jobs.{self.context.key_of(job)}.id}}"},
        }
        given = {
            name.removeprefix("--"): run_value(name, value, job, source, self.context, field)
            for name, value in action.arguments.items()
            if is_passed(name, self.context.asked_by(job)) and name not in job.non_overridable_arguments
        }
        if isinstance(source, GlueTrigger):
            given = {**workflow_arguments(job, source, self.context), **given}
        if given:
            task["run_job_task"]["job_parameters"] = given
            self._note("run_job_task", "arguments of the trigger's action", source, field)
        self.tasks.append(task)
        self._limits(source, action, task, field)
        return task

    def _tell_own(self, source: Definition, what: str, advice: str, field: str) -> None:
        text = f"{what}; the script runs as a task of its own"
        self.context.tell(source, "trigger-arguments", text, advice, field=field, severity=Severity.INFO)

    def _own_task(
        self, source: Definition, action: Action, job: GlueJob, key: str, field: str, why: str
    ) -> dict[str, Any]:
        """Run the script here, not through its job, since the action gives what a plain run of the job cannot have."""
        self.draft.job["tasks"] = self.tasks
        task = script_task(self.draft, job, self.context, self.scripts, key)
        line = literal_parameters(job, action.arguments, self.context)
        if isinstance(source, GlueTrigger):
            for name, value in workflow_arguments(job, source, self.context).items():
                line += [f"--{name}", value]
        task["spark_python_task"]["parameters"] = line
        self.tasks.append(task)
        add_compute(self.draft, job, self.context, task, key)
        add_libraries(self.draft, job, self.context, task)
        self._note("spark_python_task", f"a task of its own, since {why}", source, field)
        self._limit_runs(job)
        if action.notification_property.notify_delay_after is None:
            action = action.model_copy(update={"notification_property": job.notification_property})
        self._limits(source, action, task, field)
        return task

    def _limit_runs(self, job: GlueJob) -> None:
        """A script that does not run through its job is not held by the job's limit: the job around it takes that over."""
        limit, given = job.execution_property.max_concurrent_runs or 1, self.draft.job.get("max_concurrent_runs")
        if isinstance(limit, int) and isinstance(given, int) and limit < given:
            self.draft.job["max_concurrent_runs"] = limit
            text = f"MaxConcurrentRuns {limit} of {job.name}, whose script is a task here"
            self.draft.note(("max_concurrent_runs",), text, job, "ExecutionProperty")
            self.draft.job.setdefault("queue", {"enabled": job.job_run_queuing_enabled is True})

    def _absent(self, source: Definition, action: Action, key: str, field: str) -> dict[str, Any]:
        variable = f"job_id_{key}"
        self.context.variables[variable] = Variable(
            f"Id of the Databricks job that takes the place of Glue job {action.job_name or key}"
        )
        self.context.tell(
            source, "job-reference", f"starts job '{action.job_name}', which is not in the source",
            f"give the id of its Databricks job as variable {variable}", field=field, severity=Severity.BLOCKER,
        )  # fmt: skip
        task: dict[str, Any] = {"task_key": key, "run_job_task": {"job_id": f"${{var.{variable}}}"}}
        given = {
            name.removeprefix("--"): run_value(name, value, None, source, self.context, field)
            for name, value in action.arguments.items()
            if is_passed(name)
        }
        if given:
            task["run_job_task"]["job_parameters"] = given
        self.tasks.append(task)
        self._limits(source, action, task, field)
        return task

    def _crawler(self, source: Definition, name: str, field: str) -> dict[str, Any]:
        """A crawler keeps its place in the order as a task that does nothing and says what has to be there."""
        text = with_variables(f"crawler {shown(name)}")
        task: dict[str, Any] = {
            "task_key": self._new_key(name),
            "description": f"Stands where Glue's {text} ran; put here what registers new data, if the tables need it.",
            "condition_task": {"left": text, "op": "EQUAL_TO", "right": text},
        }
        self.tasks.append(task)
        self._note("condition_task", f"always true, it only keeps the place of crawler {name}", source, field)
        self.context.tell(
            source, "trigger-crawler", f"starts crawler '{name}', which Databricks has not; an empty task keeps its place",
            "drop the task where Delta tables need no crawler, or load with Auto Loader, or MSCK REPAIR the external table", field=field,
        )  # fmt: skip
        return task

    def _limits(self, source: Definition, action: Action, task: dict[str, Any], field: str) -> None:
        if isinstance(action.timeout, int):
            task["timeout_seconds"] = action.timeout * 60
            self._note("timeout_seconds", f"Timeout {action.timeout} minutes of the action", source, field)
        elif action.timeout is not None:
            self.context.tell(
                source,
                "job-timeout",
                "the timeout of its action is not in the source",
                "set timeout_seconds",
                field=field,
            )
        path = ("tasks", len(self.tasks) - 1, "health")
        add_health(task, self.draft, path, action.notification_property.notify_delay_after, source, self.context)

    def _tell_ignored(self, source: Definition, action: Action, job: GlueJob, field: str) -> None:
        for name in action.arguments:
            if name in job.non_overridable_arguments:
                self.context.tell(
                    source, "trigger-arguments", f"gives '{job.name}' {name}, which the job does not let anybody override",
                    "none; Glue ignores it, too", field=field, severity=Severity.INFO,
                )  # fmt: skip
            elif not is_passed(name) and name not in ("--JOB_NAME",):
                self.context.tell(
                    source, "trigger-arguments", f"gives '{job.name}' {name} for its runs; the job's own setting is used",
                    "make a second job with this setting", field=field,
                )  # fmt: skip

    def after(self, trigger: GlueTrigger) -> dict[str, Any]:
        """Return depends_on and run_if of what a conditional trigger starts; add condition tasks where states are mixed."""
        conditions = [condition for condition in trigger.predicate.conditions if condition.watched in self.started]
        keys = list(dict.fromkeys(key for condition in conditions for key in self.started[condition.watched]))
        states = {condition.awaited for condition in conditions}
        every = trigger.predicate.logical != "ANY"
        watched = {condition.watched for condition in conditions}
        self._tell_repeats(trigger, watched)
        depends = {"depends_on": [{"task_key": key, **self.outcome(key)} for key in keys]}
        if (
            len(watched) == 1
            and len(states) > 1
            and not every
            and states >= {"SUCCEEDED", "FAILED"}
            and not self._waits(keys)
        ):
            self._tell_done(trigger, states)
            return depends | {"run_if": "ALL_DONE"}
        left_out = self._skippable & set(keys) if len(keys) > 1 else set()
        if len(watched) == len(conditions) and states == {"SUCCEEDED"} and not (every and left_out):
            self._tell_success(trigger, keys, every, left_out)
            return depends | ({} if every or len(keys) == 1 else {"run_if": "AT_LEAST_ONE_SUCCESS"})
        if len(watched) == len(conditions) and states and states <= _FAILURES and not self._waits(keys):
            self.context.tell(
                trigger, "trigger-states", "waits for FAILED only; run_if takes timed-out runs for failed, too",
                "none, if a timeout is a failure to you", field="Predicate", severity=Severity.INFO,
            )  # fmt: skip
            return depends | {"run_if": "ALL_FAILED" if every else "AT_LEAST_ONE_FAILED"}
        return self._mixed(trigger, conditions, every)

    def _waits(self, keys: list[str]) -> bool:
        """Say whether one of these tasks waits for others: run_if takes it for failed, and done, where they failed and it never ran."""
        return any(task.get("depends_on") for task in self.tasks if task["task_key"] in keys)

    def outcome(self, key: str) -> dict[str, str]:
        """Return what a dependency on this task has to say besides its key: a condition task has an outcome."""
        task = next(task for task in self.tasks if task["task_key"] == key)
        return {"outcome": "true"} if "condition_task" in task else {}

    def _mixed(self, trigger: GlueTrigger, conditions: list[Any], every: bool) -> dict[str, Any]:
        """Ask for the states in condition tasks: one for each of ANY, one for all of AND, since a task that is left out of a run
        counts as successful where others wait for it, also a condition task."""
        asked = [
            (watched, self._result(trigger, condition.awaited))
            for condition in conditions
            for watched in self.started[condition.watched]
        ]
        alone = not every or len(asked) == 1
        names = [self._ask(trigger, group) for group in ([[each] for each in asked] if alone else [asked])]
        what = "one condition task asks for all of them" if not alone else "each became a condition task"
        self.context.tell(
            trigger, "trigger-states", f"no run_if says what its conditions ask for; {what}",
            "try the failing branches once on Databricks", field="Predicate",
        )  # fmt: skip
        depends = {"depends_on": [{"task_key": key, "outcome": "true"} for key in names]}
        return depends | ({} if every else {"run_if": "AT_LEAST_ONE_SUCCESS"})

    def _result(self, trigger: GlueTrigger, awaited: str) -> str:
        if awaited not in RESULT_STATES:
            self.context.tell(
                trigger, "trigger-states", f"waits for state '{awaited}', which is not known",
                "write success, failed, timedout or canceled into its condition task", field="Predicate", severity=Severity.BLOCKER,
            )  # fmt: skip
        return RESULT_STATES.get(awaited, self.context.text(awaited).lower())

    def _ask(self, trigger: GlueTrigger, asked: list[tuple[str, str]]) -> str:
        """Add the condition task that is true where each of these tasks ended so, and return its key."""
        key = self._new_key("_and_".join(f"{watched}_is_{shown(wanted)}" for watched, wanted in asked))
        self.tasks.append(
            {
                "task_key": key,
                "depends_on": [{"task_key": watched} for watched in dict.fromkeys(watched for watched, _ in asked)],
                "run_if": "ALL_DONE",
                "condition_task": {
                    "left": " ".join(f"{{{{tasks.{watched}.result_state}}}}" for watched, _ in asked),
                    "op": "EQUAL_TO",
                    "right": " ".join(wanted for _, wanted in asked),
                },
            }
        )
        self._note(
            "condition_task",
            f"{' and '.join(wanted for _, wanted in asked)} in trigger {trigger.name}",
            trigger,
            "Predicate",
        )
        return key

    def _tell_done(self, trigger: GlueTrigger, states: set[str]) -> None:
        left = [state for state in ("TIMEOUT", "STOPPED") if state not in states]
        if left:
            self.context.tell(
                trigger, "trigger-states", f"does not wait for {' or '.join(left)}; run_if ALL_DONE fires then, too",
                "none, if what it starts may run after every end", field="Predicate", severity=Severity.INFO,
            )  # fmt: skip

    def _tell_success(self, trigger: GlueTrigger, keys: list[str], every: bool, left_out: set[str]) -> None:
        if left_out:
            self.context.tell(
                trigger, "trigger-states", f"waits for success of {', '.join(sorted(left_out))}, which may be left out of a run; "
                "Databricks counts a task that is left out as successful", "add a condition task on its result_state", field="Predicate",
            )  # fmt: skip
        if not every and len(keys) > 1:
            self.context.tell(
                trigger, "trigger-states", "Glue fires at the first of its conditions; run_if waits until all of them have ended",
                "none, unless the earlier start matters", field="Predicate", severity=Severity.INFO,
            )  # fmt: skip

    def _tell_repeats(self, trigger: GlueTrigger, watched: set[tuple[str, str]]) -> None:
        for kind, name in sorted(watched):
            if len(self.started[(kind, name)]) > 1:
                self.context.tell(
                    trigger, "trigger-repeat", f"waits for {kind} '{name}', which several triggers start; it waits for all of these tasks",
                    "keep the dependency that you mean", field="Predicate",
                )  # fmt: skip

    def _note(self, name: str, text: str, source: Definition, field: str) -> None:
        self.draft.note(("tasks", len(self.tasks) - 1, name), text, source, field)
