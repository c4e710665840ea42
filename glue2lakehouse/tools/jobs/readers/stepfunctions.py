"""The order of Glue jobs in an Amazon States Language machine; whatever else the machine does is a finding.

AWS: step-functions/connect-glue (glue:startJobRun, .sync); states-language.net.
"""

import re
from typing import Any

import yaml

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.model import Chain, Origin, Place, Step
from glue2lakehouse.tools.jobs.readers.intrinsics import reference_name
from glue2lakehouse.tools.jobs.readers.state_input import StateInput
from glue2lakehouse.tools.jobs.values import from_input

_SILENT = frozenset({"Succeed"})
_REST = {
    "Choice": "chooses its next state by data",
    "Wait": "waits",
    "Map": "repeats its states for each item",
    "Pass": "passes or rewrites its input",
    "Fail": "ends the execution as failed",
}


def looks_like_state_machine(data: Any) -> bool:
    """Say whether a value is a state machine that starts Glue jobs or crawlers."""
    return isinstance(data, dict) and "States" in data and "StartAt" in data and "glue:start" in str(data)


def read_state_machine(place: Place, name: str, text: str, *, address: str = "") -> Definitions:
    """Read one machine: its Glue tasks become steps, in order; the rest becomes findings."""
    found = Definitions(seen=1)
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        found.findings.append(
            _finding(
                place, name, f"its definition is neither JSON nor YAML: {str(error).splitlines()[0]}", Severity.BLOCKER
            )
        )
        return found
    if not isinstance(data, dict) or not isinstance(data.get("States"), dict):
        found.findings.append(_finding(place, name, "its definition has no States", Severity.BLOCKER))
        return found
    walk = _Walk(place, name, text, jsonata=data.get("QueryLanguage") == "JSONata")
    limit = data.get("TimeoutSeconds")
    if limit is not None and not isinstance(limit, int):
        found.findings.append(_finding(place, name, f"its TimeoutSeconds ({limit}) is no number", Severity.WARNING))
    walk.machine(data, ())
    found.findings += walk.findings
    chain = Chain(name=name, place=place, origin=Origin.STEP_FUNCTIONS, address=address, steps=tuple(walk.steps),
                  timeout_seconds=limit if isinstance(limit, int) else None)  # fmt: skip
    found.items.append(chain)
    return found


