"""Find the job files of a project, and the local modules that a script imports.

A job's modules get onto its path in ways that the source does not tell (`--extra-py-files`, zips, layers), so a name that is neither
beside the script nor in the root is looked for in the whole project, and the nearest folder that has it is taken.
"""

import ast
import functools
import os
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path


def job_files(root: Path) -> list[str]:
    """Return the Python files that look like Glue jobs: they do something when run, and awsglue is within their reach."""
    found = []
    for file in sorted(root.rglob("*.py")):
        relative = file.relative_to(root)
        if not any(part.startswith((".", "__pycache__")) for part in relative.parts) and _looks_like_job(file, root):
            found.append(relative.as_posix())
    return found


def _looks_like_job(file: Path, root: Path) -> bool:
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError, UnicodeDecodeError):
        return False
    acts = any(isinstance(node, (ast.Expr, ast.If, ast.For, ast.With, ast.Try)) and _calls(node) for node in tree.body)
    acts = acts or any(isinstance(node, ast.Assign) and "GlueContext" in ast.dump(node) for node in tree.body)
    return acts and any(
        "awsglue" in text.read_text(errors="replace") for text in local_files(file, (file.parent, root))
    )


def _calls(node: ast.AST) -> bool:
    return any(isinstance(child, ast.Call) for child in ast.walk(node))


def local_files(file: Path, folders: Iterable[Path]) -> list[Path]:
    """Return a script and the local modules that it imports, directly or through others."""
    folders = tuple(folders)
    seen, waiting = [file], [file]
    while waiting:
        for name in _imported(waiting.pop()):
            for folder in folders:
                stem = folder / name.replace(".", "/")
                for candidate in (stem.with_suffix(".py"), stem / "__init__.py"):
                    if candidate.is_file() and candidate not in seen:
                        seen.append(candidate)
                        waiting.append(candidate)
    return seen


def module_folders(file: Path, root: Path) -> tuple[Path, ...]:
    """Return the folders that a script's local modules are found in: its own, the root, and those that its imports need."""
    folders = [file.parent, root]
    while True:
        wanted: dict[str, set[str]] = defaultdict(set)
        for found in local_files(file, folders):
            for name in _imported(found):
                wanted[name.split(".")[0]].add(name)
        homes = {
            _best(_homes(root)[name], names, file)
            for name, names in wanted.items()
            if name in _homes(root) and name not in sys.stdlib_module_names and not _is_in(name, folders)
        }
        if not homes:
            return tuple(dict.fromkeys(folders))
        folders += sorted(homes)


def _is_in(name: str, folders: Iterable[Path]) -> bool:
    return any((folder / name).is_dir() or (folder / f"{name}.py").is_file() for folder in folders)


def _best(homes: Iterable[Path], names: Iterable[str], file: Path) -> Path:
    """Return the folder below which most of the imported modules are, the nearest one of such."""

    def rank(home: Path) -> tuple[int, int, str]:
        held = sum(_is_in(name.replace(".", "/"), (home,)) for name in names)
        return -held, len(Path(os.path.relpath(home, file.parent)).parts), str(home)

    return min(homes, key=rank)


@functools.lru_cache(maxsize=8)
def _homes(root: Path) -> dict[str, set[Path]]:
    """Return module or package name -> folders of the project that hold one of that name."""
    homes: dict[str, set[Path]] = defaultdict(set)
    for module in root.rglob("*.py"):
        if any(part.startswith(".") for part in module.relative_to(root).parts):
            continue
        homes[module.stem].add(module.parent)
        if module.parent != root:
            homes[module.parent.name].add(module.parent.parent)
    return dict(homes)


def _imported(file: Path) -> set[str]:
    try:
        tree = ast.parse(file.read_text(encoding="utf-8", errors="replace"))
    except (SyntaxError, ValueError):
        return set()
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in names if not name.startswith(("pyspark", "awsglue"))}


def read_texts(file: Path, root: Path) -> list[str]:
    """Return the texts of a script and of its local modules."""
    return [
        found.read_text(encoding="utf-8", errors="replace") for found in local_files(file, module_folders(file, root))
    ]
