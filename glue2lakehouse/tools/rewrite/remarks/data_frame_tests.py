"""Code that tells a DataFrame from a DynamicFrame: it takes every frame now for what only a DataFrame was.

    if isinstance(frame, DataFrame): …      # `type(frame).__name__ == "DataFrame"`, `hasattr(frame, "withColumn")`
    try: frame.toDF().drop("a") …           # fails for a DataFrame, whose way is the handler's

`frame_tests` has the tests for the class DynamicFrame; here is the other side.
"""

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.kinds.frame_calls import ONLY_DATA_FRAMES
from glue2lakehouse.tools.rewrite.kinds.stubs import is_glue
from glue2lakehouse.tools.rewrite.kinds.tree import below
from glue2lakehouse.tools.rewrite.kinds.values import DATA_FRAME, DYNAMIC_FRAME, Kind
from glue2lakehouse.tools.rewrite.remarks.frame_tests import chooses_by_annotation, effects, same_either_way
from glue2lakehouse.tools.rewrite.remarks.type_texts import named_by
from glue2lakehouse.tools.rewrite.rule import Place
from glue2lakehouse.tools.rewrite.sql.views import views_of

RULE = "data-frame-test"
_COMMON = frozenset("count printSchema repartition coalesce show".split())
"""Methods that both classes have, and that take the same arguments."""


class _Asked(NamedTuple):
    node: ast.AST
    frame: ast.expr


def data_frame_tests(place: Place) -> Iterator[Finding]:
    """Yield a blocker where a DynamicFrame is asked such a thing, and a warning where nothing tells what is asked."""
    if not views_of(place.world).uses_glue:
        return
    glue = any("DynamicFrame" in each.source or "dynamic_frame" in each.source for each in place.world.modules.values())
    for asked in _tests(place):
        held = place.kind(asked.frame)
        dynamic = held.may_be(DYNAMIC_FRAME)
        unknown = glue and not all(each.known for each in held.members())
        if (dynamic or unknown) and not same_either_way(place, asked.node, asked.frame, of=DYNAMIC_FRAME):
            yield _told(place, asked.node, Severity.BLOCKER if dynamic else Severity.WARNING)
    for argument in place.nodes.of(ast.arg):
        if chooses_by_annotation(place, argument) and _names(place, argument.annotation) == {DATA_FRAME}:
            yield _told(place, argument, Severity.BLOCKER)
    for tried in place.nodes.of(ast.Try):
        if (call := _chooses_by_error(place, tried)) is not None:
            yield _finding(
                place, call, Severity.BLOCKER,
                f"`{_shown(call)}` fails for a DynamicFrame or for a DataFrame, so that the `except` tells which it is: "
                "every frame is a DataFrame now, and goes the first way",
                "keep the way that is meant for DataFrames",
            )  # fmt: skip


def _tests(place: Place) -> Iterator[_Asked]:
    for node in place.nodes.of(ast.Call, ast.Compare):
        if isinstance(node, ast.Compare):
            yield from _compared(place, node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 2:
            frame, asked = node.args
            if node.func.id == "isinstance":
                named = _names(place, asked)
                if DATA_FRAME in named and DYNAMIC_FRAME not in named:
                    yield _Asked(node, frame)
            elif node.func.id == "hasattr" and isinstance(asked, ast.Constant) and asked.value in ONLY_DATA_FRAMES:
                yield _Asked(node, frame)
    for matched in place.nodes.of(ast.Match):
        for case in matched.cases:
            for pattern in ast.walk(case.pattern):
                if isinstance(pattern, ast.MatchClass) and _names(place, pattern.cls) == {DATA_FRAME}:
                    yield _Asked(pattern, matched.subject)


def _compared(place: Place, node: ast.Compare) -> Iterator[_Asked]:
    """`type(frame) is DataFrame`, `type(frame).__name__ == "DataFrame"`."""
    sides = (node.left, *node.comparators)
    text = next((told for told in map(named_by, sides) if told is not None), None)
    texts = [part.value for side in sides for part in ast.walk(side) if isinstance(part, ast.Constant)]
    if text is not None and any(str(value).rsplit(".", 1)[-1].strip("'>") == "DataFrame" for value in texts):
        yield _Asked(node, text)
    types = [side for side in sides if isinstance(side, ast.Call) and getattr(side.func, "id", "") == "type"]
    named = {name for side in sides for name in _names(place, side)}
    if types and types[0].args and DATA_FRAME in named and DYNAMIC_FRAME not in named:
        yield _Asked(node, types[0].args[0])


def _names(place: Place, node: ast.expr | None) -> set[str]:
    """Return the classes of frames that an expression names: one, or several in a tuple or a `|`."""
    if isinstance(node, ast.BinOp):
        return _names(place, node.left) | _names(place, node.right)
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return {name for each in node.elts for name in _names(place, each)}
    return set(_classes(place.kind(node)))


def _classes(kind: Kind) -> Iterable[str]:
    if kind.tag == "tuple":
        return [name for _, item in kind.items for name in _classes(item)]
    return [kind.name] if kind.tag == "class" and kind.name in (DATA_FRAME, DYNAMIC_FRAME) else []


def _chooses_by_error(place: Place, node: ast.Try) -> ast.Call | None:
    """Return the call that only one class of frame has, on what may be either, whose error makes something else happen."""
    goes_on = [handler.body for handler in node.handlers if not isinstance(handler.body[-1], ast.Raise)]
    call = next((each for part in node.body for each in (part, *below(part)) if _is_of_one(place, each)), None)
    tried = effects(place, [*node.body, *node.orelse])
    return call if any(tried != effects(place, body) for body in goes_on) else None  # type: ignore[return-value]


def _is_of_one(place: Place, node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)) or node.func.attr in _COMMON:
        return False
    held = place.kind(node.func.value)
    either = held.may_be(DYNAMIC_FRAME) and held.may_be(DATA_FRAME)
    return either and (node.func.attr in ONLY_DATA_FRAMES or is_glue(_callee(place, node)))


def _callee(place: Place, node: ast.Call) -> str:
    return place.world.callees.get(node, "").rpartition(":")[2]


def _told(place: Place, node: ast.AST, severity: Severity) -> Finding:
    sure = "is true now for what was a DynamicFrame" if severity is Severity.BLOCKER else "may be given a DynamicFrame"
    return _finding(
        place, node, severity, f"`{_shown(node)}` {sure}: every frame is a DataFrame now",
        "keep the branch that is meant for it, or annotate what is asked with its class",
    )  # fmt: skip


def _shown(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:80]


def _finding(place: Place, node: ast.AST, severity: Severity, message: str, action: str) -> Finding:
    place.rule = RULE
    return place.finding(node, severity, message, action)
