"""Take away what adds members to Glue's classes, where the uses of the members become calls of the functions."""

import ast
from collections.abc import Iterator

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.code import code
from glue2lakehouse.tools.rewrite.kinds.patch_sites import lambda_of
from glue2lakehouse.tools.rewrite.rule import Place
from glue2lakehouse.tools.rewrite.work import Work


def take_away(work: Work) -> None:
    """Remove the patches of the module that are understood, and report all of them.

    The others keep Glue's class, so that they fail: what they set must not take the place of a member of Spark's.
    """
    place, edits = work.place, work.edits
    for kept in place.world.found.kept:
        work.answered.update(ast.walk(kept))
    for path, node, action, added in place.world.found.patches:
        if path != place.module.path:
            continue
        work.uses_glue = True
        if action == "undecorate":
            edits.decorators[node] = None
            work.answered.update(ast.walk(node))
            continue
        statement = place.statement(node)
        edits.statements[statement] = []
        if action == "remove":
            work.answered.update(ast.walk(statement))
        if action == "bind":
            given = statement.value if isinstance(statement, ast.Assign) else node.args[2]  # type: ignore[attr-defined]
            edits.statements[statement] = [
                code("{name} = {value}", name=added.spelled, value=lambda_of(given) or given)
            ]
    findings = [*_refused(place), *_told(place), *_uses(work)]
    work.uses_glue |= bool(findings)
    work.findings += findings


def _refused(place: Place) -> Iterator[Finding]:
    for path, node in dict.fromkeys(place.world.patches):
        if path == place.module.path and node in place.world.found.refused:
            yield Finding(
                rule="monkeypatch",
                severity=Severity.BLOCKER,
                path=path,
                line=node.lineno,
                message="a Glue class is extended at run time, and a DataFrame or session has not the member: "
                + place.world.found.refused[node],
                action="make the member a function of a DataFrame or session, and call that where the member is used",
            )


def _uses(work: Work) -> Iterator[Finding]:
    """Report uses of members that stay members, which nothing converts either."""
    place, uses = work.place, work.place.world.found.uses
    for node in place.nodes if uses else ():
        if node in uses:
            work.answered.add(node)
            yield Finding(
                rule="monkeypatch",
                severity=Severity.BLOCKER,
                path=place.module.path,
                line=getattr(node, "lineno", 0),
                message=f"{uses[node]}, and no DataFrame or session has it on Databricks",
                action="call the function that is added, with the frame or session as its first argument",
            )


def _told(place: Place) -> Iterator[Finding]:
    """Say for each member that it is a function now, which what is outside of the project may use, and what goes for that."""
    patches = [patch for patch in place.world.found.patches if patch.path == place.module.path]
    here = [patch for patch in reversed(patches) if patch.extension.path == patch.path]
    for node, added in {patch.extension: (patch.node, patch.extension) for patch in here}.values():
        was = f"{added.owner.rsplit('.', 1)[-1]}.{added.name}"
        yield _finding(
            place,
            node,
            Severity.WARNING,
            f"`{was}` is no member any more but the function `{added.spelled}`; all uses in this project call it",
            f"have code outside of this project that uses it call `{added.spelled}` of {added.home}",
        )
    for node in dict.fromkeys(patch.node for patch in patches):
        for piece, text in _pieces(place, node):
            yield _finding(place, piece, Severity.INFO, f"{text} goes, which added it to the class", "")


def _pieces(place: Place, node: ast.expr) -> list[tuple[ast.AST, str]]:
    """Return what a patch that goes is made of, with its text: a decorator, or the statement, of a loop its head and its body."""
    parent = place.parents[node]
    if isinstance(parent, ast.If):
        return [(node, _quoted(place, node)), (parent.body[0], _quoted(place, parent.body[0]))]
    if isinstance(parent, ast.For):
        return [(node, f"the loop over {_quoted(place, node)}"), (parent.body[0], _quoted(place, parent.body[0]))]
    piece = node if isinstance(parent, ast.FunctionDef) else place.statement(node)
    return [(piece, _quoted(place, piece))]


def _quoted(place: Place, node: ast.AST) -> str:
    return f"`{place.source.of(node)[:200]}`"


def _finding(place: Place, node: ast.AST, severity: Severity, message: str, action: str) -> Finding:
    return Finding(
        rule="added-members", severity=severity, path=place.module.path, line=getattr(node, "lineno", 0), message=message, action=action
    )  # fmt: skip
