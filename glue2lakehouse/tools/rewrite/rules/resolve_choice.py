"""Resolve choice types: `ResolveChoice` -> `try_cast`, or nothing where there is no choice.

Glue: aws-glue-api-crawler-pyspark-transforms-ResolveChoice. A DataFrame has no choice types. `cast:t` is a `try_cast` on any
column (what does not fit becomes null); the other actions only act on choices, so they go where the frame cannot hold one, and
are handed off where the author names a column that does.
"""

import ast
from dataclasses import replace

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.code import code, joined
from glue2lakehouse.tools.rewrite.kinds.values import DYNAMIC_FRAME, Provenance
from glue2lakehouse.tools.rewrite.names import table_code
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import FUNCTIONS, NOT_LITERAL, Answer, Example, GlueCall, Rewrite, Rule
from glue2lakehouse.tools.rewrite.rules.fields import helper
from glue2lakehouse.tools.rewrite.types import column, path_parts, spark_type

_ONE_TYPE = "no column holds values of more than one type"


class ResolveChoice(Rule):
    """See the module's page."""

    name = "resolve-choice"
    glue = ("awsglue.transforms.ResolveChoice.apply", f"{DYNAMIC_FRAME}.resolveChoice")
    example = Example(
        before="from awsglue.transforms import ResolveChoice\n\n\ndef tidy(frame):\n"
        '    return ResolveChoice.apply(frame, specs=[("id", "cast:long")])\n',
        after="from pyspark.sql import functions as F\n\n\ndef tidy(frame):\n"
        '    return frame.withColumn("id", F.expr("try_cast(id AS bigint)"))\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """`specs` names columns, `choice` means every choice column."""
        specs, choice = call.argument("specs"), call.argument("choice")
        database, table = call.argument("database"), call.argument("table_name")
        if call.argument("catalog_id") is not None:
            return call.blocker("the choice is resolved by another account's catalog", "cast the columns by hand")
        if choice is not None and call.literal(choice) not in ("", None):
            if specs is not None and call.literal(specs) is not None:
                return call.blocker("specs and choice are both given, which Glue refuses", "keep one of them")
            return self._whole(call, call.literal(choice), database, table)
        entries = call.literal(specs)
        if isinstance(entries, tuple) and len(entries) == 2 and all(isinstance(part, str) for part in entries):
            entries = [entries]
        if specs is None or entries is None:
            return call.blocker("neither specs nor choice is given, which Glue refuses", "pass one of them")
        if not isinstance(entries, list):
            return self._computed(call, specs)
        return self._columns(call, specs, entries)

    def _computed(self, call: GlueCall, specs: ast.expr) -> Answer:
        """The helper `resolve_choices` casts, inside structs too, and raises for the other actions."""
        answer = helper(
            "resolve_choices", "resolve_choices({frame}, {specs})",
            "all specs are casts (others are refused when it runs); text with a fraction cast to a whole number becomes null",
            frame=call.frame, specs=specs,
        )  # fmt: skip
        if call.frame_facts.provenance is Provenance.FIXED:
            return answer
        told = call.warning(
            "a cast to string: text in a number column of a CSV or JSON table is null in Spark, and a column of "
            "whole numbers and fractions is double, where Glue keeps each value as it is for this cast",
            "see that no spec casts such a column to string",
        )
        return replace(answer, findings=(told,))

    def _whole(self, call: GlueCall, choice: object, database: ast.expr | None, table: ast.expr | None) -> Answer:
        if choice == "match_catalog":
            if database is None or table is None:
                return call.blocker("match_catalog needs a database and a table", "pass both")
            if call.frame_facts.has_single_types or call.frame_facts.provenance is Provenance.CATALOG:
                return _nothing_to_do(call, f"match_catalog ({_shown(call, database)}.{_shown(call, table)})")
            name, _ = table_code(call, database, table)
            if call.place.world.counted_errors:
                return helper(
                    "match_choices", "match_choices({frame}, {name})",
                    "the JSON reader marks the columns that hold several types, and they are not unioned with others before this; XML and "
                    "tables hold one type in each column",
                    frame=call.frame, name=name,
                )  # fmt: skip
            return helper(
                "match_table", "match_table({frame}, {name})",
                "a text, bigint or double column that the table has with another type held several types",
                frame=call.frame, name=name,
            )  # fmt: skip
        if choice is NOT_LITERAL:
            return call.blocker("how choices are resolved is computed at run time", "write the choice out at the call")
        if call.frame_facts.provenance is Provenance.CHOICE:
            return call.blocker(
                f"'{choice}' acts on every column of JSON or XML records that holds several types, and Spark reads those as text",
                "name the columns that it is meant for, and try_cast them; drop it where each column has one type",
            )
        return _nothing_to_do(call, str(choice))

    def _columns(self, call: GlueCall, specs: ast.expr, entries: list[object]) -> Answer:
        casts: list[tuple[list[str], str]] = []
        paths = [
            entry[0].lower() for entry in entries if isinstance(entry, tuple) and entry and isinstance(entry[0], str)
        ]
        if twice := next((path for path in paths if paths.count(path) > 1), None):
            return call.blocker(
                f"'{twice}' has two specs, and Glue does not say which counts", "keep the one that is meant"
            )
        fixed = call.frame_facts.provenance is Provenance.FIXED
        for entry in entries:
            if not (isinstance(entry, tuple) and len(entry) == 2 and all(isinstance(part, str) for part in entry)):
                return call.blocker("a spec is no pair of path and action", "write (path, action)")
            path, action = entry
            verb, _, wanted = action.partition(":")
            if verb == "cast":
                parts, kind = path_parts(path), spark_type(wanted)
                if parts is not None and len(parts) > 1 and kind and _only_casts(entries):
                    return self._computed(call, specs)
                if parts is None or len(parts) != 1 or not kind:
                    return call.blocker(
                        f"'{path}' is cast to '{wanted}' inside an array or struct, or to a nested type",
                        "rebuild the struct with withField, or the array with transform, and try_cast",
                    )
                declared = _declared(call, parts[0])
                if kind == "string" and declared not in ("", "string"):
                    return call.blocker(
                        f"'{path}' is {declared} in the table, whose files hold text: what is no {declared} is null in Spark,"
                        " where Glue keeps it for this cast",
                        f"declare {path} as string in the table's DDL, or cast it back to {declared}",
                    )
                casts.append((parts, kind))
            elif not fixed:
                return call.blocker(
                    f"'{action}' on '{path}' acts on values of several types, which a DataFrame cannot hold",
                    _ADVICE.get(verb, "decide which type the column has, and cast it with try_cast"),
                )
        answer = _cast(call, casts)
        texts = [parts[0] for parts, kind in casts if kind == "string" and not _declared(call, parts[0])]
        if call.frame_facts.provenance is not Provenance.CATALOG or not texts:
            return answer
        told = call.warning(
            f"{', '.join(texts)}: text in a number column of a CSV or JSON table is null in Spark, where Glue keeps it for this cast",
            "see that the table's DDL declares it as string",
        )
        return replace(answer, findings=(*answer.findings, told))


def _nothing_to_do(call: GlueCall, action: str) -> Rewrite:
    """The frame itself, and a word on the action that goes."""
    fixed = call.frame_facts.provenance is Provenance.FIXED
    return Rewrite(
        code("{frame}", frame=call.frame),
        certainty=Certainty.EXACT if fixed else Certainty.CONDITIONAL,
        condition="" if fixed else _ONE_TYPE,
        findings=(call.info(f"choice {action} goes: each column of a DataFrame has one type", ""),),
    )


def _only_casts(entries: list[object]) -> bool:
    """Whether all specs are casts to plain types, none of them of what is inside an array."""
    return all(
        isinstance(entry, tuple) and len(entry) == 2 and all(isinstance(part, str) for part in entry)
        and path_parts(entry[0]) is not None and entry[1].startswith("cast:") and spark_type(entry[1][5:])
        for entry in entries
    )  # fmt: skip


def _shown(call: GlueCall, piece: ast.expr) -> str:
    spelled = call.literal(piece)
    return spelled if isinstance(spelled, str) else call.text(piece)


def _declared(call: GlueCall, name: str) -> str:
    """Return the type that the catalog gives a column of text files, empty where the table is not known."""
    table = call.place.world.tables.get(call.frame_facts.source.lower())
    if table is None or call.frame_facts.provenance is not Provenance.CATALOG:
        return ""
    return next((kind for column, kind in table.columns if column.lower() == name.lower()), "")


_ADVICE = {
    "project": "'project' is documented two ways; decide whether values of other types become null or are cast",
    "make_cols": "read the column as text and make one column a type with try_cast",
    "make_struct": "read the column as text and build the struct with try_cast",
    "match_catalog": "match_catalog works on the whole frame, as choice=",
}


def _cast(call: GlueCall, casts: list[tuple[list[str], str]]) -> Rewrite:
    if not casts:
        return Rewrite(code("{frame}", frame=call.frame))
    functions = call.place.functions
    pieces = [
        (quoted(parts[0]), f"{functions}.expr({quoted(f'try_cast({column(parts)} AS {kind})')})")
        for parts, kind in casts
    ]
    if len(pieces) == 1:
        result = code("{frame}.withColumn({name}, {value})", frame=call.frame, name=pieces[0][0], value=pieces[0][1])
    else:
        inside = joined(", ", [f"{name}: {value}" for name, value in pieces])
        result = code("{frame}.withColumns({{{inside}}})", frame=call.frame, inside=inside)
    return Rewrite(
        result,
        certainty=Certainty.CONDITIONAL,
        condition="the column exists; text with a fraction cast to a whole number becomes null",
        imports=(FUNCTIONS,),
    )
