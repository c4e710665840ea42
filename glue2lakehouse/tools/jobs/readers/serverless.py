"""The Serverless Framework: its resources, and what its plugins make of `Glue` and `stepFunctions`, as one template.

Serverless: plugins serverless-glue (glueJobToCF, glueTriggerToCF) and serverless-step-functions.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.model import Place
from glue2lakehouse.tools.jobs.readers.assumed import defaults_taken
from glue2lakehouse.tools.jobs.readers.serverless_variables import Variables, has_variables
from glue2lakehouse.tools.jobs.readers.template import Lines

_SECTIONS = ("Resources", "Parameters", "Conditions", "Mappings")
_ARGUMENTS = {
    "continuousLogLogGroup": "--continuous-log-logGroup",
    "continuousLogLogStreamPrefix": "--continuous-log-logStreamPrefix",
    "continuousLogConversionPattern": "--continuous-log-conversionPattern",
    "tempDir": "--TempDir",
    "scriptLocation": "--scriptLocation",
    "librarySet": "library-set",
}
_COMMANDS = {"spark": "glueetl", "spark_streaming": "gluestreaming", "pythonshell": "pythonshell"}
_AS_THEY_ARE = ("Description", "MaxCapacity", "WorkerType", "NumberOfWorkers", "Tags", "Timeout", "MaxRetries",
                "SecurityConfiguration", "JobRunQueuingEnabled")  # fmt: skip


def looks_like_serverless(data: Any) -> bool:
    """Say whether a value is the file of a Serverless service that may define jobs."""
    if not isinstance(data, dict) or "service" not in data:
        return False
    parts = [data.get(key) for key in ("Glue", "stepFunctions", "resources")]
    return any(has_variables(part) if isinstance(part, str) else isinstance(part, dict | list) for part in parts)


class Service:
    """One `serverless.yml`: the template that it comes to, and what stays open in it.

    `known` is False for a template whose service is not in the source.
    """

    def __init__(
        self, path: str, data: dict[str, Any], lines: Lines, texts: Mapping[str, str], *, known: bool = True
    ) -> None:
        self.path = path
        self.lines: Lines = {}
        self.findings: list[Finding] = []
        self.variables = Variables(path, data if known else None, texts)
        self.template: dict[str, Any] = {section: {} for section in _SECTIONS}
        self._given = lines
        self._add_resources(data.get("resources"))
        self._add_glue(self._map(data.get("Glue"), ("Glue",)))
        self._add_machines(self._map(data.get("stepFunctions"), ("stepFunctions",)))
        if self.variables.defaults:
            action = "change the default and migrate again, where you deploy with another value"
            place = Place(path=self.path)
            self.findings.append(defaults_taken(place, "the service's variables", self.variables.defaults, action))

    def _add_resources(self, held: Any) -> None:
        parts = held if isinstance(held, list) else [held]
        for index, part in enumerate(parts):
            at = ("resources", str(index)) if isinstance(held, list) else ("resources",)
            filled = self._map(part, at)
            for section in _SECTIONS:
                self.template[section] = _merged(self.template[section], self._map(filled.get(section), at))
            self.lines |= {where[len(at) :]: line for where, line in self._given.items() if where[: len(at)] == at}
            for name in self.template["Resources"]:
                self.lines.setdefault(("Resources", str(name)), self._given.get(at, 0))

    def _add_glue(self, glue: dict[str, Any]) -> None:
        for job, line in self._items(glue, "jobs"):
            job = self._map(job.get("job", job), ("Glue", "jobs"))
            self._add(str(job.get("id") or job.get("name")), _job(job, glue), line)
        for trigger, line in self._items(glue, "triggers"):
            trigger = self._map(trigger.get("trigger", trigger), ("Glue", "triggers"))
            started = trigger.get("actions") or trigger.get("jobs") or []
            for action in started if isinstance(started, list) else [started]:
                self._map(action, ("Glue", "triggers"))
            self._add(str(trigger.get("name")), _trigger(trigger), line)

    def _items(self, glue: dict[str, Any], name: str) -> Iterator[tuple[dict[str, Any], int]]:
        held = glue.get(name) or []
        for index, item in enumerate(held if isinstance(held, list) else [held]):
            at = ("Glue", name, str(index))
            if made := self._map(item, at):
                yield made, self._line(at)

    def _add_machines(self, held: dict[str, Any]) -> None:
        at = ("stepFunctions", "stateMachines")
        for name, machine in self._map(held.get("stateMachines"), at).items():
            made = self._map(machine, (*at, name))
            definition = made.get("definition")
            if not (isinstance(definition, str) and definition.lstrip().startswith("{")):
                definition = self._map(self._map(definition, (*at, name)).get("States"), (*at, name, "States"))
            if definition:
                self._add(str(name), _machine(str(name), made), self._line((*at, name)))

    def _add(self, name: str, resource: dict[str, Any], line: int) -> None:
        spelled = re.sub(r"[^A-Za-z0-9]", "", name.title()) or "Resource"
        key = next(
            k for k in (spelled, *(f"{spelled}{n}" for n in range(2, 1000))) if k not in self.template["Resources"]
        )
        self.template["Resources"][key] = resource
        self.lines[("Resources", key)] = line

    def _map(self, value: Any, at: tuple[str, ...]) -> dict[str, Any]:
        """Return a part of the service; an empty one, and a finding, for what the source does not say."""
        filled = self.variables.filled(value)
        if filled is not None and not isinstance(filled, dict):
            text = self.variables.references[value.strip("⟦⟧")].text if str(value).startswith("⟦") else str(value)
            self.findings.append(self._unread(".".join(at), text, self._line(at)))
        return filled if isinstance(filled, dict) else {}

    def _line(self, at: tuple[str, ...]) -> int:
        """Return the line of a part, else of the nearest one that it stands in."""
        return next((self._given[at[:size]] for size in range(len(at), 0, -1) if at[:size] in self._given), 0)

    def _unread(self, name: str, text: str, line: int) -> Finding:
        return Finding(
            rule="definition-variables",
            severity=Severity.WARNING if name.startswith("resources") else Severity.BLOCKER,
            path=self.path,
            line=line,
            message=f"{name} is {text[:100]}, which the source does not say; what it defines was left out",
            action="write its value out as YAML, or run `serverless package` and add the template that it makes",
        )


def _merged(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return two parts as one: what a later part says of a resource is added to it."""
    both = {
        name: value for name, value in after.items() if isinstance(value, dict) and isinstance(before.get(name), dict)
    }
    return before | after | {name: _merged(before[name], value) for name, value in both.items()}


