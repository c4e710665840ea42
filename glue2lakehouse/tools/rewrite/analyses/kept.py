"""How long a value is kept in its function: under which names, over which loops, and whether anything is made of it later."""

import ast
from collections.abc import Collection

from glue2lakehouse.tools.rewrite.constants import MUTATORS, scope_of
from glue2lakehouse.tools.rewrite.kinds.tree import below
from glue2lakehouse.tools.rewrite.rule import Place

_ENDS = frozenset(
    "count collect first head take tail toPandas isEmpty show printSchema schema columns dtypes write writeTo saveAsTable "
    "createOrReplaceTempView createTempView registerTempTable foreach foreachPartition toLocalIterator".split()
)
"""What is asked of a frame at once, so that nothing of it is left to be read later."""
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
Loop = ast.For | ast.AsyncFor | ast.While
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def used_after(place: Place, frame: ast.expr, line: int, views: Collection[ast.Call] = ()) -> bool:
    """Whether a frame, or what is made of it, is used in its scope after a line.

    `views` are calls that make views of the frames that they are given, which are looked up at once.
    """
    scope = scope_of(frame, place.parents)
    own = place.statement(frame)
    tracked = _kept_under(place, frame, own)
    if not tracked:
        return False
    body = [node for node in place.nodes.of(ast.stmt) if not isinstance(node, _DEFINITIONS)]
    later = sorted(
        (node for node in body if node.lineno > own.lineno and scope_of(node, place.parents) is scope),
        key=lambda node: node.lineno,
    )
    for statement in later:
        parts = [part for part in _own_parts(statement) for part in below(part)]
        loads = [
            part
            for part in parts
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and part.id in tracked
        ]
        loads = [load for load in loads if not views or not any(above in views for above in around(place, load))]
        if loads and statement.lineno > line:
            return True
        if isinstance(statement, ast.Assign):
            names = {target.id for target in statement.targets if isinstance(target, ast.Name)}
            tracked = tracked | names if loads else tracked - names
        for load in loads:
            tracked |= _kept_under(place, load, statement)
    return False


def _own_parts(statement: ast.stmt) -> list[ast.AST]:
    """Return what a statement evaluates itself, without the statements in it."""
    return [
        child
        for child in ast.iter_child_nodes(statement)
        if not isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case)
    ]


def _kept_under(place: Place, node: ast.AST, statement: ast.stmt) -> set[str]:
    """Return the names that hold a value after its statement: targets of an assignment, and what it is appended to."""
    names: set[str] = set()
    if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            names |= {part.id for part in ast.walk(target) if isinstance(part, ast.Name)}
    while node is not statement:
        above = place.parents[node]
        if isinstance(above, ast.Attribute) and above.attr in _ENDS:
            return set()
        if isinstance(above, ast.NamedExpr):
            names.add(above.target.id)
        if isinstance(above, ast.Call) and node is not above.func and isinstance(above.func, ast.Attribute):
            owner = above.func.value
            if above.func.attr in MUTATORS and isinstance(owner, ast.Name):
                names.add(owner.id)
        node = above
    return names


def ends_within(place: Place, node: ast.AST, whole: ast.AST) -> bool:
    """Whether all is asked of a frame at once within an expression around it."""
    while node is not whole:
        node = place.parents[node]
        if isinstance(node, ast.Attribute) and node.attr in _ENDS:
            return True
    return False


def loops_around(place: Place, node: ast.AST) -> list[ast.For | ast.AsyncFor | ast.While]:
    """Return the loops around a node within its function, inside out."""
    scope = scope_of(node, place.parents)
    return [each for each in around(place, node) if isinstance(each, _LOOPS) and scope_of(each, place.parents) is scope]


def around(place: Place, node: ast.AST) -> list[ast.AST]:
    """Return what stands around a node, inside out."""
    found = []
    while node in place.parents:
        node = place.parents[node]
        found.append(node)
    return found


def comprehensions_around(place: Place, node: ast.AST) -> list[Comprehension]:
    """Return the comprehensions that make something of a node for each of their items."""
    found = around(place, node)
    return [
        each
        for inner, each in zip([node, *found], found, strict=False)
        if isinstance(each, _COMPREHENSIONS) and not isinstance(inner, ast.comprehension)
    ]
