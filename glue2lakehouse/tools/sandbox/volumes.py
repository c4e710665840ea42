"""Volumes of Unity Catalog on this machine: paths below /Volumes are folders of the scratch place."""

import builtins
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_ROOT = "/Volumes/"
_ONE_PATH = ("makedirs", "mkdir", "listdir", "scandir", "remove", "unlink", "stat", "rmdir")
_TWO_PATHS = ("replace", "rename")


@contextmanager
def volumes_in(folder: Path) -> Iterator[None]:
    """Let Python's own file functions find below `folder` what a script says is in a volume; any volume is there."""

    def moved(path: Any) -> Any:
        text = os.fspath(path) if isinstance(path, str | os.PathLike) else path
        return str(folder / text.removeprefix(_ROOT)) if isinstance(text, str) and text.startswith(_ROOT) else path

    def moving(function: Callable[..., Any], paths: int) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            return function(*(moved(one) for one in given[:paths]), *given[paths:], **named)

        return call

    originals = {name: getattr(os, name) for name in (*_ONE_PATH, *_TWO_PATHS)}
    opened = builtins.open
    for name, function in originals.items():
        setattr(os, name, moving(function, 2 if name in _TWO_PATHS else 1))
    builtins.open = io.open = moving(opened, 1)
    try:
        yield
    finally:
        builtins.open = io.open = opened
        for name, function in originals.items():
            setattr(os, name, function)
