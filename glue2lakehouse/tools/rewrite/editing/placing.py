"""Put what the rules answered into the text of a module."""

import ast

import libcst as cst

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.code import Code
from glue2lakehouse.tools.rewrite.editing.anchors import EXPRESSIONS, Mismatch
from glue2lakehouse.tools.rewrite.editing.apply import apply_edits
from glue2lakehouse.tools.rewrite.editing.parentheses import keep_together
from glue2lakehouse.tools.rewrite.kinds import parse
from glue2lakehouse.tools.rewrite.work import Work


def applied(work: Work) -> str:
    """Return the new text; where libcst cannot carry the edits, the old one with a blocker."""
    module = work.place.module
    source = work.place.source
    keep_together(work.edits.expressions, work.place.parents)
    for statement, lines in work.edits.statements.items():
        work.edits.statements[statement] = [
            source.fill(line, work.edits.expressions) if isinstance(line, Code) else line for line in lines
        ]
    _lift(work)
    work.edits.inside = work.edits.expressions
    work.edits.expressions = _outside(work)
    if not work.edits:
        return module.source
    try:
        after = apply_edits(module.source, module.tree, work.place.parents, source, work.edits)
        parse(after)
    except (Mismatch, cst.ParserSyntaxError, SyntaxError, RecursionError) as error:
        work.findings.append(
            Finding(
                rule="engine",
                severity=Severity.BLOCKER,
                path=module.path,
                line=0,
                message=f"the edits could not be put into the file: {str(error).splitlines()[0]}",
                action="convert this file by hand and report it, please",
            )
        )
        work.applied.clear()
        work.compat.clear()
        return module.source
    return after


_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Expr)


def can_be_lifted(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether an expression of any kind can be replaced where it stands: in the head of a `for` or `def` it cannot."""
    while not isinstance(node, (ast.stmt, *EXPRESSIONS)):
        node = parents[node]
    return isinstance(node, (*_SIMPLE, *EXPRESSIONS))


def _lift(work: Work) -> None:
    """Note what has to be written anew for the literals that change: the call around them, or the statement."""
    parents = work.place.parents
    for node in [node for node in work.edits.expressions if not isinstance(node, EXPRESSIONS)]:
        anchor = parents[node]
        while not isinstance(anchor, (ast.stmt, *EXPRESSIONS)):
            anchor = parents[anchor]
        if isinstance(anchor, EXPRESSIONS):
            work.edits.lifted[anchor] = None
        elif anchor not in work.edits.statements:
            if not isinstance(anchor, _SIMPLE):
                continue
            rendered = work.place.source.render_inside(anchor, work.edits.expressions)
            work.edits.statements[anchor] = [rendered]
    for anchor in list(work.edits.lifted):
        if work.removed(anchor):
            del work.edits.lifted[anchor]


def _outside(work: Work) -> dict[ast.AST, Code]:
    """Keep the edits that no replaced statement swallows; those inside other edits are rendered with them."""
    kept: dict[ast.AST, Code] = {}
    for node, content in work.edits.expressions.items():
        current: ast.AST | None = node
        while current is not None and current not in work.edits.statements:
            current = work.place.parents.get(current)
        if current is None:
            kept[node] = content
    return kept
