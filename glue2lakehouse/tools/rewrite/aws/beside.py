"""Python that no job runs, and that works on what a migration leaves behind: functions, scripts and notebooks beside the jobs.

Such a file comes out byte for byte and goes on without an error, on tables that nobody reads any more: it is told. What makes and starts
jobs is told where definitions are read (`jobs.readers.in_code`). AWS: boto3; AWS SDK for pandas.
"""

import ast
import re
from collections.abc import Iterable, Iterator

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.aws.counterparts import COUNTERPARTS, LOOKED_UP
from glue2lakehouse.tools.rewrite.aws.operations import (
    BY_ARGUMENTS,
    BY_WORD,
    dotted,
    handed_on,
    imported_names,
    library,
    names_a_database,
)
from glue2lakehouse.tools.rewrite.kinds.stubs import LOOK_UPS

_WORTH_IT = re.compile(r"boto|awswrangler|athena", re.IGNORECASE)
# A test that stands in for AWS works on nothing.
_STANDS_IN = re.compile(r"^\s*(?:from|import)\s+moto\b|\bStubber\(", re.MULTILINE)
_OTHERWISE_TOLD = frozenset(
    "start_job_run start_workflow_run start_trigger create_job create_trigger create_workflow update_job".split()
)
_SERVICES = {key.partition(".")[2]: key.partition(".")[0] for key in reversed(COUNTERPARTS)}
_LEFT_BEHIND = ("glue", "athena", "lakeformation")
_CHANGES = "the tables are in Unity Catalog: CREATE, ALTER and DROP TABLE through spark.sql, or the Tables API"
_ADD = "; where a Glue job runs this file, add the job's definition to the source and migrate again"


def beside_the_jobs(path: str, source: str, nodes: Iterable[ast.AST]) -> Iterator[Finding]:
    """Yield a warning for each operation, at its first call, in a file that neither uses Glue nor is a job's."""
    if not _WORTH_IT.search(source) or _STANDS_IN.search(source):
        return
    nodes = list(nodes)
    names = imported_names(nodes)
    told: set[str] = set()
    named = names_a_database(source)
    calls = sorted((node for node in nodes if isinstance(node, ast.Call)), key=lambda node: node.lineno)
    found = [
        (node.lineno, *said) for node in calls for said in (*_operation(node, source), *_wrangler(node, names, named))
    ]
    found += [(node.lineno, message, action) for node, message, action in handed_on(nodes, names, named)]
    for line, message, action in found:
        if message not in told:
            told.add(message)
            yield Finding(
                rule="aws-beside-jobs", severity=Severity.WARNING, path=path, line=line,
                message=f"{message}, in a file that no known job runs", action=action + _ADD,
            )  # fmt: skip


def _operation(call: ast.Call, source: str) -> Iterator[tuple[str, str]]:
    if not isinstance(call.func, ast.Attribute):
        return
    name, given = call.func.attr, {keyword.arg for keyword in call.keywords}
    if name == "get_paginator" and call.args and isinstance(call.args[0], ast.Constant):
        name = str(call.args[0].value)
        asked = name in LOOK_UPS
    elif None in given:
        asked = name in BY_ARGUMENTS and bool(re.search(r"""["']glue["']""", source))
    else:
        wanted = BY_ARGUMENTS.get(name)
        written = all(arg is not None and arg[:1].isupper() for arg in given)
        asked = wanted <= given if wanted else bool(BY_WORD.search(name) and given and written)
    known = name in _SERVICES or name in LOOK_UPS or name in BY_ARGUMENTS
    service = "glue" if name in LOOK_UPS else _SERVICES.get(name, "glue")
    if (
        not asked
        or not known
        or name in _OTHERWISE_TOLD
        or service not in _LEFT_BEHIND
        or service not in source.lower()
    ):
        return
    counterpart = LOOKED_UP if name in LOOK_UPS else COUNTERPARTS.get(f"{service}.{name}", (None, _CHANGES))[1]
    yield f"`{name}` of the AWS service {service} is called", counterpart


def _wrangler(call: ast.Call, names: dict[str, str], named: bool) -> Iterator[tuple[str, str]]:
    for severity, message, action in library(dotted(call.func, names), call, named):
        if severity is Severity.BLOCKER:
            yield message, action
