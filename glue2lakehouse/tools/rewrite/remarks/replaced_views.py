"""Temporary views that are replaced while a frame still reads them.

Spark, migrating from Spark Classic to Spark Connect: a frame over a temporary view finds the view when it is used. Glue has the
classic one, where it keeps what the view was when the frame was made. So a frame that outlives its view reads other rows on
standard and serverless compute, without an error.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from glue2lakehouse.domain import Compute, Finding, Severity
from glue2lakehouse.tools.rewrite.analyses.kept import (
    Comprehension,
    Loop,
    around,
    comprehensions_around,
    ends_within,
    loops_around,
    used_after,
)
from glue2lakehouse.tools.rewrite.constants import scope_of
from glue2lakehouse.tools.rewrite.rule import Place, Use
from glue2lakehouse.tools.rewrite.sql.names import temporary_views
from glue2lakehouse.tools.rewrite.sql.views import views_of

_REPLACES = frozenset({"createOrReplaceTempView", "registerTempTable", "createOrReplaceGlobalTempView", "sql"})
_READS = frozenset({"sql", "table"})
_MAKES = re.compile(r"TempView|registerTempTable|temp(orary)?\s+view", re.IGNORECASE)
_HOLE = "HOLE__"
"""Stands for what an f-string puts in."""
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class _At:
    """A call that registers or reads a view: where it stands, and the text of the name or the query, None where it is computed."""

    node: ast.Call
    scope: ast.AST
    given: ast.expr
    text: str | None


def replaced_views(place: Place) -> Iterator[Finding]:
    """Yield a blocker for each frame over a view that may be replaced before the frame is used for the last time."""
    if (
        place.settings.compute is Compute.CLASSIC
        or not _MAKES.search(place.module.source)
        or not views_of(place.world).uses_glue
    ):
        return
    made, read = list(_calls(place, _REPLACES, made=True)), list(_calls(place, _READS, made=False))
    over = [*made, *_by_functions(place, made)]
    told: set[ast.AST] = set()
    for frame in [*_in_loops(place, over, read), *_in_line(place, over, read), *_in_calls(place, made, read)]:
        if frame not in told:
            told.add(frame)
            yield Finding(
                rule="replaced-view",
                severity=Severity.BLOCKER,
                path=place.module.path,
                line=frame.lineno,
                message="a frame made here over a temporary view is used after a view of that name has been made anew; on "
                f"{place.settings.compute} compute it reads the new one then",
                action="give each view a name of its own, or write the frame before the view is replaced",
            )


def _calls(place: Place, names: frozenset[str], made: bool) -> Iterator[_At]:
    """Yield the calls that make views, or those that read what may be one."""
    for node in place.nodes.of(ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in names:
            given = node.args[0] if node.args else next((k.value for k in node.keywords), None)
            if given is None:
                continue
            written = _text(place, node, given)
            scope = scope_of(node, place.parents)
            views = tuple(temporary_views(_HOLE if written is None else written)) if node.func.attr == "sql" else ()
            if made and node.func.attr == "sql":
                yield from (_made(node, scope, given, view) for view in views)
            elif not views:
                yield _At(node, scope, given, None if written is None or _HOLE in written else written)


def _text(place: Place, node: ast.Call, given: ast.expr) -> str | None:
    """Return a text, with a word for each hole of an f-string; None where it is computed otherwise."""
    use = Use(place, node, "")
    text, value = use.literal(given), use.value_of(given)
    if isinstance(value, ast.JoinedStr) and not isinstance(text, str):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else _HOLE for part in value.values)
    return text if isinstance(text, str) else None


def _made(node: ast.Call, scope: ast.AST, given: ast.expr, view: str) -> _At:
    """Return a view that SQL makes; what its query holds is no matter where its name is written out."""
    known = _HOLE.lower() not in view
    return _At(node, scope, ast.Constant(view) if known else given, view if known else None)


def _by_functions(place: Place, made: list[_At]) -> Iterator[_At]:
    """Yield for each view of one name that a function makes the calls of the function: they make it where they stand."""
    for view in made:
        function = view.scope
        if view.text is not None and isinstance(function, _FUNCTIONS):
            for call in _calls_of(place, function):
                yield _At(call, scope_of(call, place.parents), ast.Constant(view.text), view.text)


def _calls_of(place: Place, function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.Call]:
    return [node for node in place.nodes.of(ast.Call) if _leaf(node) == function.name]


def _leaf(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _reads(view: _At, frame: _At) -> bool:
    """Whether a query in the scope of a view may be about it."""
    if view.scope is not frame.scope:
        return False
    return (
        frame.text is None
        or view.text is None
        or bool(re.search(rf"\b{re.escape(view.text)}\b", frame.text, re.IGNORECASE))
    )


def _in_loops(place: Place, made: list[_At], read: list[_At]) -> Iterator[ast.Call]:
    """A loop that makes a view of one name each time, and keeps a frame over it beyond the loop."""
    for view in made:
        for loop in loops_around(place, view.node):
            if _varies(view.given, loop):
                continue
            for frame in read:
                inside = loop in around(place, frame.node)
                if inside and _reads(view, frame) and used_after(place, frame.node, loop.end_lineno or 0):
                    yield frame.node


def _in_line(place: Place, made: list[_At], read: list[_At]) -> Iterator[ast.Call]:
    """A view of one name that is made twice, one after the other."""
    for one, other in combinations(made, 2):
        first, second = sorted((one, other), key=lambda view: view.node.lineno)
        if first.scope is not second.scope or first.text is None or first.text != second.text:
            continue
        if _apart(place, first.node, second.node):
            continue
        for frame in read:
            between = first.node.lineno <= frame.node.lineno < second.node.lineno
            if between and _reads(first, frame) and used_after(place, frame.node, _end(place, second.node)):
                yield frame.node


def _in_calls(place: Place, made: list[_At], read: list[_At]) -> Iterator[ast.Call]:
    """A function that makes a view and gives a frame over it: its next call with the same name replaces the view."""
    for view in made:
        function = view.scope
        if not isinstance(function, _FUNCTIONS) or not any(
            _reads(view, frame) and _is_returned(place, frame.node) for frame in read
        ):
            continue
        calls = _calls_of(place, function)
        if view.text is not None:
            yield from _mapped(place, function)
        names = {call: _names_given(place, call, view, function) for call in calls}
        for call in calls:
            for loop in loops_around(place, call):
                same = view.text is not None or not any(_varies(item, loop) for item in _may_name(call))
                if same and used_after(place, call, loop.end_lineno or 0, calls):
                    yield call
            for each in comprehensions_around(place, call):
                same = view.text is not None or not any(_varies(item, each) for item in _may_name(call))
                if same and not ends_within(place, call, each):
                    yield call
        for one, other in combinations(calls, 2):
            first, second = sorted((one, other), key=lambda call: (call.end_lineno, call.end_col_offset))
            alike = names[first] is None or names[second] is None or bool(names[first] & names[second])  # type: ignore[operator]
            together = scope_of(first, place.parents) is scope_of(second, place.parents)
            if (
                alike
                and together
                and not _apart(place, first, second)
                and (used_after(place, first, _end(place, second), calls) or _in_one(place, first, second))
            ):
                yield first


def _mapped(place: Place, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.Call]:
    """Yield where a function is handed to `map`, which calls it for each item."""
    for node in place.nodes.of(ast.Call):
        over = node.args[0] if node.args else None
        if isinstance(over, ast.Name) and over.id == function.name and _leaf(node) == "map":
            yield node


def _in_one(place: Place, first: ast.Call, second: ast.Call) -> bool:
    """Whether one expression has two calls, of which the first gives it a frame that is still to be read after the second."""
    over, above = around(place, first), around(place, second)
    shared = next((node for node in over if node in above), None)
    return isinstance(shared, ast.expr) and second not in over and not ends_within(place, first, shared)


def _names_given(place: Place, call: ast.Call, view: _At, function: ast.AST) -> set[str] | None:
    """Return the texts that a call hands over, which the name of the view may be one of; None where it is always the same, or unknown."""
    if view.text is not None:
        return None
    texts = [Use(place, call, "").literal(item) for item in _may_name(call)]
    return {text for text in texts if isinstance(text, str)} or None


def _may_name(call: ast.Call) -> list[ast.expr]:
    """Return what a call hands over that may name a view: the keys of a dict of frames, else its arguments."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    keys = [key for item in given if isinstance(item, ast.Dict) for key in item.keys if key is not None]
    return keys or given


