"""Texts with a prefix that has moved, which no rule has mapped: they are told, because what they name is elsewhere now."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import PurePosixPath

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.rule import Place

_ACTION = "see where it goes: a path that Spark gets in another way than by a reader or writer is put into mapped_path of glue_compat"


def unmoved(place: Place, accounted: Set[ast.AST], *, computed: bool) -> Iterator[Finding]:
    """Yield the texts below a moved prefix that are no path which was seen.

    It is good to know only where paths are mapped as they come, here (`computed`) or in a module that imports this one.
    """
    severity = Severity.INFO if computed or is_imported(place) else Severity.WARNING
    for node, shown in _below(place.settings.moved, place.nodes):
        around = place.parents[node]
        while isinstance(around, ast.BinOp) and isinstance(place.parents[around], ast.BinOp):
            around = place.parents[around]
        if not ({node, around} & accounted or isinstance(around, ast.Expr)):
            yield place.finding(
                node, severity, f"a text with {shown} stays as it is, and what is there has moved", _ACTION
            )


def names_moved(moved: Mapping[str, str], text: str) -> bool:
    """Whether a text names what is below a moved prefix."""
    return next(_below(moved, [ast.Constant(text)]), None) is not None


def unmoved_in(path: str, tree: ast.Module, moved: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the first text below a moved prefix of a file that comes out as it is."""
    documents = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node, shown in _below(moved, (node for node in ast.walk(tree) if node not in documents)):
        yield Finding(
            rule="mapped-paths",
            severity=Severity.WARNING,
            path=path,
            line=node.lineno,
            message=f"the file has nothing of Glue and stays as it is; a text of it names {shown}, and what is there has moved",
            action="name the new place where the file reads or writes it",
        )
        return


def _below(moved: Mapping[str, str], nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.Constant, str]]:
    names = "|".join(re.escape(prefix.partition("://")[2]) for prefix in moved if prefix.startswith("s3:"))
    below = re.compile(rf"(?i:s3[an]?)://(?:{names})(?![\w.-])")
    for node in nodes if names else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and (match := below.search(node.value)):
            yield node, match[0]


def is_named_elsewhere(place: Place, name: str) -> bool:
    """Whether a name of the module's own may be one that another module gets from it."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    others = (module for module in place.world.modules.values() if module is not place.module)
    return is_imported(place) and any(word.search(each.source) for each in others)


def is_imported(place: Place) -> bool:
    """Whether another module of the project imports this one."""
    word = re.compile(rf"\bimport\b.*\b{re.escape(PurePosixPath(place.module.path).stem)}\b|\bfrom\b.*\b"
                      rf"{re.escape(PurePosixPath(place.module.path).stem)}\b.*\bimport\b")  # fmt: skip
    others = (module for module in place.world.modules.values() if module is not place.module)
    return any(word.search(module.source) for module in others)
