"""Tidy up after the edits: names that only Glue needed go, and a GlueContext that became the session is called `spark`.

Nothing here changes what the code does; each step holds back where it cannot see everything.
"""

import ast
import re
from collections import Counter

from glue2lakehouse.domain import Compute
from glue2lakehouse.tools.rewrite.code import Code
from glue2lakehouse.tools.rewrite.constants import scope_of
from glue2lakehouse.tools.rewrite.editing.edits import Edits
from glue2lakehouse.tools.rewrite.kinds.project import ModuleInfo, imported_modules
from glue2lakehouse.tools.rewrite.kinds.stubs import BOTO3_MAKERS, HADOOP, JOB, JVM
from glue2lakehouse.tools.rewrite.kinds.tree import below
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT, SPARK_CONTEXT, SPARK_SESSION
from glue2lakehouse.tools.rewrite.rule import Place

_ENTRY_POINTS = frozenset({SPARK_CONTEXT, "pyspark.SparkConf", "pyspark.JavaSparkContext", HADOOP})
_IMPORTS_FOR_GLUE = frozenset({"SparkContext", "SparkConf", "sys", "SQLContext"})


def tidy(place: Place, edits: Edits, answered: set[ast.AST]) -> None:
    """Add the tidying edits to the others; does nothing where no Glue was found."""
    if not edits.expressions and not edits.statements:
        return
    _call_it_spark(place, edits, _stored(place, GLUE_CONTEXT))
    remaining = _names_read(place, edits, place.module.tree)
    freed: set[str] | None = None
    for _ in range(3):
        freed = _drop_unused(place, edits, remaining, freed)
        if not freed:
            break
    if place.settings.compute is not Compute.CLASSIC and "context needed" not in place.memory:
        stores = _stored(place, SPARK_CONTEXT)
        stores = [node for node in stores if remaining[node.id] and not _in_text(place, node.id)]
        if _call_it_spark(place, edits, stores):
            remaining = _names_read(place, edits, place.module.tree)
    _drop_second_sessions(place, edits, remaining)
    _drop_imports(place, edits, remaining)


def _stored(place: Place, kind: str) -> list[ast.Name]:
    """Return where names are bound to an instance of a class."""
    return [
        node for node in place.nodes.of(ast.Name) if isinstance(node.ctx, ast.Store) and place.kind(node).is_a(kind)
    ]


def _call_it_spark(place: Place, edits: Edits, stores: list[ast.Name]) -> bool:
    """Rename the variable that holds a context to `spark`, where that name is free or the session's; say whether it was."""
    names = place.nodes.of(ast.Name)
    spelled = {node.id for node in stores}
    if len(spelled) != 1 or "spark" in spelled:
        return False
    name = spelled.pop()
    scopes = {scope_of(node, place.parents) for node in stores}
    if len(scopes) != 1 or not _may_rename(place, name, scopes.pop(), names):
        return False
    for node in names:
        if node.id == name and node not in edits.expressions and not _shadowed(place, node):
            edits.expressions[node] = Code(("spark",))
    for node in stores:
        _settle(place, edits, node)
    for node in names:
        if node.id == "spark" and isinstance(node.ctx, ast.Store):
            _settle(place, edits, node)
    return True


def _may_rename(place: Place, name: str, scope: ast.AST, names: list[ast.Name]) -> bool:
    if isinstance(scope, ast.ClassDef) or shared(place, name):
        return False
    for node in place.nodes.of(ast.arg, ast.Global, ast.Nonlocal, ast.Constant):
        if isinstance(node, ast.arg) and node.arg == name and not isinstance(scope, ast.Module):
            return False
        if isinstance(node, ast.arg) and node.arg == "spark":
            return False
        if isinstance(node, ast.Global | ast.Nonlocal) and {name, "spark"} & set(node.names):
            return False
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value == name:
            return False
    for node in names:
        if node.id not in (name, "spark") or _shadowed(place, node):
            continue
        if node.id == name and isinstance(node.ctx, ast.Store | ast.Del) and scope_of(node, place.parents) is not scope:
            return False
        if node.id == name and not isinstance(scope, ast.Module) and not _inside(place, node, scope):
            return False
        stored = node.id == "spark" and isinstance(node.ctx, ast.Store)
        if stored and (scope_of(node, place.parents) is not scope or not place.kind(node).is_a(SPARK_SESSION)):
            return False
    return True


def _shadowed(place: Place, node: ast.Name) -> bool:
    """Whether the name is a parameter of a function around it."""
    current: ast.AST | None = node
    while current is not None:
        if isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            arguments = current.args
            every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
            if any(argument.arg == node.id for argument in every):
                return True
        current = place.parents.get(current)
    return False


