"""Readers and writers whose arguments are put together at run time: a helper takes them as they are.

`from_catalog(**arguments)`, `partial(context.create_dynamic_frame.from_catalog, database="sales")`, a reader in a dict.
"""

import ast

from glue2lakehouse.tools.rewrite.code import Code, Piece, code, joined
from glue2lakehouse.tools.rewrite.io.bookmarks import enabled
from glue2lakehouse.tools.rewrite.kinds.calls import PARTIAL
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.mapping.names import path_code
from glue2lakehouse.tools.rewrite.rule import GlueCall, Use

_SPELLED = {"frame_or_dfc": "frame", "name_space": "database"}
_WITHOUT_EFFECT = ("transformation_ctx", "redshift_tmp_dir", "accumulator_size")


def reads_all(use: Use) -> bool:
    """Whether a source reads everything in each run; a bookmark that is to be kept has no place in the helpers."""
    return enabled(use) is not True or use.settings.bookmarks != "incremental"


def unpacked(call: GlueCall) -> Code | None:
    """Return the arguments of a call that unpacks one dictionary, by keyword and with it; None for any other call."""
    starred = [keyword.value for keyword in call.node.keywords if keyword.arg is None]
    starred = [value for value in starred if value in call.bound.starred]
    several = len(call.bound.starred) != 1 or bool(call.bound.surplus)
    if len(starred) != 1 or several or any(isinstance(argument, ast.Starred) for argument in call.node.args):
        return None
    given = {**call.bound.arguments, **call.bound.extra}
    call.drop_everything()
    pieces: list[Piece] = [
        code("{name}={value}", name=_SPELLED.get(name, name), value=value)
        for name, value in given.items()
        if name not in _WITHOUT_EFFECT
    ]
    return joined(", ", [*pieces, code("**{rest}", rest=path_code(call, code("{rest}", rest=starred[0])))])


def session_of(use: Use) -> Code:
    """Return the session: the context itself is one now; `context.create_dynamic_frame` is an attribute of it."""
    func = use.node.func if isinstance(use.node, ast.Call) else use.node
    receiver = func.value if isinstance(func, ast.Attribute) else func
    context = receiver if use.name.startswith(GLUE_CONTEXT) else getattr(receiver, "value", receiver)
    return code("{context}", context=context)


def is_named(use: Use) -> bool:
    """Whether a Glue method is named here (`context.create_dynamic_frame.from_catalog`), for a helper to take its place."""
    return reads_all(use) and isinstance(use.node, ast.Attribute) and use.node.attr == use.name.rsplit(".", 1)[-1]


def is_held(use: Use) -> bool:
    """Whether a variable holds a Glue method that was named elsewhere, where the helper takes its place."""
    if not reads_all(use) or is_named(use):
        return False
    return not any("getattr(" in module.source for module in use.place.world.modules.values())


def prepared(use: Use, helper: str, before: Code | None) -> tuple[Code, tuple[str, ...]]:
    """Return a helper in place of a Glue method that is not called here, with its first arguments, and the import it needs."""
    if before is None:
        return code("{helper}", helper=helper), ()
    parent = use.place.parents.get(use.node)
    if (
        isinstance(parent, ast.Call)
        and parent.args[:1] == [use.node]
        and use.place.world.callees.get(parent) == PARTIAL
    ):
        return code("{helper}, {before}", helper=helper, before=before), ()
    return code("partial({helper}, {before})", helper=helper, before=before), ("from functools import partial",)
