"""What Glue calls give: the kind of the result, and what is known of a frame's columns and where they come from."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

from glue2lakehouse.tools import facts
from glue2lakehouse.tools.facts import Parameter
from glue2lakehouse.tools.rewrite.kinds import stubs
from glue2lakehouse.tools.rewrite.kinds.binding import Bound
from glue2lakehouse.tools.rewrite.kinds.values import (
    COLLECTION,
    DATA_FRAME,
    DYNAMIC_FRAME,
    UNKNOWN,
    FrameFacts,
    Kind,
    Lacking,
    Provenance,
    TableFacts,
    instance,
    join,
)

Kinds = Mapping[ast.AST, Kind]
FIXED_FORMATS = frozenset({"parquet", "glueparquet", "orc", "avro", "csv", "delta", "iceberg", "hudi"})
TEXT_ONLY = "text"
"""The source of a frame whose columns are all text: a CSV file read without a catalog."""
INFERRED_FORMATS = frozenset({"json", "xml", "ion", "groklog", "excel"})


@cache
def parameters(name: str) -> tuple[Parameter, ...]:
    """Return the signature of a Glue callable by its qualified name; empty where Glue has no such callable."""
    bare = name.removeprefix("awsglue.") if name.startswith("awsglue.") else name
    table = facts.callables()
    for candidate in (bare, bare.removesuffix(".apply"), f"transforms.{bare.rsplit('.', 1)[-1]}"):
        if candidate in table:
            return table[candidate].parameters
    if (leaf := name.rsplit(".", 1)[-1]) in stubs.STUDIO_MODULES:
        return table[leaf].parameters
    if name.endswith("EvaluateDataQuality.process_rows"):
        return table["awsgluedq.transforms.EvaluateDataQuality().process_rows"].parameters
    if name.endswith(("EntityDetector.classify_columns", "EntityDetector.classifyColumns")):
        return table["awsglueml.transforms.EntityDetector.classify_columns / classifyColumns"].parameters
    return ()


def result(
    name: str, receiver: Kind | None, bound: Bound, kinds: Kinds, tables: Mapping[str, TableFacts] | None = None
) -> Kind:
    """Return the kind of the value of a call; a catalog read takes its columns from the table's definition."""
    if name in stubs.BOTO3_MAKERS:
        return _aws_client(bound, kinds)
    if name == "boto3.glue.get_paginator":
        operation = literal(bound.surplus[0], kinds) if bound.surplus else None
        return instance(f"boto3.glue.pages.{operation}") if operation in stubs.PAGED else UNKNOWN
    found = stubs.result_of(name)
    given = _input_facts(name, receiver, bound, kinds)
    if found.is_a(stubs.DATA_SOURCE):
        return with_format(found, bound, kinds)
    leaf = name.removesuffix(".apply").rsplit(".", 1)[-1]
    if leaf in _FLATTENING:
        # A null struct has no fields to make columns of.
        given = replace(given, lacking=max(given.lacks_fields, Lacking.MAYBE))
    if found.is_a(COLLECTION):
        return instance(COLLECTION, given if leaf in ("split_rows", "SplitRows") else _of_other_columns(given))
    if name == f"{COLLECTION}.values":
        return Kind("list", items=(("", instance(DYNAMIC_FRAME, given)),))
    if not (found.is_a(DYNAMIC_FRAME) or found.is_a(DATA_FRAME)):
        return found
    compute = _streamed if name == f"{stubs.FRAME_READER}.from_options" else _FACTS.get(leaf)
    if compute is not None:
        known = compute(given, bound, kinds)
        return instance(found.name, _defined(known, tables or {}) if compute is _from_catalog else known)
    return instance(found.name, _of_other_columns(given))


_FLATTENING = frozenset({"relationalize", "Relationalize", "unnest", "UnnestFrame"})


def _of_other_columns(given: FrameFacts) -> FrameFacts:
    return replace(given, columns=None, source="", typed=frozenset())


def with_format(source: Kind, bound: Bound, kinds: Kinds) -> Kind:
    """Return a source object of which the format has been set: its frames are what a read of that format gives."""
    return replace(source, frame=_from_options(FrameFacts(), bound, kinds))


