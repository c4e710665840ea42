"""The Terraform files of a source tree, folder by folder: HCL, JSON syntax, and the files of variables.

HashiCorp: Terraform language, Files and Directories; Input Variables, Variable Definitions Files.
"""

import json
import posixpath
import re
from collections.abc import Mapping
from typing import Any

import yaml

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.readers.hcl import evaluate
from glue2lakehouse.tools.jobs.readers.hcl_blocks import Block, parse
from glue2lakehouse.tools.jobs.readers.hcl_functions import Unknown
from glue2lakehouse.tools.jobs.readers.hcl_json import parse_json
from glue2lakehouse.tools.jobs.readers.terraform import read_modules
from glue2lakehouse.tools.jobs.readers.terraform_scope import Module

_CODE = (".tf", ".tf.json")
_VALUES = (".tfvars", ".tfvars.json")
_SIGNS = ("aws_glue_", "aws_lakeformation_", "aws_sfn_state_machine", "aws-sdk:glue:", "aws_athena_named_query")
# A module of a registry may define jobs, though no file here names a resource of Glue.
_OF_MODULE = re.compile(r"^\s*module\s*\"(?s:.)*glue|^\s*\"module\"(?s:.)*glue", re.MULTILINE)


def read_terraform(texts: Mapping[str, str]) -> Definitions:
    """Read the Glue definitions of all modules; nothing where no file names a resource or module of Glue."""
    held = {
        path: text
        for path in sorted(texts)
        if path.endswith((*_CODE, *_VALUES)) and (text := texts.get(path)) is not None
    }
    if not any(_of_glue(text) or _OF_MODULE.search(text) for path, text in held.items() if path.endswith(_CODE)):
        return Definitions()
    modules: dict[str, Module] = {}
    findings: list[Finding] = []
    of_glue = {posixpath.dirname(path) for path, text in held.items() if path.endswith(_CODE) and _of_glue(text)}
    for path, text in held.items():
        folder = posixpath.dirname(path)
        module = modules.setdefault(folder, Module(folder))
        block = _parsed(path, text)
        if isinstance(block, Finding):
            findings += [block] if folder in of_glue else []
        elif path.endswith(_CODE):
            module.blocks += [(path, inner) for inner in block.blocks]
        elif _is_loaded(path):
            module.given |= {name: evaluate(item.expression, _nothing) for name, item in block.attributes.items()}
        else:
            module.loose.append(path)
    found = read_modules({folder: module for folder, module in modules.items() if module.blocks or module.loose}, texts)
    found.findings = findings + found.findings
    return found


def _of_glue(text: str) -> bool:
    return any(sign in text for sign in _SIGNS)


def _is_loaded(path: str) -> bool:
    name = posixpath.basename(path)
    return name in ("terraform.tfvars", "terraform.tfvars.json") or name.endswith((".auto.tfvars", ".auto.tfvars.json"))


def _parsed(path: str, text: str) -> Block | Finding:
    from lark.exceptions import LarkError

    try:
        if path.endswith(".tfvars.json"):
            return parse(
                "\n".join(f"{json.dumps(key)[1:-1]} = {json.dumps(value)}" for key, value in json.loads(text).items())
            )
        return parse_json(text) if path.endswith(".json") else parse(text)
    except (LarkError, yaml.YAMLError, ValueError, AttributeError) as error:
        return _broken(path, error, known="aws_glue_" in text)


def _nothing(path: list[str | int]) -> Any:
    return Unknown(".".join(map(str, path)))


def _broken(path: str, error: Exception, *, known: bool) -> Finding:
    what = "holds Glue resources but does not parse" if known else "does not parse, so what it defines is not known"
    return Finding(
        rule="definition-unreadable",
        severity=Severity.BLOCKER if known else Severity.WARNING,
        path=path,
        line=max(int(getattr(error, "line", 0) or 0), 0),
        message=f"this Terraform file {what}",
        action="correct the line (`terraform validate` shows it), or export the jobs with `aws glue get-jobs`",
    )
