"""All definitions of a source tree: each file goes to the reader that knows its form."""

import json
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.model import Definition, Place
from glue2lakehouse.tools.jobs.readers.airflow import OPERATOR, looks_like_dag, read_dag
from glue2lakehouse.tools.jobs.readers.catalog_in_code import catalog_in_code
from glue2lakehouse.tools.jobs.readers.cloudformation import looks_like_template
from glue2lakehouse.tools.jobs.readers.exported import GRAPH, json_documents, looks_like_definitions, read_exported
from glue2lakehouse.tools.jobs.readers.exported_rules import EXPORTED, looks_like_rules, read_rules
from glue2lakehouse.tools.jobs.readers.in_code import MADE, made_in_code, may_hold_code
from glue2lakehouse.tools.jobs.readers.serverless import Service, looks_like_serverless
from glue2lakehouse.tools.jobs.readers.serverless_variables import has_variables
from glue2lakehouse.tools.jobs.readers.spellings import names_a_service
from glue2lakehouse.tools.jobs.readers.stacks import Template, nests, read_stacks, sound
from glue2lakehouse.tools.jobs.readers.stepfunctions import looks_like_state_machine, read_state_machine
from glue2lakehouse.tools.jobs.readers.template import load_template
from glue2lakehouse.tools.jobs.readers.terraform_files import read_terraform
from glue2lakehouse.tools.jobs.readers.texts import Texts
from glue2lakehouse.tools.jobs.readers.watched import watched
from glue2lakehouse.tools.jobs.scripts import match_script
from glue2lakehouse.tools.jobs.values import shown

_DATA = (".json", ".yaml", ".yml", ".template", ".asl")
_HINTS = ("AWS::Glue::", "glue:start", "ScriptLocation", "script_location", "CodeGenConfigurationNodes",
          "jobConfig", "aws_glue_", "StateMachine", "Triggers", "Workflows", "Crawler", "Connection", "Classifier", "SecurityConfiguration", "Blueprint",
          "scriptLocation", "Trigger", "Workflow", "JobNames", "actions", "Actions", "StorageDescriptor", "DatabaseList", "DatabaseInput",
          "AWS::CloudFormation::Stack", "AWS::Athena::", "AWS::LakeFormation::", "AWS::Serverless::Application", "AWS::Scheduler::Schedule",
          "ScheduleExpression")  # fmt: skip
# Said beside something else; a definition by itself counts over it.
_ASIDE = (GRAPH, OPERATOR)
_OF_A_SERVICE = re.compile(r"(?:^|/)serverless[\w.-]*\.ya?ml$")


def read_definitions(files: Mapping[str, Path | str]) -> Definitions:
    """Read every Glue definition among `files`: relative path -> file, or its text.

    A file that is no definition is passed over; one that looks like it and cannot be read is a finding.
    """
    found = Definitions()
    texts = Texts(files)
    templates: dict[str, Template] = {}
    made_of: set[str] = set()
    readable = sorted(path for path in files if path.endswith(_DATA) or may_hold_code(path, texts.start(path)))
    # A service says first which files it is made of.
    for path in sorted(readable, key=lambda path: _OF_A_SERVICE.search(path) is None):
        text = texts.get(path)
        if text is None:
            found.findings += texts.refusal(path)
            continue
        found.findings += watched(path, text)
        if path.endswith(_DATA) and path not in made_of:
            _read_data(found, path, text, texts, templates, made_of)
        if path.endswith(".py") and looks_like_dag(text):
            found.add(read_dag(path, text))
        elif may_hold_code(path, text) and names_a_service(text):
            found.findings += made_in_code(path, text)
            found.findings += [] if path.endswith(".py") else catalog_in_code(path, text)
    for path in sorted(path for path in files if path.endswith(".tf")):
        found.findings += watched(path, texts.get(path) or "")
    found.add(read_stacks(templates, texts))
    found.add(read_terraform(texts))
    found = _without_copies(_without_templates(found))
    if not found.jobs:
        found.findings = [_without_any(finding) for finding in found.findings]
    if not found.items:
        found.findings = [finding for finding in found.findings if finding.rule != EXPORTED]
    found.findings += match_scripts(found, files)
    return found


def _without_any(finding: Finding) -> Finding:
    """Where no other file defines a job, there will be no bundle without what the code makes."""
    alone = finding.rule == MADE and "test" not in finding.path.lower()
    return finding.model_copy(update={"severity": Severity.BLOCKER}) if alone else finding


