"""What a function that runs on each record does besides making a value: reach outside, or ask whether a field is there.

Glue runs a map's function once for each record and use of the frame; where its results' types have to be found first, it runs
once more. A record of Glue lacks the fields that its source lacks; a row of Spark has every column, with null in it.
"""

import ast
from collections.abc import Iterator

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.kinds.values import Provenance
from glue2lakehouse.tools.rewrite.rule import GlueCall

_OUTSIDE = frozenset(
    "boto3 botocore aioboto3 requests httpx aiohttp urllib urllib3 http socket smtplib ftplib paramiko pysftp subprocess "
    "psycopg2 pg8000 pymysql MySQLdb mysql pyodbc cx_Oracle oracledb redshift_connector snowflake sqlalchemy pymongo redis "
    "kafka confluent_kafka pika elasticsearch opensearchpy twilio slack_sdk".split()
)
"""Packages that talk to something outside the process."""
_READS = (
    "get", "list", "describe", "detect", "head", "query", "scan", "fetch", "read", "select", "search", "lookup", "translate",
    "download", "exists", "connect", "cursor", "client", "resource", "session", "paginate", "decode", "encode", "json",
    "parse", "quote", "unquote", "url", "batch_get", "batch_detect", "raise_for_status", "close", "Request",
)  # fmt: skip
"""Beginnings of the names of calls that leave what is outside as it is, or only make something to call with."""

Function = ast.FunctionDef | ast.Lambda


def function_of(call: GlueCall, function: ast.expr) -> Function | None:
    """Return the function or method that the call is given, where the project holds it; `partial` may have set arguments by name."""
    if isinstance(function, ast.Call) and _leaf(function.func) == "partial" and len(function.args) == 1:
        function = function.args[0]
    function = call.value_of(function) or function
    if isinstance(function, ast.Lambda):
        return function
    held, world = call.kind(function), call.place.world
    info = world.functions.get(held.name) if held.tag == "function" else None
    if held.tag == "method" and held.receiver is not None:
        info = world.method(held.receiver.name, held.name.rpartition(".")[2])
    return info.node if info is not None and isinstance(info.node, ast.FunctionDef) else None


def record_of(node: Function) -> str:
    """Return what a function calls the record; empty where it takes none."""
    names = [each.arg for each in node.args.args]
    return next(iter(names[1:] if names[:1] in (["self"], ["cls"]) else names), "")


def run_twice(call: GlueCall, function: ast.expr) -> tuple[Finding, ...]:
    """Return what has to be said where a function runs once more than in Glue: a blocker where it changes what is outside."""
    node = function_of(call, function)
    acting = next(_calls(node, call, set()), None) if node is not None else None
    if acting is None:
        return ()
    shown = " ".join(ast.unparse(acting).split())[:60]
    return (
        call.blocker(
            f"`{shown}` in the function of {call.leaf} acts on something outside the job, and would do so twice for each "
            "record: the function also runs to find the types of its results",
            "do it in foreachPartition, or let an ApplyMapping right after it say the types of what it returns",
            function,
        ),
    )


def fields_asked_for(call: GlueCall, function: ast.expr) -> tuple[Finding, ...]:
    """Return what has to be said where a function tells a field that is missing from one that is null.

    Records of a fixed schema have all fields. Those of JSON or XML do not, which is a blocker; of others, and of what a mapping
    or a union makes of them, it is not known.
    """
    node = function_of(call, function)
    facts = call.frame_facts
    if node is None or not record_of(node) or not facts.may_lack_fields:
        return ()
    asked = next(_presence_tests(node, names_of(node)), None)
    over = next(_over_all(node, names_of(node)), None) if asked is None else None
    if asked is None and over is None:
        return ()
    shown = " ".join(ast.unparse(asked or over or node).split())[:60]
    if asked is None:
        message = (
            f"`{shown}` goes over the fields that a record has; in Spark each row has every column, and null where the "
            "record had no such field"
        )
        return (
            call.warning(message, "see that a null comes out as null, as a field does that is not there", function),
        )
    message = (
        f"`{shown}` tells a field that a record lacks from one that is null; in Spark each row has every column, and null "
        "where the record had no such field"
    )
    action = "ask whether the field's value is None, if no record holds an explicit null, then convert again"
    tell = call.blocker if facts.provenance is Provenance.CHOICE else call.warning
    return (tell(message, action, function),)


def names_of(node: Function) -> set[str]:
    """Return the function's names for the record and for copies of it."""
    names = {record_of(node)}
    for child in ast.walk(node):
        if isinstance(child, ast.Assign) and _copied(child.value, names):
            names |= {target.id for target in child.targets if isinstance(target, ast.Name)}
    return names


def _copied(value: ast.expr, names: set[str]) -> bool:
    if isinstance(value, ast.Call) and _leaf(value.func) in ("dict", "copy", "deepcopy"):
        value = next(iter(value.args), value.func.value if isinstance(value.func, ast.Attribute) else value)
    return isinstance(value, ast.Name) and value.id in names


def _over_all(node: Function, names: set[str]) -> Iterator[ast.AST]:
    """Yield what goes over all fields of the record; a dict of them under other names has a null for a null."""
    renaming = {child.generators[0] for child in ast.walk(node) if isinstance(child, ast.DictComp) and _renames(child)}
    for child in ast.walk(node):
        if isinstance(child, ast.For | ast.comprehension) and child not in renaming and _fields_of(child.iter, names):
            yield child.iter
        elif isinstance(child, ast.Call) and _leaf(child.func) in _COUNTING:
            yield from [child for item in child.args if _fields_of(item, names)]


