"""The walk over a module's nodes, against `ast.walk`."""

import ast

import pytest

from glue2lakehouse.tools.rewrite.kinds.tree import Nodes

EVERYTHING = '''
"""Doc."""
from __future__ import annotations
import a.b as c
from . import d
@deco(1)
class K(Base, metaclass=M):
    x: int = 1
    def f(self, a, /, b: str = "1", *args, c=2, **kw) -> None:
        global g
        nonlocal_ = lambda q=1, *r: q
        return (yield from a)
async def h():
    async with a as b, c: await d
    async for x in y: pass
    return [i async for i in j if i if not k]
try:
    x = {**a, "b": 1, 2: c}
except (A, B) as e:
    raise X from e
else:
    del x[1:2, ...], y
finally:
    assert a, f"{a!r:>{width}} {b}"
match p:
    case {"a": 1, **rest} | [1, *_] if x: pass
    case Point(x=0, y=None) as q: pass
while (n := 1) < 2 <= 3 and not z or -1 if t else u: break
with open(*a, **k) as (m, n): x.y += 1
'''


@pytest.mark.parametrize("source", ["", "x", EVERYTHING])
def test_all_nodes_are_met_once_parents_first(source: str) -> None:
    tree = ast.parse(source)
    nodes = Nodes(tree)
    shared = (ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop)
    assert nodes == [node for node in ast.walk(tree) if not isinstance(node, shared)]
    assert all(node in ast.iter_child_nodes(nodes.parents[node]) for node in nodes[1:])