TYPED_STORAGE = frozenset({"parquet", "orc", "avro", "delta", "iceberg"})


def _defined(read: FrameFacts, tables: Mapping[str, TableFacts]) -> FrameFacts:
    """Return what is known of a table's frame: columns of typed storage hold nothing but their type."""
    table = tables.get(read.source.lower())
    if table is not None and table.format in INFERRED_FORMATS:
        read = replace(read, lacking=Lacking.LIKELY)
    if table is None or not table.columns:
        return read
    typed = table.format in TYPED_STORAGE
    return replace(
        read, provenance=Provenance.FIXED if typed else read.provenance, columns=table.columns if typed else None
    )


def _aws_client(bound: Bound, kinds: Kinds) -> Kind:
    """Return the client of an AWS service as an instance of `boto3.<service>`."""
    given = bound.surplus[0] if bound.surplus else bound.extra.get("service_name")
    service = literal(given, kinds)
    return instance(f"boto3.{service}") if isinstance(service, str) else UNKNOWN


def _input_facts(name: str, receiver: Kind | None, bound: Bound, kinds: Kinds) -> FrameFacts:
    for parameter in ("frame", "dataframe", "frame1", "dfc"):
        if parameter in bound.arguments:
            held = kinds.get(bound.arguments[parameter])
            return (held and held.frame) or FrameFacts()
    return (receiver and receiver.frame) or FrameFacts()


def literal(node: ast.expr | None, kinds: Kinds) -> object:
    """Return the value of an argument when it is written out or a known text, else None."""
    if node is None:
        return None
    held = kinds.get(node)
    if held is not None and held.tag == "text":
        return held.name
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _from_catalog(given: FrameFacts, bound: Bound, kinds: Kinds) -> FrameFacts:
    database = literal(bound.arguments.get("database") or bound.extra.get("name_space"), kinds)
    table = literal(bound.arguments.get("table_name"), kinds)
    source = f"{database}.{table}" if isinstance(database, str) and isinstance(table, str) else ""
    return FrameFacts(Provenance.CATALOG, source=source)


def _from_options(given: FrameFacts, bound: Bound, kinds: Kinds) -> FrameFacts:
    form = literal(bound.arguments.get("format"), kinds)
    if not isinstance(form, str):
        connection = literal(bound.arguments.get("connection_type"), kinds)
        typed = isinstance(connection, str) and connection.lower() not in ("s3", "file", "dynamodb", "mongodb")
        return FrameFacts(Provenance.FIXED if typed else Provenance.UNKNOWN)
    if form.lower() == "csv":
        return FrameFacts(Provenance.FIXED, source=TEXT_ONLY)
    if form.lower() in FIXED_FORMATS:
        return FrameFacts(Provenance.FIXED)
    options = bound.arguments.get("format_options")
    keys = options.keys if isinstance(options, ast.Dict) else ()
    declared = "withSchema" in bound.extra or any(literal(key, kinds) == "withSchema" for key in keys)
    inferred = form.lower() in INFERRED_FORMATS
    provenance = Provenance.CHOICE if inferred else Provenance.UNKNOWN
    return FrameFacts(provenance, sorted_by_name=form.lower() in ("json", "xml") and not declared)


def _mapped(given: FrameFacts, bound: Bound, kinds: Kinds) -> FrameFacts:
    mappings = literal(bound.arguments.get("mappings"), kinds)
    if not isinstance(mappings, list) or not all(
        isinstance(entry, tuple) and len(entry) == 4 and all(isinstance(part, str) for part in entry)
        for entry in mappings
    ):
        return replace(_of_other_columns(given), sorted_by_name=False)
    if any(entry[3].lower() == "choice" for entry in mappings):
        return replace(_of_other_columns(given), sorted_by_name=False)
    columns: dict[str, str] = {}
    for _, _, target, kind in mappings:
        if "." in target.replace("`", "") and not target.startswith("`"):
            columns[target.split(".")[0]] = "struct"
        else:
            columns[target.strip("`")] = kind.lower()
    # A null struct has no fields to take out.
    taken_out = any("." in source.replace("`", "") and not source.startswith("`") for source, *_ in mappings)
    lacking = max(given.lacks_fields, Lacking.MAYBE if taken_out else Lacking.NO)
    return FrameFacts(Provenance.FIXED, tuple(columns.items()), lacking=lacking)


