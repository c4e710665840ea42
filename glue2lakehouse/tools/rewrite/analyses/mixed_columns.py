"""Columns of catalog tables that hold several types in Glue: what ResolveChoice does to them on Databricks, or what to write.

Glue applies a table's types value by value, and a value of a text file that does not fit stays text: `long` and `string` in
one column. A table on Databricks has one type for it, and null for what does not fit.
"""

from typing import Literal

from glue2lakehouse.tools.rewrite.kinds.values import Provenance
from glue2lakehouse.tools.rewrite.rule import GlueCall
from glue2lakehouse.tools.rewrite.types import path_parts, spark_type

GLUE_NAMES = {"bigint": "long", "smallint": "short", "tinyint": "byte"}
"""Types that Glue calls otherwise than Spark, as in the names of the columns that make_cols makes."""
ADVICE = {
    "project": "decide whether values of other types become null or are cast, and write the try_cast",
    "make_cols": "read the column as text and make one column a type with try_cast",
    "make_struct": "read the column as text and build the struct with try_cast",
    "match_catalog": "match_catalog works on the whole frame, as choice=",
}


def declared_type(call: GlueCall, name: str) -> str:
    """Return the type that the catalog gives a column of text files, empty where the table is not known."""
    table = call.place.world.tables.get(call.frame_facts.source.lower())
    if table is None or call.frame_facts.provenance is not Provenance.CATALOG or name.lower() in call.frame_facts.typed:
        return ""
    return next((kind for column, kind in table.columns if column.lower() == name.lower()), "")


def without_choice(call: GlueCall, path: str, action: str) -> Literal["no", "yes", "if typed"]:
    """Whether an action gives what the table on Databricks has in a column: always, or if it has the type of the action.

    `project:t` leaves null of what is no `t`, as Spark's reader does for a column of that type, and a CSV column that is
    declared as text holds nothing else. AWS documents two ways to project, and both make null of a text that is no `t`.
    """
    parts, facts = path_parts(path), call.frame_facts
    if ".".join(parts or ()).lower() in facts.typed:
        return "yes"
    if parts is None or len(parts) != 1 or facts.provenance is not Provenance.CATALOG or facts.mixed:
        return "no"
    declared, table = declared_type(call, parts[0]), call.place.world.tables.get(facts.source.lower())
    if declared == "string" and table is not None and table.format == "csv":
        return "yes"
    verb, _, wanted = action.partition(":")
    kind = spark_type(wanted) if verb == "project" else None
    if not kind or kind == "string" or declared not in ("", kind):
        return "no"
    return "yes" if declared else "if typed"


def handed_off(call: GlueCall, path: str, action: str) -> tuple[str, str]:
    """Say why an action on a column of several types has no counterpart, and what to write instead."""
    verb, parts, facts = action.partition(":")[0], path_parts(path), call.frame_facts
    if facts.mixed and facts.provenance is Provenance.FIXED:
        return (
            f"'{action}' on '{path}' acts on a column that has several types in the frames of a union",
            "cast it to one type in each frame before the union; drop the call where they have one type for it",
        )
    written = _WRITTEN.get(action)
    if facts.provenance is not Provenance.CATALOG or parts is None or len(parts) != 1 or written is None:
        return (
            f"'{action}' on '{path}' acts on values of several types, which a DataFrame cannot hold",
            ADVICE.get(verb, "decide which type the column has, and cast it with try_cast"),
        )
    return (
        f"'{action}' on '{path}' tells values apart by their types, and a table has one type for a column: what does not fit is null",
        "where every value fits, Glue leaves the column alone: drop the call; where not, declare the column as STRING in the "
        f"table's DDL and write {_filled(written, parts[0], declared_type(call, parts[0]) or 'bigint')}",
    )


def _filled(written: str, name: str, kind: str) -> str:
    value = f"try_cast(`{name}` AS {kind})"
    rest = f"if({value} IS NULL, `{name}`, NULL)"
    return written.format(name=name, glue=GLUE_NAMES.get(kind, kind), value=value, rest=rest)


_WRITTEN = {
    "make_cols": '.withColumns({{"{name}_{glue}": F.expr("{value}"), "{name}_string": F.expr("{rest}")}}).drop("{name}")',
    "make_struct": '.withColumn("{name}", F.expr("if(`{name}` IS NULL, NULL, struct({value} AS `{glue}`, {rest} AS string))"))',
    "project:string": '.withColumn("{name}", F.expr("{rest}"))',
}
"""What to write for an action on a column of text that holds another type beside, the first of which is the table's."""
