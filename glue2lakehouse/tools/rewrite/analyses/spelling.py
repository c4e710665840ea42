"""Names of columns in another case: Glue tells `ID` from `id`, Spark does not.

Source: semantics 18.7. Where the columns of a frame are known and a call spells one otherwise, Glue leaves the column as it is,
and Spark takes it. A table's definition has its names in lower case, whatever the files say: it is not asked.
"""

from collections.abc import Iterable

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.rule import GlueCall


def misspelled(call: GlueCall, names: Iterable[str]) -> Finding | None:
    """Return why a call is not what Spark makes of it: a name differs from a column of the frame in case only."""
    facts = call.frame_facts
    if facts.columns is None or facts.source:
        return None
    known = {name for name, _ in facts.columns}
    spelled = {name.lower(): name for name in known}
    for name in names:
        near = spelled.get(name.lower())
        if near is not None and name not in known:
            return call.blocker(
                f"the frame's column is spelled {near}, and Glue, which tells {name} from it, leaves it as it is: Spark does not tell them apart",
                f"write {near} if that column is meant, or take {name} out",
            )
    return None
