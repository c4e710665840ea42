"""The Serverless Framework: its variables filled in, and what its plugins make of `Glue` and `stepFunctions`, as one template.

Serverless: framework/docs/guides/variables; plugins serverless-glue (glueJobToCF, glueTriggerToCF) and serverless-step-functions.
"""

import json
import posixpath
import re
from collections.abc import Mapping
from typing import Any

import yaml

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.model import OpenReference, Place
from glue2lakehouse.tools.jobs.readers.intrinsics import reference_name
from glue2lakehouse.tools.jobs.readers.template import Lines, load_template

_SOURCES = "self|opt|env|file|ssm|cf|s3|sls|param|aws|strToBool|git|terraform|vault"
_VARIABLE = re.compile(rf"\$\{{((?:{_SOURCES})[:(.][^${{}}]*)\}}")
_FILE = re.compile(r"file\(([^)]*)\)(?::(.+))?")
_DEEPEST = 30
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


def has_variables(text: str) -> bool:
    """Say whether a text has variables of the Serverless Framework in it."""
    return _VARIABLE.search(text) is not None


def looks_like_serverless(data: Any) -> bool:
    """Say whether a value is the file of a Serverless service that may define jobs."""
    if not isinstance(data, dict) or "service" not in data:
        return False
    return any(isinstance(data.get(key), dict | list) for key in ("Glue", "stepFunctions", "resources"))


class Service:
    """One `serverless.yml`: the template that it comes to, what stays open in it, and the files that it is made of."""

    def __init__(self, path: str, data: dict[str, Any], lines: Lines, texts: Mapping[str, str]) -> None:
        self.path = path
        self.lines: Lines = {}
        self.references: dict[str, OpenReference] = {}
        self.files: set[str] = set()
        self.defaults: dict[str, str] = {}
        self.findings: list[Finding] = []
        self._texts, self._data, self._depth = texts, data, 0
        self.template: dict[str, Any] = {section: {} for section in _SECTIONS}
        self._add_resources(data.get("resources"), lines)
        self._add_glue(self._filled(data.get("Glue")), lines)
        self._add_machines(self._filled(data.get("stepFunctions")), lines)
        if self.defaults:
            self.findings.append(self._of_defaults())

    def _add_resources(self, held: Any, lines: Lines) -> None:
        parts = held if isinstance(held, list) else [held]
        for index, part in enumerate(parts):
            at = ("resources", str(index)) if isinstance(held, list) else ("resources",)
            filled = self._filled(part)
            if not isinstance(filled, dict):
                continue
            for section in _SECTIONS:
                inside = filled.get(section)
                if isinstance(inside, dict):
                    self.template[section] |= inside
            self.lines |= {where[len(at) :]: line for where, line in lines.items() if where[: len(at)] == at}
            for name in filled.get("Resources") or ():
                self.lines.setdefault(("Resources", str(name)), lines.get(at, 0))

    def _add_glue(self, glue: Any, lines: Lines) -> None:
        if not isinstance(glue, dict):
            return
        for index, item in enumerate(glue.get("jobs") or ()):
            job = item.get("job", item) if isinstance(item, dict) else None
            if isinstance(job, dict):
                self._add(
                    str(job.get("id") or job.get("name")), _job(job, glue), lines.get(("Glue", "jobs", str(index)), 0)
                )
        for index, item in enumerate(glue.get("triggers") or ()):
            trigger = item.get("trigger", item) if isinstance(item, dict) else None
            if isinstance(trigger, dict):
                at = lines.get(("Glue", "triggers", str(index)), 0)
                self._add(str(trigger.get("name")), _trigger(trigger), at)

    def _add_machines(self, held: Any, lines: Lines) -> None:
        machines = held.get("stateMachines") if isinstance(held, dict) else None
        for name, machine in machines.items() if isinstance(machines, dict) else ():
            if isinstance(machine, dict) and isinstance(machine.get("definition"), dict):
                self._add(
                    str(name), _machine(str(name), machine), lines.get(("stepFunctions", "stateMachines", name), 0)
                )

    def _add(self, name: str, resource: dict[str, Any], line: int) -> None:
        spelled = re.sub(r"[^A-Za-z0-9]", "", name.title()) or "Resource"
        key = next(
            k for k in (spelled, *(f"{spelled}{n}" for n in range(2, 1000))) if k not in self.template["Resources"]
        )
        self.template["Resources"][key] = resource
        self.lines[("Resources", key)] = line

    def _filled(self, value: Any) -> Any:
        """Return a value with the variables in it filled in; one that is a whole text keeps its own type."""
        if isinstance(value, dict):
            return {key: self._filled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        if not isinstance(value, str) or self._depth > _DEEPEST:
            return value
        self._depth += 1
        while isinstance(value, str) and (match := _VARIABLE.search(value)):
            found = self._asked(match[1])
            if match[0] == value:
                value = self._open(match[0]) if found is None else self._filled(found)
                break
            text = (
                self._open(match[0])
                if found is None or isinstance(found, dict | list)
                else self._filled(_spelled(found))
            )
            value = value[: match.start()] + str(text) + value[match.end() :]
        self._depth -= 1
        return value

    def _asked(self, expression: str) -> Any:
        """Return what the first source with a value says; None where only a deployment knows it."""
        open_first = ""
        for position, source in enumerate(part.strip() for part in re.split(r",(?![^()]*\))", expression)):
            if "⟦" in source:
                return None
            known, value = self._source(source)
            if not known:
                if source.partition(":")[0] not in ("opt", "env"):
                    return None
                open_first = open_first or source
                continue
            if value is not None:
                if open_first and position:
                    self.defaults[open_first] = _spelled(value)
                return value
        return None

    def _source(self, source: str) -> tuple[bool, Any]:
        """Return whether a source is known before a deployment, and its value."""
        if literal := re.fullmatch(r"'([^']*)'|\"([^\"]*)\"", source):
            return True, literal[1] if literal[1] is not None else literal[2]
        if source in ("true", "false"):
            return True, source == "true"
        if re.fullmatch(r"-?\d+", source):
            return True, int(source)
        if source.startswith("self:"):
            return True, self._within(self._data, source.removeprefix("self:"))
        if source == "sls:stage":
            given = self._filled(self._within(self._data, "provider.stage"))
            return (given is None or "⟦" not in str(given)), given or "dev"
        if file := _FILE.fullmatch(source):
            return True, self._of_file(file[1].strip(), file[2])
        return False, None

    def _within(self, value: Any, path: str) -> Any:
        for part in filter(None, path.strip().split(".")):
            value = self._filled(value) if isinstance(value, str) else value
            if isinstance(value, list) and part.isdigit() and int(part) < len(value):
                value = value[int(part)]
            elif isinstance(value, dict) and part in value:
                value = value[part]
            else:
                return None
        return value

    def _of_file(self, name: str, inside: str | None) -> Any:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), name))
        text = self._texts.get(path)
        if text is None or not path.endswith((".yml", ".yaml", ".json")):
            return text if text is not None and not path.endswith((".js", ".ts", ".cjs", ".mjs")) else None
        try:
            value = load_template(text)[0]
        except yaml.YAMLError:
            return None
        self.files.add(path)
        return self._within(value, inside) if inside else value

    def _open(self, text: str) -> str:
        key = reference_name(re.sub(r"[⟦⟧]", "", text))
        self.references.setdefault(key, OpenReference(name=key, text=text, place=Place(path=self.path)))
        return f"⟦{key}⟧"

    def _of_defaults(self) -> Finding:
        taken = ", ".join(f"{name}={value}" for name, value in sorted(self.defaults.items()))
        return Finding(
            rule="definition-defaults",
            severity=Severity.INFO,
            path=self.path,
            line=0,
            message=f"the defaults of the service's variables were taken: {taken}",
            action="change the default and migrate again, where you deploy with another value",
        )


