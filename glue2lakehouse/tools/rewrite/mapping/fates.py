"""What becomes of a path by the project's mapping, as far as its beginning tells."""

import re
from typing import Literal, NamedTuple

from glue2lakehouse.settings import s3_spelled
from glue2lakehouse.tools.rewrite.literals import HOLE
from glue2lakehouse.tools.rewrite.mapping.beginnings import Beginning

_GLOB = re.compile(r"[*?\[{]")
_SEVERAL = re.compile(r",\s*s3[an]?://", re.IGNORECASE)
Fate = Literal["stays", "moves", "open", "above"]


class Move(NamedTuple):
    """What becomes of a path: it stays, it moves by a prefix, that is not known before it runs, or it holds a moved place."""

    fate: Fate
    prefix: str = ""


def fate_of(found: Beginning, moved: dict[str, str]) -> Move:
    """Return what becomes of a path that begins so; `moved` has the longest prefix first."""
    text = s3_spelled(found.text)
    covering = next((prefix for prefix in moved if text == prefix or text.startswith(prefix + "/")), "")
    head = _GLOB.split(text)[0]
    if _SEVERAL.search(text):
        return Move("open")
    if not found.whole:
        unsettled = any(prefix.startswith(head) for prefix in moved) or _scheme_open(text)
        return Move("open") if unsettled else Move("moves", covering) if covering else Move("stays")
    begins = head.rstrip("/") + "/" if head == text else head
    below = next((prefix for prefix in moved if text.startswith("s3://") and prefix.startswith(begins)), "")
    if below:
        return Move("above", below)
    return Move("moves", covering) if covering else Move("stays")


def _scheme_open(text: str) -> bool:
    """Whether a text may still become one of S3's schemes in another spelling."""
    return any(scheme.startswith(text) for scheme in ("s3a://", "s3n://"))


def in_a_volume(path: str, place: str) -> tuple[str, str]:
    """Return what to say of a table whose files are in a volume now."""
    return (
        f"a table is on {path.replace(HOLE, '…')}, which is in {place} now, and Unity Catalog has no tables on folders of volumes",
        "leave the location out, which makes a managed table, or map the path to an external location",
    )
