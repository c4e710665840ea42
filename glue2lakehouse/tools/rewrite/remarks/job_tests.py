"""Code that asks whether there is a Job: `if job is not None: …`. What `Job(glueContext)` makes is None now, so that it takes the other way.

Nothing changes where only the job's own calls and logs hang on it.
"""

import ast
from collections.abc import Iterator, Sequence

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.kinds.stubs import JOB
from glue2lakehouse.tools.rewrite.remarks.frame_tests import effects
from glue2lakehouse.tools.rewrite.rule import Place


def job_tests(place: Place) -> Iterator[Finding]:
    """Yield a blocker for each such test on which more hangs."""
    if not any("Job" in module.source for module in place.world.modules.values()):
        return
    for node in place.nodes.of(*_BRANCHES, *_TESTS):
        if isinstance(node, _BRANCHES):
            test: ast.AST = node.test
            if isinstance(node, ast.If) and not _others(place, [*node.body, *node.orelse]):
                continue
        elif _is_part_of_a_test(place, node) or _of_job(place, place.statement(node)):
            continue
        else:
            test = node
        asked = next((part for part in _asked(test) if place.kind(part).may_be(JOB)), None)
        if asked is None:
            continue
        place.rule = "job-test"
        yield place.finding(
            asked,
            Severity.BLOCKER,
            f"`{' '.join(ast.unparse(test).split())[:80]}` asks for Glue's Job, which is gone: `{ast.unparse(asked)}` is None now, and the other way is taken",
            "keep the way that is meant for the job, without the test",
        )


_BRANCHES = (ast.If, ast.IfExp, ast.While)
_TESTS = (ast.Compare, ast.BoolOp, ast.UnaryOp, ast.Call, ast.comprehension, ast.Assert)
"""What asks for a value's truth or compares it by itself: `in_glue = job is not None`."""


def _is_part_of_a_test(place: Place, node: ast.AST) -> bool:
    """Whether what asks is in a larger test, or is that of a branch, which is looked at by itself."""
    above = place.parents.get(node)
    if isinstance(above, ast.BoolOp | ast.UnaryOp | ast.Assert | ast.comprehension):
        return True
    return isinstance(above, _BRANCHES) and getattr(above, "test", None) is node


def _asked(test: ast.AST) -> Iterator[ast.expr]:
    """Yield what a test asks the truth of, or whether it is None."""
    if isinstance(test, ast.BoolOp):
        for value in test.values:
            yield from _asked(value)
    elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from _asked(test.operand)
    elif isinstance(test, ast.Compare):
        sides = (test.left, *test.comparators)
        if any(isinstance(each, ast.Constant) and each.value is None for each in sides):
            yield from sides
    elif isinstance(test, ast.Assert):
        yield from _asked(test.test)
    elif isinstance(test, ast.comprehension):
        for each in test.ifs:
            yield from _asked(each)
    elif isinstance(test, ast.Call):
        if getattr(test.func, "id", "") == "bool":
            yield from test.args
    elif isinstance(test, ast.Name | ast.Attribute | ast.Subscript):
        yield test


def _others(place: Place, statements: Sequence[ast.stmt]) -> list[str]:
    """Return what statements do besides making, starting and ending the job."""
    return effects(place, [each for each in _inside(statements) if not _of_job(place, each)])


def _inside(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements, and in place of a `try` those of its blocks."""
    for statement in statements:
        if isinstance(statement, ast.Try):
            handlers = [each for handler in statement.handlers for each in handler.body]
            yield from _inside([*statement.body, *handlers, *statement.orelse, *statement.finalbody])
        else:
            yield statement


def _of_job(place: Place, statement: ast.stmt) -> bool:
    value = getattr(statement, "value", None)
    if isinstance(statement, ast.Expr) and isinstance(value, ast.Call):
        return place.world.callees.get(value, "").startswith(f"{JOB}.")
    return isinstance(statement, ast.Assign) and value is not None and place.kind(value).is_a(JOB)