def match_scripts(found: Definitions, files: Mapping[str, Path | str]) -> list[Finding]:
    """Note at each job that has no script yet which of `files` it is; return the findings for those that have none."""
    findings = []
    by_name: dict[str, dict[str, Path | str]] = {}
    for path, held in files.items():
        by_name.setdefault(posixpath.basename(path), {})[path] = held
    for job in found.jobs:
        if job.script:
            continue
        name = posixpath.basename(job.command.script_location)
        script = match_script(job, by_name.get(name, files))
        if isinstance(script, Finding):
            findings.append(script)
        else:
            job.script = script
    return findings


def _read_data(
    found: Definitions,
    path: str,
    text: str,
    texts: Mapping[str, str],
    templates: dict[str, Template],
    made_of: set[str],
) -> None:
    service = _OF_A_SERVICE.search(path) is not None
    if not (service or any(hint in text for hint in _HINTS)) or path.endswith((".tf.json", ".tfvars.json")):
        return
    template_like = service or "AWS::" in text or "Resources" in text
    try:
        if path.endswith(".json") and not template_like:
            documents, lines = json_documents(text), None
        else:
            data, lines = load_template(text)
            documents = [data]
    except (yaml.YAMLError, json.JSONDecodeError, RecursionError) as error:
        if any(hint in text for hint in _HINTS[:5]):
            found.findings.append(_unreadable(path, error))
        return
    for data in documents:
        if looks_like_serverless(data):
            _read_service(found, Service(path, data, lines or {}, texts), templates, made_of)
        elif (looks_like_template(data) or nests(data)) and has_variables(text):
            below = {("resources", *where): line for where, line in (lines or {}).items()}
            _read_service(found, Service(path, {"resources": data}, below, texts, known=False), templates, made_of)
        elif looks_like_template(data) or nests(data):
            templates[path] = Template(path, sound(data), lines or {})
        elif looks_like_state_machine(data):
            found.add(read_state_machine(Place(path=path), posixpath.basename(path).split(".")[0], text))
        elif looks_like_definitions(data):
            found.add(read_exported(path, text, data))
        elif looks_like_rules(data):
            found.add(read_rules(path, data))


def _read_service(found: Definitions, service: Service, templates: dict[str, Template], made_of: set[str]) -> None:
    """Take in the template that a service of the Serverless Framework comes to, in place of the files it is made of."""
    found.add(Definitions(references=service.variables.references, findings=service.findings))
    made_of |= service.variables.files
    if looks_like_template(service.template) or nests(service.template):
        templates[service.path] = Template(service.path, sound(service.template), service.lines)


def _without_templates(found: Definitions) -> Definitions:
    """Leave out the state machine of a file that a template or Terraform reads, too, with its names filled in."""
    whole = {tuple(step.key for step in chain.steps) for chain in found.chains if chain.address}
    twice = [c for c in found.chains if not c.address and c.steps and tuple(step.key for step in c.steps) in whole]
    paths = {chain.place.path for chain in twice}
    found.items = [item for item in found.items if item not in twice]
    found.findings = [f for f in found.findings if f.path not in paths or f.rule != "step-functions"]
    found.seen -= len(twice)
    return found


def _unreadable(path: str, error: Exception) -> Finding:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else getattr(error, "lineno", 0)
    return Finding(
        rule="definition-unreadable",
        severity=Severity.BLOCKER,
        path=path,
        line=line,
        message=f"looks like Glue definitions but cannot be parsed: {str(error).splitlines()[0]}",
        action="correct the file, or leave it out of the source",
    )


def _without_copies(found: Definitions) -> Definitions:
    """Drop a definition that is there twice with the same fields; the same name with other fields is told, and both stay."""
    kept: list[Definition] = []
    named: dict[tuple[str, str], list[Definition]] = {}
    whole = {(item.kind, item.name) for item in found.items if item.address not in _ASIDE}
    for item in found.items:
        if item.address in _ASIDE and (item.kind, item.name) in whole:
            found.copies.append(item.place)
            continue
        same = named.setdefault((item.kind, item.name), [])
        if any(other.fields() == item.fields() for other in same):
            found.copies.append(item.place)
            continue
        if same:
            found.findings.append(_twice(item, same[0]))
        kept.append(item)
        same.append(item)
    found.items = kept
    return found


def _twice(item: Definition, first: Definition) -> Finding:
    return Finding(
        rule="definition-twice",
        severity=Severity.WARNING,
        path=item.place.path,
        line=item.place.line,
        message=f"{item.kind} '{shown(item.name)}' is defined otherwise in {first.place}; both were taken in, under two keys",
        action="keep one of the two in the source, or migrate their folders as two projects",
    )
