"""Make a failing case small: fewer steps, rows and columns, as long as it comes out the same way."""

from collections.abc import Callable, Iterator
from typing import Protocol, Self, TypeVar


class Shrinkable(Protocol):
    """A case that knows the cases that are a little smaller."""

    def smaller(self) -> Iterator[Self]:
        """Yield them, those that leave out most first."""
        ...


C = TypeVar("C", bound=Shrinkable)


def shrunk(case: C, still: Callable[[C], bool], attempts: int = 40) -> C:
    """Return the smallest case found for which `still` holds."""
    going = True
    while going:
        going = False
        for smaller in case.smaller():
            if attempts <= 0:
                return case
            attempts -= 1
            if still(smaller):
                case, going = smaller, True
                break
    return case
