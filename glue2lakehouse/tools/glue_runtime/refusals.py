"""Errors of the local runtime: what cannot exist on this machine, and what Glue itself would raise."""

from typing import NoReturn


class NotAvailableLocally(NotImplementedError):
    """A Glue callable that needs AWS: its name, and why no local stand-in is honest."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} is not available in the local Glue runtime: {reason}")
        self.callable_name = name
        self.reason = reason


class ErrorThresholdExceeded(RuntimeError):
    """An action met more error records than stageThreshold or totalThreshold allows."""


class LibraryError(Exception):
    """Where the library raises a bare Exception: wrong use of a call, with its words."""


def refuse(name: str, reason: str) -> NoReturn:
    """Raise NotAvailableLocally."""
    raise NotAvailableLocally(name, reason)
