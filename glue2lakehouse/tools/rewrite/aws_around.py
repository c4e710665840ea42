"""What is around a call of an AWS client: errors of the client that are caught by name, and what was said of it before."""

import ast

from glue2lakehouse.tools.rewrite.rule import GlueCall

_CATCH_ALL = ("Exception", "BaseException")


def catches_glue(call: GlueCall) -> bool:
    """Whether an error of the client is told from others by a `try` around the call."""
    node: ast.AST | None = call.node
    while node is not None:
        if isinstance(node, ast.Try):
            for handler in node.handlers:
                caught = handler.type
                if caught is not None and not (isinstance(caught, ast.Name) and caught.id in _CATCH_ALL):
                    return True
        node = call.place.parents.get(node)
    return False


def said(call: GlueCall, key: str) -> bool:
    """Whether that was said of the file before; from now on it was."""
    told = call.place.memory.setdefault("aws", set())
    assert isinstance(told, set)
    before = key in told
    told.add(key)
    return before
