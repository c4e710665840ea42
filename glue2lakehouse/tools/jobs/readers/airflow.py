"""The order of Glue jobs in an Airflow or MWAA DAG, by reading its syntax tree; the rest of the DAG is findings.

Airflow: apache-airflow-providers-amazon, GlueJobOperator (formerly AwsGlueJobOperator), GlueCrawlerOperator, GlueJobSensor.
"""

import ast
import re
from typing import Any

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.build import build
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.model import Chain, Definition, Kind, OpenReference, Origin, Place, Step
from glue2lakehouse.tools.jobs.readers.airflow_code import Loaded
from glue2lakehouse.tools.jobs.readers.airflow_schedule import schedule_of, shown_value
from glue2lakehouse.tools.jobs.readers.airflow_templates import filled, params_of
from glue2lakehouse.tools.jobs.readers.airflow_values import Dag, Delta, OpenText, Task, order_of
from glue2lakehouse.tools.jobs.readers.intrinsics import reference_name

OPERATOR = "operator of a DAG"
_JOBS = frozenset({"GlueJobOperator", "AwsGlueJobOperator", "AWSGlueJobOperator"})
_CRAWLERS = frozenset({"GlueCrawlerOperator", "AwsGlueCrawlerOperator"})
_WAITS = frozenset({"GlueJobSensor", "AwsGlueJobSensor", "GlueCrawlerSensor", "AwsGlueCrawlerSensor"})
_EMPTY = frozenset({"DummyOperator", "EmptyOperator"})
_GLUE_OPERATOR = re.compile(r"\bGlue(Job|Crawler)Operator\b|\b\w*Glue\w*Operator\b")
# What Airflow itself sets where nobody says: core.default_task_retry_delay and core.max_active_runs_per_dag.
_RETRY_DELAY = 300
_RUNS_AT_ONCE = 16
_RUN_IF = {
    "all_success": "ALL_SUCCESS", "all_done": "ALL_DONE", "one_success": "AT_LEAST_ONE_SUCCESS",
    "all_failed": "ALL_FAILED", "one_failed": "AT_LEAST_ONE_FAILED", "none_failed": "NONE_FAILED",
}  # fmt: skip
_KNOWN = frozenset(
    {"task_id", "job_name", "script_args", "retries", "trigger_rule", "dag", "wait_for_completion", "execution_timeout",
     "task_group", "config", "region_name", "aws_conn_id", "verbose", "deferrable", "poll_interval", "job_poll_interval",
     "retry_delay", "email", "email_on_failure"}
)  # fmt: skip
_FOR_THE_RUN = frozenset({"run_job_kwargs", "concurrent_run_limit"})
_DAG_KNOWN = frozenset(
    {"dag_id", "schedule", "schedule_interval", "timetable", "catchup", "description", "doc_md", "tags", "default_args",
     "start_date", "max_active_runs", "dagrun_timeout", "is_paused_upon_creation"}
)  # fmt: skip
_DEFAULTS_KNOWN = frozenset({"owner", "depends_on_past", "start_date"})
_CALLED = re.compile(r"_callback$|^email|^sla$|^depends_on_past$|^wait_for_downstream$")
_CREATES = frozenset({"script_location", "iam_role_name", "iam_role_arn", "create_job_kwargs", "s3_bucket", "job_desc",
                      "num_of_dpus", "retry_limit", "update_config", "replace_script_file"})  # fmt: skip


def looks_like_dag(text: str) -> bool:
    """Say whether a Python text may be a DAG that starts Glue jobs."""
    return _GLUE_OPERATOR.search(text) is not None and "airflow" in text


def read_dag(path: str, text: str) -> Definitions:
    """Read the Glue tasks of each DAG of a file and the order among them. A file that does not parse is a finding."""
    found = Definitions()
    name = path.rpartition("/")[2].removesuffix(".py")
    try:
        loaded = Loaded(ast.parse(text), name)
    except (SyntaxError, RecursionError) as error:
        line = getattr(error, "lineno", 0) or 0
        found.findings.append(_finding(path, line, f"the DAG does not parse: {error}", Severity.BLOCKER))
        found.seen = 1
        return found
    for dag in (*loaded.dags, loaded.loose):
        if any(task.operator in _JOBS | _CRAWLERS for task in dag.tasks):
            found.seen += 1
            reading = _Reading(path, dag)
            found.items += [reading.chain(), *reading.jobs]
            found.findings += reading.findings
            for name, text in reading.variables.items():
                place = Place(path=path, line=dag.line)
                found.references.setdefault(name, OpenReference(name=name, text=text, place=place))
        else:
            _tell_unknown(found, path, dag)
    unread = loaded.unread(_JOBS | _CRAWLERS)
    odd = [*loaded.odd, *unread] if found.items else unread
    found.findings += [_finding(path, line, what, Severity.BLOCKER) for line, what in dict.fromkeys(odd)]
    found.seen += bool(unread and not found.items)
    return found