def _is_returned(place: Place, frame: ast.Call) -> bool:
    """Whether the function gives a frame, or what is made of it, back to whoever called it."""
    own = place.statement(frame)
    if isinstance(own, ast.Return):
        return True
    function = scope_of(frame, place.parents)
    ends = [node for node in place.nodes.of(ast.Return) if scope_of(node, place.parents) is function]
    return any(used_after(place, frame, end.lineno - 1) for end in ends)


def _varies(given: ast.expr, loop: Loop | Comprehension) -> bool:
    """Whether an expression reads a name that the loop binds, so that it is another one each time."""
    bound = {part.id for part in ast.walk(loop) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    return any(isinstance(part, ast.Name) and part.id in bound for part in ast.walk(given))


def _apart(place: Place, first: ast.AST, second: ast.AST) -> bool:
    """Whether two nodes stand in different branches of one statement, of which a run takes one."""
    ways = [around(place, first), around(place, second)]
    for above in ways[0]:
        if isinstance(above, ast.If) and above in ways[1]:
            sides = [any(each in above.orelse for each in way) for way in ways]
            if sides[0] is not sides[1]:
                return True
    return False


def _end(place: Place, node: ast.expr) -> int:
    statement = place.statement(node)
    return statement.end_lineno if not isinstance(statement, _LOOPS) else node.end_lineno  # type: ignore[return-value]
