"""The arguments that a converted script asks for, by reading it: argparse options and the helper `resolved_options`."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RUN_PROPERTIES = "--WORKFLOW_RUN_PROPERTIES"
"""The argument in which the helper `get_workflow_run_properties` finds what its workflow's run was started with."""
_NEVER_REQUIRED = frozenset({"TempDir", "RedshiftTempDir"})


@dataclass(frozen=True)
class Asked:
    """Names with their two dashes: those without which the script ends, and those that it also reads."""

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        """Every name that the script reads."""
        return self.required | self.optional


def asked_by(text: str) -> Asked:
    """Return what a script asks for; nothing where it does not parse or computes the names.

    What is asked for below an `if`, `try` or function may never be: it counts as optional.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return Asked()
    required: set[str] = set()
    optional: set[str] = set()
    for call, always in _calls(tree, always=True):
        for name, needed in _names(call):
            (required if needed and always else optional).add(name)
    return Asked(frozenset(required), frozenset(optional - required))


def _calls(node: ast.AST, *, always: bool) -> Iterator[tuple[ast.Call, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child, always
        maybe = isinstance(child, ast.If | ast.IfExp | ast.Try | ast.FunctionDef | ast.ClassDef | ast.Lambda)
        yield from _calls(child, always=always and not (maybe and not _is_main(child)))


def _is_main(node: ast.AST) -> bool:
    """Say whether a node is `if __name__ == "__main__"`, which holds whenever a job runs."""
    return isinstance(node, ast.If) and "__name__" in ast.dump(node.test)


def _names(call: ast.Call) -> Iterator[tuple[str, bool]]:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if called == "add_argument" and call.args and isinstance(call.args[0], ast.Constant):
        name = str(call.args[0].value)
        needed = any(
            k.arg == "required" and isinstance(k.value, ast.Constant) and k.value.value is True for k in call.keywords
        )
        if name.startswith("--"):
            yield name, needed
    elif called == "get_workflow_run_properties" and isinstance(call.func, ast.Name):
        yield RUN_PROPERTIES, False
    elif (
        called == "resolved_options"
        and len(call.args) == 2
        and isinstance(call.args[1], ast.List | ast.Tuple | ast.Set)
    ):
        for item in call.args[1].elts:
            if isinstance(item, ast.Constant) and isinstance(item.value, str):
                yield f"--{item.value}", item.value not in _NEVER_REQUIRED


def modules_look_up_properties(script: Path, root: Path) -> bool:
    """Say whether a module that the script imports, from beside it or from the root of the code, looks run properties up."""
    return any(RUN_PROPERTIES in asked_by(_text(module)).all for module in _modules(script, root))


def maps_paths(script: Path, root: Path) -> bool:
    """Say whether a script, or a module that it imports, looks up itself where a path is now: then it gets paths of before."""
    return any(_MAPS.search(_text(module)) for module in (script, *_modules(script, root)))


_MAPS = re.compile(
    r"^from glue_compat import .*\b(mapped_path|read_moved_source|write_moved_target|S3OnVolumes|S3ResourceOnVolumes)\b",
    re.MULTILINE,
)


def _modules(script: Path, root: Path) -> Iterator[Path]:
    """Yield the modules of the project that a script imports, and those that they import."""
    todo, seen = [script], {script, root / "glue_compat.py", script.parent / "glue_compat.py"}
    while todo:
        for module in _imported(todo.pop(), (script.parent, root)):
            if module not in seen:
                seen.add(module)
                todo.append(module)
                yield module


def _imported(file: Path, folders: tuple[Path, ...]) -> Iterator[Path]:
    try:
        tree = ast.parse(_text(file))
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            base = node.module or ""
            names = [base, *(f"{base}.{alias.name}".strip(".") for alias in node.names)]
            folders = (*folders, file.parent) if node.level else folders
        for name in names:
            yield from (
                place
                for folder in folders
                for place in (folder / f"{name.replace('.', '/')}.py", folder / name.replace(".", "/") / "__init__.py")
                if place.is_file()
            )


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")
