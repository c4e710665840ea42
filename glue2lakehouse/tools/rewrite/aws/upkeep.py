"""AWS calls that Databricks does without: crawlers, Athena's way to register partitions, and secrets that have a scope.

Unity Catalog lists the files of an external table anew for each query, and a Delta table knows its files. Partitions of a table with
`nonDelta.partitionLog.enabled`, as the DDL of this project makes them, are those that are registered.
"""

import ast
import re

from glue2lakehouse.domain import Certainty, Finding, Severity
from glue2lakehouse.tools.rewrite.aws.around import TO_DELTA, catches_glue, may_go_to_delta
from glue2lakehouse.tools.rewrite.code import Piece, code, joined
from glue2lakehouse.tools.rewrite.compute import shown
from glue2lakehouse.tools.rewrite.mapping.names import quote_name, target_name
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, GlueCall, Rewrite

_CRAWLER = "boto3.glue.start_crawler"
_QUERY = "boto3.athena.start_query_execution"
_REPAIR = re.compile(
    r"(?is)\s*(msck\s+repair\s+table\b|alter\s+table\s+\S+\s+add\s+(if\s+not\s+exists\s+)?partition\b)"
)
_NAMED = re.compile(r"(?is)\s*(?:msck\s+repair|alter)\s+table\s+(\S+)")
_FOUND = "the tables that the code reads are in Unity Catalog, and their new files lie below their locations"
_SECRETS = {"secretsmanager.get_secret_value": ("SecretId", {"SecretId"}),
            "ssm.get_parameter": ("Name", {"Name", "WithDecryption"})}  # fmt: skip

SECRET_WRITES = {"secretsmanager.put_secret_value": "SecretId", "secretsmanager.update_secret": "SecretId",
                 "ssm.put_parameter": "Name", "ssm.delete_parameter": "Name"}  # fmt: skip
"""What changes a secret or a parameter, and the argument that names it."""


def upkeep(call: GlueCall) -> Rewrite | None:
    """Return what becomes of a call that only keeps the Glue catalog up to date; None where its outcome is looked at."""
    if not call.stands_alone or catches_glue(call) or not _keeps_up(call):
        return None
    if call.name == _QUERY:
        return _registered(call)
    note = call.warning(
        f"`{shown(call)}` goes: Unity Catalog finds new files by itself, and partitions where none are registered",
        "see that the tables are made before the first run: a crawler also makes new ones, and adds columns; where a table's "
        "partitions are registered (nonDelta.partitionLog.enabled), run MSCK REPAIR TABLE in its place",
    )
    return Rewrite(remove=True, certainty=Certainty.CONDITIONAL, condition=_FOUND, findings=(note,))


def _registered(call: GlueCall) -> Rewrite:
    """Return the call of a helper that registers partitions by Athena's statement."""
    given = {keyword.arg: keyword.value for keyword in call.node.keywords}
    statement, context = given["QueryString"], call.value_of(given.get("QueryExecutionContext"))
    database = next(
        (value for key, value in zip(context.keys, context.values, strict=True) if call.literal(key) == "Database"), None
    ) if isinstance(context, ast.Dict) else None  # fmt: skip
    pieces: list[Piece] = [quoted(quote_name(call.settings.catalog)), statement]
    pieces += [code("database={database}", database=database)] if database is not None else []
    now, notes = _name_now(call, statement, database)
    told = call.info(f"`{shown(call)}` registers partitions in Unity Catalog now", "")
    if may_go_to_delta(call, None, None):
        told = call.warning(told.message, TO_DELTA)
    pieces += [code("name={name}", name=quoted(now))] if now else []
    return Rewrite(
        code("register_partitions({pieces})", pieces=joined(", ", pieces)),
        certainty=Certainty.CONDITIONAL,
        condition="the statement may end before the next line runs, and its errors may stop the job",
        imports=("from glue_compat import register_partitions",),
        compat=("register_partitions",),
        findings=(told, *notes),
    )


def _name_now(call: GlueCall, statement: ast.expr, database: ast.expr | None) -> tuple[str, tuple[Finding, ...]]:
    """Return what the table of a statement is called by the mapping, "" where it keeps its name or is not known."""
    named = _NAMED.match(_start(call, statement))
    parts = [part.strip('`"') for part in named[1].split(".")][-2:] if named else []
    own = call.literal(database)
    parts = [own, *parts] if len(parts) == 1 and isinstance(own, str) else parts
    if len(parts) == 2 and isinstance(call.literal(statement), str):
        full = target_name(call, *parts)
        return (full if full != ".".join(map(quote_name, (call.settings.catalog, *parts))) else ""), ()
    if call.settings.schemas or call.settings.tables:
        return "", (
            call.warning(
                "the table is computed, so that the mapping of names does not count for it",
                "give it the name after the migration",
            ),
        )
    return "", ()


def _keeps_up(call: GlueCall) -> bool:
    if call.name == _CRAWLER:
        # Whoever waits for it asks for its state, which it would never have.
        return not any("crawler" in _asked(module.source) for module in call.place.world.modules.values())
    if call.name == _QUERY:
        given = next((keyword.value for keyword in call.node.keywords if keyword.arg == "QueryString"), None)
        return bool(_REPAIR.match(_start(call, given)))
    return False


def _asked(source: str) -> str:
    return "crawler" if re.search(r"get_crawler|list_crawls|get_waiter", source) else ""


def _start(call: GlueCall, query: ast.expr | None) -> str:
    """Return how a statement starts: the text of it, or what stands before the first hole of an f-string."""
    told = call.literal(query)
    if isinstance(told, str):
        return told
    held = call.value_of(query)
    if not isinstance(held, ast.JoinedStr):
        return ""
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in held.values)


def secret(call: GlueCall) -> Rewrite | None:
    """Return the look-up in a secret scope that the settings name for a secret or a parameter; None where they name none."""
    known = _SECRETS.get(call.name.removeprefix("boto3."))
    given = {keyword.arg: keyword.value for keyword in call.node.keywords}
    if known is None or call.node.args or not set(given) <= known[1] or catches_glue(call):
        return None
    name = call.literal(given.get(known[0]))
    scope, slash, key = call.settings.aws_secrets.get(name, "").partition("/") if isinstance(name, str) else ("",) * 3
    if not slash:
        return None
    return Rewrite(
        code("{leaf}({scope}, {key})", leaf=call.leaf, scope=quoted(scope), key=quoted(key)),
        certainty=Certainty.CONDITIONAL,
        condition=f"the secret {scope}/{key} holds the same text, and the code asks for the text only",
        imports=(f"from glue_compat import {call.leaf}",),
        compat=(call.leaf,),
        findings=(call.info(f"`{shown(call)}` comes from the secret scope {scope} now", ""),),
    )


def set_aside(call: GlueCall) -> Finding | tuple[()] | None:
    """Return what is to be said of a secret that is written with AWS and read from a scope; None for other calls."""
    named = SECRET_WRITES.get(call.name.removeprefix("boto3."))
    if named is None:
        return None
    name = call.literal(next((each.value for each in call.node.keywords if each.arg == named), None))
    if not call.settings.aws_secrets or (name is not NOT_LITERAL and name not in call.settings.aws_secrets):
        return ()
    severity = Severity.WARNING if name is NOT_LITERAL else Severity.BLOCKER
    return call.place.finding(
        call.node,
        severity,
        f"`{shown(call)}` changes a secret in AWS, and the jobs read those of `aws_secrets` from their scopes",
        "write the scope instead: WorkspaceClient().secrets.put_secret",
    )
