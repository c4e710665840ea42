"""Find what is left of Glue in a conversion: imports, names that came from them, methods that only Glue has."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from glue2lakehouse.tools.checks import glue_surface as glue
from glue2lakehouse.tools.checks.modules import Modules
from glue2lakehouse.tools.checks.names import scopes
from glue2lakehouse.tools.checks.syntax import callee, receivers, text_of, walk
from glue2lakehouse.tools.checks.units import Alignment, Unit

_MODULE = re.compile(r"^(awsglue|awsgluedq|awsglueml|awsglue_libs|gs_[a-z_]+)(\.|$)")
_JVM = "com.amazonaws.services.glue"
_HINTS = (
    glue.METHODS | glue.STAR_EXPORTS | {"awsglue", "awsgluedq", "awsglueml", "transformation_ctx", "toDF", "amazonaws"}
)
_WORD = re.compile(r"[^\W\d]\w*")
_RDD = frozenset("rdd parallelize textFile wholeTextFiles map flatMap reduceByKey mapPartitions zipWithIndex".split())
_MAKES_FRAMES = re.compile(
    r"create_dynamic_frame|DynamicFrame\.fromDF|\b(?:"
    + "|".join(sorted(glue.TRANSFORMS))
    + r")\.apply\(|\.resolveChoice\("
)


def glue_left(
    source: str, new: Sequence[Unit], old: Sequence[Unit], alignment: Alignment, files: Modules
) -> Iterator[tuple[int, str]]:
    """Yield (line of the new text, what) for everything of Glue's that the conversion still has."""
    yield from _unchanged_frames(old, alignment)
    hints = {word for word in set(_WORD.findall(source)) if word in _HINTS or word.startswith("gs_")}
    if not hints:
        return
    bound, looked_up = scopes(source)
    imported = {alias for unit in (*old, *new) for alias in _glue_names(unit)}
    kept = {alias for unit in new for alias in _glue_names(unit)}
    star = any(_is_star(unit) for unit in (*old, *new))
    names = (imported | (glue.STAR_EXPORTS if star else frozenset())) & (looked_up - bound | kept)
    own = {unit.node.name for unit in new if isinstance(unit.node, (ast.FunctionDef, ast.AsyncFunctionDef))}
    rdds = {
        unit.target for unit in new if unit.target and set(receivers(getattr(unit.node, "value", unit.node))) & _RDD
    }
    rdds |= _delta_tables(new)
    for unit in new:
        if any(hint in unit.text for hint in hints) or any(name in unit.text for name in names):
            for node, what in _in_unit(unit, frozenset(names), own, rdds, files):
                yield getattr(node, "lineno", unit.start), what


def _delta_tables(units: Iterable[Unit]) -> set[str]:
    """Return the variables that hold nothing but Delta tables, whose `toDF()` is their own, and the class."""
    held: dict[str, set[bool]] = {}
    for unit in units:
        if unit.target:
            made = "DeltaTable" in receivers(getattr(unit.node, "value", None) or unit.node)
            held.setdefault(unit.target.rpartition(".")[2], set()).add(made)
    return {"DeltaTable", *(name for name, made in held.items() if made == {True})}


def _glue_names(unit: Unit) -> Iterator[str]:
    node = unit.node
    if isinstance(node, ast.Import):
        yield from ((a.asname or a.name.partition(".")[0]) for a in node.names if _MODULE.match(a.name))
    elif isinstance(node, ast.ImportFrom) and not node.level and _MODULE.match(node.module or ""):
        yield from (alias.asname or alias.name for alias in node.names if alias.name != "*")


def _is_star(unit: Unit) -> bool:
    node = unit.node
    return isinstance(node, ast.ImportFrom) and bool(_MODULE.match(node.module or "")) and node.names[0].name == "*"


def _in_unit(
    unit: Unit, names: frozenset[str], own: set[str], rdds: set[str], files: Modules
) -> Iterator[tuple[ast.AST, str]]:
    if any(True for _ in _glue_names(unit)) or _is_star(unit):
        yield unit.node, "an import of Glue's library"
        return
    for part in unit.parts:
        for node in walk(part):
            if isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load):
                yield node, f"'{node.id}', which came from Glue's library"
            elif isinstance(node, ast.Attribute) and node.attr in glue.METHODS:
                if not _own_method(node, own, files):
                    yield node, f"Glue's '{node.attr}'"
            elif isinstance(node, ast.Call):
                yield from _in_call(node, own, rdds, files)
            elif (text := text_of(node)) is not None and _JVM in text:
                yield node, f"the Java class '{text[:80]}'"


def _own_method(node: ast.Attribute, own: set[str], files: Modules) -> bool:
    """Whether the project has a method of that name, or the runtime helpers do."""
    receiver = node.value.id if isinstance(node.value, ast.Name) else ""
    if receiver == "glue_compat" or node.attr in own:
        return True
    return node.attr not in ("fromDF", "spark_session") and files.defines_function(node.attr)


def _in_call(node: ast.Call, own: set[str], rdds: set[str], files: Modules) -> Iterator[tuple[ast.AST, str]]:
    name = callee(node)[1]
    theirs = name in own or files.defines_function(name)
    if any(keyword.arg == "transformation_ctx" for keyword in node.keywords) and not theirs:
        yield node, f"'transformation_ctx' in a call of '{name}'"
    if name == "toDF" and isinstance(node.func, ast.Attribute) and not node.args and not node.keywords:
        chain = set(receivers(node.func.value))
        if not chain & (_RDD | rdds):
            yield node, "'toDF()', which a DataFrame answers with an error"


def _unchanged_frames(old: Iterable[Unit], alignment: Alignment) -> Iterator[tuple[int, str]]:
    """Yield unchanged calls that meant a DynamicFrame's method and now reach the DataFrame's of the same name."""
    frames = {unit.target for unit in old if unit.target and _MAKES_FRAMES.search(unit.text)}
    frames -= {unit.target for unit in old if unit.target and re.search(r"\.toDF\(|\.collect\(|\.count\(", unit.text)}
    for _, unit in alignment.same:
        if not frames or not any(name in unit.text for name in frames):
            continue
        for part in unit.parts:
            for node in walk(part):
                if isinstance(node, ast.Call) and _meant_glue(node, frames):
                    yield (
                        node.lineno,
                        f"'{callee(node)[1]}' of a DynamicFrame, which means something else on a DataFrame",
                    )


def _meant_glue(node: ast.Call, frames: set[str]) -> bool:
    owner, name = callee(node)
    if owner not in frames or not isinstance(node.func, ast.Attribute) or not isinstance(node.func.value, ast.Name):
        return False
    if name in ("map", "union", "schema", "write"):
        return True
    if name == "join":
        return len(node.args) >= 3 or any(k.arg in ("paths1", "paths2", "frame2") for k in node.keywords)
    return name == "filter" and (bool(node.keywords) or any(isinstance(a, ast.Lambda) for a in node.args))
