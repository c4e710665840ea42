"""All definitions of a source tree: each file goes to the reader that knows its form."""

import json
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.model import Definition, Definitions, OpenReference, Place
from glue2lakehouse.tools.jobs.readers.airflow import looks_like_dag, read_dag
from glue2lakehouse.tools.jobs.readers.cloudformation import looks_like_template, read_template
from glue2lakehouse.tools.jobs.readers.exported import looks_like_definitions, read_exported
from glue2lakehouse.tools.jobs.readers.hcl import evaluate, parse
from glue2lakehouse.tools.jobs.readers.hcl_functions import Unknown
from glue2lakehouse.tools.jobs.readers.in_code import IN_CODE, made_in_code
from glue2lakehouse.tools.jobs.readers.intrinsics import reference_name
from glue2lakehouse.tools.jobs.readers.stepfunctions import looks_like_state_machine, read_state_machine
from glue2lakehouse.tools.jobs.readers.template import Lines, load_template
from glue2lakehouse.tools.jobs.readers.terraform import folder_of, read_modules
from glue2lakehouse.tools.jobs.readers.terraform_scope import Module
from glue2lakehouse.tools.jobs.scripts import match_script
from glue2lakehouse.tools.jobs.values import shown

_DATA = (".json", ".yaml", ".yml", ".template", ".asl")
_HINTS = ("AWS::Glue::", "glue:startJobRun", "ScriptLocation", "script_location", "CodeGenConfigurationNodes",
          "jobConfig", "aws_glue_", "StateMachine", "Triggers", "Workflows", "Crawler", "Connection", "Classifier", "SecurityConfiguration", "Blueprint",
          "scriptLocation", "Trigger", "Workflow", "JobNames", "actions", "Actions")  # fmt: skip
_SERVERLESS = re.compile(r"\$\{(?:self|opt|env|file|ssm|cf|sls|param|aws)[:(][^}]*\}")
_LARGEST = 20_000_000


def read_definitions(files: Mapping[str, Path | str]) -> Definitions:
    """Read every Glue definition among `files`: relative path -> file, or its text.

    A file that is no definition is passed over; one that looks like it and cannot be read is a finding.
    """
    found = Definitions()
    read = (*_DATA, *IN_CODE, ".tf", ".tfvars", ".tpl")
    held = {path: _text(files[path]) for path in sorted(files) if path.endswith(read)}
    texts = {path: text for path, text in held.items() if text is not None}
    for path, text in texts.items():
        if path.endswith(_DATA):
            _read_data(found, path, text, texts)
        elif path.endswith(".py") and looks_like_dag(text):
            found.add(read_dag(path, text))
        elif path.endswith(IN_CODE):
            found.findings += made_in_code(path, text)
    found.add(_read_terraform(texts))
    found = _without_copies(_without_templates(found))
    found.findings += match_scripts(found, files)
    return found


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


def _text(held: Path | str) -> str | None:
    if isinstance(held, str):
        return held
    try:
        return held.read_text(encoding="utf-8-sig") if held.stat().st_size <= _LARGEST else None
    except (OSError, UnicodeDecodeError):
        return None


def _read_data(found: Definitions, path: str, text: str, texts: Mapping[str, str]) -> None:
    if not any(hint in text for hint in _HINTS):
        return
    template_like = "AWS::" in text or "Resources" in text
    try:
        data, lines = (json.loads(text), None) if path.endswith(".json") and not template_like else load_template(text)
    except (yaml.YAMLError, json.JSONDecodeError, RecursionError) as error:
        if any(hint in text for hint in _HINTS[:5]):
            found.findings.append(_unreadable(path, error))
        return
    if isinstance(data, dict) and looks_like_template(data.get("resources")):
        data, lines = _of_serverless(found, path, data, lines or {})
    if path.endswith(".tf.json") and "aws_glue_" in text:
        found.findings.append(_terraform_json(path))
    elif looks_like_template(data):
        found.add(read_template(path, data, lines or {}, texts))
    elif looks_like_state_machine(data):
        found.add(read_state_machine(Place(path=path), posixpath.basename(path).split(".")[0], text))
    elif looks_like_definitions(data):
        found.add(read_exported(path, text, data))


def _of_serverless(found: Definitions, path: str, data: dict[str, Any], lines: Lines) -> tuple[dict[str, Any], Lines]:
    """The Serverless Framework keeps a template under `resources`; its own `${self:…}` values stay open."""

    def opened(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: opened(item) for key, item in value.items()}
        if isinstance(value, list):
            return [opened(item) for item in value]
        return _SERVERLESS.sub(name, value) if isinstance(value, str) else value

    def name(match: re.Match[str]) -> str:
        key = reference_name(match[0])
        found.references.setdefault(key, OpenReference(name=key, text=match[0], place=Place(path=path)))
        return f"⟦{key}⟧"

    return opened(data["resources"]), {where[1:]: line for where, line in lines.items() if where[:1] == ("resources",)}


def _terraform_json(path: str) -> Finding:
    return Finding(
        rule="definition-unreadable",
        severity=Severity.BLOCKER,
        path=path,
        line=0,
        message="Terraform in JSON syntax is not read",
        action="migrate the HCL that it was made from, or export the jobs with `aws glue get-jobs`",
    )


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


def _read_terraform(texts: Mapping[str, str]) -> Definitions:
    from lark.exceptions import LarkError

    if not any(
        "aws_glue_" in text or "aws_sfn_state_machine" in text for path, text in texts.items() if path.endswith(".tf")
    ):
        return Definitions()
    modules: dict[str, Module] = {}
    findings: list[Finding] = []
    for path in sorted(texts):
        if not path.endswith((".tf", ".tfvars")):
            continue
        module = modules.setdefault(folder_of(path), Module(folder_of(path)))
        try:
            block = parse(texts[path])
        except LarkError as error:
            if "aws_glue_" in texts[path]:
                findings.append(_not_hcl(path, error))
            continue
        if path.endswith(".tf"):
            module.blocks += [(path, inner) for inner in block.blocks]
        elif posixpath.basename(path) == "terraform.tfvars" or path.endswith(".auto.tfvars"):
            module.given |= {name: evaluate(item.expression, _nothing) for name, item in block.attributes.items()}
    found = read_modules(modules, texts)
    found.findings = findings + found.findings
    return found


def _nothing(path: list[str | int]) -> Any:
    return Unknown(".".join(map(str, path)))


def _not_hcl(path: str, error: Exception) -> Finding:
    return Finding(
        rule="definition-unreadable",
        severity=Severity.BLOCKER,
        path=path,
        line=max(int(getattr(error, "line", 0) or 0), 0),
        message="this Terraform file holds Glue resources but does not parse",
        action="correct the line (`terraform validate` shows it), or export the jobs with `aws glue get-jobs`",
    )


def _without_copies(found: Definitions) -> Definitions:
    """Drop a definition that is there twice with the same fields; the same name with other fields is told, and both stay."""
    kept: list[Definition] = []
    named: dict[tuple[str, str], list[Definition]] = {}
    for item in found.items:
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
