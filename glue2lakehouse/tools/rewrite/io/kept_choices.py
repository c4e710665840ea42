"""JSON reads whose columns of several types are kept apart, because all that becomes of the frame is known to resolve them.

Spark reads a number beside a text as text, and nothing tells them apart afterwards. Where each use of what a read makes is a
ResolveChoice whose actions are written out, or shows the frame as a DataFrame, a helper reads structs of the types instead.
"""

import ast
from typing import NamedTuple

from glue2lakehouse.tools.rewrite.io import bookmarks
from glue2lakehouse.tools.rewrite.kinds.binding import bind
from glue2lakehouse.tools.rewrite.kinds.frames import parameters
from glue2lakehouse.tools.rewrite.kinds.stubs import READER
from glue2lakehouse.tools.rewrite.kinds.values import DYNAMIC_FRAME, GLUE_CONTEXT, Provenance
from glue2lakehouse.tools.rewrite.mapping.unmoved import is_named_elsewhere
from glue2lakehouse.tools.rewrite.rule import GlueCall
from glue2lakehouse.tools.rewrite.types import path_parts, spark_type

_READS = (f"{READER}.from_options", f"{GLUE_CONTEXT}.create_dynamic_frame_from_options")
_RESOLVES = ("awsglue.transforms.ResolveChoice.apply", f"{DYNAMIC_FRAME}.resolveChoice")
_SHOWS = tuple(f"{DYNAMIC_FRAME}.{name}" for name in ("toDF", "printSchema", "count", "show"))


class Kept(NamedTuple):
    """The columns that may be of several types; None: all."""

    columns: tuple[str, ...] | None


def kept_choices(call: GlueCall) -> Kept | None:
    """Return what a read keeps apart, or what the read of the frame that a ResolveChoice is called on does; None for nothing."""
    if call.name not in _READS and call.frame_facts.provenance is not Provenance.CHOICE:
        return None
    node = call.node if call.name in _READS else _made_by(call, call.frame)
    if not isinstance(node, ast.Call) or call.place.world.callees.get(node) not in _READS:
        return None
    known = call.place.memory.setdefault("kept choices", {})
    assert isinstance(known, dict)
    if node not in known:
        known[node] = _kept(call, node)
    return known[node]  # type: ignore[no-any-return]


def _kept(call: GlueCall, read: ast.Call) -> Kept | None:
    if call.place.world.counted_errors or bookmarks.enabled(call) or not _is_plain_json(call, read):
        return None
    columns: dict[str, None] = {}
    for frame in _uses(call, read):
        user = _user(call, frame)
        name = call.place.world.callees.get(user, "") if user is not None else ""
        if user is None or (name in _SHOWS and (user.args or user.keywords)) or name not in (*_RESOLVES, *_SHOWS):
            return None
        if name in _SHOWS:
            continue
        pairs = _pairs(call, frame, bind(user, parameters(name)).arguments)
        if pairs is None:
            return None
        columns |= {column: None for column, action in pairs if not (column and action.startswith("cast:"))}
    if not columns:
        return None
    return Kept(None if "" in columns else tuple(columns))


def _is_plain_json(call: GlueCall, read: ast.Call) -> bool:
    """Whether a read is of JSON in UTF-8 whose types are inferred."""
    given = bind(read, parameters(_READS[0])).arguments
    if str(call.literal(given.get("format"))).lower() != "json":
        return False
    options = given.get("format_options")
    written = call.literal(options) if options is not None else {}
    if not isinstance(written, dict) or "withSchema" in written:
        return False
    return str(written.get("encoding", "utf-8")).lower().replace("-", "") == "utf8"


def _made_by(call: GlueCall, frame: ast.expr) -> ast.expr | None:
    """Return the expression that a frame is: for a name, what its scope or the statement before gives it."""
    if not isinstance(frame, ast.Name):
        return frame
    known = call.value_of(frame)
    if known is not None:
        return known
    statement: ast.AST = frame
    while not isinstance(statement, ast.stmt):
        statement = call.place.parents[statement]
    block = _block(call, statement)
    before = [other for other in block[: block.index(statement)] if _binds(other, frame.id)] if block else []
    last = before[-1] if before else None
    return last.value if isinstance(last, ast.Assign) and frame in _uses(call, last.value) else None


