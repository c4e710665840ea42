"""Texts that are made of the members of `class Name(str, Enum)`: Glue before 5.0 and Databricks make other ones.

Python, what is new in 3.11: `format()` and f-strings give what `str()` gives, `Name.MEMBER`, where they gave the value. Glue 4.0
runs Python 3.10, Databricks' runtimes of today 3.11 and later.
"""

import ast
import re
from collections.abc import Iterator

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.kinds.project import ModuleInfo
from glue2lakehouse.tools.rewrite.rule import Place
from glue2lakehouse.tools.rewrite.sql.views import views_of

_OWN = frozenset({"__str__", "__format__"})


def enum_texts(place: Place) -> Iterator[Finding]:
    """Yield a finding for each such class: a blocker where a text is made of a member of it that is written out."""
    if place.glue_version >= (5, 0) or "Enum" not in place.module.source or not views_of(place.world).uses_glue:
        return
    for node in place.nodes.of(ast.ClassDef):
        if not isinstance(node, ast.ClassDef) or not (mixed := _type_mixed_in(node)):
            continue
        modules = place.world.modules.values()
        if not any(_members(each.source, node.name) or _made(each, node.name) for each in modules):
            continue
        formatted = any(_formatted(module.source, node.name) for module in modules)
        yield Finding(
            rule="enum-text",
            severity=Severity.BLOCKER if formatted else Severity.WARNING,
            path=place.module.path,
            line=node.lineno,
            message=f"f-strings and format make of a member of {node.name} its value in Glue's Python, and {node.name}.MEMBER from "
            "Python 3.11 on, which Databricks runs: names and paths made so are others",
            action=f"put `__format__ = {mixed}.__format__` into the class, or write .value where texts are made",
        )


def _type_mixed_in(node: ast.ClassDef) -> str:
    """Return `str` or `int` where a class of that type is an Enum as well, and does not say itself how it is shown."""
    bases = [ast.unparse(base) for base in node.bases]
    own = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
    own |= {
        target.id
        for item in node.body
        if isinstance(item, ast.Assign)
        for target in item.targets
        if isinstance(target, ast.Name)
    }
    if own & _OWN or bases[-1:] not in (["Enum"], ["enum.Enum"]):
        return ""
    return next((base for base in bases if base in ("str", "int")), "")


def _members(source: str, name: str) -> list[str]:
    """Return the places where a member is taken as it is, not by its value or name."""
    return re.findall(rf"\b{name}\.[A-Za-z]\w*\b(?!\s*\.\s*(?:value|name)\b|\w|\()", source)


def _made(module: ModuleInfo, name: str) -> bool:
    """Whether a member is got by its value or name, or in a loop, and taken as it is: `Name(text)`, `Name[text]`, `for each in Name`."""
    if name not in module.source:
        return False
    for node in module.nodes.of(ast.Name, ast.Attribute):
        above = module.parents.get(node)
        if name not in (getattr(node, "id", ""), getattr(node, "attr", "")):
            continue
        got = (isinstance(above, ast.Call) and above.func is node) or (
            isinstance(above, ast.Subscript) and above.value is node
        )
        if got and not _is_read(module, above):
            return True
        if isinstance(above, ast.For | ast.comprehension) and above.iter is node:
            each = ast.unparse(above.target)
            loop = above if isinstance(above, ast.For) else module.parents[above]
            named = (part for part in ast.walk(loop) if isinstance(part, ast.Name) and part.id == each)
            if any(isinstance(part.ctx, ast.Load) and not _is_read(module, part) for part in named):
                return True
    return False


def _is_read(module: ModuleInfo, node: ast.AST | None) -> bool:
    """Whether only the value or the name of a member is read, or nothing."""
    above = module.parents.get(node) if node is not None else None
    return isinstance(above, ast.Expr) or (isinstance(above, ast.Attribute) and above.attr in ("value", "name"))


def _formatted(source: str, name: str) -> bool:
    member = rf"(?:\w+\.)?{name}\.[A-Za-z]\w*"
    return re.search(rf"\{{\s*{member}\s*(?::[^}}]*)?\}}|\bformat\([^()]*\b{member}\s*[,)]", source) is not None