def _job(job: dict[str, Any], glue: dict[str, Any]) -> dict[str, Any]:
    """Return the resource that serverless-glue makes of a job."""
    language, _, version = str(job.get("glueVersion") or "").partition("-")
    script = str(job.get("scriptPath") or job.get("script") or "")
    held = job.get("DefaultArguments")
    given: dict[str, Any] = held if isinstance(held, dict) else {}
    arguments = {_argument(name): value for name, value in given.items() if name != "customArguments"}
    arguments |= _open(held)
    arguments["--job-language"] = re.sub(r"[\d.]", "", language) or "python"
    if job.get("tempDir"):
        prefix = str(glue.get("tempDirS3Prefix") or "").strip("/")
        bucket = glue.get("tempDirBucket") or "⟦glue_temp_bucket⟧"
        arguments["--TempDir"] = "/".join(filter(None, (f"s3://{bucket}", prefix, str(job.get("name")))))
    custom = given.get("customArguments")
    arguments |= _open(custom)
    for name, value in custom.items() if isinstance(custom, dict) else ():
        arguments[name if name.startswith("--") else f"--{name}"] = value
    properties: dict[str, Any] = {
        "Name": job.get("name"),
        "Role": job.get("role"),
        "GlueVersion": version,
        "Command": {
            "Name": _COMMANDS.get(str(job.get("type")), job.get("type")),
            "PythonVersion": re.sub(r"[A-Za-z]", "", language),
            "ScriptLocation": f"s3://{glue.get('bucketDeploy')}/{glue.get('s3Prefix') or 'glueJobs/'}{script.rsplit('/', 1)[-1]}",
        },
        "ExecutionProperty": {"MaxConcurrentRuns": job.get("MaxConcurrentRuns") or 1},
        "DefaultArguments": {name: value for name, value in arguments.items() if value is not None},
    }
    properties |= {name: job[name] for name in _AS_THEY_ARE if job.get(name) is not None}
    if job.get("Connections"):
        properties["Connections"] = {"Connections": job["Connections"]}
    return {"Type": "AWS::Glue::Job", "Properties": {name: value for name, value in properties.items() if value}}


