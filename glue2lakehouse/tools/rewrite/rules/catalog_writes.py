"""Databases and tables that jobs make, change and drop through boto3: the same in Unity Catalog, through helpers.

AWS: Glue.Client create_database, delete_database, create_table, update_table, delete_table, batch_delete_table,
get_partition, create_partition, delete_partition and the batches of these. Left as they are, these calls change the Glue catalog, which nothing reads any more.
"""

import ast
from collections.abc import Iterator

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.analyses.caught import may_be_hidden
from glue2lakehouse.tools.rewrite.aws.around import TO_DELTA, client_errors, may_go_to_delta, schema_code
from glue2lakehouse.tools.rewrite.code import Piece, code, joined
from glue2lakehouse.tools.rewrite.compute import shown
from glue2lakehouse.tools.rewrite.mapping.names import quote_name, table_code
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, Answer, Example, GlueCall, Rewrite, Rule, Use
from glue2lakehouse.tools.rewrite.runtime.table_inputs import is_governed, table_format, table_refusals
from glue2lakehouse.tools.rewrite.sql.views import views_of

_WANTED = {
    "create_database": ("DatabaseInput",),
    "delete_database": ("Name",),
    "create_table": ("DatabaseName", "TableInput"),
    "update_table": ("DatabaseName", "TableInput"),
    "delete_table": ("DatabaseName", "Name"),
    "batch_delete_table": ("DatabaseName", "TablesToDelete"),
    "create_partition": ("DatabaseName", "TableName", "PartitionInput"),
    "batch_create_partition": ("DatabaseName", "TableName", "PartitionInputList"),
    "get_partition": ("DatabaseName", "TableName", "PartitionValues"),
    "delete_partition": ("DatabaseName", "TableName", "PartitionValues"),
    "batch_delete_partition": ("DatabaseName", "TableName", "PartitionsToDelete"),
}
_NO_EFFECT = {"update_table": {"SkipArchive"}}
"""What says how Glue keeps old versions of a definition."""
_MADE = "the job's identity may create schemas and tables there, and the Location lies in an external location"
_DROPPED = "the job's identity owns what is dropped, and it is an external table or a view"
_ASKED = "the code asks whether the partition is there, and for its values only"
_BY_NAME = frozenset({"parquet", "orc", "avro"})
_CSV_AND_JSON = (
    "see how Spark reads such files: an empty field of a text file is NULL, not '', a quote in a field is read where it is doubled, "
    "and JSON keys are matched by exact case"
)


