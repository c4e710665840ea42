"""What a name stands for: the one expression that its scope gives it, where nothing in the project can change it.

A name is looked for as Python does: in the function around it, in those around that, in the module, never past the first
scope that binds it. The answer is None where it is bound more than once or by anything but an assignment, where its value
is changed in place or handed to code that may do so, where another module sets it, and where `exec`, `globals()` or a later
star import may.
"""

import ast
import re
from collections.abc import Iterator

from glue2lakehouse.tools.rewrite.kinds import stubs
from glue2lakehouse.tools.rewrite.kinds.openness import late_stars, writes_by_name
from glue2lakehouse.tools.rewrite.kinds.project import ModuleInfo
from glue2lakehouse.tools.rewrite.kinds.tree import Nodes
from glue2lakehouse.tools.rewrite.kinds.world import World

Scope = ast.AST
_SCOPES = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_BINDING = (ast.Name, ast.arg, ast.alias, ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping, ast.FunctionDef,
            ast.AsyncFunctionDef, ast.ClassDef, ast.Global, ast.Nonlocal)  # fmt: skip
_CHANGEABLE = (ast.Dict, ast.List, ast.Set, ast.Call, ast.ListComp, ast.DictComp, ast.SetComp)
_CHANGE_NOTHING = (*stubs.GLUE_PACKAGES, "pyspark.", "boto3.glue.", f"{stubs.JVM}.")
"""Whose calls leave their arguments as they are; a method of the JVM, and an AWS client, gets copies."""
_GIVES_TEXT = frozenset("format upper lower strip lstrip rstrip replace join title".split())
MUTATORS = frozenset("append extend insert update pop clear remove setdefault sort reverse add discard popitem".split())
_HARMLESS = frozenset(
    "print len str repr list dict tuple set sorted isinstance dumps info warn warning error debug".split()
)


class Constants:
    """The names of one module and what they stand for."""

    def __init__(self, module: ModuleInfo, world: World, nodes: Nodes, parents: dict[ast.AST, ast.AST]) -> None:
        self._module, self._world, self._parents = module, world, parents
        self._found: dict[tuple[Scope, str], ast.expr | None] = {}
        for node in nodes.of(*_BINDING):
            self._bindings(node)
        for node in nodes.of(ast.Subscript, ast.Attribute, ast.Call):
            self._changes(node)
        for name in nodes.of(ast.Name):
            if isinstance(name.ctx, ast.Load) and self._escapes(name):
                self._forget(name, _CHANGEABLE)
        self._open = writes_by_name(module)
        self._stars = late_stars(module)

    def value(self, name: ast.Name) -> ast.expr | None:
        """Return the expression that a name stands for, None where more than one may."""
        scope = self._owner(name, name.id)
        value = self._found.get((scope, name.id)) if scope is not None else None
        if value is None or not isinstance(scope, ast.Module):
            return value
        if self._open or self._stars > value.lineno or self._set_elsewhere(name.id):
            return None
        return value

    def _owner(self, node: ast.AST, name: str) -> Scope | None:
        """Return the scope whose name it is; a class body is seen only from itself."""
        scope = scope_of(node, self._parents)
        first = True
        while True:
            if (scope, name) in self._found and (first or not isinstance(scope, ast.ClassDef)):
                return scope
            if isinstance(scope, ast.Module):
                return None
            scope, first = scope_of(scope, self._parents), False

    def _bindings(self, node: ast.AST) -> None:
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                return
            parent = self._parents[node]
            self._bind(
                node, node.id, parent.value if isinstance(parent, ast.Assign) and node in parent.targets else None
            )
            return
        for name in bound_names(node):
            self._bind(node, name, None)
        if isinstance(node, ast.Global | ast.Nonlocal):
            for name in node.names:
                for scope in self._scopes(node):
                    self._found[scope, name] = None

    def _bind(self, node: ast.AST, name: str, value: ast.expr | None) -> None:
        key = (scope_of(node, self._parents), name)
        self._found[key] = None if key in self._found else value

    def _scopes(self, node: ast.AST) -> Iterator[Scope]:
        while not isinstance(node, ast.Module):
            node = scope_of(node, self._parents)
            yield node

    def _changes(self, node: ast.AST) -> None:
        """Forget what is changed in place: `x["k"] = …`, `x.append(…)`."""
        if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            self._forget(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
            self._forget(node.func.value)

    def _forget(self, owner: ast.expr, only: tuple[type[ast.expr], ...] = (ast.expr,)) -> None:
        while isinstance(owner, ast.Subscript | ast.Attribute):
            owner = owner.value
        if isinstance(owner, ast.Name):
            scope = self._owner(owner, owner.id)
            value = self._found[scope, owner.id] if scope is not None else None
            if scope is not None and isinstance(value, only) and not _is_text(value):
                self._found[scope, owner.id] = None

    def _escapes(self, node: ast.Name) -> bool:
        """Whether a name is given to other code, or another name, that may change its value in place."""
        parent = self._parents[node]
        if isinstance(parent, ast.keyword) and parent.arg is None:
            return False
        call = self._parents.get(parent) if isinstance(parent, ast.keyword | ast.Starred) else parent
        if isinstance(call, ast.Call) and call.func is not node:
            leaf = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            known = self._world.callees.get(call, "")
            return leaf not in _HARMLESS and not known.startswith(_CHANGE_NOTHING)
        return isinstance(
            parent, ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.Return | ast.Yield | ast.IfExp | ast.BoolOp
        )

    def _set_elsewhere(self, name: str) -> bool:
        """Whether another module sets the name, or changes its value, from outside: `job.NAME = …`."""
        word = re.compile(rf"\b{re.escape(name)}\b")
        return any(
            _sets(other.tree, name)
            for other in self._world.modules.values()
            if other is not self._module and word.search(other.source)
        )


def _is_text(node: ast.expr | None) -> bool:
    """Whether an expression is a text whatever its parts are: nothing changes one in place."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _GIVES_TEXT:
        return _is_text(node.func.value)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def scope_of(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Scope:
    """Return the function, class or module that a node stands in."""
    node = parents[node]
    while not isinstance(node, _SCOPES):
        node = parents[node]
    return node


def bound_names(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node binds other than by assignment."""
    if isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.alias) and node.name != "*":
        yield node.asname or node.name.partition(".")[0]
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name


def _sets(tree: ast.Module, name: str) -> bool:
    """Whether a module writes to an attribute of this name, to a part of one, or to a part of an imported name."""
    imported = any(
        (alias.asname or alias.name) == name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    )

    def owned(node: ast.expr) -> bool:
        while isinstance(node, ast.Subscript):
            node = node.value
        return (isinstance(node, ast.Attribute) and node.attr == name) or (
            imported and isinstance(node, ast.Name) and node.id == name
        )

    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            held = node if isinstance(node, ast.Attribute) else node.value
            if owned(held):
                return True
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
            if owned(node.func.value):
                return True
        elif isinstance(node, ast.Constant) and node.value == name:
            return True
    return False
