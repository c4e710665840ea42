"""What is around a call of an AWS client: errors of the client that are caught by name, and what was said of it before."""

import ast
import builtins
import re

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.aws.counterparts import COUNTERPARTS, ONLY_FOR
from glue2lakehouse.tools.rewrite.code import Code, Piece, code
from glue2lakehouse.tools.rewrite.constants import bound_names
from glue2lakehouse.tools.rewrite.mapping.names import quote_name, table_code
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, GlueCall, Place, Use

_CLASSES = re.compile(r"(?<!\bbotocore)\.exceptions\b(?! +import)")
_CATCH_ALL = ("Exception", "BaseException")
_LOG = re.compile(r"print$|(self\.)?_?(log|logger|logging)\.\w+$", re.IGNORECASE)


def catches_glue(call: GlueCall) -> bool:
    """Whether an error of the client is told from others by a `try` around the call."""
    node: ast.AST | None = call.node
    while node is not None:
        if isinstance(node, ast.Try):
            for handler in node.handlers:
                caught = handler.type
                every = caught is None or (isinstance(caught, ast.Name) and caught.id in _CATCH_ALL)
                if not every and not _only_logs(handler):
                    return True
        node = call.place.parents.get(node)
    return False


def _only_logs(handler: ast.ExceptHandler) -> bool:
    """Whether a handler writes a log and raises the error again, which another error does as well, without the log."""
    *before, last = handler.body
    if not isinstance(last, ast.Raise) or last.cause is not None:
        return False
    again = last.exc is None or (isinstance(last.exc, ast.Name) and last.exc.id == handler.name)
    return again and all(
        isinstance(each, ast.Expr) and isinstance(each.value, ast.Call) and _LOG.match(ast.unparse(each.value.func))
        for each in before
    )


def client_errors(call: GlueCall) -> Code | None:
    """Return code for the error classes of the client, where handlers of the project name them: `glue.exceptions`."""
    named = any(
        _CLASSES.search(module.source) and ("EntityNotFound" in module.source or "AlreadyExists" in module.source)
        for module in call.place.world.modules.values()
    )
    client = call.receiver
    if call.leaf == "paginate":
        client = (
            client.func.value if isinstance(client, ast.Call) and isinstance(client.func, ast.Attribute) else client
        )
    return code("{client}.exceptions", client=client) if named else None


def schema_code(use: Use, database: ast.expr) -> Piece:
    """Return code for the schema of a Glue database, by the mapping where its name is known."""
    name = use.literal(database)
    if not isinstance(name, str):
        return table_code(use, database, None)[0]
    schema = use.settings.schema_for(name)
    if isinstance(database, ast.Constant) or schema != name:
        return quoted(f"{quote_name(use.settings.catalog)}.{quote_name(schema)}")
    return table_code(use, database, None)[0]


TO_DELTA = (
    "the table may go to Delta, which has the rows that are written to the table: write them with saveAsTable or INSERT, since files "
    "that are written below its old Location are not read"
)


def may_go_to_delta(use: Use, database: ast.expr | None, table: ast.expr | None) -> bool:
    """Whether a table goes to Delta, or may do so where its name is not known."""
    names = use.literal(database), use.literal(table)
    if all(isinstance(name, str) for name in names):
        return use.settings.action_for(str(names[0]), str(names[1])) == "convert_to_delta"
    return use.settings.table_format == "delta" or "convert_to_delta" in use.settings.table_actions.values()


def said(call: Use, key: str) -> bool:
    """Whether that was said of the file before; from now on it was."""
    told = call.place.memory.setdefault("aws", set())
    assert isinstance(told, set)
    before = key in told
    told.add(key)
    return before


_BINDS = re.compile(r"(?m)^\s*(from\s+\S+\s+import\s+\*|#?\s*(MAGIC\s+)?%(run|load)\b)|\b(exec|globals|get_ipython)\(")


def bound_nowhere(place: Place, name: str) -> bool:
    """Whether nothing in a module can give a name its value: no statement, star import or other notebook."""
    local = [
        each for each in _BINDS.findall(place.module.source) if "awsglue" not in each[0] and "pyspark" not in each[0]
    ]
    stored = any(node.id == name and not isinstance(node.ctx, ast.Load) for node in place.nodes.of(ast.Name))
    return (
        not local
        and not stored
        and not any(name in bound_names(node) for node in place.nodes)
        and not hasattr(builtins, name)
    )


_WHOSE = (
    "logGroupName",
    "logGroupNames",
    "logGroupIdentifier",
    "logGroupIdentifiers",
    "Namespace",
    "MetricDataQueries",
    "Targets",
    "Target",
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
    """Whether an operation of CloudWatch, or of a scheduler, is about Glue; False where nothing tells, None where it is not."""
    pattern = ONLY_FOR[service]
    given = [each.value for each in getattr(use.node, "keywords", ()) if each.arg in _WHOSE]
    known = [use.literal(value) for value in given]
    if known and NOT_LITERAL not in known:
        return True if pattern.search(repr(known)) else None
    return any(pattern.search(module.source) for module in use.place.world.modules.values())
