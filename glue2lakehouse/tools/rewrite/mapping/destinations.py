"""Where a literal goes: whether it begins nothing but paths that Spark and Glue are given, however many names it passes through."""

import ast
import re

from glue2lakehouse.tools.rewrite.rule import Place, Use

_SHOWN = frozenset("print info debug warning warn error critical exception log".split())


class Destinations:
    """The places that a module names to Spark and Glue, and which literals go there alone."""

    def __init__(self, place: Place, places: frozenset[ast.expr]) -> None:
        self._place, self._places = place, places

    def only(self, literal: ast.expr, expected: frozenset[ast.expr]) -> bool:
        """Whether a text begins these places and no others, and is read by nobody else; messages do not count."""
        return self._goes(literal, expected, 12)

    def _goes(self, node: ast.expr, expected: frozenset[ast.expr], depth: int) -> bool:
        if node in self._places:
            return node in expected
        parent = self._place.parents[node]
        if not depth:
            return False
        depth -= 1
        if isinstance(parent, ast.FormattedValue):
            whole = self._place.parents[parent]
            assert isinstance(whole, ast.JoinedStr)
            first = whole.values[0] is parent and parent.conversion == -1 and parent.format_spec is None
            return (first and self._goes(whole, expected, depth)) or self._is_shown(whole)
        if isinstance(parent, ast.BinOp):
            begins = parent.left is node and isinstance(parent.op, ast.Add | ast.Mod)
            return (begins and self._goes(parent, expected, depth)) or self._is_shown(parent)
        if isinstance(parent, ast.Attribute):
            call = self._place.parents[parent]
            formats = parent.attr == "format" and isinstance(call, ast.Call) and call.func is parent
            return formats and isinstance(node, ast.Constant) and self._goes(call, expected, depth)  # type: ignore[arg-type]
        if isinstance(parent, ast.Call) and ast.unparse(parent.func) in ("os.path.join", "posixpath.join", "path.join"):
            return parent.args[0] is node and self._goes(parent, expected, depth)
        if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
            return self._of_name(parent.targets[0], node, expected, depth)
        if isinstance(parent, ast.Dict) and isinstance(holder := self._place.parents[parent], ast.Assign):
            return self._of_dict(parent, holder, node, expected, depth)
        return self._is_shown(node)

    def _is_shown(self, node: ast.expr) -> bool:
        call = self._place.parents[node]
        if not isinstance(call, ast.Call) or node not in call.args:
            return False
        called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        return called in _SHOWN

    def _reads(self, name: str) -> list[ast.Name]:
        every = (node for node in self._place.nodes.of(ast.Name) if node.id == name)
        return [node for node in every if isinstance(node.ctx, ast.Load)]

    def _of_name(self, target: ast.Name, value: ast.expr, expected: frozenset[ast.expr], depth: int) -> bool:
        reads = self._reads(target.id)
        known = all(Use(self._place, node, "").value_of(node, 1) is value for node in reads)
        return (
            known
            and not is_read_elsewhere(self._place, target)
            and all(self._goes(node, expected, depth) for node in reads)
        )

    def _of_dict(
        self, held: ast.Dict, holder: ast.Assign, value: ast.expr, expected: frozenset[ast.expr], depth: int
    ) -> bool:
        """A dict of settings, of which every use takes an item by a written-out key."""
        target = holder.targets[0]
        if len(holder.targets) != 1 or not isinstance(target, ast.Name) or is_read_elsewhere(self._place, target):
            return False
        for node in self._reads(target.id):
            use, item = Use(self._place, node, ""), self._place.parents[node]
            if use.value_of(node, 1) is not held or not isinstance(item, ast.Subscript) or item.value is not node:
                return False
            if not isinstance(item.slice, ast.Constant):
                return False
            if use.item(item) is value and not self._goes(item, expected, depth):
                return False
        return True


def is_read_elsewhere(place: Place, target: ast.Name) -> bool:
    """Whether what a module assigns to a name may be read in another way than by it: an attribute, another module, a text of it."""
    word = re.compile(rf"\b{re.escape(target.id)}\b")
    of_class = isinstance(place.parents[place.parents[target]], ast.ClassDef)
    by_text = any(node.value == target.id for node in place.nodes.of(ast.Constant))
    others = (module for module in place.world.modules.values() if module is not place.module)
    return of_class or by_text or any(word.search(module.source) for module in others)
