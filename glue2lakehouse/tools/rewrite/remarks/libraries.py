"""Glue objects that go to a library which is not in the source: it was written for Glue, and nobody has seen what it does with them.

A company's own library often lies in another repository, a wheel or a zip. The converted job hands it Spark's objects, and would
otherwise claim to be whole.
"""

import ast
import builtins
import sys
from collections.abc import Iterator

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.kinds import stubs
from glue2lakehouse.tools.rewrite.kinds.project import ClassInfo
from glue2lakehouse.tools.rewrite.kinds.tree import below
from glue2lakehouse.tools.rewrite.kinds.values import COLLECTION, DYNAMIC_FRAME, GLUE_CONTEXT, Kind
from glue2lakehouse.tools.rewrite.rule import Place

RULE = "library-not-seen"
_ACTION = (
    "add the library's Python files to the source and migrate again, or approve where it is known to take Spark's own"
)
_BECOMES = {
    DYNAMIC_FRAME: ("a DynamicFrame", "a DataFrame"),
    COLLECTION: ("a DynamicFrameCollection", "a dict of DataFrames"),
    GLUE_CONTEXT: ("the GlueContext", "the SparkSession"),
}
_WITHOUT_GLUE = frozenset(
    {*sys.stdlib_module_names, *stubs.GLUE_PACKAGES, *stubs.STUDIO_MODULES, "pyspark", "delta", "pandas", "numpy"}
)
_BUILTINS = frozenset(dir(builtins))
_DEEPEST = 3


def handed_to_libraries(place: Place) -> Iterator[Finding]:
    """Yield a blocker for each call that gives a Glue object to what a library outside the source defines."""
    imported = _imported(place)
    for call in place.nodes.of(ast.Call):
        given = _glue_in(place, call)
        if given and (library := _library(place, call) or _by_name(place, call, imported)):
            was, now = _BECOMES[given]
            name = ast.unparse(call.func)[:60]
            message = f"`{name}` of {library}, which is not in the source, was given {was} and is given {now} now"
            yield _finding(place, call, message)
    for info in place.world.classes.values():
        if info.module is place.module and (base := _outer_base(place, info.name)):
            yield from _contexts_of(place, info, base)


def _finding(place: Place, node: ast.expr, message: str) -> Finding:
    return Finding(
        rule=RULE, severity=Severity.BLOCKER, path=place.module.path, line=node.lineno, message=message, action=_ACTION
    )


def _library(place: Place, call: ast.Call) -> str:
    """Return the module outside the source that defines a callee; empty where it is the project's, Python's, Spark's or Glue's."""
    callee = place.kind(call.func)
    if callee.tag == "class" and callee.name in place.world.classes:
        own = place.world.method(callee.name, "__init__")
        return "" if own is not None else _module_of(place, _outer_base(place, callee.name))
    if callee.tag == "method" and callee.receiver is not None and callee.receiver.name in place.world.classes:
        leaf = callee.name.rsplit(".", 1)[-1]
        own = place.world.method(callee.receiver.name, leaf)
        return "" if own is not None else _module_of(place, _outer_base(place, callee.receiver.name))
    named = callee.name if callee.tag in ("class", "function", "method") else ""
    return _module_of(place, named or place.world.callees.get(call, ""))


def _module_of(place: Place, qualified: str) -> str:
    """Return the module part of a qualified name that is nobody's whom we know."""
    world = place.world
    root = qualified.partition(".")[0]
    if not root.isidentifier() or root in _WITHOUT_GLUE or root == "builtins" or qualified in world.functions:
        return ""
    parts = qualified.split(".")
    inside = any(world.index.find(".".join(parts[:size]), place.module.path) for size in range(1, len(parts) + 1))
    return "" if inside else ".".join(parts[:-1]) or root


def _outer_base(place: Place, name: str) -> str:
    """Return the nearest base of a project class that a library outside the source defines."""
    bases = (base for base in place.world.lineage(name) if base not in place.world.classes)
    return next((base for base in bases if _module_of(place, base)), "")


def _imported(place: Place) -> dict[str, str]:
    """Return the names that modules outside the source bring, with their module; `*` where all of one is imported."""
    found: dict[str, str] = {}
    for node in place.nodes.of(ast.Import):
        for alias in node.names:
            found[alias.asname or alias.name.partition(".")[0]] = _module_of(place, f"{alias.name}.x")
    for each in place.nodes.of(ast.ImportFrom):
        for name in each.names:
            module = f"{each.module or ''}.{name.name}".strip(".")
            if not each.level:
                found[name.asname or name.name] = _module_of(place, module)
            elif not any(_beside(place, dotted, each.level) for dotted in (each.module or "", module)):
                found[name.asname or name.name] = "." * each.level + (each.module or name.name)
    return {name: module for name, module in found.items() if module}


def _beside(place: Place, dotted: str, level: int) -> bool:
    return bool(dotted) and place.world.index.relative(dotted, level, place.module.path) is not None


def _by_name(place: Place, call: ast.Call, imported: dict[str, str]) -> str:
    """Return the module of the import that alone can bring a callee of which nothing else is known."""
    function: ast.expr = call.func
    if place.kind(function).known:
        return ""
    while isinstance(function, ast.Attribute | ast.Call):
        function = function.value if isinstance(function, ast.Attribute) else function.func
    name = function.id if isinstance(function, ast.Name) else ""
    if not name or name in imported:
        return imported.get(name, "")
    bound = name in _BUILTINS or name in place.module.scope or function is not call.func
    return "" if bound else imported.get("*", "")


def _contexts_of(place: Place, info: ClassInfo, base: str) -> Iterator[Finding]:
    """Yield a blocker for each attribute that only the base can have set, and that is used as a GlueContext."""
    seen: set[str] = set()
    known = [place.world.classes[name] for name in place.world.lineage(info.name) if name in place.world.classes]
    for node in below(info.node):
        if not isinstance(node, ast.Attribute) or not place.kind(node).is_a(GLUE_CONTEXT) or node.attr in seen:
            continue
        own = any(node.attr in each.attributes or node.attr in each.methods for each in known)
        if isinstance(node.value, ast.Name) and node.value.id == "self" and not own:
            seen.add(node.attr)
            leaf = base.rsplit(".", 1)[-1]
            message = f"`self.{node.attr}` is set by `{leaf}` of {_module_of(place, base)}, which is not in the source: it has to be the SparkSession now"
            yield _finding(place, node, message)


def _glue_in(place: Place, call: ast.Call) -> str:
    """Return the class of the first Glue object among the arguments of a call, also inside a list or dict."""
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    inner = (value.value if isinstance(value, ast.Starred) else value for value in values)
    return next((found for value in inner if (found := _glue(place.kind(value)))), "")


def _glue(kind: Kind, depth: int = 0) -> str:
    for member in kind.members():
        if member.tag == "instance" and member.name in _BECOMES:
            return member.name
        if member.tag in ("dict", "list", "tuple") and depth < _DEEPEST:
            for _, item in member.items:
                if found := _glue(item, depth + 1):
                    return found
    return ""
