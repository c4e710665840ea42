"""Where a module names places to Spark and Glue: paths of reads and writes, of tables by path, of checkpoints."""

import ast
from collections.abc import Iterator

from glue2lakehouse.tools.rewrite.kinds.binding import bind
from glue2lakehouse.tools.rewrite.kinds.frames import parameters
from glue2lakehouse.tools.rewrite.kinds.stubs import (
    CATALOG,
    DELTA_BUILDER,
    DELTA_TABLE,
    FRAME_READER,
    FRAME_WRITER,
    RDD,
    READER,
    SQL_READER,
    SQL_WRITER,
    WRITER,
    is_glue,
)
from glue2lakehouse.tools.rewrite.kinds.values import DYNAMIC_FRAME, GLUE_CONTEXT, SPARK_CONTEXT
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, Place, Use
from glue2lakehouse.tools.rewrite.seen_keys import seen_keys

FORMATS = "csv json load orc parquet save text xml start".split()
_CHAINS = frozenset({"read", "readStream", "write", "writeStream"})
_OF_CONTEXT = "textFile wholeTextFiles binaryFiles sequenceFile addFile addPyFile setCheckpointDir".split()
_FIRST = frozenset(
    (*(f"{SPARK_CONTEXT}.{name}" for name in _OF_CONTEXT), f"{RDD}.saveAsTextFile", f"{CATALOG}.refreshByPath",
     f"{DELTA_BUILDER}.location")
)  # fmt: skip
_GLUE = (
    f"{GLUE_CONTEXT}.",
    f"{READER}.",
    f"{WRITER}.",
    f"{FRAME_READER}.",
    f"{FRAME_WRITER}.",
    f"{DYNAMIC_FRAME}.write",
)
_TABLES = frozenset({f"{DELTA_TABLE}.forPath", f"{DELTA_TABLE}.isDeltaTable"})
_MADE = frozenset({f"{CATALOG}.createTable", f"{CATALOG}.createExternalTable"})
PATHS = frozenset({"path", "paths"})
OPTIONS = PATHS | {"checkpointlocation", "badrecordspath", "cloudfiles.schemalocation", "s3_path"}
"""Options of Spark and Glue, in lower case, that hold a path."""


def places_named(place: Place) -> Iterator[ast.expr]:
    """Yield each expression that holds one path or several; of displays and conditional expressions, each part."""
    for node in place.nodes.of(ast.Call):
        for given in _given(place, node):
            yield from _parts(given)


def handed_on(place: Place) -> Iterator[ast.Attribute]:
    """Yield each method of a reader or writer that takes a path and is no call here: a variable, an argument."""
    for node in place.nodes.of(ast.Attribute):
        held = place.kind(node) if node.attr in FORMATS else None
        if held is not None and held.tag == "method" and held.name.startswith((f"{SQL_READER}.", f"{SQL_WRITER}.")):
            parent = place.parents[node]
            if not (isinstance(parent, ast.Call) and parent.func is node):
                yield node


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        for part in node.elts:
            yield from _parts(part)
    elif isinstance(node, ast.IfExp):
        yield from _parts(node.body)
        yield from _parts(node.orelse)
    elif isinstance(node, ast.Starred):
        yield from _parts(node.value)
    else:
        yield node


def _given(place: Place, call: ast.Call) -> Iterator[ast.expr]:
    name = place.world.callees.get(call, "")
    named = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None}
    if is_glue(name):
        yield from _of_glue(place, call, name) if name.startswith(_GLUE) or "pigot" in name else ()
    elif name in _FIRST:
        yield from call.args[:1]
        yield from (named[key] for key in ("path", "name", "location") if key in named)
    elif name in _TABLES:
        yield from call.args[1:2]
        yield from (named[key] for key in ("path", "identifier") if key in named)
    elif name in _MADE:
        yield from call.args[1:2]
        yield from (value for key, value in named.items() if key.lower() in OPTIONS)
    elif isinstance(call.func, ast.Attribute) and _is_of_spark(place, call.func, name):
        yield from _of_spark(place, call, call.func.attr)


def _of_spark(place: Place, call: ast.Call, leaf: str) -> Iterator[ast.expr]:
    """The paths of the readers' and writers' methods; options that are unpacked may hold some."""
    if leaf in FORMATS:
        yield from call.args if leaf == "parquet" and _is_read(call.func) else call.args[:1]
    if leaf == "option" and len(call.args) == 2 and _holds_path(place, call, call.args[0]):
        yield call.args[1]
    for keyword in call.keywords:
        if keyword.arg is not None and keyword.arg.lower() in OPTIONS:
            yield keyword.value
        elif keyword.arg is None:
            held = Use(place, call, "").value_of(keyword.value)
            keys = seen_keys(Use(place, call, ""), keyword.value)
            if isinstance(keyword.value, ast.Dict):
                yield from _of_options(place, call, keyword.value)
            elif not isinstance(held, ast.Dict) or {key.lower() for key in keys} & OPTIONS:
                yield keyword.value


def _is_read(func: ast.expr) -> bool:
    """Whether a reader's `parquet` is called, which takes any number of paths; a writer's takes a mode after it."""
    while isinstance(func, ast.Attribute | ast.Call):
        if isinstance(func, ast.Attribute) and func.attr in ("write", "writeStream"):
            return False
        func = func.func if isinstance(func, ast.Call) else func.value
    return True


def _of_glue(place: Place, call: ast.Call, name: str) -> Iterator[ast.expr]:
    bound = bind(call, parameters(name))
    for key, value in {**bound.arguments, **bound.extra}.items():
        if key.lower() in OPTIONS:
            yield value
        elif key.endswith("options") and not key.startswith("format"):
            yield from _of_options(place, call, value)


def _of_options(place: Place, call: ast.Call, node: ast.expr) -> Iterator[ast.expr]:
    """The paths of a dict that is written out at the call, and the dicts that are unpacked into it.

    One that a variable holds is looked into where it is used.
    """
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None and isinstance(value, ast.Dict):
                yield from _of_options(place, call, value)
            elif key is None or _holds_path(place, call, key):
                yield value
    elif isinstance(node, ast.BinOp):
        yield from _of_options(place, call, node.left)
        yield from _of_options(place, call, node.right)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        yield from (keyword.value for keyword in node.keywords if (keyword.arg or "").lower() in OPTIONS)


def _holds_path(place: Place, call: ast.Call, key: ast.expr) -> bool:
    """Whether an option holds a path, or may hold one: which option it is shows when it runs."""
    spelled = Use(place, call, "").literal(key)
    return spelled is NOT_LITERAL or (isinstance(spelled, str) and spelled.lower() in OPTIONS)


def _is_of_spark(place: Place, func: ast.Attribute, name: str) -> bool:
    """Whether a method is a reader's or writer's: by what it is called on, else by the chain that it ends.

    A chain like `self.spark.read.option(…).load(path)` is Spark's in all but the rarest code, and there a path that is mapped
    when it runs changes nothing that is none.
    """
    if name.startswith((f"{SQL_READER}.", f"{SQL_WRITER}.")):
        return True
    if name or func.attr not in (*FORMATS, "option", "options", "saveAsTable"):
        return False
    owner: ast.expr | None = func.value
    while isinstance(owner, ast.Call | ast.Name):
        chained = owner.func.value if isinstance(owner, ast.Call) and isinstance(owner.func, ast.Attribute) else None
        held = chained or Use(place, owner, "").value_of(owner, 1)
        if held is owner:
            break
        owner = held
    return isinstance(owner, ast.Attribute) and owner.attr in _CHAINS
