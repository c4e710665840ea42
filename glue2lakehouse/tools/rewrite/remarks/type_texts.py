"""Code that tells a DynamicFrame by the text of its class, or by a member that only Glue's classes have: never true any more.

if type(frame).__name__ == "DynamicFrame": …
if hasattr(frame, "resolveChoice"): …
HANDLERS[type(frame).__name__](frame)
"""

import ast
from collections.abc import Iterator

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.kinds.stubs import ATTRIBUTES, TELLING_METHODS, is_glue
from glue2lakehouse.tools.rewrite.kinds.values import DATA_FRAME, DYNAMIC_FRAME, GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.remarks.frame_tests import same_either_way
from glue2lakehouse.tools.rewrite.rule import Place, Use
from glue2lakehouse.tools.rewrite.sql.views import views_of

_CLASSES = ("DynamicFrame", "DynamicFrameCollection", "GlueContext", "awsglue")
_MEMBERS = frozenset({*TELLING_METHODS, *ATTRIBUTES[GLUE_CONTEXT], "glue_ctx"}) - {
    *ATTRIBUTES[DATA_FRAME], "read", "spark_session", "sparkContext", "_sc", "_jvm",
}  # fmt: skip

_WORDS = ("type(", "__class__", "hasattr", "getattr", "dir(")
_OF_TEXTS = frozenset({"startswith", "endswith", "find", "count"})
_OF_GLUE = ("awsglue", "Dynamic")
_OF_FRAMES = (*_OF_GLUE, "pyspark", "DataFrame")
ASKING = {"hasattr": 2, "getattr": 3}
"""What tells whether a member is there, with as many arguments."""


def type_texts(place: Place) -> Iterator[Finding]:
    """Yield a blocker for each such test whose answer makes a difference."""
    if not any(word in place.module.source for word in _WORDS) or not views_of(place.world).uses_glue:
        return
    for node in place.nodes.of(ast.Compare, ast.Call, ast.Subscript, ast.Match):
        asked = _compared(place, node) if isinstance(node, ast.Compare) else _asked(place, node)
        frame = asked or _looked_up(place, node)
        if frame is None or same_either_way(place, node, frame, refused=False):
            continue
        place.rule = "type-text"
        yield place.finding(
            node,
            Severity.BLOCKER,
            f"`{' '.join(ast.unparse(node).split())[:80]}` tells nothing of Glue's any more: every frame is a DataFrame, and the "
            "context a Spark session",
            "keep the branch that is meant for DataFrames",
        )


def sides_of(place: Place, node: ast.Compare) -> list[ast.expr]:
    """Return what is compared; of a name for a class, or the name of one, what it stands for."""
    use = Use(place, node, "")
    held = ((side, use.value_of(side)) for side in (node.left, *node.comparators))
    return [value if value is not None and (_is_class(value) or named_by(value)) else side for side, value in held]


def _is_class(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("type", "dir")


def listed_by(node: ast.expr) -> ast.expr | None:
    """Return the object whose members `dir(object)` lists."""
    listed = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "dir" and len(node.args) == 1
    return node.args[0] if listed else None  # type: ignore[attr-defined]


def _compared(place: Place, node: ast.Compare) -> ast.expr | None:
    """Return what is told by a comparison of a class's name: `x.__class__.__name__ == "DynamicFrame"`."""
    sides = sides_of(place, node)
    if (listed := listed_by(sides[-1])) is not None and getattr(sides[0], "value", "") in _MEMBERS:
        return listed
    frame = next((told for told in map(named_by, sides) if told is not None), None)
    if frame is None:
        return None
    texts = [part.value for side in sides for part in ast.walk(side) if isinstance(part, ast.Constant)]
    named = any(isinstance(text, str) and any(name in text for name in _CLASSES) for text in texts)
    return frame if named else None


def named_by(node: ast.expr) -> ast.expr | None:
    """Return what an expression gives the class of, as a text: `type(frame).__name__`, `str(type(frame))`."""
    while True:
        if isinstance(node, ast.Attribute) and node.attr in ("__name__", "__qualname__", "__module__"):
            node = node.value
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("str", "repr")
            and node.args
        ):
            node = node.args[0]
        else:
            break
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "type"
        and len(node.args) == 1
    ):
        return node.args[0]
    return node.value if isinstance(node, ast.Attribute) and node.attr == "__class__" else None


def _asked(place: Place, node: ast.AST) -> ast.expr | None:
    """Return what `hasattr`, or `getattr` with something in its place, asks a member of Glue's of."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return None
    name = node.args[1] if len(node.args) == ASKING.get(node.func.id) else None
    if not (isinstance(name, ast.Constant) and name.value in _MEMBERS) or place.world.has_method(str(name.value)):
        return None
    held = place.kind(node.args[0])
    mine = held.known and not any(is_glue(each.name) or each.name == DATA_FRAME for each in held.members())
    return None if mine and held.tag in ("module", "instance") and not is_glue(held.name) else node.args[0]


def _looked_up(place: Place, node: ast.AST) -> ast.expr | None:
    """Return the frame by whose class's name something is chosen: a key, a member that is got by it, the subject of a `match`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _OF_TEXTS:
        frame = named_by(node.func.value)
        texts = [part.value for given in node.args for part in ast.walk(given) if isinstance(part, ast.Constant)]
        told = _OF_FRAMES if frame is not None and place.kind(frame).may_be(DYNAMIC_FRAME) else _OF_GLUE
        return frame if any(isinstance(text, str) and text.startswith(told) for text in texts) else None
    key: ast.expr | None = None
    if isinstance(node, ast.Subscript):
        key = node.slice
    elif isinstance(node, ast.Match):
        key = node.subject
    elif isinstance(node, ast.Call) and node.args:
        if isinstance(node.func, ast.Name) and node.func.id == "getattr" and len(node.args) > 1:
            key = node.args[1]
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            key = node.args[0]
    frames = (named_by(part) for part in ast.walk(key) if isinstance(part, ast.expr)) if key is not None else ()
    return next((each for each in frames if each is not None and place.kind(each).may_be(DYNAMIC_FRAME)), None)