class _Reading:
    """One DAG on its way to a chain."""

    def __init__(self, path: str, dag: Dag) -> None:
        self.path = path
        self.dag = dag
        self.findings: list[Finding] = []
        self.jobs: list[Definition] = []
        self.params = params_of(dag.given.get("params"))
        self.variables: dict[str, str] = {}
        self.order = order_of(dag)
        self.keys = {task: reference_name(task.id) for task in dag.tasks}
        shared = {name: value for name, value in dag.defaults.items() if name in _KNOWN | _CREATES | _FOR_THE_RUN}
        for task in dag.tasks:
            task.given = {**shared, **task.given}

    def chain(self) -> Chain:
        """Return the chain; tasks that are no Glue jobs are passed through, so the order among jobs stays."""
        for task in self.dag.tasks:
            self._other_task(task)
        steps = tuple(self._step(task) for task in self.dag.tasks if task.operator in _JOBS | _CRAWLERS)
        self._other_settings()
        schedule, zone = schedule_of(self.dag, self._tell)
        limit, runs = self.dag.given.get("dagrun_timeout"), self.dag.given.get("max_active_runs")
        paused = self.dag.given.get("is_paused_upon_creation")
        return Chain(
            name=self.dag.name, place=Place(path=self.path, line=self.dag.line), origin=Origin.AIRFLOW, steps=steps,
            schedule=schedule, timezone=zone, active=False if paused is True else None,
            timeout_seconds=int(limit.seconds) if isinstance(limit, Delta) else None,
            max_concurrent_runs=runs if isinstance(runs, int) else _RUNS_AT_ONCE, emails=self._emails(), inputs=self.params,
        )  # fmt: skip

    def _emails(self) -> tuple[str, ...]:
        """Who is told of a failed task; `email` alone is enough, since email_on_failure is true."""
        told: dict[str, None] = {}
        for task in self.dag.tasks:
            given = task.given.get("email", [])
            named: list[Any] = given if isinstance(given, list) else [given]
            if task.operator not in _JOBS | _CRAWLERS or task.given.get("email_on_failure", True) is not True:
                continue
            if not all(isinstance(each, str) for each in named):
                self._tell(
                    task.line, f"task '{task.id}': who is told of its failure ({shown_value(given)}) is computed and was left out",
                    Severity.WARNING,
                )  # fmt: skip
                continue
            told |= dict.fromkeys(name.strip() for each in named for name in re.split("[,;]", each) if name.strip())
        return tuple(told)

    def _other_task(self, task: Task) -> None:
        if task.doubt and task.operator in _JOBS | _CRAWLERS:
            self._tell(task.line, f"task '{task.id}' {task.doubt}", Severity.BLOCKER)
        if task.operator in _WAITS:
            self._tell(
                task.line, f"task '{task.id}' waits for Glue; a task of Databricks ends with its job", Severity.INFO
            )
        elif task.operator not in _JOBS | _CRAWLERS | _EMPTY:
            self._tell(task.line, f"task '{task.id}' ({task.operator}) was left out of the job", Severity.BLOCKER)
        rule = task.given.get("trigger_rule", "all_success")
        if task.operator not in _JOBS | _CRAWLERS and rule != "all_success":
            self._tell(
                task.line, f"task '{task.id}' is passed through, but not its trigger_rule {rule}", Severity.BLOCKER
            )

    def _step(self, task: Task) -> Step:
        rule = task.given.get("trigger_rule", "all_success")
        if rule not in _RUN_IF:
            self._tell(task.line, f"task '{task.id}': trigger_rule '{rule}' has no run_if", Severity.BLOCKER)
        retries, limit = task.given.get("retries"), task.given.get("execution_timeout")
        delay = task.given.get("retry_delay")
        seconds = (
            delay.seconds if isinstance(delay, Delta) else delay if isinstance(delay, int | float) else _RETRY_DELAY
        )
        step = Step(
            key=self.keys[task], after=tuple(self.keys[each] for each in self._before(task, frozenset())),
            run_if=_RUN_IF.get(rule, "ALL_SUCCESS") if isinstance(rule, str) else "ALL_SUCCESS",
            retries=retries if isinstance(retries, int) else None, line=task.line,
            timeout_seconds=int(limit.seconds) if isinstance(limit, Delta) else None,
            retry_seconds=int(seconds) if retries else None, retry_timeouts=True,
        )  # fmt: skip
        for name, kind in (("retries", int), ("execution_timeout", Delta), ("retry_delay", Delta | int | float)):
            if task.given.get(name) is not None and not isinstance(task.given[name], kind):
                text = f"task '{task.id}': {name} ({shown_value(task.given[name])}) is computed and was left out"
                self._tell(task.line, text, Severity.WARNING)
        if task.operator in _CRAWLERS:
            return step.model_copy(update={"crawler_name": self._crawler(task)})
        job = task.given.get("job_name")
        if not isinstance(job, str):
            self._tell(task.line, f"task '{task.id}': the name of its job is computed", Severity.BLOCKER)
            job = ""
        self._other_arguments(task, job)
        run = task.given.get("run_job_kwargs")
        minutes = run.get("Timeout") if isinstance(run, dict) else None
        step = step.model_copy(update={"run_timeout": minutes if isinstance(minutes, int) else None})
        return step.model_copy(update={"job_name": job, "arguments": self._script_args(task)})

    def _crawler(self, task: Task) -> str:
        config = task.given.get("config")
        name = config.get("Name") if isinstance(config, dict) else None
        if not isinstance(name, str):
            self._tell(task.line, f"task '{task.id}': the name of its crawler is computed", Severity.BLOCKER)
        return name if isinstance(name, str) else task.id

    def _before(self, task: Task, seen: frozenset[Task]) -> list[Task]:
        found: dict[Task, None] = {}
        for before in self.order.get(task, []):
            if before not in self.keys:
                self._tell(
                    task.line,
                    f"task '{task.id}' waits for '{before.id}', which is no task of this DAG",
                    Severity.BLOCKER,
                )
            elif before not in seen:
                glue = before.operator in _JOBS | _CRAWLERS
                found |= dict.fromkeys([before] if glue else self._before(before, seen | {task}))
        return list(found)

    def _script_args(self, task: Task) -> dict[str, str]:
        given = task.given.get("script_args", {})
        if not isinstance(given, dict):
            self._tell(task.line, f"task '{task.id}': its script_args are computed", Severity.BLOCKER)
            return {}
        kept: dict[str, str] = {}
        for key, held in given.items():
            value = held.template if isinstance(held, OpenText) else held
            if not isinstance(value, str | int | float):
                self._tell(task.line, f"task '{task.id}': {key} of its script_args is computed", Severity.BLOCKER)
            elif (made := filled(str(value), self.params, self.variables)) is None:
                self._tell(task.line, f"task '{task.id}': {key} holds an Airflow template, {value}", Severity.BLOCKER)
            else:
                kept[str(key)] = made
        return kept

    def _other_arguments(self, task: Task, job: str) -> None:
        for name, value in task.given.items():
            if name == "wait_for_completion" and value is not True:
                self._tell(task.line, f"task '{task.id}' does not wait for its job; Databricks does", Severity.WARNING)
            elif name == "run_job_kwargs" and isinstance(value, dict) and _only_a_timeout(value):
                continue
            elif name in _FOR_THE_RUN:
                text = f"task '{task.id}' sets {name} ({shown_value(value)}) for the run, which the job definition sets on Databricks"
                self._tell(task.line, text, Severity.WARNING)
            elif name.startswith("**"):
                text = f"task '{task.id}' takes arguments from {name.lstrip('*')}, which is not known here; they were left out"
                self._tell(task.line, text, Severity.BLOCKER)
            elif name not in _KNOWN | _CREATES:
                severity = Severity.WARNING if _CALLED.search(name) else Severity.INFO
                self._tell(task.line, f"task '{task.id}': {name} is Airflow's own and was left out", severity)
        if job and _CREATES & task.given.keys():
            self._defined(task, job)

    def _defined(self, task: Task, job: str) -> None:
        """The operator makes the job where it is not there yet; the definition of another file counts over this one."""
        more = task.given.get("create_job_kwargs", {})
        script = task.given.get("script_location")
        if isinstance(script, OpenText):
            script = filled(script.template, self.params, self.variables)
        known = isinstance(more, dict) and isinstance(script, str) and _is_plain([more, script])
        if known:
            fields = {
                "Name": job, "Role": task.given.get("iam_role_name", ""), "Description": task.given.get("job_desc", ""),
                "MaxRetries": task.given.get("retry_limit", 0), "Command": {"Name": "glueetl", "ScriptLocation": script}, **more,
            }  # fmt: skip
            if not {"WorkerType", "NumberOfWorkers", "MaxCapacity"} & more.keys():
                fields["MaxCapacity"] = task.given.get("num_of_dpus", 10)
            fields = {name: value for name, value in fields.items() if value not in ("", None) and _is_plain(value)}
            place = Place(path=self.path, line=task.line)
            built = build(Kind.JOB, fields, place, Origin.AIRFLOW, address=OPERATOR)
            if isinstance(built, Finding):
                self.findings.append(built)
            else:
                self.jobs.append(built)
            return
        names = ", ".join(sorted(_CREATES & task.given.keys()))
        if script is None and not task.given.get("update_config"):
            text = (
                f"task '{task.id}' gives {names}, which Airflow only uses to make a job; the job stays as it is defined"
            )
            self._tell(task.line, text, Severity.INFO)
            return
        text = f"task '{task.id}' also defines the job ({names}), but with computed values; it is no definition here"
        self._tell(task.line, text, Severity.WARNING)

    def _other_settings(self) -> None:
        line = self.dag.line
        for name, value in self.dag.given.items():
            all_params = name == "params" and isinstance(value, dict) and len(self.params) == len(value)
            if name not in _DAG_KNOWN and not all_params:
                self._tell(line, f"the DAG's {name} ({shown_value(value)}) was left out", Severity.WARNING)
            elif name in ("dagrun_timeout", "max_active_runs") and not isinstance(value, Delta | int):
                self._tell(
                    line, f"the DAG's {name} ({shown_value(value)}) is computed and was left out", Severity.WARNING
                )
        if not isinstance(self.dag.given.get("default_args", {}), dict | None):
            text = (
                f"the DAG's default_args ({shown_value(self.dag.given['default_args'])}) are computed and were left out"
            )
            self._tell(line, text, Severity.BLOCKER)
        known = _DEFAULTS_KNOWN | _KNOWN | _CREATES | _FOR_THE_RUN
        left = sorted(str(name) for name in self.dag.defaults if name not in known)
        if left:
            told = any(_CALLED.search(name) or name.startswith("**") for name in left)
            severity = Severity.WARNING if told else Severity.INFO
            self._tell(line, f"of the DAG's default_args {', '.join(left)} were left out", severity)
        if self.dag.defaults.get("depends_on_past") is True:
            self._tell(
                line,
                "depends_on_past has no counterpart: a run does not wait for the last one's success",
                Severity.WARNING,
            )

    def _tell(self, line: int, what: str, severity: Severity) -> None:
        self.findings.append(_finding(self.path, line, what, severity))


def _tell_unknown(found: Definitions, path: str, dag: Dag) -> None:
    """A DAG whose only operators of Glue are somebody's own."""
    own = [task for task in dag.tasks if "Glue" in task.operator and task.operator not in _WAITS]
    if own:
        found.seen += 1
    for task in own:
        text = f"DAG '{dag.name}': task '{task.id}' is of {task.operator}, which is not an operator that starts Glue jobs as far as is known; the DAG was not read"
        found.findings.append(_finding(path, task.line, text, Severity.BLOCKER))


def _only_a_timeout(run: dict[str, Any]) -> bool:
    return set(run) == {"Timeout"} and isinstance(run["Timeout"], int)


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | dict):
        return all(_is_plain(item) for item in (value.values() if isinstance(value, dict) else value))
    return isinstance(value, str | int | float | bool) or value is None


def _finding(path: str, line: int, what: str, severity: Severity) -> Finding:
    return Finding(
        rule="airflow-dag",
        severity=severity,
        path=path,
        line=line,
        message=what,
        action="complete the tasks of this job in its resources file, or keep the DAG and start the Databricks jobs from it",
    )