def _names(bound: Bound, kinds: Kinds) -> list[str] | None:
    paths = literal(bound.arguments.get("paths"), kinds)
    if isinstance(paths, str):
        paths = [paths]
    return paths if isinstance(paths, list) and all(isinstance(path, str) for path in paths) else None


def _selected(given: FrameFacts, bound: Bound, kinds: Kinds) -> FrameFacts:
    names = _names(bound, kinds)
    if names is None or given.columns is None:
        return replace(given, columns=None)
    return replace(given, columns=tuple(column for column in given.columns if column[0] in names))


def _dropped(given: FrameFacts, bound: Bound, kinds: Kinds) -> FrameFacts:
    names = _names(bound, kinds)
    if names is None or given.columns is None:
        return replace(given, columns=None)
    return replace(given, columns=tuple(column for column in given.columns if column[0] not in names))


def _renamed(given: FrameFacts, bound: Bound, kinds: Kinds) -> FrameFacts:
    old = literal(bound.arguments.get("old_name") or bound.arguments.get("oldName"), kinds)
    new = literal(bound.arguments.get("new_name") or bound.arguments.get("newName"), kinds)
    given = replace(given, source="", typed=frozenset())
    if given.columns is None or not isinstance(old, str) or not isinstance(new, str) or "." in old + new:
        return replace(given, columns=None)
    return replace(given, columns=tuple((new if name == old else name, kind) for name, kind in given.columns))


def _listed(given: FrameFacts, bound: Bound, kinds: Kinds) -> FrameFacts:
    """A selection whose columns are written out has them in that order."""
    given = replace(given, columns=None, source="")
    named = [literal(node, kinds) if isinstance(node, ast.Constant) else node for node in bound.surplus]
    plain = [
        item for item in named if (isinstance(item, str) and item != "*") or isinstance(item, ast.Call | ast.Attribute)
    ]
    if not named or len(plain) != len(named) or bound.starred:
        return given
    return replace(given, sorted_by_name=False)


def _resolved(given: FrameFacts, bound: Bound, kinds: Kinds) -> FrameFacts:
    if literal(bound.arguments.get("choice"), kinds) in ("", None):
        return replace(given, columns=None, source=_of_table(given), typed=given.typed | _casts(bound, kinds))
    inferred = given.provenance is Provenance.CHOICE
    provenance = given.provenance if inferred else Provenance.FIXED
    return replace(
        given, provenance=provenance, columns=None, source="", single=True, mixed=False, lacking=given.lacks_fields
    )


def _of_table(given: FrameFacts) -> str:
    return given.source if given.provenance is Provenance.CATALOG else ""


def _casts(bound: Bound, kinds: Kinds) -> frozenset[str]:
    """Return the columns that specs cast, as far as they are written out."""
    specs = literal(bound.arguments.get("specs"), kinds)
    pairs = specs if isinstance(specs, list) else [specs]
    casts = [
        pair[0] for pair in pairs
        if isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(part, str) for part in pair)
        and pair[1].lower().startswith("cast:")
    ]  # fmt: skip
    return frozenset(path.replace("`", "").lower() for path in casts)


def _from_frame(given: FrameFacts, bound: Bound, kinds: Kinds) -> FrameFacts:
    return replace(given, provenance=Provenance.FIXED, mixed=False, lacking=Lacking.NO)


def _kept(given: FrameFacts, bound: Bound, kinds: Kinds) -> FrameFacts:
    return given


def _other(bound: Bound, kinds: Kinds) -> FrameFacts:
    names = (name for name in ("frame2", "other_frame", "stage_dynamic_frame") if name in bound.arguments)
    held = next((kinds.get(bound.arguments[name]) for name in names), None)
    return (held and held.frame) or FrameFacts()


