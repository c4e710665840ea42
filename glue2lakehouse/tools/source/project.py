"""Which modules a project has, and which of them an import means, without importing anything."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.source.python import read_bytes
from glue2lakehouse.tools.source.tree import SourceFile


@dataclass(frozen=True)
class ProjectModules:
    """The modules of one project: `paths` of its Python files, `glue` those of them that mention awsglue."""

    paths: frozenset[str] = frozenset()
    glue: frozenset[str] = frozenset()
    _by_ending: dict[str, set[str]] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        for path in self.paths:
            parts = module_name(path).split(".")
            for start in range(len(parts)):
                self._by_ending.setdefault(".".join(parts[start:]), set()).add(path)

    def find(self, imported: str, importer: str) -> tuple[str, str]:
        """Return the path of the module that a qualified name lives in and what follows it; two empty strings if none.

        Glue puts a script's folder and every `--extra-py-files` archive on `sys.path`, so an import is looked for beside
        the importer, then in each folder above it, then anywhere in the project if only one module ends that way.
        """
        parts = imported.split(".")
        folders = [str(folder) for folder in PurePosixPath(importer).parents]
        for size in range(len(parts), 0, -1):
            name, rest = ".".join(parts[:size]), ".".join(parts[size:])
            candidates = self._by_ending.get(name)
            if not candidates:
                continue
            for folder in folders:
                prefix = "" if folder == "." else f"{folder}/"
                for path in sorted(candidates):
                    if path.startswith(prefix) and module_name(path[len(prefix) :]) == name and path != importer:
                        return path, rest
            others = candidates - {importer}
            if len(others) == 1:
                return next(iter(others)), rest
        return "", ""


@lru_cache(maxsize=65536)
def module_name(path: str) -> str:
    """Return the dotted name of a Python file by its path: `jobs/a.py` is `jobs.a`, a package is its folder."""
    parts = list(PurePosixPath(path).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def survey(files: Iterable[SourceFile]) -> ProjectModules:
    """Look at every Python file once, without parsing, and say which modules there are and which use Glue."""
    paths: set[str] = set()
    glue: set[str] = set()
    for file in files:
        if file.type != "py":
            continue
        paths.add(file.path)
        data = read_bytes(file)
        if not isinstance(data, Finding) and b"awsglue" in data:
            glue.add(file.path)
    return ProjectModules(frozenset(paths), frozenset(glue))
