"""Copies of a project's code for the sandbox, which sees no other folder of the machine."""

import os
import shutil
from pathlib import Path

_NO_CODE = frozenset(("node_modules", "__pycache__", "venv", "site-packages", "spark-warehouse"))
_LARGEST_FILE = 1 << 20
_LARGEST_PROJECT = 256 << 20


def copy_code(root: Path, folder: Path) -> Path:
    """Copy the files of a project that may be code or read by it (none above 1 MiB) below `folder`; return its new root."""
    total = 0
    for place, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _NO_CODE and not name.startswith("."))
        target = folder / Path(place).relative_to(root)
        target.mkdir(parents=True, exist_ok=True)
        for name in sorted(names):
            file = Path(place, name)
            size = file.stat().st_size if file.is_file() else _LARGEST_FILE + 1
            if size <= _LARGEST_FILE and total + size <= _LARGEST_PROJECT:
                shutil.copyfile(file, target / name)
                total += size
    return folder