def _combined(given: FrameFacts, bound: Bound, kinds: Kinds) -> FrameFacts:
    merged = join(instance("frame", given), instance("frame", _other(bound, kinds)))
    return replace(merged.frame or FrameFacts(), columns=None)


def _united(given: FrameFacts, bound: Bound, kinds: Kinds) -> FrameFacts:
    """A union makes a column of several types of two that have one name and a type each."""
    return replace(_merged(given, bound, kinds), mixed=True, typed=frozenset())


def _merged(given: FrameFacts, bound: Bound, kinds: Kinds) -> FrameFacts:
    """Records keep the fields of the frame that they come from: those that only the other one has are not there."""
    known, other = _combined(given, bound, kinds), _other(bound, kinds)
    names = [{name for name, _ in facts.columns} if facts.columns is not None else None for facts in (given, other)]
    other_names = Lacking.MAYBE if None in names else Lacking.LIKELY if names[0] != names[1] else Lacking.NO
    return replace(known, lacking=max(known.lacks_fields, other_names))


def _joined(given: FrameFacts, bound: Bound, kinds: Kinds) -> FrameFacts:
    """Both frames' columns, those of the left with a leading dot where the right has the name as well."""
    other = _other(bound, kinds)
    known = _combined(given, bound, kinds)
    if given.columns is None or other.columns is None:
        return known
    taken = {name.lower() for name, _ in other.columns}
    left = tuple((f".{name}" if name.lower() in taken else name, kind) for name, kind in given.columns)
    return replace(known, columns=(*left, *other.columns))


def _mapped_freely(given: FrameFacts, bound: Bound, kinds: Kinds) -> FrameFacts:
    """The helper that runs the function raises where a field comes out with several types; it sees those that Spark has read."""
    return FrameFacts(
        Provenance.CHOICE, sorted_by_name=given.sorted_by_name, single=True, mixed=not given.surely_single
    )


def _streamed(given: FrameFacts, bound: Bound, kinds: Kinds) -> FrameFacts:
    """A stream that infers its schema comes as one column of raw text; any other has parsed columns."""
    options = bound.arguments.get("connection_options")
    keys = [key.value for key in options.keys if isinstance(key, ast.Constant)] if isinstance(options, ast.Dict) else []
    raw = "inferSchema" in keys and "schema" not in keys
    return FrameFacts(Provenance.CHOICE if raw else Provenance.FIXED, streaming=raw)


_FACTS: dict[str, Callable[[FrameFacts, Bound, Kinds], FrameFacts]] = {
    "from_catalog": _from_catalog,
    "create_dynamic_frame_from_catalog": _from_catalog,
    "create_sample_dynamic_frame_from_catalog": _from_catalog,
    "from_options": _from_options,
    "create_dynamic_frame_from_options": _from_options,
    "create_sample_dynamic_frame_from_options": _from_options,
    "getFrame": _kept,
    "getSampleFrame": _kept,
    "create_data_frame_from_options": _streamed,
    "apply_mapping": _mapped,
    "applyMapping": _mapped,
    "ApplyMapping": _mapped,
    "select_fields": _selected,
    "SelectFields": _selected,
    "drop_fields": _dropped,
    "DropFields": _dropped,
    "rename_field": _renamed,
    "RenameField": _renamed,
    "resolveChoice": _resolved,
    "ResolveChoice": _resolved,
    "toDF": _kept,
    "select": _listed,
    "selectExpr": _listed,
    "fromDF": _from_frame,
    "repartition": _kept,
    "coalesce": _kept,
    "Repartition": _kept,
    "Coalesce": _kept,
    "filter": _kept,
    "Filter": _kept,
    "spigot": _kept,
    "Spigot": _kept,
    "where": _kept,
    "limit": _kept,
    "distinct": _kept,
    "cache": _kept,
    "persist": _kept,
    "orderBy": _kept,
    "sort": _kept,
    "join": _joined,
    "Join": _joined,
    "union": _united,
    "Union": _united,
    "mergeDynamicFrame": _merged,
    "map": _mapped_freely,
    "Map": _mapped_freely,
    "createDataFrame": _from_frame,
    "sql": _from_frame,
    "table": _from_frame,
    "parquet": _from_frame,
}