def _inside(place: Place, node: ast.AST, scope: ast.AST) -> bool:
    current: ast.AST | None = node
    while current is not None and current is not scope:
        current = place.parents.get(current)
    return current is scope


def shared(place: Place, name: str) -> bool:
    """Whether another module of the project may use the name: it imports this one, or loads it by its name."""
    pattern = re.compile(rf"\b{re.escape(name)}\b")
    leaf = place.module.name.rsplit(".", 1)[-1]
    return any(
        module is not place.module
        and leaf in module.source
        and pattern.search(module.source)
        and _may_import(place, module)
        for module in place.world.modules.values()
    )


_BY_NAME = ("import_module", "__import__", "run_module", "run_path", "exec(")


def _may_import(place: Place, module: ModuleInfo) -> bool:
    if any(word in module.source for word in _BY_NAME):
        return True
    return place.module.path in imported_modules(module.tree, module.path, place.world.index)


def _settle(place: Place, edits: Edits, node: ast.Name) -> None:
    """Drop `spark = spark`."""
    statement = place.parents.get(node)
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1 or statement in edits.statements:
        return
    if place.source.render(statement.value, edits.expressions) == "spark":
        edits.statements[statement] = []


def _in_text(place: Place, name: str) -> bool:
    """Whether an f-string holds the name; renaming it there would write the text anew."""
    names = place.nodes.of(ast.Name)
    return any(node.id == name and isinstance(place.parents.get(node), ast.FormattedValue) for node in names)


def _drop_second_sessions(place: Place, edits: Edits, remaining: Counter[str]) -> None:
    """Drop `spark = SparkSession.builder.getOrCreate()` where the session stands under the name already in the same block."""
    for block in place.nodes.of(ast.Module, ast.FunctionDef):
        assert isinstance(block, ast.Module | ast.FunctionDef)
        seen: set[str] = set()
        for statement in block.body:
            if not isinstance(statement, ast.Assign) or statement in edits.statements or len(statement.targets) != 1:
                continue
            name = place.source.render(statement.targets[0], edits.expressions)
            if name != "spark":
                continue
            value = place.source.render(statement.value, edits.expressions)
            if not _A_SESSION.fullmatch(value):
                seen.discard(name)
                continue
            if name in seen and value == "SparkSession.builder.getOrCreate()":
                _drop(place, edits, statement, remaining)
            seen.add(name)


_A_SESSION = re.compile(r"\(?SparkSession\.builder\b.*\.getOrCreate\(\)\s*\)?", re.DOTALL)


def _names_read(place: Place, edits: Edits, whole: ast.AST) -> Counter[str]:
    """Count the names that a part of the module reads when it is edited: its own, less what edits cover, plus what they bring."""
    counts = Counter(_names_below(place, whole))
    for node in (*edits.statements, *edits.expressions):
        if not _is_outermost(place, edits, node, whole):
            continue
        for name in _names_below(place, node):
            counts[name] -= 1
        if isinstance(node, ast.stmt):
            lines = edits.statements[node]
            texts = [place.source.fill(line, edits.expressions) if isinstance(line, Code) else line for line in lines]
        else:
            texts = [place.source.render(node, edits.expressions)]
        for text in texts:
            for name in _WORD.findall(text):
                counts[name] += 1
    return counts


def _drop(place: Place, edits: Edits, statement: ast.stmt, remaining: Counter[str]) -> None:
    """Leave a statement out, and with it the names that it reads."""
    if _is_outermost(place, edits, statement, place.module.tree):
        for name, count in _names_read(place, edits, statement).items():
            remaining[name] -= count
    edits.statements[statement] = []


_WORD = re.compile(r"[^\W\d]\w*")


def _is_outermost(place: Place, edits: Edits, node: ast.AST, whole: ast.AST) -> bool:
    """Whether an edit is below a part of the module, and in no other edit there."""
    above = place.parents.get(node)
    while above is not None and above is not whole:
        if above in edits.expressions or above in edits.statements:
            return False
        above = place.parents.get(above)
    return above is whole


def _names_below(place: Place, node: ast.AST) -> list[str]:
    """Return the names that a part of the original reads, and texts that may be names or annotations; remembered."""
    known = place.memory.setdefault("names below", {})
    assert isinstance(known, dict)
    if node not in known:
        found = known[node] = []
        whole = isinstance(node, ast.Module)
        for child in place.nodes.of(ast.Name, ast.Constant) if whole else below(node):
            if isinstance(child, ast.Name):
                if not isinstance(child.ctx, ast.Store):
                    found.append(child.id)
            elif isinstance(child, ast.Constant) and isinstance(child.value, str):
                if " " in child.value and not _evaluates(place):
                    continue
                found += _WORD.findall(child.value)
    names: list[str] = known[node]
    return names


