"""What every expression holds at run time, over all the modules of a project."""

import ast
import re
from collections.abc import Collection, Iterable, Mapping

from glue2lakehouse.tools.rewrite.collector import uncollected
from glue2lakehouse.tools.rewrite.kinds.added import Extension, Found, Key
from glue2lakehouse.tools.rewrite.kinds.extension_uses import out_of_sight, uses_of_lost
from glue2lakehouse.tools.rewrite.kinds.extensions import find
from glue2lakehouse.tools.rewrite.kinds.fixtures import conftests, stands_in
from glue2lakehouse.tools.rewrite.kinds.interpreter import Interpreter
from glue2lakehouse.tools.rewrite.kinds.loading import BY_NAME, loads, named_modules
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
    """Whether a file can hold anything of Glue or Spark; a quick test on its text.

    A module that is loaded by name imports neither, and is only handed a context.
    """
    return bool(_SPARK.search(source))


_SPARK = re.compile(
    r"\b(awsglue|awsgluedq|awsglueml|pyspark|gs_[a-z]+|glue_?[cC]ontext|(create|write)_dynamic_frame\w*)\b"
)


KEPT_TREES = 300
"""How many files' trees are kept from finding the groups to understanding them; beyond, a file is parsed twice."""


@uncollected()
def grouped(
    files: Mapping[str, str], trees: dict[str, ast.Module] | None = None, jobs: Collection[str] = ()
) -> tuple[Modules, list[list[str]]]:
    """Return the index of all modules, and the groups of paths that have to be understood together.

    Unparsable files and files out of reach of Glue and Spark are in none.
    The trees of the first files that use Spark are left in `trees`. A script that a job is defined to run is understood without
    Spark as well: it may reach Glue over AWS clients, its own or those of a module that it imports, or by the command line.
    """
    index = Modules(list(files))
    imports: dict[str, set[str]] = {}
    for path, source in files.items():
        try:
            tree = parse(source)
            imports[path] = imported_modules(tree, path, index) | {
                found for found in conftests(path, files) if not stands_in(files[found])
            }
            if BY_NAME.search(source):
                imports[path] |= named_modules(tree, path, index)
                imports[path] |= {found for _, paths in loads(tree, path, index) for found in paths}
        except (SyntaxError, ValueError, RecursionError):
            continue
        if trees is not None and len(trees) < KEPT_TREES and mentions_spark(source):
            trees[path] = tree
    for path in imports:
        imports[path] &= imports.keys()
    return index, components(imports, [path for path in imports if path in jobs or mentions_spark(files[path])])


def understood(
    group: Iterable[str],
    files: Mapping[str, str],
    index: Modules,
    tables: Mapping[str, TableFacts] | None = None,
    trees: dict[str, ast.Module] | None = None,
    jobs: Collection[str] = (),
) -> World:
    """Return the finished world of one group; `files` needs the texts of the group only, `index` knows all paths.

    `tables` are the project's table definitions by `database.table`, `jobs` the scripts that jobs are defined to run.
    """
    known = trees or {}
    modules = [
        ModuleInfo(path, module_name(path), known.pop(path) if path in known else parse(files[path]), files[path])
        for path in group
    ]
    world = World(modules, index, tables)
    world.runs_a_job = any(path in jobs for path in world.modules)
    world = Interpreter(world).run()
    return _with_extensions(world) if world.patches else world


def _with_extensions(world: World) -> World:
    """Understand the modules anew with what they add to Glue's classes, until that stays as it is; else with nothing of it."""
    refused: dict[Key, str] = {}
    uses: dict[ast.AST, str] = {}
    for _ in range(5):
        world.found = find(world, refused)
        if world.found.extensions == world.extensions:
            more = out_of_sight(world, uses)
            if not more:
                world.found.uses = {**dict(uses_of_lost(world)), **uses}
                return world
            refused |= more
            world.found = find(world, refused)
        world = _anew(world, world.found.extensions)
    world = _anew(world, {})
    reason = "what the members that are added hold depends on themselves"
    world.found = Found({}, [], {node: reason for _, node in world.patches}, find(world, {}).lost)
    world.found.uses = dict(uses_of_lost(world))
    return world


def _anew(world: World, extensions: dict[Key, Extension]) -> World:
    modules = [ModuleInfo(module.path, module.name, module.tree, module.source) for module in world.modules.values()]
    again = World(modules, world.index, world.tables)
    again.runs_a_job = world.runs_a_job
    again.extensions = extensions
    return Interpreter(again).run()
