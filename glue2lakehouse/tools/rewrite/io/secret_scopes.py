"""What takes the place of a Glue connection or of a secret: a secret scope, named like it unless the settings say otherwise."""

import ast
import re
from typing import NamedTuple

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.code import Code, Piece, code
from glue2lakehouse.tools.rewrite.options import Options, quoted
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, Use


class Holder(NamedTuple):
    """What holds credentials, a Glue connection or a secret: its name in the code, as a text where that is known, its scope."""

    piece: Piece
    spelled: object
    scope: Piece


def holder_of(use: Use, options: Options, *keys: str) -> Holder | None:
    """Return what the options name under the first of the keys that is given."""
    spelled = options.literal(*keys)
    piece = options.take(*keys)
    if piece is None:
        return None
    if spelled is NOT_LITERAL and isinstance(piece, ast.expr):
        spelled = use.literal(piece)
    return Holder(piece, spelled, secret_scope(use, piece, spelled))


def secret_scope(use: Use, name: Piece, spelled: object = None) -> Piece:
    """Return the secret scope for a Glue connection or a secret; a written-out name is made one that a scope may have."""
    if spelled is None and isinstance(name, ast.expr) and hasattr(name, "lineno"):
        spelled = use.literal(name)
    if not isinstance(spelled, str):
        return name
    return quoted(use.settings.secrets.get(spelled, re.sub(r"[^\w.@-]", "-", spelled)))


def secrets_of(holder: Holder, keys: tuple[str, ...], given: set[str]) -> list[tuple[str, Piece]]:
    """Return the options that are not given, each read from the secret scope."""
    return [
        (key, code("dbutils.secrets.get({scope}, {key})", scope=holder.scope, key=quoted(key)))
        for key in keys
        if key not in given
    ]


def scope_note(use: Use, what: str, holder: Holder, keys: list[str]) -> Finding:
    """Say which scope has to be made, with which keys."""
    name = holder.piece
    parts = name.parts if isinstance(name, Code) else (name,)
    spelled = "".join(part if isinstance(part, str) else use.text(part) for part in parts)
    kind = "Glue connection" if what == "connection" else "secret of secretId"
    other = isinstance(holder.scope, str) and holder.scope != quoted(str(holder.spelled))
    return use.warning(
        f"the {kind} {spelled} is replaced by a secret scope",
        f"create the secret scope {f'{holder.scope} ' if other else ''}with the keys {', '.join(keys) or 'user, password'}",
    )
