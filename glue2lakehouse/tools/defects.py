"""What a defect of ours does to a run: the entity that met it is handed off with the place in our code, and the next one goes on."""

import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.errors import Glue2LakehouseError

RULE = "internal-error"
T = TypeVar("T")


class DefectWarning(RuntimeWarning):
    """Given with the whole traceback beside each finding, for whoever is to mend it."""


def tried(work: Callable[[], T]) -> T | Exception:
    """Return what `work` gives, or the error that nobody expected. Errors meant for the caller, and MemoryError, go through."""
    try:
        return work()
    except (Glue2LakehouseError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001
        return error


def defect(path: str, error: Exception, what: str) -> Finding:
    """Return the blocker for an entity at whose `what` (a noun: "the conversion") an unexpected error was raised, and warn of it."""
    warnings.warn(f"{path}: {''.join(traceback.format_exception(error))}", DefectWarning, stacklevel=2)
    last = traceback.extract_tb(error.__traceback__)[-1:]
    place = "".join(f" ({Path(frame.filename).name}:{frame.lineno})" for frame in last)
    text = " ".join(str(error).split())[:200]
    return Finding(
        rule=RULE,
        severity=Severity.BLOCKER,
        path=path,
        line=0,
        message=f"{what} met a defect of Glue2Lakehouse's own: {type(error).__name__}: {text}{place}",
        action="convert it by hand, and report the error with a sample of the source; the other entities are not affected",
    )