class _Walk:
    def __init__(self, place: Place, name: str, text: str, *, jsonata: bool = False) -> None:
        self.place = place
        self.jsonata = jsonata
        self.input = StateInput()
        self.name = name
        self.text = text
        self.steps: list[Step] = []
        self.findings: list[Finding] = []
        self._first: dict[str, tuple[str, ...]] = {}

    def machine(self, data: Any, before: tuple[str, ...]) -> tuple[str, ...]:
        """Walk one (sub-)machine from its start; return the steps that it ends with."""
        held = data.get("States") if isinstance(data, dict) else None
        states = (
            {str(name): state for name, state in held.items() if isinstance(state, dict)}
            if isinstance(held, dict)
            else {}
        )
        if not isinstance(held, dict) or len(states) < len(held):
            self.findings.append(
                _finding(
                    self.place, self.name, "some of its states are no objects; they were left out", Severity.BLOCKER
                )
            )
        seen: set[str] = set()
        last = self._path(states, data.get("StartAt") if states else None, before, seen, ())
        for left in sorted(set(states) - seen):
            if "glue:start" in str(states[left].get("Resource", "")):
                self._state(left, states[left], last)
                self._tell(left, "is reached only by an error; it was put after the states before it", Severity.BLOCKER)
            elif str(states[left].get("Type")) not in _SILENT:
                self._tell(left, "is reached only by an error; it was left out", Severity.WARNING)
        return last

    def _path(
        self,
        states: dict[str, dict[str, Any]],
        start: Any,
        before: tuple[str, ...],
        seen: set[str],
        path: tuple[str, ...],
    ) -> tuple[str, ...]:
        """Walk from one state to the end; the branches of a choice one by one, each after what comes before the choice."""
        name, last = start, before
        while isinstance(name, str) and name in states:
            if name in path:
                self._tell(name, "goes back to an earlier state: a job of Databricks has no loops", Severity.BLOCKER)
                return last
            if name in seen:
                self._join(name, last)
                return last
            if sum(str(each).count(f"'Next': {name!r}") for each in states.values()) > 1:
                self.input.written = None  # reached on several ways, which may have changed the input each in its own
            seen.add(name)
            path = (*path, name)
            state = states[name]
            count = len(self.steps)
            if state.get("Type") == "Choice":
                self._tell(
                    name, f"{_REST['Choice']}; here all its branches run: add a condition_task", Severity.BLOCKER
                )
                self.input.after(state, self.jsonata)
                targets = [each.get("Next") for each in _list(state.get("Choices")) if isinstance(each, dict)]
                written, ends = self.input.written, []
                for target in (*targets, state.get("Default")):
                    self.input.written = written
                    ends.append(self._path(states, target, last, seen, path))
                return tuple(dict.fromkeys(end for branch in ends for end in branch))
            after = last
            last = self._state(name, state, last)
            self.input.after(state, self.jsonata)
            self._first[name] = tuple(step.key for step in self.steps[count:] if step.after == after)
            name = state.get("Next")
        return last

    def _join(self, name: str, last: tuple[str, ...]) -> None:
        """A second branch of a choice comes to a state that the first one has walked: it waits for both."""
        for index, step in enumerate(self.steps):
            if step.key in self._first.get(name, ()):
                after = tuple(dict.fromkeys((*step.after, *(key for key in last if key != step.key))))
                self.steps[index] = step.model_copy(update={"after": after})

    def _state(self, name: str, state: dict[str, Any], before: tuple[str, ...]) -> tuple[str, ...]:
        kind = str(state.get("Type"))
        if kind == "Task" and "glue:startJobRun" in str(state.get("Resource")):
            return (self._glue(name, state, before),)
        if kind == "Task" and "glue:startCrawler" in str(state.get("Resource")):
            return (self._crawler(name, state, before),)
        if kind == "Parallel":
            self._extras(name, state)
            self._whole_retry(name, state)
            if not _list(state.get("Branches")):
                self._tell(name, "has no branches", Severity.BLOCKER)
            written, ends = None if "Parameters" in state or "InputPath" in state else self.input.written, []
            for branch in _list(state.get("Branches")):
                self.input.written = written
                ends.append(self.machine(branch, before))
            self.input.written = written
            return tuple(dict.fromkeys(end for branch in ends for end in branch)) or before
        if kind == "Map":
            self._whole_retry(name, state)
            inner = state.get("ItemProcessor") or state.get("Iterator") or {}
            self._tell(name, f"{_REST['Map']}; its jobs run once here: use a for_each_task", Severity.BLOCKER)
            self.input.written = None
            return self.machine(inner, before)
        if kind == "Task":
            self._tell(
                name, f"calls {state.get('Resource', 'a service')}, which was left out of the job", Severity.BLOCKER
            )
        elif kind not in _SILENT:
            self._tell(name, f"{_REST.get(kind, 'is of an unknown type')}; it was left out", Severity.WARNING)
        return before

    def _glue(self, name: str, state: dict[str, Any], before: tuple[str, ...]) -> str:
        given = state.get("Parameters") or state.get("Arguments") or {}
        parameters = given if isinstance(given, dict) else {}
        job = parameters.get("JobName")
        if not isinstance(job, str) or job.startswith("{%"):
            job = str(parameters.get("JobName.$") or job or "")
            self._tell(name, f"takes the name of its job from the input ({job or 'no JobName'})", Severity.BLOCKER)
        if not str(state.get("Resource")).endswith(".sync"):
            self._tell(
                name, "starts its job without waiting; the steps after it wait for it on Databricks", Severity.WARNING
            )
        self._extras(name, state)
        self._other_parameters(name, parameters)
        retries, wait, timeouts = self._retries(name, state)
        limit, run_timeout = state.get("TimeoutSeconds"), parameters.get("Timeout")
        step = Step(
            key=reference_name(name), job_name=job, arguments=self._arguments(name, parameters, state), after=before,
            retries=retries, retry_seconds=wait, retry_timeouts=timeouts, line=self._line(name),
            timeout_seconds=limit if isinstance(limit, int) else None,
            run_timeout=run_timeout if isinstance(run_timeout, int) else None, notify_after=_notify_after(parameters),
        )  # fmt: skip
        self.steps.append(step)
        return step.key

    def _crawler(self, name: str, state: dict[str, Any], before: tuple[str, ...]) -> str:
        given = state.get("Parameters") or state.get("Arguments") or {}
        crawler = given.get("Name") if isinstance(given, dict) else None
        if not isinstance(crawler, str) or crawler.startswith("{%"):
            self._tell(name, "takes the name of its crawler from the input", Severity.BLOCKER)
        self._extras(name, state)
        step = Step(key=reference_name(name), crawler_name=str(crawler or name), after=before, line=self._line(name))
        self.steps.append(step)
        return step.key

    def _whole_retry(self, name: str, state: dict[str, Any]) -> None:
        if state.get("Retry"):
            self._tell(
                name,
                "runs all of its states again when one fails; here each job only has its own retries",
                Severity.WARNING,
            )

    def _arguments(self, name: str, parameters: dict[str, Any], state: dict[str, Any]) -> dict[str, str]:
        arguments = parameters.get("Arguments") or {}
        if not isinstance(arguments, dict):
            self._tell(name, f"takes its arguments from the input ({arguments})", Severity.BLOCKER)
            return {}
        given: dict[str, str] = {}
        for key, value in arguments.items():
            if not key.endswith(".$") and not str(value).startswith("{%"):
                given[str(key)] = str(value)
                continue
            taken = self.input.field(str(value), state)
            if taken:
                given[key.removesuffix(".$")] = from_input(taken)
                what = f"takes {key.removesuffix('.$')} from the input ({value}), which is a parameter of the job"
                self._tell(name, what, Severity.INFO)
                continue
            self._tell(
                name,
                f"takes {key.removesuffix('.$')} from the input ({value}); its job's default is used",
                Severity.BLOCKER,
            )
        return given

    def _other_parameters(self, name: str, parameters: dict[str, Any]) -> None:
        known = {"JobName", "JobName.$", "Arguments", "Arguments.$"}
        known |= {"Timeout"} if isinstance(parameters.get("Timeout"), int) else set()
        known |= {"NotificationProperty"} if _notify_after(parameters) is not None else set()
        for key in sorted(set(parameters) - known):
            self._tell(name, f"sets {key} for the run, which the job definition sets on Databricks", Severity.WARNING)
        if "Arguments.$" in parameters:
            self._tell(name, f"takes its arguments from the input ({parameters['Arguments.$']})", Severity.BLOCKER)

    def _retries(self, name: str, state: dict[str, Any]) -> tuple[int | None, int | None, bool]:
        """Return how often it is tried again, after how many seconds, and whether a timeout is, too."""
        retry = [each for each in _list(state.get("Retry")) if isinstance(each, dict)]
        if not retry:
            return None, None, False
        if len(retry) > 1 or retry[0].get("ErrorEquals") not in (["States.ALL"], ["States.TaskFailed"]):
            self._tell(
                name, "retries by the kind of error; on Databricks every failure is retried alike", Severity.WARNING
            )
        kinds = [{str(kind) for kind in _list(each.get("ErrorEquals"))} for each in retry]
        failed = next((at for at, each in enumerate(kinds) if each & {"States.ALL", "States.TaskFailed"}), 0)
        attempts, wait = retry[failed].get("MaxAttempts", 3), retry[failed].get("IntervalSeconds", 1)
        if retry[failed].get("BackoffRate", 2.0) != 1 and isinstance(attempts, int) and attempts > 1:
            what = f"waits longer before each retry (BackoffRate); here it waits {wait} seconds each time"
            self._tell(name, what, Severity.INFO)
        late = next((at for at, each in enumerate(kinds) if each & {"States.ALL", "States.Timeout"}), None)
        timeouts = late is not None and retry[late].get("MaxAttempts", 3) != 0
        return attempts if isinstance(attempts, int) else None, wait if isinstance(wait, int) else None, timeouts

    def _extras(self, name: str, state: dict[str, Any]) -> None:
        if state.get("Catch"):
            self._tell(
                name, "catches errors: add a task with run_if AT_LEAST_ONE_FAILED for its handler", Severity.WARNING
            )
        whole = state.get("Type") == "Task" and isinstance(state.get("TimeoutSeconds"), int)
        for key in ("TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds"):
            if key in state and not (key == "TimeoutSeconds" and whole):
                self._tell(
                    name, f"sets {key} {state[key]}; the job's own timeout holds on Databricks", Severity.WARNING
                )
        for key in ("InputPath", "OutputPath", "ResultPath", "ResultSelector", "Assign", "Output"):
            if key in state:
                self._tell(
                    name, f"uses {key}: data between steps goes through task values on Databricks", Severity.INFO
                )

    def _tell(self, state: str, what: str, severity: Severity) -> None:
        finding = _finding(self.place, self.name, f"state '{state}' {what}", severity)
        self.findings.append(finding.model_copy(update={"line": self._line(state)}))

    def _line(self, state: str) -> int:
        key = re.search(rf"""(?<![\w:])["']?{re.escape(state)}["']?\s*[:=]""", self.text)
        at = key.start() if key else self.text.find(state)
        inside = self.text.count("\n", 0, at) if at >= 0 else 0
        return self.place.line + inside if self.place.line else inside + 1


def _notify_after(parameters: dict[str, Any]) -> int | None:
    held = parameters.get("NotificationProperty")
    minutes = held.get("NotifyDelayAfter") if isinstance(held, dict) and len(held) == 1 else None
    return minutes if isinstance(minutes, int) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _finding(place: Place, name: str, what: str, severity: Severity) -> Finding:
    return Finding(
        rule="step-functions",
        severity=severity,
        path=place.path,
        line=place.line,
        message=f"state machine '{name}': {what}",
        action="complete the tasks of this job in its resources file",
    )
