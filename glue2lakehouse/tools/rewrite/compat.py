"""Put together `glue_compat.py`: the runtime helpers that a conversion needs, plain PySpark, and only those.

The helpers live in `runtime/` as ordinary modules; this takes the asked-for definitions and what they use.
"""

import ast
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.source.text import quoted

MODULE = "glue_compat"
_HEADER = '''"""What these jobs need of AWS Glue's behaviour that has no short Spark form; written by Glue2Lakehouse, plain PySpark.

Each function says what it keeps. Nothing here imports awsglue; change or inline it as you like.
"""
'''
_TRAVELS_WHOLE = """# Functions that run on executors are sent whole, so that no executor needs this file on its path.
cloudpickle.register_pickle_by_value(sys.modules[__name__])"""
_TRAVEL_IMPORTS = ("import sys", "from pyspark import cloudpickle")
_RUNS_ON_EXECUTORS = ("F.udf(", "mapInPandas(", "mapInArrow(", "class S3OnVolumes", "def skip_empty_batches(")


class _Definition(NamedTuple):
    name: str
    text: str
    uses: frozenset[str]
    order: tuple[int, int]


@cache
def _definitions() -> tuple[dict[str, _Definition], dict[str, str]]:
    """Return the definitions by name and the import line that brings each imported name."""
    found: dict[str, _Definition] = {}
    imported: dict[str, str] = {}
    folder = resources.files(f"{__package__}.runtime")
    for number, file in enumerate(sorted(item.name for item in folder.iterdir() if item.name.endswith(".py"))):
        text = folder.joinpath(file).read_text(encoding="utf-8")
        tree, lines = ast.parse(text), text.splitlines()
        for node in tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                if not (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("glue2lakehouse")):
                    imported |= {alias.asname or alias.name.split(".")[0]: _line(node, alias) for alias in node.names}
                continue
            for name in _names(node):
                start = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
                body = "\n".join(lines[start - 1 : node.end_lineno])
                uses = {child.id for child in ast.walk(node) if isinstance(child, ast.Name)} - {name}
                found[name] = _Definition(name, body, frozenset(uses), (number, node.lineno))
    return found, imported


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    return []


def _line(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    if isinstance(node, ast.Import):
        return ast.unparse(ast.Import([alias]))
    return ast.unparse(ast.ImportFrom(node.module, [alias], node.level))


def helper_names() -> frozenset[str]:
    """Return the names that a rule may ask for."""
    return frozenset(name for name in _definitions()[0] if not name.startswith("_"))


def render_compat(names: Iterable[str], settings: Settings | None = None) -> str:
    """Return the text of `glue_compat.py` with the named helpers and what they use. Raises KeyError for an unknown one.

    The settings' mapping of paths, schemas and tables stands there as data, for the helpers that look for it.
    """
    found, imported = _definitions()
    wanted: dict[str, _Definition] = {}
    todo = sorted(set(names))
    while todo:
        name = todo.pop()
        if name not in wanted:
            wanted[name] = found[name]
            todo.extend(sorted(found[name].uses & found.keys()))
    for name in wanted.keys() & _DATA.keys():
        wanted[name] = wanted[name]._replace(text=_DATA[name](settings or Settings()))
    ordered = sorted(wanted.values(), key=lambda definition: definition.order)
    used = frozenset().union(*(definition.uses for definition in ordered)) if ordered else frozenset()
    travels = any(mark in definition.text for definition in ordered for mark in _RUNS_ON_EXECUTORS)
    lines = sorted(
        {imported[name] for name in used if name in imported} | set(_TRAVEL_IMPORTS if travels else ()),
        key=lambda line: (line.startswith("from pyspark"), line),
    )
    blocks = [_HEADER, "\n".join(lines)]
    if travels:
        blocks.append("\n" + _TRAVELS_WHOLE)
    for definition in ordered:
        constant = not definition.text.startswith(("def ", "class ", "@"))
        blocks.append(("" if constant else "\n") + definition.text)
    return "\n".join(blocks).rstrip() + "\n"


def _mapping(name: str, comment: str, pairs: Mapping[str, str]) -> str:
    """Return a mapping as source."""
    lines = "".join(f"    {quoted(key)}: {quoted(value)},\n" for key, value in pairs.items())
    return f"\n# {comment}\n{name} = {{\n{lines}}}" if lines else f"{name}: dict[str, str] = {{}}"


_DATA: dict[str, Callable[[Settings], str]] = {
    "_MOVED": lambda settings: _mapping(
        "_MOVED", "S3 prefixes, the longest first, and where their objects are now.", settings.moved
    ),
    "_CATALOG": lambda settings: f"\n_CATALOG = {quoted(settings.catalog)}",
    "_SCHEMAS": lambda settings: _mapping(
        "_SCHEMAS",
        "Glue databases and their schemas.",
        {key.lower(): value for key, value in settings.schemas.items() if value},
    ),
    "_TABLES": lambda settings: _mapping(
        "_TABLES", "Glue tables and their names.", {key.lower(): value for key, value in settings.tables.items()}
    ),
}
"""The names under which the helpers find the settings, and what stands there."""
