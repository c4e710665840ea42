"""Batch functions of streams on Spark Connect: the session is that of the batch, and frames of the module are read in them.

Spark: STREAMING_CONNECT_SERIALIZATION_ERROR; Databricks: foreachBatch on compute in standard access mode and on serverless. The
function is sent to the server, and neither a session nor a DataFrame can be sent with it.
"""

import ast
from collections import Counter
from collections.abc import Iterator

from glue2lakehouse.domain import Compute, Finding, Severity
from glue2lakehouse.tools.rewrite.code import Code
from glue2lakehouse.tools.rewrite.editing.edits import Edits
from glue2lakehouse.tools.rewrite.kinds.stubs import READER, SQL_CONTEXT, SQL_READER, SQL_WRITER
from glue2lakehouse.tools.rewrite.kinds.values import DATA_FRAME, DYNAMIC_FRAME, GLUE_CONTEXT, SPARK_SESSION
from glue2lakehouse.tools.rewrite.rule import Place
from glue2lakehouse.tools.rewrite.steps.batch_state import lost_state, unsent_object

Function = ast.FunctionDef | ast.Lambda
_SESSIONS = (SPARK_SESSION, GLUE_CONTEXT, SQL_CONTEXT)
_SENDING = {f"{GLUE_CONTEXT}.forEachBatch": ("batch_function", 1), f"{SQL_WRITER}.foreachBatch": ("func", 0)}
"""What takes a batch function: the name and the position of the argument."""
_FRAMES = (DATA_FRAME, DYNAMIC_FRAME)
_READS = (f"{READER}.", f"{SQL_READER}.", f"{SPARK_SESSION}.table", f"{GLUE_CONTEXT}.create_dynamic_frame")
_KEPT = (f"{DYNAMIC_FRAME}.toDF",)


def send_batch_functions(place: Place, edits: Edits) -> Iterator[Finding]:
    """Put the batch's own session, and reads with it, in the place of the module's; yield what is to be said of it."""
    if place.settings.compute is Compute.CLASSIC:
        return
    place.rule = "for-each-batch"
    for function in _batch_functions(place):
        if isinstance(function, ast.Attribute):
            yield from unsent_object(place, function)
            continue
        first = next(iter((*function.args.posonlyargs, *function.args.args)), None)
        if first is None:
            continue
        session = Code((f"{first.arg}.sparkSession",))
        outer = _outer_names(function, edits)
        used = Counter(name.id for name in outer)
        if isinstance(function, ast.FunctionDef):
            yield from lost_state(place, function, outer)
        for name in outer:
            if _is_any(place, name, _SESSIONS):
                edits.expressions[name] = session
            elif _is_any(place, name, _FRAMES):
                yield from _frame(place, edits, name, session, used[name.id])
            elif shared := _used_by_function(place, name):
                yield _blocker(
                    place, name, f"`{name.id}`, which the batch function calls, uses `{shared}` of the module"
                )


def _batch_functions(place: Place) -> Iterator[Function | ast.Attribute]:
    """Yield each batch function once: the function itself, or the name of a method."""
    named = {node.name: node for node in place.nodes.of(ast.FunctionDef)}
    for node in place.nodes.of(ast.Call):
        callee = place.world.callees.get(node)
        if callee not in _SENDING:
            continue
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        keyword, position = _SENDING[callee]
        function = given.get(keyword) or (node.args[position] if len(node.args) > position else None)
        if isinstance(function, ast.Lambda | ast.Attribute):
            yield function
        elif isinstance(function, ast.Name) and function.id in named:
            yield named.pop(function.id)


def _outer_names(function: Function, edits: Edits) -> list[ast.Name]:
    """Return the names that a function reads and does not bind itself; an assignment that goes binds nothing."""
    inside = list(ast.walk(function))
    gone = {part for node in inside if node in edits.statements for part in ast.walk(node)}
    bound = {node.arg for node in inside if isinstance(node, ast.arg)}
    bound |= {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n not in gone}
    return [n for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and n.id not in bound]


def _frame(place: Place, edits: Edits, name: ast.Name, session: Code, uses: int) -> Iterator[Finding]:
    """Read a frame of the module in the batch function, where a read is all that it is; else it cannot be sent.

    Two uses would be two frames, and a column of the one is none of the other.
    """
    stored = [n for n in place.nodes.of(ast.Name) if n.id == name.id and isinstance(n.ctx, ast.Store)]
    if not stored:
        return
    value = _value(place, stored)
    sessions = [n for n in ast.walk(value) if _is_any(place, n, _SESSIONS)] if value is not None else []
    text = place.source.render(value, edits.expressions | dict.fromkeys(sessions, session)) if value is not None else ""
    if "readStream" in text:
        yield _blocker(place, name, f"the batch function uses the stream `{name.id}`")
        return
    if value is None or not sessions or uses > 1 or not _is_read(place, value, edits):
        yield _blocker(place, name, f"the frame `{name.id}` is made outside of the batch function that uses it")
        return
    edits.expressions[name] = Code((text,))
    yield place.finding(
        name,
        Severity.WARNING,
        f"`{name.id}` is read in the batch function itself: {place.settings.compute} compute sends no frame with it",
        "each batch sees the rows that are there then; keep to a version of the table where that is not meant",
    )


def _value(place: Place, stored: list[ast.Name]) -> ast.expr | None:
    """Return what the one assignment of a module's name gives it."""
    parent = place.parents.get(stored[0])
    if len(stored) != 1 or not isinstance(parent, ast.Assign) or parent.targets != stored:
        return None
    return parent.value if isinstance(place.parents.get(parent), ast.Module) else None


def _is_read(place: Place, value: ast.expr, edits: Edits) -> bool:
    """Whether an expression is a converted read, with other frames nowhere in it."""
    callee = place.world.callees.get(value, "") if isinstance(value, ast.Call) else ""
    if callee in _KEPT and isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return _is_read(place, value.func.value, edits)
    names = [n for n in ast.walk(value) if isinstance(n, ast.Name) and _is_any(place, n, _FRAMES)]
    glue = callee.startswith("awsglue.")
    return callee.startswith(_READS) and not names and (not glue or value in edits.expressions)


def _used_by_function(place: Place, name: ast.Name) -> str:
    """Return the session or frame of the module that a function of the module uses."""
    called = next((n for n in place.nodes.of(ast.FunctionDef) if n.name == name.id), None)
    outer = _outer_names(called, Edits()) if called is not None else []
    return next((n.id for n in outer if _is_any(place, n, (*_SESSIONS, *_FRAMES))), "")


def _is_any(place: Place, node: ast.AST, kinds: tuple[str, ...]) -> bool:
    return isinstance(node, ast.Name) and any(place.kind(node).is_a(kind) for kind in kinds)


def _blocker(place: Place, node: ast.AST, problem: str) -> Finding:
    return place.finding(
        node,
        Severity.BLOCKER,
        f"{problem}; on {place.settings.compute} compute a batch function is sent without it",
        "make it in the batch function, with the session of the batch: frame.sparkSession",
    )
