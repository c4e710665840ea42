"""Code that tells a DataFrame from a DynamicFrame: it takes every frame now for what only a DataFrame was.

    if isinstance(frame, DataFrame): …      # `type(frame).__name__ == "DataFrame"`, `hasattr(frame, "withColumn")`
    try: frame.toDF().drop("a") …           # fails for a DataFrame, whose way is the handler's

`frame_tests` has the tests for the class DynamicFrame; here is the other side.
"""

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.kinds.frame_calls import ONLY_DATA_FRAMES
from glue2lakehouse.tools.rewrite.kinds.stubs import is_glue
from glue2lakehouse.tools.rewrite.kinds.tree import below
from glue2lakehouse.tools.rewrite.kinds.values import (
    COLLECTION,
    DATA_FRAME,
    DYNAMIC_FRAME,
    GLUE_CONTEXT,
    SPARK_SESSION,
    Kind,
)
from glue2lakehouse.tools.rewrite.remarks.frame_tests import chooses_by_annotation, effects, same_either_way
from glue2lakehouse.tools.rewrite.remarks.type_texts import ASKING, listed_by, named_by, sides_of
from glue2lakehouse.tools.rewrite.rule import Place
from glue2lakehouse.tools.rewrite.sql.views import views_of

RULE = "data-frame-test"
DICT = "builtins.dict"
_ASKS = re.compile(r"\b(isinstance|issubclass|type|hasattr|getattr|dir|__class__|match|try|register)\b")
_COMMON = frozenset("count printSchema repartition coalesce show".split())
"""Methods that both classes have, and that take the same arguments."""


_WAS = {DATA_FRAME: DYNAMIC_FRAME, SPARK_SESSION: GLUE_CONTEXT, DICT: COLLECTION}
"""Classes of Glue by what takes their place."""
_NOW = {was: now for now, was in _WAS.items() if was != DYNAMIC_FRAME}


class _Asked(NamedTuple):
    """A test of an object for some classes."""

    node: ast.AST
    frame: ast.expr
    classes: frozenset[str]


def data_frame_tests(place: Place) -> Iterator[Finding]:
    """Yield a blocker where a DynamicFrame is asked such a thing, and a warning where nothing tells what is asked."""
    if not _ASKS.search(place.module.source) or not views_of(place.world).uses_glue:
        return
    glue = any("DynamicFrame" in each.source or "dynamic_frame" in each.source for each in place.world.modules.values())
    for asked in _tests(place):
        held = place.kind(asked.frame)
        changed = [of for of in _answers(asked.classes) if _may_be(held, of)]
        unknown = glue and DATA_FRAME in asked.classes and not all(each.known for each in held.members())
        for of in changed or ([DYNAMIC_FRAME] if unknown and DYNAMIC_FRAME not in asked.classes else []):
            if not same_either_way(place, asked.node, asked.frame, of=of):
                yield _told(place, asked.node, Severity.BLOCKER if changed else Severity.WARNING)
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


def _answers(classes: Collection[str]) -> Iterator[str]:
    """Yield the classes of which a test for these has another answer now."""
    for named, other in (*_WAS.items(), *_NOW.items()):
        if named in classes and other not in classes:
            yield other


def _may_be(held: Kind, name: str) -> bool:
    return any(each.tag == "dict" for each in held.members()) if name == DICT else held.may_be(name)


def _tests(place: Place) -> Iterator[_Asked]:
    for node in place.nodes.of(ast.Call, ast.Compare):
        if isinstance(node, ast.Compare):
            yield from _compared(place, node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) > 1:
            frame, asked = node.args[:2]
            if node.func.id == "isinstance":
                yield _Asked(node, frame, _names(place, asked))
            elif node.func.id == "issubclass" and (told := _typed(frame)) is not None:
                yield _Asked(node, told, _names(place, asked))
            elif ASKING.get(node.func.id) == len(node.args) and getattr(asked, "value", "") in ONLY_DATA_FRAMES:
                yield _Asked(node, frame, frozenset({DATA_FRAME}))
    for matched in place.nodes.of(ast.Match):
        for case in matched.cases:
            for pattern in ast.walk(case.pattern):
                if isinstance(pattern, ast.MatchClass):
                    yield _Asked(pattern, matched.subject, _names(place, pattern.cls))


def _compared(place: Place, node: ast.Compare) -> Iterator[_Asked]:
    """`type(frame) is DataFrame`, `type(frame).__name__ == "DataFrame"`, `"withColumn" in dir(frame)`."""
    sides = sides_of(place, node)
    if (listed := listed_by(sides[-1])) is not None and getattr(sides[0], "value", "") in ONLY_DATA_FRAMES:
        yield _Asked(node, listed, frozenset({DATA_FRAME}))
    text = next((told for told in map(named_by, sides) if told is not None), None)
    texts = [part.value for side in sides for part in ast.walk(side) if isinstance(part, ast.Constant)]
    if text is not None and any(str(value).rsplit(".", 1)[-1].strip("'>") == "DataFrame" for value in texts):
        yield _Asked(node, text, frozenset({DATA_FRAME}))
    frame = next((told for told in map(_typed, sides) if told is not None), None)
    if frame is not None:
        yield _Asked(node, frame, frozenset().union(*(_names(place, side) for side in sides)))


def _typed(node: ast.expr) -> ast.expr | None:
    """Return the object whose class `type(object)` or `object.__class__` asks for."""
    if isinstance(node, ast.Attribute) and node.attr == "__class__":
        return node.value
    asks = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "type" and len(node.args) == 1
    return node.args[0] if asks else None  # type: ignore[attr-defined]


def _names(place: Place, node: ast.expr | None) -> frozenset[str]:
    """Return the classes of frames and contexts that an expression names: one, or several in a tuple or a `|`."""
    if isinstance(node, ast.BinOp):
        return _names(place, node.left) | _names(place, node.right)
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return frozenset().union(*(_names(place, each) for each in node.elts))
    return frozenset(_classes(place.kind(node)) if getattr(node, "id", "") != "dict" else [DICT])


def _classes(kind: Kind) -> Iterable[str]:
    if kind.tag == "tuple":
        return [name for _, item in kind.items for name in _classes(item)]
    return [kind.name] if kind.tag == "class" and (kind.name in _WAS or kind.name in _WAS.values()) else []


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
    sure = severity is Severity.BLOCKER
    said = "tells Glue's class from Spark's" if sure else "may be asked of a DynamicFrame"
    return _finding(
        place, node, severity,
        f"`{_shown(node)}` {said}: every frame is a DataFrame now, the context a session, and a collection a dict",
        "keep the branch that is meant for it, or annotate what is asked with its class",
    )  # fmt: skip


def _shown(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:80]


def _finding(place: Place, node: ast.AST, severity: Severity, message: str, action: str) -> Finding:
    place.rule = RULE
    return place.finding(node, severity, message, action)