def _spelled(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _job(job: dict[str, Any], glue: dict[str, Any]) -> dict[str, Any]:
    """Return the resource that serverless-glue makes of a job."""
    language, _, version = str(job.get("glueVersion") or "").partition("-")
    script = str(job.get("scriptPath") or job.get("script") or "")
    held = job.get("DefaultArguments")
    given: dict[str, Any] = held if isinstance(held, dict) else {}
    arguments = {_argument(name): value for name, value in given.items() if name != "customArguments"}
    arguments["--job-language"] = re.sub(r"[\d.]", "", language) or "python"
    if job.get("tempDir"):
        prefix = str(glue.get("tempDirS3Prefix") or "").strip("/")
        bucket = glue.get("tempDirBucket") or "⟦glue_temp_bucket⟧"
        arguments["--TempDir"] = "/".join(filter(None, (f"s3://{bucket}", prefix, str(job.get("name")))))
    custom = given.get("customArguments")
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


def _argument(name: str) -> str:
    return _ARGUMENTS.get(name) or "--" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def _trigger(trigger: dict[str, Any]) -> dict[str, Any]:
    """Return the resource that serverless-glue makes of a trigger."""
    actions = [
        {"JobName": action.get("name"), "Arguments": action.get("args"), "Timeout": action.get("timeout"),
         "SecurityConfiguration": action.get("SecurityConfiguration")}
        for action in trigger.get("actions") or trigger.get("jobs") or ()
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
