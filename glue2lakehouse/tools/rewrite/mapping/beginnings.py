"""How a text begins, as far as that is written out: through variables, sums, f-strings, `format`, `os.path.join` and dicts."""

import ast
import re
import string
from collections.abc import Iterable
from typing import NamedTuple

from glue2lakehouse.tools.rewrite.rule import Use

_PERCENT = re.compile(r"%%|%s")


class Beginning(NamedTuple):
    """The first characters of a text; `whole` where that is all of it.

    `head` is the literal that holds the first of them, None where it is not seen; `literals` are all that were looked at.
    """

    text: str = ""
    whole: bool = False
    head: ast.expr | None = None
    literals: tuple[ast.expr, ...] = ()


def beginning(use: Use, node: ast.expr | None, depth: int = 8) -> Beginning:
    """Return how the text begins that an expression makes."""
    if node is None or not depth:
        return Beginning()
    if isinstance(node, ast.Constant):
        return Beginning(node.value, True, node, (node,)) if isinstance(node.value, str) else Beginning()
    found = _put_together(use, node, depth - 1)
    if found is not None:
        return found
    if isinstance(node, ast.Name):
        value = use.value_of(node, 1)
        if value is not None and value is not node:
            return beginning(use, value, depth - 1)
    elif isinstance(node, ast.Subscript) and (item := use.item(node)) is not None:
        return beginning(use, item, depth - 1)
    held = use.kind(node)
    return Beginning(held.name, True) if held.tag == "text" else Beginning()


def _put_together(use: Use, node: ast.expr, depth: int) -> Beginning | None:
    """Return the beginning of what is made of several texts; None for another expression."""
    if isinstance(node, ast.JoinedStr):
        found = _in_a_row(use, [_plain(part) for part in node.values], depth)
        first = node.values[0] if node.values else None
        return found._replace(head=node) if isinstance(first, ast.Constant) else found
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _in_a_row(use, [node.left, node.right], depth)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _percent(use, node, depth)
    if not isinstance(node, ast.Call) or any(isinstance(argument, ast.Starred) for argument in node.args):
        return None
    if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _formatted(use, node, node.func.value, depth)
    if ast.unparse(node.func) in ("os.path.join", "posixpath.join", "path.join") and node.args:
        return _joined_path(use, node.args, depth)
    if isinstance(node.func, ast.Attribute) and node.func.attr == "join" and len(node.args) == 1:
        between, given = node.func.value, node.args[0]
        if isinstance(given, ast.List | ast.Tuple) and not any(isinstance(each, ast.Starred) for each in given.elts):
            parts = [part for each in given.elts for part in (each, between)][:-1]
            return _in_a_row(use, parts, depth)
    if isinstance(node.func, ast.Name) and node.func.id == "str" and len(node.args) == 1:
        return beginning(use, node.args[0], depth)
    return None


def _plain(part: ast.expr) -> ast.expr | None:
    if isinstance(part, ast.FormattedValue):
        return part.value if part.conversion == -1 and part.format_spec is None else None
    return part


def _in_a_row(use: Use, parts: Iterable[ast.expr | str | None], depth: int) -> Beginning:
    """Return the beginning of texts one after the other."""
    found = Beginning(whole=True)
    for part in parts:
        new = Beginning(part, True) if isinstance(part, str) else beginning(use, part, depth)
        head = found.head if found.text else new.head
        found = Beginning(found.text + new.text, new.whole, head, (*found.literals, *new.literals))
        if not new.whole:
            break
    return found


def _formatted(use: Use, call: ast.Call, template: ast.expr, depth: int) -> Beginning | None:
    held = use.value_of(template) if isinstance(template, ast.Name) else template
    if not isinstance(held, ast.Constant) or not isinstance(held.value, str):
        return None
    parts: list[ast.expr | str | None] = []
    number = 0
    try:
        pieces = list(string.Formatter().parse(held.value))
    except ValueError:
        return None
    for before, name, spec, conversion in pieces:
        parts.append(before)
        if name is None:
            continue
        at = int(name) if name.isdigit() else number
        number += not name
        given = call.args[at] if (not name or name.isdigit()) and at < len(call.args) else None
        if name and not name.isdigit():
            given = next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
        parts.append(given if not spec and not conversion else None)
    return _of_template(use, held, parts, depth)


def _percent(use: Use, node: ast.BinOp, depth: int) -> Beginning | None:
    held = use.value_of(node.left) if isinstance(node.left, ast.Name) else node.left
    if not isinstance(held, ast.Constant) or not isinstance(held.value, str):
        return None
    given = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
    parts: list[ast.expr | str | None] = []
    position, number = 0, 0
    for match in _PERCENT.finditer(held.value):
        parts.append(held.value[position : match.start()])
        position = match.end()
        if match[0] == "%%":
            parts.append("%")
            continue
        parts.append(given[number] if number < len(given) else None)
        number += 1
    parts.append(held.value[position:])
    cut = next((at for at, part in enumerate(parts) if isinstance(part, str) and "%" in part and part != "%"), None)
    if cut is not None:
        parts[cut:] = [str(parts[cut]).partition("%")[0], None]
    return _of_template(use, held, parts, depth)


def _of_template(use: Use, template: ast.Constant, parts: list[ast.expr | str | None], depth: int) -> Beginning:
    found = _in_a_row(use, parts, depth)
    own = bool(parts) and isinstance(parts[0], str) and parts[0] != ""
    return found._replace(head=template if own else found.head, literals=(*found.literals, template))


def _joined_path(use: Use, parts: list[ast.expr], depth: int) -> Beginning:
    """`os.path.join`: a slash where there is none; an absolute part takes the place of what is before it."""
    found = beginning(use, parts[0], depth)
    for part in parts[1:]:
        if not found.whole:
            break
        new = beginning(use, part, depth)
        if new.text.startswith("/") or not found.text:
            return Beginning(literals=(*found.literals, *new.literals))
        slash = "" if found.text.endswith("/") else "/"
        found = Beginning(found.text + slash + new.text, new.whole, found.head, (*found.literals, *new.literals))
    return found
