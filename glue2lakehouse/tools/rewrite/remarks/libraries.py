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
_PASSING = frozenset("map filter partial reduce submit starmap apply apply_async to_thread getattr".split())
_STARTING = frozenset({"Thread", "Process"})
_DEEPEST = 3


def handed_to_libraries(place: Place) -> Iterator[Finding]:
    """Yield a blocker for each call that gives a Glue object to what a library outside the source defines."""
    imported = _imported(place)
    imported |= _made(place, imported) if imported else {}
    for call in place.nodes.of(ast.Call):
        given = _glue_in(place, call)
        if not given:
            continue
        if library := _library(place, call) or _by_name(place, call, imported):
            yield _given(place, call.func, library, given)
        elif (function := _passed_on(call)) is not None and (library := _origin(function, imported)):
            yield _given(place, function, library, given)
    for node in place.nodes.of(ast.Assign) if imported else ():
        for target in node.targets:
            held = _glue(place.kind(node.value)) if isinstance(target, ast.Attribute | ast.Subscript) else ""
            if held and (library := _origin(target, imported)):
                yield _given(place, target, library, held)
    for info in place.world.classes.values():
        if info.module is place.module and (base := _outer_base(place, info.name)):
            yield from _contexts_of(place, info, base)


def _given(place: Place, node: ast.expr, library: str, given: str) -> Finding:
    was, now = _BECOMES[given]
    name = ast.unparse(node)[:60]
    return _finding(
        place, node, f"`{name}` of {library}, which is not in the source, was given {was} and is given {now} now"
    )


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
    if not callee.known and isinstance(call.func, ast.Attribute):
        owner = place.kind(call.func.value)
        if owner.tag == "instance" and owner.name in place.world.classes:
            set_here = any(call.func.attr in each.attributes for each in _of_project(place, owner.name))
            return "" if set_here else _module_of(place, _outer_base(place, owner.name))
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
    if any(held.known and held.tag != "none" for held in place.kind(call.func).members()):
        return ""
    if found := _origin(call.func, imported):
        return found
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    bound = not name or name in _BUILTINS or name in place.module.scope
    return "" if bound else imported.get("*", "")


def _origin(node: ast.expr, imported: dict[str, str]) -> str:
    """Return the module outside the source that brings, or has made, what a chain of members, items and calls begins with."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        if isinstance(node, ast.Attribute) and (found := imported.get(ast.unparse(node), "")):
            return found
        node = (_passed_on(node) or node.func) if isinstance(node, ast.Call) else node.value
    return imported.get(node.id, "") if isinstance(node, ast.Name) else ""


def _made(place: Place, imported: dict[str, str]) -> dict[str, str]:
    """Return the names and attributes that hold what a call into such a module gives, with the module."""
    found: dict[str, str] = {}
    bound = [(node.value, target) for node in place.nodes.of(ast.Assign) for target in node.targets]
    bound += [(node.value, node.target) for node in place.nodes.of(ast.AnnAssign) if node.value is not None]
    for node in place.nodes.of(ast.With):
        bound += [(item.context_expr, item.optional_vars) for item in node.items if item.optional_vars is not None]
    for value, target in bound:
        if isinstance(value, ast.Call) and isinstance(target, ast.Name | ast.Attribute):
            function = _passed_on(value) or value.func
            held = place.kind(target)
            outside = not held.known or (held.tag == "instance" and _module_of(place, held.name))
            if outside and (module := _origin(function, {**imported, **found})):
                found[ast.unparse(target)] = module
    return found


def _passed_on(call: ast.Call) -> ast.expr | None:
    """Return the function that a call has others call: `map(f, …)`, `pool.submit(f, …)`, `Thread(target=f, …)`."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in _STARTING:
        return next((keyword.value for keyword in call.keywords if keyword.arg == "target"), None)
    return call.args[0] if name in _PASSING and call.args else None


def _of_project(place: Place, name: str) -> list[ClassInfo]:
    """Return a class and those of its bases that the project defines."""
    return [place.world.classes[each] for each in place.world.lineage(name) if each in place.world.classes]


def _contexts_of(place: Place, info: ClassInfo, base: str) -> Iterator[Finding]:
    """Yield a blocker for each attribute that only the base can have set, and that is used as a GlueContext."""
    seen: set[str] = set()
    known = _of_project(place, info.name)
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
