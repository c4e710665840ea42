"""Plain Spark writes as one chain: `df.write.format(...).options(**held).mode("append").save(path)`."""

import ast
from typing import NamedTuple

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.code import Piece
from glue2lakehouse.tools.rewrite.options import Options, read_options
from glue2lakehouse.tools.rewrite.rule import GlueCall


class WriterChain(NamedTuple):
    """The frame that is written, the options in their order, the save mode, the path, and the call that writes."""

    frame: ast.expr
    options: Options
    mode: str | None
    path: Piece | None
    end: ast.Call


def writer_chain(call: GlueCall) -> WriterChain | None:
    """Return the chain around `.format(...)` that ends in `save`; None where it is another one or goes over variables."""
    calls = _calls(call)
    if calls is None:
        return None
    first = calls[0].func
    source = first.value if isinstance(first, ast.Attribute) else None
    if not isinstance(source, ast.Attribute) or source.attr != "write":
        return None
    options, mode = Options(call, {}, {}), None
    for one in calls[:-1]:
        if _leaf(one) == "mode":
            spelled = call.literal(one.args[0]) if len(one.args) == 1 and not one.keywords else None
            if not isinstance(spelled, str):
                return None
            mode = spelled.lower()
        elif _leaf(one) in ("option", "options"):
            if not _add(call, options, one):
                return None
        elif one is not call.node:
            return None
    end = calls[-1]
    if len(end.args) > 1 or any(keyword.arg != "path" for keyword in end.keywords):
        return None
    named: Piece | None = next(iter([*end.args, *(keyword.value for keyword in end.keywords)]), None)
    path = named if named is not None else options.take("path")
    options.take("path")
    return WriterChain(source.value, options, mode, path, end)


def _leaf(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _calls(call: GlueCall) -> list[ast.Call] | None:
    """Return the calls of the chain from the first after `.write` to `save`."""
    found = [call.node]
    while isinstance(inner := found[0].func, ast.Attribute) and isinstance(inner.value, ast.Call):
        found.insert(0, inner.value)
        if len(found) > _LONGEST:
            return None
    parents = call.place.parents
    while _leaf(found[-1]) != "save":
        attribute = parents.get(found[-1])
        after = parents.get(attribute) if isinstance(attribute, ast.Attribute) else None
        if not isinstance(after, ast.Call) or after.func is not attribute:
            return None
        found.append(after)
    # What stands before `.write` is the frame's own chain.
    start = next((i for i, one in enumerate(found) if _follows_write(one)), None)
    return None if start is None else found[start:]


_LONGEST = 100


def _follows_write(node: ast.Call) -> bool:
    return (
        isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Attribute)
        and node.func.value.attr == "write"
    )


def _add(call: GlueCall, options: Options, node: ast.Call) -> bool:
    """Note what `option` or `options` sets; False where a name is not known before it runs."""
    if _leaf(node) == "option":
        key = call.literal(node.args[0]) if len(node.args) == 2 and not node.keywords else None
        if not isinstance(key, str):
            return False
        options.values[key], options.literals[key] = node.args[1], call.literal(node.args[1])
        return True
    for keyword in node.keywords:
        if keyword.arg is not None:
            options.values[keyword.arg] = keyword.value
            options.literals[keyword.arg] = call.literal(keyword.value)
            continue
        held = read_options(call, keyword.value)
        if isinstance(held, Finding):
            return False
        options.values.update(held.values)
        options.literals.update(held.literals)
    return not node.args
