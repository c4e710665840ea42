"""Who has seen which version of the code in a chat: nobody approves what another has changed behind their back."""

from collections.abc import Mapping
from typing import Any, TypedDict

BY_ANOTHER = "the code is no longer the one that you saw: {author} has changed it; /diff shows it as it stands"


class Standing(TypedDict):
    """The keys of the code's versions, the key of what waits in the queue, and what the speaker does not know yet."""

    versions: list[str]
    stood: str
    news: str


def standing(state: Mapping[str, Any], waits: str, author: str) -> Standing:
    """Return how the code stands for the one who speaks; an edit that came from outside the talk is its newest version.

    `waits` is the key of the code that waits in the queue, `author` the person who wrote it, where one did.
    """
    versions = list(state.get("versions") or [waits])
    if waits not in (state.get("stood", versions[0]), versions[-1]):
        versions.append(waits)
    known = state.get("seen", {}).get(state["by"], waits)
    by = author if author and versions[-1] == waits else "another reviewer"
    return {"versions": versions, "stood": waits, "news": "" if versions[-1] == known else BY_ANOTHER.format(author=by)}


def seen(state: Mapping[str, Any]) -> dict[str, str]:
    """Return by reviewer the key of the newest version that they know, after a turn of the one who spoke."""
    return {**state.get("seen", {}), state["by"]: state["versions"][-1]}
