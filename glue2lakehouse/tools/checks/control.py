"""Compare what statements stand in: a branch, loop, `try` or `with` around them may not vanish, change or appear.

An unchanged statement says nothing of itself when the `if` around it goes; its surroundings do.
"""

from collections.abc import Iterator

from glue2lakehouse.tools.checks.units import Alignment, Group, Unit


def moved(alignment: Alignment) -> Iterator[tuple[Unit, str]]:
    """Yield old units that stand in something else now, with what is different.

    A `pass` means nothing anywhere; a function that is new or gone is another check's matter.
    """
    for old, new in alignment.same:
        if (
            old.text != "pass"
            and old.scope == new.scope
            and old.around != new.around
            and not _twins(alignment, old, new)
        ):
            yield old, _difference(old, new)
    for group in alignment.groups:
        yield from _changed(group)


def _twins(alignment: Alignment, old: Unit, new: Unit) -> bool:
    """Whether the text stands twice now and was taken for the wrong one: once where it stood, once for another statement."""
    return any(
        any((unit.text, unit.scope, unit.around) == (old.text, old.scope, old.around) for unit in group.new)
        for group in alignment.groups
    ) and any(
        (unit.scope, unit.around) == (new.scope, new.around) and type(unit.node) is type(new.node)
        for group in alignment.groups
        for unit in group.old
    )


def _changed(group: Group) -> Iterator[tuple[Unit, str]]:
    """A new statement stands where one of the old ones did that it replaces, or deeper, in what came with it."""
    for new in group.new:
        places = [unit for unit in group.old if unit.scope == new.scope]
        if places and not any(new.around[: len(old.around)] == old.around for old in places):
            yield places[0], _difference(places[0], new)


def _difference(old: Unit, new: Unit) -> str:
    lost = [name for name in old.around if name not in new.around]
    if lost:
        return f"the `{lost[-1]}` around this line"
    return f"the place in `{' > '.join(old.around) or 'the module'}`, which is now `{' > '.join(new.around) or 'the module'}`"
