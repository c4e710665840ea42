"""Plain Spark code beside Glue's that behaves otherwise on Databricks: it stays, and is told.

Databricks: structured streaming triggers, libraries, secrets. Spark: the text of a type got brackets with 3.3 (Glue 4.0).
"""

import ast
import re
from collections.abc import Callable, Iterator

from glue2lakehouse.domain import Compute, Finding, Severity
from glue2lakehouse.tools.rewrite.kinds.stubs import FRAME_READER, READER, SQL_READER
from glue2lakehouse.tools.rewrite.kinds.tree import below
from glue2lakehouse.tools.rewrite.kinds.values import DATA_FRAME, GLUE_CONTEXT, SPARK_SESSION
from glue2lakehouse.tools.rewrite.rule import Place
from glue2lakehouse.tools.rewrite.sql.views import views_of

_TYPE = re.compile(r"[A-Z]\w*Type")
_PASSWORDS = frozenset({"password", "sfpassword"})


def remarks(place: Place) -> Iterator[Finding]:
    """Yield what is to be said about a module of a project that uses Glue."""
    if not views_of(place.world).uses_glue:
        return
    for node in place.nodes.of(ast.Compare, ast.Subscript, ast.Try, ast.Call):
        if isinstance(node, ast.Compare):
            yield from _type_text(place, node)
        elif isinstance(node, ast.Subscript):
            yield from _numbered(place, node)
            yield from _type_key(place, node)
        elif isinstance(node, ast.Try):
            yield from _attempted(place, node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            look = _CALLS.get(node.func.attr)
            if look is not None:
                yield from look(place, node)


def _remark(place: Place, node: ast.AST, rule: str, severity: Severity, message: str, action: str) -> Finding:
    place.rule = rule
    return place.finding(node, severity, message, action)


def _type_text(place: Place, node: ast.Compare) -> Iterator[Finding]:
    """`str(field.dataType) == "NullType"` held until Spark 3.2, and never does from 3.3 on."""
    sides = [part for side in (node.left, *node.comparators) for part in getattr(side, "elts", [side])]
    texts = [side.value for side in sides if isinstance(side, ast.Constant) and isinstance(side.value, str)]
    if texts and any(_spells_type(place, side) for side in sides):
        yield from _spelled_otherwise(place, node, texts)


def _type_key(place: Place, node: ast.expr) -> Iterator[Finding]:
    """`NAMES[str(field.dataType)]`, `NAMES.get(str(field.dataType))`."""
    key = node.slice if isinstance(node, ast.Subscript) else node.args[0] if isinstance(node, ast.Call) else None
    if key is not None and _spells_type(place, key):
        keys = [part for made in place.nodes.of(ast.Dict) for part in made.keys if isinstance(part, ast.Constant)]
        yield from _spelled_otherwise(place, node, [part.value for part in keys if isinstance(part.value, str)])


def _spells_type(place: Place, node: ast.expr) -> bool:
    """Whether an expression is the text of a column's type, or a name that such a text is given."""
    if isinstance(node, ast.Name):
        given = (each for each in place.nodes.of(ast.Assign) if node.id in (getattr(t, "id", "") for t in each.targets))
        return any(not isinstance(each.value, ast.Name) and _spells_type(place, each.value) for each in given)
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "str"
        and len(node.args) == 1
        and isinstance(node.args[0], ast.Attribute)
        and node.args[0].attr == "dataType"
    )


def _spelled_otherwise(place: Place, node: ast.AST, texts: list[str]) -> Iterator[Finding]:
    if (name := next((text for text in texts if _TYPE.fullmatch(text)), "")) != "":
        yield _remark(
            place, node, "type-text", Severity.BLOCKER if place.glue_version < (4, 0) else Severity.INFO,
            f"the text of a type is compared with '{name}', and Spark spells it '{name}()' from 3.3 on",
            f"compare with isinstance(field.dataType, {name})",
        )  # fmt: skip


