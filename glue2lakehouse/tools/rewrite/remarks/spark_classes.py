"""Tests for Spark's classes: on Spark Connect `isinstance(frame, DataFrame)` does not hold before Spark 4.

Standard and serverless compute have Spark Connect, whose DataFrame, Column and SparkSession are classes of their own; that of
the session derives from no other in Spark 4 either. What only holds for the very class is handed off.
"""

import ast

from glue2lakehouse.domain import Compute, Severity
from glue2lakehouse.tools.rewrite.code import Code, Piece, code, joined
from glue2lakehouse.tools.rewrite.kinds.values import DATA_FRAME, DYNAMIC_FRAME, GLUE_CONTEXT, SPARK_SESSION
from glue2lakehouse.tools.rewrite.remarks.frame_tests import same_either_way
from glue2lakehouse.tools.rewrite.sql.views import views_of
from glue2lakehouse.tools.rewrite.work import Work

_CLASSES = frozenset({DATA_FRAME, DYNAMIC_FRAME, SPARK_SESSION, GLUE_CONTEXT, "pyspark.sql.Column"})
_SPARKS = _CLASSES - {DYNAMIC_FRAME, GLUE_CONTEXT}


def ask_for_both(work: Work) -> None:
    """Have the tests of a module ask for the classes of Spark Connect as well."""
    if work.place.settings.compute is Compute.CLASSIC or not views_of(work.place.world).uses_glue:
        return
    for node in work.place.nodes.of(ast.Call, ast.Compare, ast.MatchClass, ast.Assign, ast.Dict):
        if isinstance(node, ast.Assign):
            _assigned(work, node)
        elif isinstance(node, ast.Call):
            _call(work, node)
        elif _is_exact(work, node):
            _tell(work, node)


def _call(work: Work, node: ast.Call) -> None:
    if isinstance(node.func, ast.Attribute) and node.func.attr == "register":
        if node.args and _is_class(work, node.args[0], _SPARKS):
            _tell(work, node)
        return
    if isinstance(node.func, ast.Name) and node.func.id == "setattr" and node.args:
        if _is_class(work, node.args[0], _SPARKS):
            _tell_of_member(work, node)
        return
    if not (isinstance(node.func, ast.Name) and node.func.id in ("isinstance", "issubclass") and len(node.args) == 2):
        return
    asked = node.args[1]
    if work.place.kind(asked).tag == "tuple" and isinstance(asked, ast.Name | ast.Attribute):
        _of_variable(work, node, asked)
        return
    named = asked.elts if isinstance(asked, ast.Tuple) else [asked]
    if not any(_is_class(work, each, _CLASSES) for each in named) or _is_gone(work, node):
        return
    if any(isinstance(each, ast.Starred) for each in named) or _stays_glue(work, named):
        return
    edits = work.edits.expressions
    whole = edits.get(asked)
    pieces: list[Piece] = (
        [whole] if whole is not None else [edits.get(each, code(work.place.source.of(each))) for each in named]
    )
    _ask(work, node, code("classes_of({classes})", classes=joined(", ", pieces)))


def _of_variable(work: Work, node: ast.Call, asked: ast.expr) -> None:
    """`isinstance(x, FRAMES)`: a tuple of classes under a name."""
    held = [kind for _, kind in work.place.kind(asked).items]
    if any(kind.tag == "class" and kind.name in _SPARKS for kind in held) and not _is_gone(work, node):
        _ask(work, node, code("classes_of(*{classes})", classes=ast.unparse(asked)))


def _ask(work: Work, node: ast.Call, classes: Code) -> None:
    work.edits.expressions[node.args[1]] = classes
    work.imports["from glue_compat import classes_of"] = None
    work.compat.add("classes_of")
    work.place.rule = "spark-classes"
    said = f"`{' '.join(ast.unparse(node).split())[:80]}` asks for the class of Spark Connect as well, which derives from no other"
    work.findings.append(work.place.finding(node, Severity.INFO, said, "nothing; from Spark 4 on a DataFrame's does"))


def _assigned(work: Work, node: ast.Assign) -> None:
    for target in node.targets:
        if isinstance(target, ast.Attribute) and _is_class(work, target.value, _SPARKS):
            _tell_of_member(work, node)


def _tell_of_member(work: Work, node: ast.AST) -> None:
    work.place.rule = "spark-classes"
    work.findings.append(
        work.place.finding(
            node,
            Severity.BLOCKER,
            f"`{' '.join(ast.unparse(node).split())[:80]}` adds a member to a class of Spark, and on "
            f"{work.place.settings.compute.value} compute the objects are of Spark Connect's, which do not get it before Spark 4",
            "call the function with the frame, or set the member on each of classes_of(DataFrame)",
        )
    )


def _is_class(work: Work, node: ast.expr, classes: frozenset[str]) -> bool:
    held = work.place.kind(node)
    return held.tag == "class" and held.name in classes


def _stays_glue(work: Work, named: list[ast.expr]) -> bool:
    """Whether a class of Glue is left, with a blocker at it."""
    ours = (each for each in named if _is_class(work, each, _CLASSES - _SPARKS))
    return any(each not in work.edits.expressions for each in ours) and not any(
        work.edits.expressions.get(work.place.parents[each]) for each in named
    )


def _is_gone(work: Work, node: ast.AST) -> bool:
    """Whether the code around a test is replaced as a whole."""
    if work.removed(node):
        return True
    above = work.place.parents.get(node)
    while above is not None and not isinstance(above, ast.stmt):
        if above in work.edits.expressions:
            return True
        above = work.place.parents.get(above)
    return False


def _is_exact(work: Work, node: ast.AST) -> bool:
    """Whether the very class is asked for: `type(frame) is DataFrame`, `case DataFrame():`, `{DataFrame: f}[type(frame)]`."""
    if isinstance(node, ast.Dict):
        return any(key is not None and _is_class(work, key, _SPARKS) for key in node.keys)
    if isinstance(node, ast.MatchClass):
        return _is_class(work, node.cls, _SPARKS)
    if not isinstance(node, ast.Compare):
        return False
    sides = [part for side in (node.left, *node.comparators) for part in getattr(side, "elts", [side])]
    types = [
        side for side in sides if isinstance(side, ast.Call) and getattr(side.func, "id", "") == "type" and side.args
    ]
    exact = bool(types) and any(_is_class(work, side, _SPARKS) for side in sides)
    return exact and not same_either_way(work.place, node, types[0].args[0], refused=False)


def _tell(work: Work, node: ast.AST) -> None:
    work.place.rule = "spark-classes"
    work.findings.append(
        work.place.finding(
            node,
            Severity.BLOCKER,
            f"`{' '.join(ast.unparse(node).split())[:80]}` asks for the very class, and on {work.place.settings.compute.value} "
            "compute an object of Spark is one of Spark Connect's class",
            "ask with isinstance(…, classes_of(DataFrame))",
        )
    )