def _uses(call: GlueCall, read: ast.expr) -> list[ast.expr]:
    """Return where the value of a read is used, itself where that is not seen: the name that it has is bound once, or anew.

    Of a name that is bound anew those uses count that stand between, in the statements of one block.
    """
    assigned = call.place.parents.get(read)
    if (
        not isinstance(assigned, ast.Assign)
        or len(assigned.targets) != 1
        or not isinstance(assigned.targets[0], ast.Name)
    ):
        return [read]
    name, scope = assigned.targets[0].id, _scope(call, assigned)
    own = isinstance(scope, ast.FunctionDef) and not _declares(scope, name)
    named = [
        node
        for node in (ast.walk(scope) if own else call.place.nodes.of(ast.Name))
        if isinstance(node, ast.Name) and node.id == name
    ]
    uses: list[ast.expr] = [node for node in named if isinstance(node.ctx, ast.Load)]
    if len(named) == len(uses) + 1:
        seen = own or not is_named_elsewhere(call.place, name)
        return (uses if seen else []) or [read]
    block = _block(call, assigned)
    after = block[block.index(assigned) + 1 :] if block else []
    end = next((at for at, statement in enumerate(after) if _binds(statement, name)), None)
    if end is None or not isinstance(after[end], ast.Assign) or any(_scope(call, node) is not scope for node in named):
        return [read]
    between = {node for statement in after[: end + 1] for node in ast.walk(statement)}
    if any(isinstance(node, ast.Continue | ast.Break) for node in between):
        return [read]
    return [node for node in uses if node in between] or [read]


def _declares(scope: ast.AST, name: str) -> bool:
    return any(isinstance(node, ast.Global | ast.Nonlocal) and name in node.names for node in ast.walk(scope))


def _block(call: GlueCall, statement: ast.AST) -> list[ast.stmt]:
    """Return the statements that one stands among; none where an error may lead from between them to others."""
    around = call.place.parents.get(statement)
    found: list[ast.stmt] = []
    if isinstance(around, ast.Module | ast.FunctionDef | ast.With | ast.If | ast.For):
        for block in (around.body, getattr(around, "orelse", [])):
            found = block if statement in block else found
    while around is not None and not isinstance(around, ast.Module | ast.FunctionDef):
        if isinstance(around, ast.Try):
            return []
        around = call.place.parents.get(around)
    return found


def _binds(statement: ast.stmt, name: str) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
        for node in ast.walk(statement)
    )


def _scope(call: GlueCall, node: ast.AST) -> ast.AST:
    while not isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
        node = call.place.parents[node]
    return node


def _user(call: GlueCall, frame: ast.expr) -> ast.Call | None:
    """Return the call that works on a frame: a method of it, or one that is handed the frame."""
    parent = call.place.parents.get(frame)
    user = call.place.parents.get(parent) if isinstance(parent, ast.keyword | ast.Attribute) else parent
    return user if isinstance(user, ast.Call) else None


def _pairs(call: GlueCall, frame: ast.expr, given: dict[str, ast.expr]) -> list[tuple[str, str]] | None:
    """Return the actions of a ResolveChoice by column, "" for all columns; None where they are not all known."""
    specs, choice = call.literal(given.get("specs")), call.literal(given.get("choice"))
    whole = isinstance(choice, str) and choice != ""
    if (whole and "specs" in given) or ("frame" in given and given["frame"] is not frame):
        return None
    if not whole and "choice" in given and choice != "":
        return None
    pairs = [("", choice)] if whole else [specs] if isinstance(specs, tuple) else specs
    if not isinstance(pairs, list):
        return None
    found = []
    for pair in pairs:
        if not (isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
            return None
        parts, (verb, colon, kind) = path_parts(pair[0]) if pair[0] else [""], pair[1].lower().partition(":")
        typed = verb in ("cast", "project") and spark_type(kind)
        if parts is None or len(parts) != 1 or not (typed or (verb in ("make_cols", "make_struct") and not colon)):
            return None
        found.append((parts[0], pair[1].lower()))
    names = [name.lower() for name, _ in found]
    return found if len(set(names)) == len(names) else None