def _attempted(place: Place, node: ast.Try) -> Iterator[Finding]:
    """Say where an `except` around a read sees other errors, or none: Spark Connect looks a table up when it is first used."""
    inside = [part for statement in node.body for part in ast.walk(statement)]
    reads = [
        part for part in inside if isinstance(part, ast.Call) and _is_read(part, place.world.callees.get(part, ""))
    ]
    if not reads or not node.handlers:
        return
    caught = {ast.unparse(handler.type).rsplit(".", 1)[-1] for handler in node.handlers if handler.type is not None}
    if (
        caught & _JAVA
        and not caught & {"Exception", "BaseException"}
        and all(handler.type for handler in node.handlers)
    ):
        yield _remark(
            place, node.handlers[0], "caught-error", Severity.BLOCKER,
            "an error of the JVM is caught around a read, and a missing table or path is an AnalysisException in Spark",
            "catch AnalysisException of pyspark.errors, and look at its condition where the message is looked at",
        )  # fmt: skip
    elif place.settings.compute is not Compute.CLASSIC and not any(_uses(part) for part in inside):
        yield _remark(
            place, reads[0], "late-error", Severity.WARNING,
            f"on {place.settings.compute.value} compute a table or path that is missing is told where the frame is first used, "
            "which is outside of this try",
            "use the frame inside the try, for instance by `frame.columns`",
        )  # fmt: skip


_JAVA = frozenset({"Py4JJavaError", "Py4JError", "JavaError"})
_EAGER = frozenset("count show collect head first take isEmpty toPandas printSchema save saveAsTable insertInto parquet json csv "
                   "orc toLocalIterator foreach foreachPartition writeFrame schema columns dtypes from_options from_catalog "
                   "from_jdbc_conf write_dynamic_frame write_data_frame".split())  # fmt: skip
_READERS = (f"{READER}.", f"{FRAME_READER}.", f"{GLUE_CONTEXT}.create_d")
_LAZY = frozenset(
    (
        *(f"{SQL_READER}.{name}" for name in "csv jdbc json load orc parquet table text".split()),
        f"{SPARK_SESSION}.table",
    )
)
_QUERY = re.compile(r"\s*(select|with|from)\b", re.I)


def _is_read(call: ast.Call, name: str) -> bool:
    if name == f"{SPARK_SESSION}.sql" and call.args:
        # A command runs at once, a query when its frame is used.
        return isinstance(call.args[0], ast.Constant) and bool(_QUERY.match(str(call.args[0].value)))
    return name.startswith(_READERS) or name in _LAZY


def _uses(node: ast.AST) -> bool:
    """Whether a node makes Spark look at a frame: an action, a write, its columns; a read itself does not."""
    if isinstance(node, ast.Attribute) and node.attr in _EAGER and not _is_of_reader(node):
        owner = ast.unparse(node.value)
        return not (node.attr in ("from_options", "from_catalog") and "create_d" in owner)
    return False


def _is_of_reader(node: ast.Attribute) -> bool:
    """Whether a name is the reader's own: `spark.read.option(…).parquet`."""
    chain: ast.expr = node.value
    while isinstance(chain, ast.Call | ast.Attribute):
        if isinstance(chain, ast.Attribute) and chain.attr not in ("format", "option", "options", "schema"):
            return chain.attr in ("read", "readStream")
        chain = chain.func if isinstance(chain, ast.Call) else chain.value
    return False


def _is_sorted(place: Place, frame: ast.expr) -> bool:
    facts = place.kind(frame).frame
    return facts is not None and facts.sorted_by_name


def _by_position(place: Place, node: ast.AST, what: str) -> Finding:
    return _remark(
        place, node, "column-order", Severity.BLOCKER,
        f"{what} goes by the position of columns, which a JSON or XML read has in the order of their names in Spark and in the "
        "order of the records in Glue",
        "select the columns by their names before it, in the order that is meant",
    )  # fmt: skip


def _numbered(place: Place, node: ast.Subscript) -> Iterator[Finding]:
    """`frame.columns[0]`, `frame.dtypes[1:]`."""
    owner = node.value
    if isinstance(owner, ast.Attribute) and owner.attr in ("columns", "dtypes") and _is_sorted(place, owner.value):
        yield _by_position(place, node, f"`{ast.unparse(node)[:60]}`")


