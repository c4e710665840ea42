"""Arguments that a rewrite leaves out although evaluating them does something: `transformation_ctx=next(names)`.

What a rule drops (a bookmark's context, a frame's name, tuning) is often computed. Where that only makes a value, nothing is
lost; where it moves an iterator, binds a name or prints, the rewrite is refused; where a function of the project or of a
library is called that nothing is known of, that is said.
"""

import ast
from collections.abc import Iterator

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.code import Code
from glue2lakehouse.tools.rewrite.constants import MUTATORS
from glue2lakehouse.tools.rewrite.kinds import stubs
from glue2lakehouse.tools.rewrite.kinds.tree import children
from glue2lakehouse.tools.rewrite.rule import GlueCall, Rewrite

_PURE = frozenset(
    "str int float bool len repr dict list tuple set frozenset sorted format min max abs round range zip enumerate any all sum "
    "isinstance getattr hasattr type reversed id hash ord chr divmod pow bytes join lower upper strip replace split rsplit "
    "lstrip rstrip get items keys values title capitalize strftime isoformat now today utcnow date datetime timedelta time "
    "getenv timestamp startswith endswith copy deepcopy encode decode hex dumps loads uuid1 uuid4 basename dirname abspath "
    "Path partition rpartition splitlines count index find rfind zfill ljust rjust removeprefix removesuffix total_seconds "
    "urlparse quote unquote SparkContext SparkConf getConf hadoopConfiguration parallelize textFile filter flatMap map getOrCreate set setAppName setMaster setAll isEmpty head first columns".split()
) - {"next"}  # fmt: skip
_EFFECTS = MUTATORS | {"next", "print", "input", "exec", "write", "send", "put", "exit", "sleep"}


def effects_lost(call: GlueCall, answer: Rewrite) -> Iterator[Finding]:
    """Yield a finding for each dropped part of a call whose evaluation does, or may do, something."""
    if answer.code is None and not answer.statements and not answer.remove:
        return  # The call stays where it is, and what is written anew are parts of it.
    kept, texts = _kept(answer)
    func = call.node.func
    parts = [*call.node.args, *(keyword.value for keyword in call.node.keywords)]
    if isinstance(func, ast.Attribute):
        parts.append(func.value)
    for part in parts:
        for node in _dropped(part, kept, texts, call):
            certain = not isinstance(node, ast.Call) or _leaf(node) in _EFFECTS
            shown = ast.unparse(node)[:60]
            if certain:
                yield call.blocker(
                    f"`{shown}` does something when it is evaluated, and what it is passed for goes",
                    "put it on a line of its own before the call, then convert again",
                    node,
                )
            else:
                yield call.warning(
                    f"`{shown}` is called no more: what it is passed for has no counterpart",
                    "keep the call on a line of its own if it does more than make that value",
                    node,
                )


def _kept(answer: Rewrite) -> tuple[set[ast.expr], str]:
    """Return the expressions of the original that the new code holds, and the text that it holds besides."""
    codes: list[Code] = [answer.code] if answer.code is not None else []
    codes += [*answer.statements, *(content for _, content in answer.others)]
    pieces = [piece for content in codes for piece in content.parts]
    nodes = {piece for piece in pieces if isinstance(piece, ast.expr)} | {node for node, _ in answer.others}
    return nodes, "\n".join(piece for piece in pieces if isinstance(piece, str))


def _dropped(node: ast.expr, kept: set[ast.expr], texts: str, call: GlueCall) -> Iterator[ast.expr]:
    """Yield the outermost parts that are not kept and may do something; a lambda does nothing where it stands."""
    if node in kept or isinstance(node, ast.Lambda | ast.Constant | ast.Name):
        return
    doubtful = isinstance(node, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom)
    if isinstance(node, ast.Call) and not _is_pure(node, call):
        doubtful = not any(child in kept for child in ast.walk(node))
    if doubtful and call.text(node) not in texts:
        yield node
        return
    for child in children(node):
        for part in [child] if isinstance(child, ast.expr) else children(child):
            if isinstance(part, ast.expr):
                yield from _dropped(part, kept, texts, call)


def _leaf(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _is_pure(node: ast.Call, call: GlueCall) -> bool:
    name = call.place.world.callees.get(node, "")
    client = name in (*stubs.BOTO3_MAKERS, "boto3.Session", "boto3.session.Session", "boto3.glue.get_paginator")
    return client or _leaf(node) in _PURE or stubs.is_glue(name) or name.startswith("pyspark.")
