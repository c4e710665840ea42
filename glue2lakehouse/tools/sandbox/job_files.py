"""Find the job files of a project, and the local modules that a script imports."""

import ast
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
    return [found.read_text(encoding="utf-8", errors="replace") for found in local_files(file, (file.parent, root))]
