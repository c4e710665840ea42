"""What a script computes and does not write: the frames that it shows, and those that its global names hold at its end.

Many scripts end with `show()`, or are the first half of a notebook. Where nothing is written, these frames are what can be compared.
The printed text is not: a DynamicFrame prints records, a DataFrame a table.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from glue2lakehouse.tools.glue_runtime.frame import DynamicFrame

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

MOST_FRAMES = 20


class ShownFrames:
    """The frames of one run: each with a name and what gives its DataFrame."""

    def __init__(self) -> None:
        self.frames: dict[str, Callable[[], DataFrame]] = {}
        self._shown = 0

    def hold(self, names: Mapping[str, Any]) -> None:
        """Note the frames among a script's global names."""
        for name, value in names.items():
            if not name.startswith("_") and len(self.frames) < MOST_FRAMES:
                self._note(f"variable {name}", value)

    def show(self, frame: Any) -> None:
        """Note a frame that is shown."""
        self._shown += 1
        if len(self.frames) < MOST_FRAMES:
            self._note(f"show() number {self._shown}", frame)

    def _note(self, name: str, value: Any) -> None:
        from pyspark.sql import DataFrame

        if isinstance(value, DynamicFrame):
            self.frames[name] = value.toDF
        elif isinstance(value, DataFrame) and not value.isStreaming:
            self.frames[name] = lambda: value


@contextmanager
def shown_frames() -> Iterator[ShownFrames]:
    """Note what `show()` is called on until the block ends."""
    from pyspark.sql.classic.dataframe import DataFrame

    noted = ShownFrames()
    kinds: tuple[Any, ...] = (DataFrame, DynamicFrame)
    saved = [(kind, kind.__dict__["show"]) for kind in kinds]
    for kind, original in saved:
        kind.show = _noting(original, noted)
    try:
        yield noted
    finally:
        for kind, original in saved:
            kind.show = original


def _noting(original: Callable[..., Any], noted: ShownFrames) -> Callable[..., Any]:
    def show(self: Any, *args: Any, **kwargs: Any) -> Any:
        noted.show(self)
        return original(self, *args, **kwargs)

    return show
