"""A statement for Snowflake that a job runs through the JVM of the connector for Spark: what is known of it before it runs.

Where a `try` would swallow what the helper refuses, the job would go on without the statement, which Glue had run. So there the
options are looked at where they are made, outside of it, and the statement's first word has to be written in the code.
"""

import ast
import re

from glue2lakehouse.tools.rewrite.analyses.caught import may_be_caught
from glue2lakehouse.tools.rewrite.code import Code, Piece, code, joined
from glue2lakehouse.tools.rewrite.constants import MUTATORS, scope_of
from glue2lakehouse.tools.rewrite.kinds import stubs
from glue2lakehouse.tools.rewrite.rule import GlueCall
from glue2lakehouse.tools.rewrite.runtime.snowflake_statements import (
    NotForSnowflake,
    counts_for_its_session,
    snowflake_options,
)

_ON_TEXTS = frozenset("format upper lower strip lstrip".split())
_PLAIN = re.compile(
    r"\s*(select|insert|update|delete|merge|truncate|drop|undrop|copy|call|grant|revoke|describe|desc|show|comment"
    r"|(create(\s+or\s+replace)?|alter)\s+(transient\s+)?(table|view|schema|database|stage|sequence|warehouse|stream|task|pipe|file))\s",
    re.IGNORECASE,
)
"""Statements that do the same in whatever session they run, told by their first words."""


def is_unused(call: GlueCall) -> bool:
    """Whether nothing reads the result set that the call gives."""
    if call.stands_alone:
        return True
    name = call.assigned
    return name is not None and not any(
        isinstance(node, ast.Name) and node.id == name.id and not isinstance(node.ctx, ast.Store)
        for node in call.place.nodes
    )


def session_only(call: GlueCall, statement: ast.expr) -> bool | None:
    """Whether the statement only counts for its session, so that a session of its own makes nothing of it; None if unknown."""
    text, whole = _beginning(call, statement)
    if _PLAIN.match(text):
        return False
    return counts_for_its_session(text) if whole else None


def _beginning(call: GlueCall, node: ast.expr | None) -> tuple[str, bool]:
    """Return the text that an expression begins with as far as it is written, and whether that is all of it."""
    node = call.value_of(node)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value, True
    if isinstance(node, ast.JoinedStr):
        first = node.values[0] if node.values else None
        known = isinstance(first, ast.Constant) and isinstance(first.value, str)
        return (str(first.value), len(node.values) == 1) if known else ("", not node.values)  # type: ignore[union-attr]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        text, whole = _beginning(call, node.left)
        return (text.partition("%")[0], whole and "%" not in text) if isinstance(node.op, ast.Mod) else (text, False)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _ON_TEXTS:
        text, whole = _beginning(call, node.func.value)
        if node.func.attr == "format":
            return text.partition("{")[0], whole and "{" not in text
        return text, whole
    return "", False


def known_keys(call: GlueCall, options: ast.expr) -> list[str] | None:
    """Return the keys of options that are written out; None where they are not, or not all."""
    node = call.value_of(options)
    keys = [call.literal(key) for key in node.keys] if isinstance(node, ast.Dict) and None not in node.keys else [None]
    return [str(key) for key in keys] if all(isinstance(key, str) for key in keys) else None


def refused(keys: list[str]) -> str:
    """Return why the helper refuses options with these keys whatever their values are; nothing where it does not."""
    try:
        snowflake_options(dict.fromkeys(keys, "eHh4"))
    except NotForSnowflake as error:
        return str(error)
    return ""


def looked_at(call: GlueCall, options: ast.expr) -> tuple[ast.expr, Code] | None:
    """Return how the options are looked at where they are made, outside of any `try`; None where they cannot be."""
    made = _made_once(call, options)
    if not isinstance(made, ast.Call) or may_be_caught(call.place.world, made, call.place.parents):
        return None
    callee = call.place.world.callees.get(made, "")
    if stubs.is_glue(callee) or callee.startswith(("boto3.", "pyspark.")):
        return None
    given: list[Piece] = [code("*{v}", v=v.value) if isinstance(v, ast.Starred) else v for v in made.args]
    given += [code(f"{k.arg}={{v}}" if k.arg else "**{v}", v=k.value) for k in made.keywords]
    return made, code("snowflake_options({func}({given}))", func=made.func, given=joined(", ", given))


def _made_once(call: GlueCall, options: ast.expr) -> ast.expr | None:
    """Return the value of a name that one statement of the module gives and nothing changes."""
    if not isinstance(options, ast.Name):
        return None
    parents = call.place.parents
    value: ast.expr | None = None
    for node in call.place.nodes:
        if not isinstance(node, ast.Name) or node.id != options.id:
            continue
        parent = parents[node]
        if isinstance(node.ctx, ast.Load):
            if _changes(node, parent, parents):
                return None
            continue
        known = isinstance(parent, ast.Assign) and len(parent.targets) == 1 and value is None
        if not known or not isinstance(scope_of(node, parents), ast.Module) or not isinstance(parent, ast.Assign):
            return None
        value = parent.value
    return value


def _changes(node: ast.Name, parent: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether this use changes the dict, or gives it another name by which it may be changed."""
    if isinstance(parent, ast.Subscript):
        return not isinstance(parent.ctx, ast.Load)
    if isinstance(parent, ast.Attribute):
        return parent.attr in MUTATORS
    return isinstance(parent, ast.Assign | ast.AugAssign | ast.NamedExpr)