def _open(value: Any) -> dict[str, str]:
    """Return a map that only a deployment knows as CloudFormation's reader has it: one open entry."""
    return {value: value} if isinstance(value, str) and "⟦" in value else {}


def _argument(name: str) -> str:
    if name.startswith("--"):
        return name
    return _ARGUMENTS.get(name) or "--" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _trigger(trigger: dict[str, Any]) -> dict[str, Any]:
    """Return the resource that serverless-glue makes of a trigger."""
    actions = [
        {"JobName": action.get("name"), "Arguments": action.get("args"), "Timeout": action.get("timeout"),
         "SecurityConfiguration": action.get("SecurityConfiguration")}
        for action in _list(trigger.get("actions") or trigger.get("jobs"))
        if isinstance(action, dict)
    ]  # fmt: skip
    schedule = trigger.get("schedule")
    properties = {
        "Name": trigger.get("name"),
        "Type": "SCHEDULED" if schedule else "ON_DEMAND",
        "Schedule": f"cron({schedule})" if schedule else None,
        "Description": trigger.get("Description"),
        "StartOnCreation": trigger.get("StartOnCreation"),
        "Tags": trigger.get("Tags"),
        "Actions": [{name: value for name, value in action.items() if value is not None} for action in actions],
    }
    return {"Type": "AWS::Glue::Trigger", "Properties": {k: v for k, v in properties.items() if v is not None}}


def _machine(name: str, machine: dict[str, Any]) -> dict[str, Any]:
    """Return the state machine that serverless-step-functions makes, with what starts it."""
    events = {
        f"Event{index}": made
        for index, event in enumerate(machine.get("events") or ())
        if isinstance(event, dict)
        for made in (_event(*next(iter(event.items()), ("", None))),)
    }
    properties = {"Name": machine.get("name") or name, "Definition": machine["definition"], "Events": events}
    return {"Type": "AWS::Serverless::StateMachine", "Properties": properties}


def _event(kind: str, given: Any) -> dict[str, Any]:
    if kind != "schedule":
        return {"Type": kind[:1].upper() + kind[1:], "Properties": given if isinstance(given, dict) else {}}
    held = given if isinstance(given, dict) else {"rate": given}
    rate = held.get("rate")
    known = {"rate", "enabled", "input", "name", "description", "role", "method"}
    if not isinstance(rate, str) or held.keys() - known:
        # Several rates, a time zone, a part of the event: the reader tells what it cannot read.
        return {"Type": "ScheduleOf" + ", ".join(sorted(map(str, held))), "Properties": {}}
    properties: dict[str, Any] = {"Schedule": rate}
    if "enabled" in held:
        properties["Enabled"] = held["enabled"]
    if held.get("input") is not None:
        properties["Input"] = held["input"] if isinstance(held["input"], str) else json.dumps(held["input"])
    return {"Type": "Schedule", "Properties": properties}