class CatalogWrites(Rule):
    """A helper that answers as Glue's client does, errors included; what Unity Catalog cannot hold is refused, here or when it runs."""

    name = "catalog-writes"
    glue = tuple(f"boto3.glue.{name}" for name in _WANTED)
    example = Example(
        before="import boto3\nfrom awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
        'glue = boto3.client("glue")\n'
        "try:\n"
        '    glue.delete_table(DatabaseName="sales", Name="orders")\n'
        "except glue.exceptions.EntityNotFoundException:\n"
        '    print("none")\n'
        'glue.create_table(DatabaseName="sales", TableInput=orders)\n'
        'spark.table("sales.orders").show()\n',
        after="import boto3\nfrom pyspark.sql import SparkSession\nfrom glue_compat import create_table, delete_table\n\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        'glue = boto3.client("glue")\n'
        "try:\n"
        '    delete_table("main.sales.orders", errors=glue.exceptions)\n'
        "except glue.exceptions.EntityNotFoundException:\n"
        '    print("none")\n'
        'create_table("main.sales", orders, errors=glue.exceptions)\n'
        'spark.table("main.sales.orders").show()\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Another catalog, and arguments that cannot be seen, are handed off; so is what is known to have no counterpart."""
        call.drop_everything()
        if not views_of(call.place.world).uses_glue:
            return ()
        given = {keyword.arg: keyword.value for keyword in call.node.keywords}
        wanted = _WANTED[call.leaf]
        odd = given.keys() - {*wanted, *_NO_EFFECT.get(call.leaf, ())}
        if call.node.args or odd or not given.keys() >= {*wanted}:
            names = ", ".join(sorted(str(name or "**") for name in odd))
            return call.blocker(
                f"`{call.leaf}` of the AWS service glue is called with {names or 'other arguments than it takes'}, which Unity Catalog has not",
                f"call it with {', '.join(wanted)} only, or make the change through spark.sql",
            )
        told = tuple(_refused(call, given))
        if told:
            return told
        look_up = _looked_up(call, given)
        needed = (call.leaf, look_up) if look_up else (call.leaf,)
        return Rewrite(
            code("{name}({pieces})", name=call.leaf, pieces=joined(", ", list(_arguments(call, given, look_up)))),
            certainty=Certainty.CONDITIONAL,
            condition=_ASKED if "get" in call.leaf else _DROPPED if "delete" in call.leaf else _MADE,
            imports=tuple(f"from glue_compat import {name}" for name in needed),
            compat=needed,
            findings=(_told(call, given), *_moved(call, given), *_hidden(call)),
        )

    def refer(self, use: Use) -> Answer:
        """A method that is handed on stays one of the Glue catalog."""
        if not views_of(use.place.world).uses_glue:
            return ()
        return use.blocker(f"`{use.leaf}` of the AWS service glue is handed on", "call it here, then convert again")


def _looked_up(call: GlueCall, given: dict[str | None, ast.expr]) -> str:
    """Return the helper that looks up a name that the input brings when it runs, "" where none is renamed or it is known."""
    if call.leaf == "create_database":
        return "uc_schema" if call.settings.schemas and not _text(call, given["DatabaseInput"], "Name") else ""
    if call.leaf == "batch_delete_table":
        return "uc_name" if call.settings.tables and call.literal(given["TablesToDelete"]) is NOT_LITERAL else ""
    computed = "TableInput" in given and not _text(call, given["TableInput"], "Name")
    return "uc_name" if computed and call.settings.tables else ""


def _arguments(call: GlueCall, given: dict[str | None, ast.expr], look_up: str) -> Iterator[Piece]:
    """Yield the arguments of the helper: where, what, under which name, and the error classes that handlers know."""
    called = ""
    if call.leaf == "create_database":
        yield quoted(quote_name(call.settings.catalog))
        yield given["DatabaseInput"]
        own = _text(call, given["DatabaseInput"], "Name")
        called = call.settings.schema_for(own) if own else ""
    elif call.leaf == "delete_database":
        yield schema_code(call, given["Name"])
    elif call.leaf == "delete_table":
        yield table_code(call, given["DatabaseName"], given["Name"])[0]
    elif "partition" in call.leaf:
        yield table_code(call, given["DatabaseName"], given["TableName"])[0]
        yield given[_WANTED[call.leaf][-1]]
    elif call.leaf == "batch_delete_table":
        yield given["DatabaseName"] if look_up else schema_code(call, given["DatabaseName"])
        yield given["TablesToDelete"]
    else:
        database, own = call.literal(given["DatabaseName"]), _text(call, given["TableInput"], "Name")
        parts = call.settings.table_for(database, own).split(".") if isinstance(database, str) and own else []
        called = parts[-1] if len(parts) == 3 else ""
        if look_up:
            yield given["DatabaseName"]
        else:
            yield quoted(".".join(map(quote_name, parts[:2]))) if called else schema_code(call, given["DatabaseName"])
        yield given["TableInput"]
    if called and called != own:
        yield code("name={name}", name=quoted(called))
    if look_up:
        yield code("named={look_up}", look_up=look_up)
    errors = client_errors(call)
    if errors is not None:
        yield code("errors={errors}", errors=errors)


def _refused(call: GlueCall, given: dict[str | None, ast.expr]) -> Iterator[Finding]:
    """Yield a blocker for each thing that the helper would refuse as far as the input is written out here."""
    if call.leaf == "batch_delete_table":
        database, names = call.literal(given["DatabaseName"]), call.literal(given["TablesToDelete"])
        schema = call.settings.schema_for(database) if isinstance(database, str) else ""
        for name in names if isinstance(names, list) and schema else ():
            full = call.settings.table_for(str(database), str(name))
            if full != f"{call.settings.catalog}.{schema}.{name}":
                yield call.blocker(
                    f"`batch_delete_table` drops {database}.{name}, which is {full} now", "drop it on its own"
                )
    if "TableInput" not in given:
        return
    held = _partly(call, given["TableInput"])
    if not isinstance(held, dict):
        return
    for why in _refusals(held):
        yield call.blocker(
            f"`{call.leaf}` says what Unity Catalog cannot hold: {why}",
            "make the table by hand, as Delta or over its files",
        )
    place = (held.get("StorageDescriptor") or {}).get("Location")
    if place and not is_governed(held) and call.settings.path_for(place) != place:
        yield call.blocker(
            f"`{call.leaf}` names {place}, whose files go to {call.settings.path_for(place)}",
            "name the new place as Location",
        )


def _refusals(table_input: dict[str, object]) -> list[str]:
    try:
        return list(dict.fromkeys(table_refusals(table_input)))
    except (AttributeError, TypeError):
        # A text where a dict belongs: boto3 refuses it as well.
        return ["it has not the shape of a TableInput"]


def _told(call: GlueCall, given: dict[str | None, ast.expr]) -> Finding:
    message = f"`{shown(call)}` works on Unity Catalog now"
    if call.leaf == "get_partition":
        return call.info(message, "a partition is one that is registered, or that has rows where none are")
    if "delete" in call.leaf and "partition" in call.leaf:
        return call.info(
            message,
            "it refuses a table whose partitions are not registered, and one that is managed: rows leave it by DELETE",
        )
    if "delete" in call.leaf:
        if _may_be_delta(call, given):
            return call.warning(
                message, "tables of this project become managed Delta, which it refuses: their rows would go with them"
            )
        return call.info(message, "it refuses a managed table, whose rows would go with it")
    if call.leaf.endswith("create_partition"):
        if _may_be_delta(call, given):
            return call.warning(message, TO_DELTA)
        return call.info(
            message, "it registers where the table's partitions are registered (nonDelta.partitionLog.enabled)"
        )
    if call.leaf == "create_database":
        return call.info(message, "a LocationUri is kept as a property: the catalog says where managed tables lie")
    held = _partly(call, given["TableInput"])
    form = table_format(held) if isinstance(held, dict) else ""
    if form == "delta":
        where = "nothing lies at its Location any more: let whoever reads the files read the table; it is refused where it would be dropped"
        return call.warning(f"{message}: a governed table becomes a managed Delta table", where)
    if form in _BY_NAME:
        return call.info(message, "what the input says and Unity Catalog cannot hold stops the job")
    if form:
        return call.warning(message, _CSV_AND_JSON)
    return call.warning(
        message,
        f"what the input says and Unity Catalog cannot hold stops the job; if the files are CSV or JSON, {_CSV_AND_JSON}",
    )


def _may_be_delta(call: GlueCall, given: dict[str | None, ast.expr]) -> bool:
    """Whether the tables of a call may go to Delta, as far as their names are written out."""
    name = given.get("TableName", given.get("Name")) if "DatabaseName" in given else None
    return may_go_to_delta(call, given.get("DatabaseName"), name)


def _moved(call: GlueCall, given: dict[str | None, ast.expr]) -> Iterator[Finding]:
    """Yield a warning where a mapping may be meant for a place that is computed."""
    held = _partly(call, given["TableInput"]) if "TableInput" in given and call.settings.paths else {}
    known = held if isinstance(held, dict) else {}
    if "TableInput" in given and call.settings.paths and not (known.get("StorageDescriptor") or {}).get("Location"):
        yield call.warning(
            "the Location is computed, so that the mapping of paths does not count for it",
            "give it the place after the migration",
        )


def _hidden(call: GlueCall) -> Iterator[Finding]:
    """Yield a warning where code around the call takes what the helper refuses for something else, and goes on."""
    if call.leaf != "get_partition" and may_be_hidden(call.place.world, call.node, call.place.parents):
        yield call.warning(
            f"errors of `{call.leaf}` are caught whatever they are: what Unity Catalog cannot hold may be left out without a word",
            "catch the errors that Glue raises (EntityNotFoundException, AlreadyExistsException), or let ValueError end the job",
        )


def _text(call: GlueCall, node: ast.expr, key: str) -> str:
    held = _partly(call, node)
    found = held.get(key) if isinstance(held, dict) else None
    return found if isinstance(found, str) else ""


def _partly(call: GlueCall, node: ast.expr) -> object:
    """Return what an expression holds, with None for each part that is not known; None where a key may be missing."""
    value = call.literal(node)
    if value is not NOT_LITERAL:
        return value
    held = call.value_of(node)
    if isinstance(held, ast.Dict):
        keys = [call.literal(key) if key is not None else NOT_LITERAL for key in held.keys]
        if all(isinstance(key, str) for key in keys):
            return dict(zip(keys, (_partly(call, each) for each in held.values), strict=True))
    if isinstance(held, ast.List) and not any(isinstance(each, ast.Starred) for each in held.elts):
        return [_partly(call, each) for each in held.elts]
    return None
