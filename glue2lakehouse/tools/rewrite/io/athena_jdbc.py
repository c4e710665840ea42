"""Tables and views of Athena that plain Spark reads through its JDBC driver: `spark.read.format("jdbc")` … `load()`.

Glue jobs read views of Athena so, which are no source of Glue's. Athena's tables are those of the Glue catalog, and Unity
Catalog has them by the same names. Source: docs.aws.amazon.com/athena (connect-with-jdbc, connection parameters of both drivers).
A query instead of a table, another data source of Athena, a read in several steps, or a password in the source stays with a person.
"""

import ast
import re

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.code import code
from glue2lakehouse.tools.rewrite.mapping.names import target_name
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import Answer, GlueCall, Place, Rewrite, Use

OF_ATHENA = re.compile(
    r"(?i)\b(awsathena\+\w+|jdbc:(aws)?athena)://|com\.simba\.athena\.|com\.amazonaws?\.athena\.jdbc"
)
"""Addresses and drivers of Athena."""
_NAME = re.compile(r'(?i)(?:"?awsdatacatalog"?\.)?"?(\w+)"?\."?(\w+)"?')
_SAME_ROWS = frozenset(
    "url driver dbtable user password uid pwd s3outputlocation outputlocation awsregion region workgroup schema database fetchsize "
    "rowstofetchperblock useresultsetstreaming awscredentialsproviderclass awscredentialsproviderarguments credentialsprovider "
    "profile profilename loglevel logpath metadataretrievalmethod encryptionoption s3outputencoption numpartitions".split()
)
"""Options that say where Athena is, who asks and how results come, and not which rows."""
_SECRETS = frozenset({"user", "password", "uid", "pwd"})
_CONDITION = (
    "the connection is to this account's AwsDataCatalog, and the table or view is in Unity Catalog; JDBC gives tinyint and smallint "
    "as int, and arrays, maps and rows as text"
)


def read_by_jdbc(call: GlueCall) -> Answer:
    """Answer for `format("jdbc")` of a reader: the table by its name where one chain reads one of Athena, else nothing."""
    read = _read(call.place, call.node)
    if read is None:
        return ()
    load, reader, given, (schema, table) = read
    gone = ", ".join(call.text(each) for each in given)
    return Rewrite(
        others=((load, code("{reader}.table({name})", reader=reader, name=quoted(target_name(call, schema, table)))),),
        certainty=Certainty.CONDITIONAL,
        condition=_CONDITION,
        findings=(
            call.info(
                f"format jdbc, option, options ({gone}) and load of a connection to Athena go: Unity Catalog has {schema}.{table} by its name"
            ),
        ),
    )


def is_of_such_a_read(place: Place, node: ast.expr, depth: int = 4) -> bool:
    """Whether an address or a driver of Athena, written out at `node`, is used in reads alone that are converted."""
    above = place.parents.get(node)
    if isinstance(above, ast.Dict) and depth:
        return is_of_such_a_read(place, above, depth - 1)
    if isinstance(above, ast.Assign) and len(above.targets) == 1 and isinstance(above.targets[0], ast.Name) and depth:
        name = above.targets[0].id
        uses = [each for each in place.nodes.of(ast.Name) if isinstance(each, ast.Name) and each.id == name]
        loads = [each for each in uses if isinstance(each.ctx, ast.Load)]
        once = len(uses) == len(loads) + 1 and bool(loads)
        return once and all(is_of_such_a_read(place, each, depth - 1) for each in loads)
    return _is_option(place, node)


def _is_option(place: Place, node: ast.expr) -> bool:
    given = place.parents.get(node)
    if isinstance(given, ast.keyword):
        given = place.parents.get(given)
    return isinstance(given, ast.Call) and _read(place, given) is not None


_Read = tuple[ast.Call, ast.expr, list[ast.expr | ast.keyword], tuple[str, str]]


def _read(place: Place, node: ast.AST | None) -> _Read | None:
    """Return what is read by the chain that one of its calls is in."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr != "load":
        above = place.parents.get(node)
        node = place.parents.get(above) if isinstance(above, ast.Attribute) else None
    return _chain(Use(place, node, "")) if isinstance(node, ast.Call) else None


def _chain(use: Use) -> _Read | None:
    """Return what the chain that ends in this `load()` reads, where it is a table of Athena and nothing else is asked."""
    load = use.node
    assert isinstance(load, ast.Call)
    if load.args or load.keywords or not isinstance(load.func, ast.Attribute):
        return None
    options: dict[str, ast.expr] = {}
    given: list[ast.expr | ast.keyword] = []
    source = load.func.value
    while isinstance(source, ast.Call) and isinstance(source.func, ast.Attribute):
        leaf, source_of = source.func.attr, source.func.value
        if leaf == "format":
            if [use.literal(each) for each in source.args] != ["jdbc"] or source.keywords:
                return None
        elif not _add(use, options, source):
            return None
        else:
            given += [*source.args, *source.keywords]
        source = source_of
    if not isinstance(source, ast.Attribute) or source.attr != "read":
        return None
    asked = {key.lower(): use.literal(value) for key, value in options.items()}
    athena = [value for key, value in asked.items() if key in ("url", "driver") and OF_ATHENA.search(str(value))]
    named = _NAME.fullmatch(str(asked.get("dbtable", "")))
    written_out = any(isinstance(options[key], ast.Constant) for key in options if key.lower() in _SECRETS)
    if written_out or not athena or named is None or not asked.keys() <= _SAME_ROWS or _is_of_another_source(asked):
        return None
    return load, source, given, (named[1].lower(), named[2].lower())


def _add(use: Use, options: dict[str, ast.expr], node: ast.Call) -> bool:
    """Note what `option` or `options` sets; False where a name is not known, or is set twice."""
    assert isinstance(node.func, ast.Attribute)
    if node.func.attr == "option" and len(node.args) == 2 and not node.keywords:
        given: list[tuple[object, ast.expr]] = [(use.literal(node.args[0]), node.args[1])]
    elif node.func.attr == "options" and not node.args:
        given = []
        for keyword in node.keywords:
            held = use.value_of(keyword.value) if keyword.arg is None else None
            pairs = zip(held.keys, held.values, strict=True) if isinstance(held, ast.Dict) else ()
            given += [(use.literal(key), value) for key, value in pairs] or [(keyword.arg, keyword.value)]
    else:
        return False
    for key, value in given:
        if not isinstance(key, str) or key in options:
            return False
        options[key] = value
    return True


def _is_of_another_source(asked: dict[str, object]) -> bool:
    """Whether the address names another data source of Athena's than the Glue catalog: `Catalog=lambda:…`."""
    named = re.search(r"(?i)\bcatalog=([^;]+)", str(asked.get("url", "")))
    return named is not None and named[1].lower() != "awsdatacatalog"