def _renames(made: ast.DictComp) -> bool:
    """Whether a dict has each value as it is: `{name.lower(): value for name, value in record.items()}`."""
    first = made.generators[0]
    if len(made.generators) > 1 or first.ifs or not isinstance(first.target, ast.Tuple):
        return False
    return ast.dump(first.target.elts[-1]) == ast.dump(made.value).replace("Load()", "Store()")


_COUNTING = frozenset("len all any str repr dumps join list sorted set tuple sum".split())


def _fields_of(value: ast.expr, names: set[str]) -> bool:
    if isinstance(value, ast.Call) and _leaf(value.func) in ("list", "sorted", "tuple", "set") and value.args:
        value = value.args[0]
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        value = value.func.value if value.func.attr in ("keys", "values", "items") else value
    return isinstance(value, ast.Name) and value.id in names


def _presence_tests(node: Function, names: set[str]) -> Iterator[ast.AST]:
    for child in ast.walk(node):
        if isinstance(child, ast.Compare) and len(child.ops) == 1 and isinstance(child.ops[0], ast.In | ast.NotIn):
            if _is_whole(child.comparators[0], names):
                yield child
        elif isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute) and len(child.args) == 2:
            default = child.args[1]
            nothing = isinstance(default, ast.Constant) and default.value is None
            if child.func.attr in ("get", "pop", "setdefault") and _is_record(child.func.value, names) and not nothing:
                yield child
        elif (
            isinstance(child, ast.Call) and isinstance(child.func, ast.Name) and child.func.id in ("hasattr", "getattr")
        ):
            if child.args and _is_record(child.args[0], names) and len(child.args) != 1 + (child.func.id == "getattr"):
                yield child
        elif isinstance(child, ast.Name) and child.id == "KeyError":
            yield child


def _is_record(node: ast.expr, names: set[str]) -> bool:
    """Whether the expression is the record or a struct in it."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name) and node.id in names


def _is_whole(node: ast.expr, names: set[str]) -> bool:
    """Whether the expression is the record itself or its keys; what is in a field may be a text."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "keys":
        node = node.func.value
    return isinstance(node, ast.Name) and node.id in names


def _calls(node: Function, call: GlueCall, seen: set[ast.AST]) -> Iterator[ast.Call]:
    """Yield the calls that act on what is outside in a function, and in the functions of the project that it calls."""
    seen.add(node)
    world = call.place.world
    module = next((info.module for info in world.functions.values() if info.node is node), call.place.module)
    outside = _names_outside(module.nodes)
    for child in ast.walk(node):
        if not isinstance(child, ast.Call):
            continue
        if _acts(child, node, outside):
            yield child
        held = call.kind(child.func)
        info = world.functions.get(held.name) if held.tag == "function" else None
        if info is not None and info.node not in seen and isinstance(info.node, ast.FunctionDef):
            yield from _calls(info.node, call, seen)


def _acts(made: ast.Call, function: Function, outside: set[str]) -> bool:
    leaf = _leaf(made.func)
    if leaf == "open":
        return any(mode in _modes(made) for mode in ("w", "a", "x", "+"))
    if _root(made.func) not in outside or leaf[:1].isupper():
        return False
    if leaf == "urlopen":
        return _posts(function)
    return not leaf.startswith(_READS) or _sends(made)


def _names_outside(nodes: list[ast.AST]) -> set[str]:
    """Return the module's names for packages that reach outside, and for what is made with them."""
    names: set[str] = set()
    assigned: list[tuple[list[ast.expr], ast.expr]] = []
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {(a.asname or a.name).split(".")[0] for a in node.names if a.name.split(".")[0] in _OUTSIDE}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in _OUTSIDE:
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Assign):
            assigned.append((node.targets, node.value))
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            assigned.append(([node.optional_vars], node.context_expr))
    names -= {"urlparse", "parse"}
    while True:
        made = {
            target.id
            for targets, value in assigned
            for target in targets
            if isinstance(target, ast.Name) and isinstance(value, ast.Call) and _reaches(value, names)
        } - names
        if not made:
            return names
        names |= made


def _reaches(value: ast.Call, names: set[str]) -> bool:
    return _leaf(value.func) == "accumulator" or (
        _root(value.func) in names and not _leaf(value.func).startswith("url")
    )


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _leaf(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _modes(made: ast.Call) -> str:
    given = [*made.args[1:2], *(keyword.value for keyword in made.keywords if keyword.arg == "mode")]
    return "".join(str(node.value) for node in given if isinstance(node, ast.Constant))


def _sends(made: ast.Call) -> bool:
    return any(keyword.arg in ("data", "json", "method", "body") for keyword in made.keywords)


def _posts(node: ast.AST) -> bool:
    """Whether a function gives `urlopen` or a `Request` something to send."""
    calls = [child for child in ast.walk(node) if isinstance(child, ast.Call)]
    asking = [child for child in calls if _leaf(child.func) in ("urlopen", "Request")]
    return any(len(child.args) > 1 or _sends(child) for child in asking)