def _renamed(place: Place, node: ast.Call) -> Iterator[Finding]:
    """`frame.toDF("a", "b")` names columns by their position."""
    assert isinstance(node.func, ast.Attribute)
    if node.args and _is_sorted(place, node.func.value) and place.kind(node.func.value).may_be(DATA_FRAME):
        yield _by_position(place, node, f"`toDF({ast.unparse(node.args[0])[:30]}, …)`")


def _stacked(place: Place, node: ast.Call) -> Iterator[Finding]:
    """A union of DataFrames; of two JSON reads both are sorted, and nothing changes."""
    assert isinstance(node.func, ast.Attribute)
    one, other = node.func.value, node.args[0] if len(node.args) == 1 else None
    if other is None or not place.kind(one).may_be(DATA_FRAME) or not place.kind(other).may_be(DATA_FRAME):
        return
    if _is_sorted(place, one) != _is_sorted(place, other):
        yield _by_position(place, node, f"`{node.func.attr}` of DataFrames")


def _inserted(place: Place, node: ast.Call) -> Iterator[Finding]:
    """`frame.write.insertInto(table)` matches columns by position; so does a CSV file without a header."""
    assert isinstance(node.func, ast.Attribute)
    chain: ast.expr = node.func
    given: dict[str, ast.expr] = {}
    while isinstance(chain, ast.Attribute | ast.Call):
        if isinstance(chain, ast.Attribute) and chain.attr == "write":
            break
        if isinstance(chain, ast.Call):
            given |= {keyword.arg: keyword.value for keyword in chain.keywords if keyword.arg}
            if len(chain.args) == 2 and isinstance(chain.args[0], ast.Constant):
                given[str(chain.args[0].value)] = chain.args[1]
        chain = chain.func if isinstance(chain, ast.Call) else chain.value
    header = given.get("header")
    named = node.func.attr == "csv" and isinstance(header, ast.Constant) and str(header.value).lower() == "true"
    if chain in place.world.extended:
        # A writer of the project's own: Glue's writes a header where it is not told to leave it out.
        named = not any(
            isinstance(each, ast.Constant) and each.value in ("writeHeader", "header") for each in below(node)
        )
    if isinstance(chain, ast.Attribute) and _is_sorted(place, chain.value) and not named:
        yield _by_position(place, node, "a CSV file without a header" if node.func.attr == "csv" else "`insertInto`")


def _trigger(place: Place, node: ast.Call) -> Iterator[Finding]:
    if any(keyword.arg == "continuous" for keyword in node.keywords):
        yield _remark(
            place, node, "continuous-trigger", Severity.WARNING,
            "continuous processing is experimental, and serverless compute refuses it",
            "use trigger(processingTime=...) or trigger(availableNow=True)",
        )  # fmt: skip


def _config(place: Place, node: ast.Call) -> Iterator[Finding]:
    first = node.args[0] if node.args else None
    if isinstance(first, ast.Constant) and first.value in ("spark.jars.packages", "spark.jars"):
        yield _remark(
            place, node, "jars-of-a-session", Severity.WARNING,
            f"{first.value} has no effect on the session that is there already",
            "name the library in the task of the bundle",
        )  # fmt: skip


def _password(place: Place, node: ast.Call) -> Iterator[Finding]:
    given = [(k.arg, k.value) for k in node.keywords]
    if len(node.args) == 2 and isinstance(node.args[0], ast.Constant):
        given.append((str(node.args[0].value), node.args[1]))
    for _, value in tuple(given):
        if isinstance(value, ast.Dict):
            pairs = zip(value.keys, value.values, strict=True)
            given += [(str(key.value), item) for key, item in pairs if isinstance(key, ast.Constant)]
    for name, value in given:
        if (name or "").lower() in _PASSWORDS and isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield _remark(
                place, value, "written-out-password", Severity.WARNING,
                "a password stands in the source", "put it into a secret scope and read it from there",
            )  # fmt: skip


_CALLS: dict[str, Callable[[Place, ast.Call], Iterator[Finding]]] = {
    "get": lambda place, node: _type_key(place, node) if node.args else iter(()),
    "toDF": _renamed,
    "union": _stacked,
    "unionAll": _stacked,
    "insertInto": _inserted,
    "csv": _inserted,
    "trigger": _trigger,
    "config": _config,
    "option": _password,
    "options": _password,
    "jdbc": _password,
}
