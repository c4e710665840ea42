"""`DynamicFrameCollection`: named frames."""

from collections.abc import Callable, ItemsView, Iterator, KeysView, ValuesView
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glue2lakehouse.tools.glue_runtime.frame import DynamicFrame


def _is_frame(thing: Any) -> bool:
    return hasattr(thing, "batch") and hasattr(thing, "toDF")


class DynamicFrameCollection:
    """Frames by name, in the order in which they were given."""

    def __init__(self, dynamic_frames: Any, glue_ctx: Any) -> None:
        if isinstance(dynamic_frames, dict):
            self._frames: dict[str, DynamicFrame] = dict(dynamic_frames)
        elif isinstance(dynamic_frames, list):
            self._frames = {frame.name: frame for frame in dynamic_frames}
        else:
            raise TypeError("dynamic_frames must be dict or list: got " + str(type(dynamic_frames)))
        self._glue_ctx = glue_ctx

    def __getitem__(self, key: str) -> "DynamicFrame":
        return self._frames[key]

    def __len__(self) -> int:
        return len(self._frames)

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def keys(self) -> KeysView[str]:
        """Return the names."""
        return self._frames.keys()

    def values(self) -> ValuesView["DynamicFrame"]:
        """Return the frames."""
        return self._frames.values()

    def items(self) -> ItemsView[str, "DynamicFrame"]:
        """Return names and frames."""
        return self._frames.items()

    def select(self, key: str, transformation_ctx: str = "") -> "DynamicFrame":
        """Return the frame of a name; an empty one when there is none."""
        found: DynamicFrame = self._frames[key] if key in self._frames else self._glue_ctx.empty_frame(key)
        return found

    def map(self, callable: Callable[..., Any], transformation_ctx: str = "") -> "DynamicFrameCollection":
        """Call `callable(frame, ctx)` on each frame; TypeError when it returns no frame."""
        result = {}
        for key, frame in self._frames.items():
            mapped = callable(frame, f"{transformation_ctx}:{key}")
            if not _is_frame(mapped):
                raise TypeError(f"callable must return DynamicFrame, got {type(mapped).__name__}")
            result[key] = mapped
        return DynamicFrameCollection(result, self._glue_ctx)

    def flatmap(self, f: Callable[..., Any], transformation_ctx: str = "") -> "DynamicFrameCollection":
        """Call `f(frame, ctx)` on each frame; frames and collections that it returns are put together by name."""
        result: dict[str, DynamicFrame] = {}
        for key, frame in self._frames.items():
            mapped = f(frame, f"{transformation_ctx}:{key}")
            if isinstance(mapped, DynamicFrameCollection):
                result |= dict(mapped.items())
            elif _is_frame(mapped):
                result[mapped.name] = mapped
            else:
                raise TypeError(f"f must return DynamicFrame or DynamicFrameCollection, got {type(mapped).__name__}")
        return DynamicFrameCollection(result, self._glue_ctx)