def _evaluates(place: Place) -> bool:
    """Whether the module runs texts, which may name anything."""
    return "eval(" in place.module.source or "exec(" in place.module.source


def _drop_unused(place: Place, edits: Edits, remaining: Counter[str], freed: set[str] | None) -> set[str]:
    """Drop assignments of Spark entry points that nothing reads any more; return the names that those have read.

    With `freed`, only of names that what was dropped before has read.
    """
    candidates = [
        (node, node.targets[0].id)
        for node in place.nodes.of(ast.Assign)
        if node not in edits.statements and len(node.targets) == 1
        if isinstance(node.targets[0], ast.Name) and (freed is None or node.targets[0].id in freed)
        if _only_for_glue(place, edits, node, node.targets[0].id)
    ]
    before = remaining.copy()
    read: set[str] = set()
    for node, name in candidates:
        texts = [n.value for n in ast.walk(node.value) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        own = sum(word == name for text in texts for word in _WORD.findall(text))
        if before[name] > own or shared(place, name):
            continue
        _drop(place, edits, node, remaining)
        read.update(_names_below(place, node))
    return read


def _only_for_glue(place: Place, edits: Edits, node: ast.Assign, name: str) -> bool:
    """Whether the value is a way into Spark, its JVM, a job or an AWS client that only Glue's calls needed."""
    held = place.kind(node.value)
    if held.is_a(JOB) and node.value in edits.expressions:
        return True
    if held.tag == "module" and held.name.startswith(JVM + ".") and place.settings.compute is not Compute.CLASSIC:
        return True
    if held.tag == "instance" and held.name in _ENTRY_POINTS and _makes_entry_point(node.value):
        return True
    return _is_idle_client(place, node, name)


def _is_idle_client(place: Place, node: ast.Assign, name: str) -> bool:
    """Whether an AWS client, or a paginator of it, lost all its uses to look-ups in Unity Catalog; making one needs a region."""
    if not isinstance(node.value, ast.Call):
        return False
    callee = place.world.callees.get(node.value, "")
    told = place.memory.get("clients told", ())
    assert isinstance(told, set | tuple)
    if callee != "boto3.glue.get_paginator" and not (callee in BOTO3_MAKERS and node.value in told):
        return False
    return any(each.id == name and isinstance(each.ctx, ast.Load) for each in place.nodes.of(ast.Name))


def _makes_entry_point(value: ast.expr) -> bool:
    """Whether the expression only gets or makes a context, so that dropping it loses nothing else."""
    if isinstance(value, ast.Name):
        return True
    if isinstance(value, ast.Attribute):
        return _makes_entry_point(value.value)
    return isinstance(value, ast.Call) and not value.args and not value.keywords and _makes_entry_point(value.func)


def _drop_imports(place: Place, edits: Edits, remaining: Counter[str]) -> None:
    """Drop imports whose names the original used and the result does not, and of the new ones the session that went again."""
    imports = [
        node
        for node in place.module.tree.body
        if isinstance(node, ast.Import | ast.ImportFrom) and node not in edits.statements
        if any((alias.asname or alias.name) in _IMPORTS_FOR_GLUE for alias in node.names)
    ]
    brought = any("SparkSession" in line for line in edits.imports)
    if not imports and not brought:
        return
    if brought and not remaining["SparkSession"]:
        kept_lines = [re.sub(r", SparkSession\b|\bSparkSession, ", "", line) for line in edits.imports]
        edits.imports = [line for line in kept_lines if line != "from pyspark.sql import SparkSession"]
    used = {node.id for node in place.nodes.of(ast.Name)}
    for node in imports:
        gone = [alias for alias in node.names if _gone(place, alias, used, remaining)]
        if not gone:
            continue
        kept = [alias for alias in node.names if alias not in gone]
        if not kept:
            edits.statements[node] = []
        elif isinstance(node, ast.ImportFrom):
            edits.statements[node] = [ast.unparse(ast.ImportFrom(node.module, kept, node.level))]
        else:
            edits.statements[node] = [ast.unparse(ast.Import(kept))]


def _gone(place: Place, alias: ast.alias, used: set[str], remaining: Counter[str]) -> bool:
    name = alias.asname or alias.name
    return name in _IMPORTS_FOR_GLUE and name in used and not remaining[name] and not shared(place, name)
