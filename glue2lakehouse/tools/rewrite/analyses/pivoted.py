"""Columns that a table of relationalize is known to have: those of what was flattened, or the two that each array's table has."""

import ast

from glue2lakehouse.tools.rewrite.kinds.binding import bind
from glue2lakehouse.tools.rewrite.kinds.frames import parameters
from glue2lakehouse.tools.rewrite.kinds.values import COLLECTION, DYNAMIC_FRAME
from glue2lakehouse.tools.rewrite.rule import GlueCall

_SELECTS = ("awsglue.transforms.SelectFromCollection.apply", f"{COLLECTION}.select")
_PIVOTS = ("awsglue.transforms.Relationalize.apply", f"{DYNAMIC_FRAME}.relationalize")
_OF_ARRAYS = ("id", "index")


def known_columns(call: GlueCall, frame: ast.expr) -> tuple[str, ...]:
    """Return columns that a frame has for certain; there may be more of them."""
    facts = call.kind(frame).frame
    if facts is not None and facts.columns is not None:
        return tuple(name for name, _ in facts.columns)
    selected, given = _called(call, frame, _SELECTS)
    pivoted, arguments = _called(call, given.get("dfc") or _receiver(selected), _PIVOTS)
    key, root = call.literal(given.get("key")), call.literal(arguments.get("name") or arguments.get("root_table_name"))
    if not isinstance(key, str) or not isinstance(root, str) or pivoted is None:
        return ()
    if key != root:
        return _OF_ARRAYS if key.startswith(f"{root}_") else ()
    source = arguments.get("frame") or _receiver(pivoted)
    flattened = call.kind(source).frame if source is not None else None
    columns = (flattened.columns if flattened is not None else None) or ()
    return tuple(name for name, kind in columns if not kind.startswith("struct"))


def _called(
    call: GlueCall, node: ast.expr | None, names: tuple[str, ...]
) -> tuple[ast.Call | None, dict[str, ast.expr]]:
    """Return the call of one of these functions that an expression is, and its arguments."""
    made = call.value_of(node)
    name = call.place.world.callees.get(made, "") if isinstance(made, ast.Call) else ""
    if not isinstance(made, ast.Call) or name not in names:
        return None, {}
    return made, bind(made, parameters(name)).arguments


def _receiver(made: ast.Call | None) -> ast.expr | None:
    return made.func.value if made is not None and isinstance(made.func, ast.Attribute) else None
