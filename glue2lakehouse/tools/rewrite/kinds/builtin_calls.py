"""Calls of what Python has of its own: builtins, and methods of dicts, lists and texts."""

import ast
from collections.abc import Sequence
from dataclasses import replace

from glue2lakehouse.tools.rewrite.kinds.expressions import Expressions
from glue2lakehouse.tools.rewrite.kinds.values import NONE, UNKNOWN, Kind, instance, join, join_all
from glue2lakehouse.tools.rewrite.kinds.world import Env

_STRING_METHODS = frozenset("format join lower upper strip replace rstrip lstrip title".split())


class BuiltinCalls(Expressions):
    """Tells what Python's own callables give."""

    def _applied(self, function: ast.expr, given: Sequence[Kind], env: Env) -> Kind:
        """Return what a function that is handed over gives for these arguments; the calls know how."""
        raise NotImplementedError

    def _builtin(self, node: ast.Call, name: str, arguments: list[Kind], env: Env) -> Kind:
        first = arguments[0] if arguments else UNKNOWN
        if name == "super" and self.function is not None and self.function.owner is not None:
            bases = self.function.owner.bases
            return instance(bases[0]) if bases else UNKNOWN
        if name in ("getattr", "setattr") and len(node.args) > 1:
            return self._by_name(node, name, first, env)
        if name in ("globals", "locals", "vars") and not node.args:
            return Kind("function", "builtins." + name + "()")
        if name in ("map", "filter") and len(arguments) > 1:
            made = self._applied(node.args[0], [self.iterated(kind) for kind in arguments[1:]], env)
            return Kind("list", items=(("", made if name == "map" else self.iterated(arguments[1])),))
        if name in ("sorted", "min", "max") and arguments:
            for keyword in node.keywords:
                if keyword.arg == "key":
                    self._applied(keyword.value, [self.iterated(first)], env)
        if name in ("min", "max") and len(arguments) == 1:
            return self.element(first)
        if name in ("list", "tuple", "sorted", "set", "iter", "reversed") and arguments:
            return Kind("list", items=(("", self.iterated(first)),))
        if name == "next" and arguments:
            return self.element(first)
        if name == "dict" and not node.args:
            return Kind(
                "dict", items=tuple((k.arg or "", self.world.kinds.get(k.value, UNKNOWN)) for k in node.keywords)
            )
        if name == "zip":
            pair = Kind("tuple", items=tuple((str(i), self.iterated(kind)) for i, kind in enumerate(arguments)))
            return Kind("list", items=(("", pair),))
        if name == "enumerate" and arguments:
            pair = Kind("tuple", items=(("0", instance("int")), ("1", self.iterated(first))))
            return Kind("list", items=(("", pair),))
        return instance("str") if name in ("str", "repr", "format") else UNKNOWN

    def _by_name(self, node: ast.Call, name: str, owner: Kind, env: Env) -> Kind:
        attribute = self.world.kinds.get(node.args[1], UNKNOWN)
        if name == "setattr":
            if self.world.patched(node.args[0]):
                self.world.patches.append((self.module.path, node))
            elif owner.tag in ("instance", "class") and owner.name in self.world.classes:
                held = self.world.kinds.get(node.args[2], UNKNOWN) if len(node.args) > 2 else UNKNOWN
                if attribute.tag == "text":
                    self.world.learn(self.world.classes[owner.name].attributes, attribute.name, held)
                else:
                    self.world.expose(self.world.classes[owner.name])
            return NONE
        return self.world.attribute(owner, attribute.name) if attribute.tag == "text" else UNKNOWN

    def _method_of_value(self, func: ast.Attribute, owner: Kind, arguments: list[Kind], env: Env) -> Kind:
        """Return what a method of a dict, list or string gives; `append` and the like change the owner."""
        if owner.tag in ("text",) or owner.is_a("str"):
            return instance("str") if func.attr in _STRING_METHODS else UNKNOWN
        first = arguments[0] if arguments else UNKNOWN
        if owner.tag == "dict":
            if func.attr in ("get", "pop", "setdefault"):
                return self.element(owner, ast.Constant(first.name) if first.tag == "text" else None)
            held = join_all(kind for _, kind in owner.items)
            pair = Kind("tuple", items=(("0", instance("str")), ("1", held)))
            listed = {"items": pair, "values": held, "keys": instance("str")}.get(func.attr)
            if listed is not None:
                return Kind("list", items=(("", listed),))
            if func.attr == "update":
                self.assign(func.value, join(owner, first), env) if first.tag == "dict" else None
            return owner if func.attr == "copy" else UNKNOWN
        if owner.tag == "list" and func.attr in ("append", "add", "insert", "extend"):
            added = arguments[-1] if arguments else UNKNOWN
            grown = added if func.attr == "extend" else Kind("list", items=(("", added),))
            if isinstance(func.value, ast.Name | ast.Attribute) and grown.tag == "list":
                self.assign(func.value, replace(owner, items=join(owner, grown).items), env)
            return NONE
        return self.element(owner) if owner.tag == "list" and func.attr == "pop" else UNKNOWN
