"""What to say of options that nothing answers for: those that Glue documents, and those that it does not, misspelt ones first."""

import difflib
from functools import cache

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.facts import options
from glue2lakehouse.tools.rewrite.rule import Use


def unanswered(use: Use, names: list[str], what: str, where: str) -> Finding:
    """Return the blocker for options of a call; `what` is their kind, `where` the read or write that they are given to."""
    known = _documented()
    strange = [name for name in names if name.lower() not in known]
    if strange != names:
        return use.blocker(
            f"{what} {', '.join(names)} of {where} has no counterpart in Spark",
            "drop it where it is not needed, or rewrite this call by hand",
        )
    near = [known[key] for name in names for key in difflib.get_close_matches(name.lower(), known, 1, 0.85)]
    meant = (
        f"write {', '.join(near)} if that is what is meant, else drop it" if near else "drop it if it has had no effect"
    )
    return use.blocker(
        f"{what} {', '.join(names)} of {where} is none that Glue documents, so what it does is not known", meant
    )


@cache
def _documented() -> dict[str, str]:
    """Return the names of Glue's options as they are spelled, by their lower case."""
    return {key.strip().lower(): key.strip() for option in options() for key in option.key.split("/")}
