"""What every expression holds at run time, over all the modules of a project."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from glue2lakehouse.tools.rewrite.kinds.interpreter import Interpreter
from glue2lakehouse.tools.rewrite.kinds.project import ModuleInfo, Modules, components, imported_modules, module_name
from glue2lakehouse.tools.rewrite.kinds.values import TableFacts
from glue2lakehouse.tools.rewrite.kinds.world import World


def parse(source: str) -> ast.Module:
    """Parse with the warnings of old scripts (invalid escapes) kept quiet; raises SyntaxError or ValueError."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


def mentions_spark(source: str) -> bool:
    """Whether a file can hold anything of Glue or Spark; a quick test on its text."""
    return bool(_SPARK.search(source))


_SPARK = re.compile(r"\b(awsglue|awsgluedq|awsglueml|pyspark|gs_[a-z]+)\b")


def analyse(files: Mapping[str, str], tables: Mapping[str, TableFacts] | None = None) -> Iterator[World]:
    """Yield one finished world for each group of files that have to be understood together.

    Unparsable files and files out of reach of Glue and Spark are in none. Only one group's trees are in memory at a
    time. `tables` are the project's table definitions by `database.table`.
    """
    index, groups = grouped(files)
    for group in groups:
        yield understood(group, files, index, tables)


def grouped(files: Mapping[str, str]) -> tuple[Modules, list[list[str]]]:
    """Return the index of all modules, and the groups of paths that have to be understood together."""
    index = Modules(list(files))
    imports: dict[str, set[str]] = {}
    for path, source in files.items():
        try:
            imports[path] = imported_modules(parse(source), path, index)
        except (SyntaxError, ValueError, RecursionError):
            continue
    for path in imports:
        imports[path] &= imports.keys()
    return index, components(imports, [path for path in imports if mentions_spark(files[path])])


def understood(
    group: Iterable[str], files: Mapping[str, str], index: Modules, tables: Mapping[str, TableFacts] | None = None
) -> World:
    """Return the finished world of one group; `files` needs the texts of the group only, `index` knows all paths."""
    modules = [ModuleInfo(path, module_name(path), parse(files[path]), files[path]) for path in group]
    return Interpreter(World(modules, index, tables)).run()
