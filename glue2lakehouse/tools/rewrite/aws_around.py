"""What is around a call of an AWS client: errors of the client that are caught by name, and what was said of it before."""

import ast

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.aws_counterparts import COUNTERPARTS, ONLY_FOR
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, GlueCall, Use

_CATCH_ALL = ("Exception", "BaseException")


def catches_glue(call: GlueCall) -> bool:
    """Whether an error of the client is told from others by a `try` around the call."""
    node: ast.AST | None = call.node
    while node is not None:
        if isinstance(node, ast.Try):
            for handler in node.handlers:
                caught = handler.type
                if caught is not None and not (isinstance(caught, ast.Name) and caught.id in _CATCH_ALL):
                    return True
        node = call.place.parents.get(node)
    return False


def said(call: Use, key: str) -> bool:
    """Whether that was said of the file before; from now on it was."""
    told = call.place.memory.setdefault("aws", set())
    assert isinstance(told, set)
    before = key in told
    told.add(key)
    return before


_WHOSE = (
    "logGroupName",
    "logGroupNames",
    "logGroupIdentifier",
    "logGroupIdentifiers",
    "Namespace",
    "MetricDataQueries",
)


def stays(use: Use, name: str) -> Finding | None:
    """Return what is to be said of an operation (`boto3.glue.get_job`) that stays; None where it is about something else."""
    service, _, method = name.removeprefix("boto3.").partition(".")
    severity, counterpart = COUNTERPARTS[f"{service}.{method}"]
    if service in ONLY_FOR:
        meant = _meant(use, service)
        if meant is None:
            return None
        severity = severity if meant else Severity.WARNING
    return use.place.finding(use.node, severity, f"`{method}` of the AWS service {service} is called", counterpart)


def _meant(use: Use, service: str) -> bool | None:
    """Whether an operation of CloudWatch is about what Glue writes there; False where nothing tells, None where it is not."""
    pattern = ONLY_FOR[service]
    given = [each.value for each in getattr(use.node, "keywords", ()) if each.arg in _WHOSE]
    known = [use.literal(value) for value in given]
    if known and NOT_LITERAL not in known:
        return True if pattern.search(repr(known)) else None
    return any(pattern.search(module.source) for module in use.place.world.modules.values())
