"""Resolve choice types: `ResolveChoice` -> `try_cast`, or nothing where there is no choice.

Glue: aws-glue-api-crawler-pyspark-transforms-ResolveChoice. A DataFrame has no choice types. `cast:t` is a `try_cast` on any
column (what does not fit becomes null); the other actions only act on choices, so they go where the frame cannot hold one, and
are handed off where the author names a column that does.
"""

import ast
from collections.abc import Iterator
from dataclasses import replace

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.analyses.mixed_columns import ADVICE, declared_type, handed_off, without_choice
from glue2lakehouse.tools.rewrite.analyses.spelling import misspelled
from glue2lakehouse.tools.rewrite.code import code, joined
from glue2lakehouse.tools.rewrite.io.kept_choices import Kept, kept_choices
from glue2lakehouse.tools.rewrite.kinds.values import DYNAMIC_FRAME, Provenance
from glue2lakehouse.tools.rewrite.mapping.names import table_code
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import FUNCTIONS, NOT_LITERAL, Answer, Example, GlueCall, Rewrite, Rule
from glue2lakehouse.tools.rewrite.rules.fields import helper
from glue2lakehouse.tools.rewrite.types import NESTED, WHOLE, column, path_parts, spark_type

_ONE_TYPE = "no column holds values of more than one type"
_NULL = "what does not fit the type of a table's column is null in it, and so is text with a fraction in a column of whole numbers"
_SAME_TYPES = "columns of one name have one type in all frames of the union"


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
        if (kept := kept_choices(call)) is not None:
            return _apart(call, kept, specs, choice)
        if choice is not None and call.literal(choice) not in ("", None):
            if specs is not None and call.literal(specs) is not None:
                return call.blocker("specs and choice are both given, which Glue refuses", "keep one of them")
            action = call.literal(choice)
            return self._whole(call, action.lower() if isinstance(action, str) else action, database, table)
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
            single = call.frame_facts.has_single_types or call.frame_facts.provenance is Provenance.CATALOG
            if single:
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
        if _unknown(str(choice)):
            return call.blocker(*_no_action(str(choice)))
        if call.frame_facts.provenance is Provenance.CHOICE and not call.frame_facts.surely_single:
            return call.blocker(
                f"'{choice}' acts on every column of JSON or XML records that holds several types, and Spark reads those as text",
                "name the columns that it is meant for, and try_cast them; drop it where each column has one type",
            )
        return _nothing_to_do(call, str(choice))

    def _columns(self, call: GlueCall, specs: ast.expr, entries: list[object]) -> Answer:
        casts: list[tuple[list[str], str]] = []
        others: list[tuple[str, str]] = []
        paths = [
            entry[0].lower() for entry in entries if isinstance(entry, tuple) and entry and isinstance(entry[0], str)
        ]
        if twice := next((path for path in paths if paths.count(path) > 1), None):
            return call.blocker(
                f"'{twice}' has two specs, and Glue does not say which counts", "keep the one that is meant"
            )
        for entry in entries:
            if not (isinstance(entry, tuple) and len(entry) == 2 and all(isinstance(part, str) for part in entry)):
                return call.blocker("a spec is no pair of path and action", "write (path, action)")
            path, action = entry[0], entry[1].lower()
            verb, _, wanted = action.partition(":")
            if _unknown(action):
                return call.blocker(*_no_action(entry[1]))
            if verb == "cast":
                parts, kind = path_parts(path), spark_type(wanted)
                if parts is not None and len(parts) > 1 and kind and _only_casts(entries):
                    return self._computed(call, specs)
                if parts is None or len(parts) != 1 or not kind or _loses_text(call, parts, kind):
                    return _uncast(call, path, wanted, parts, kind)
                if (held := dict(call.frame_facts.columns or ()).get(parts[0], "")).startswith(NESTED):
                    return call.blocker(
                        f"'{path}' is of type {held} and becomes {wanted}, which Glue documents nowhere",
                        "spell the value out with to_json, or leave it as it is",
                    )
                casts.append((parts, kind))
            else:
                others.append((path, action))
        if (finding := misspelled(call, [parts[0] for parts, _ in casts])) is not None:
            return finding
        answer = _without_others(call, others, _cast(call, casts))
        texts = [parts[0] for parts, kind in casts if kind == "string" and not declared_type(call, parts[0])]
        of_records = call.frame_facts.provenance is Provenance.CHOICE and not call.frame_facts.surely_single
        if isinstance(answer, Rewrite) and of_records:
            return replace(answer, findings=(*answer.findings, *_of_records(call, casts)))
        if isinstance(answer, Finding) or call.frame_facts.provenance is not Provenance.CATALOG or not texts:
            return answer
        told = call.warning(
            f"{', '.join(texts)}: text in a number column of a CSV or JSON table is null in Spark, where Glue keeps it for this cast",
            "see that the table's DDL declares it as string",
        )
        return replace(answer, findings=(*answer.findings, told))


def _loses_text(call: GlueCall, parts: list[str], kind: str) -> bool:
    return kind == "string" and declared_type(call, parts[0]) not in ("", "string")


def _uncast(call: GlueCall, path: str, wanted: str, parts: list[str] | None, kind: str | None) -> Finding:
    if parts is None or len(parts) != 1 or not kind:
        return call.blocker(
            f"'{path}' is cast to '{wanted}' inside an array or struct, or to a nested type",
            "rebuild the struct with withField, or the array with transform, and try_cast",
        )
    declared = declared_type(call, parts[0])
    return call.blocker(
        f"'{path}' is {declared} in the table, whose files hold text: what is no {declared} is null in Spark,"
        " where Glue keeps it for this cast",
        f"declare {path} as string in the table's DDL, or cast it back to {declared}",
    )


def _apart(call: GlueCall, kept: Kept, specs: ast.expr | None, choice: ast.expr | None) -> Rewrite:
    """The read keeps the values of each type apart, and the helper does to them what the action says.

    Columns that are only cast are read as one type, as they are where nothing is kept apart.
    """
    entries = call.literal(specs) if specs is not None else None
    given = code("{specs}", specs=specs) if specs is not None and entries is not None else None
    given = code("choice={choice}", choice=choice) if given is None and choice is not None else given
    answer = helper(
        "resolve_json_choices", "resolve_json_choices({frame}, {given})",
        "text with a fraction cast to a whole number becomes null; a projection of values that can be converted stops the job (AWS documents it two ways)",
        frame=call.frame, given=given or code(""),
    )  # fmt: skip
    pairs = [entries] if isinstance(entries, tuple) else entries if isinstance(entries, list) else []
    casts = [
        (parts, kind)
        for path, action in pairs
        if (kind := spark_type(action.lower().removeprefix("cast:")))
        and (parts := path_parts(path)) and kept.columns is not None and parts[0] not in kept.columns
    ]  # fmt: skip
    return replace(answer, findings=tuple(_of_records(call, casts)))


def _without_others(call: GlueCall, others: list[tuple[str, str]], answer: Rewrite) -> Rewrite | Finding:
    """Leave out the actions that only act on choices, where the column has none, or has what they leave of it."""
    expected, single = {}, call.frame_facts.surely_single
    for path, action in others:
        moot = "yes" if single else without_choice(call, path, action)
        if moot == "no":
            return call.blocker(*handed_off(call, path, action))
        if moot == "if typed":
            expected["".join(path_parts(path) or ())] = spark_type(action.partition(":")[2])
    if expected:
        types = "{" + ", ".join(f"{quoted(name)}: {quoted(str(kind))}" for name, kind in expected.items()) + "}"
        answer = replace(
            answer,
            code=code("expect_types({frame}, {types})", frame=answer.code or call.frame, types=types),
            imports=(*answer.imports, "from glue_compat import expect_types"),
            compat=(*answer.compat, "expect_types"),
        )
    if others and not single:
        both = "; ".join(filter(None, [answer.condition, _NULL]))
        answer = replace(answer, certainty=Certainty.CONDITIONAL, condition=both)
    gone = [call.info(f"{action} on {path} goes: the column has one type", "") for path, action in others]
    return replace(answer, findings=(*answer.findings, *gone))


def _of_union(call: GlueCall) -> bool:
    """Whether the frame is a union of frames of which each column has one type."""
    return call.frame_facts.mixed and call.frame_facts.provenance is Provenance.FIXED


def _unknown(action: str) -> bool:
    """Whether Glue has no such action, and stops."""
    verb, colon, kind = action.partition(":")
    return not kind.strip() if verb in ("cast", "project") else bool(colon) or verb not in ADVICE


def _no_action(action: str) -> tuple[str, str]:
    return (
        f"'{action}' is no way to resolve a choice, and Glue stops at it",
        "write cast:type, project:type, make_cols or make_struct",
    )


def _nothing_to_do(call: GlueCall, action: str) -> Rewrite:
    """The frame itself, and a word on the action that goes."""
    fixed = call.frame_facts.provenance is Provenance.FIXED and call.frame_facts.surely_single
    return Rewrite(
        code("{frame}", frame=call.frame),
        certainty=Certainty.EXACT if fixed else Certainty.CONDITIONAL,
        condition="" if fixed else _SAME_TYPES if _of_union(call) else _ONE_TYPE,
        findings=(call.info(f"choice {action} goes: each column of a DataFrame has one type", ""),),
    )


def _of_records(call: GlueCall, casts: list[tuple[list[str], str]]) -> Iterator[Finding]:
    """Say what Spark has made of numbers before the cast: it reads one type a field, where Glue keeps each value as it is."""
    texts = ", ".join(parts[0] for parts, kind in casts if kind == "string")
    whole = ", ".join(parts[0] for parts, kind in casts if kind in WHOLE)
    if texts:
        yield call.warning(
            f"{texts}: a field that holds whole numbers and fractions is double in Spark, where 1 becomes the text 1.0; Glue keeps 1",
            "see that no record has a fraction in a field of whole numbers that is cast to string",
        )
    if whole:
        yield call.warning(
            f"{whole}: a field that holds texts and numbers is text in Spark, where 1.5 becomes null; Glue takes the fraction off",
            "see that no record has a number with a fraction in such a field, or cast it to double first",
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


_CAST = "the column exists; text with a fraction cast to a whole number becomes null"
_NO_CONTAINER = "; what becomes text is no array, struct or map (undocumented)"


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
        condition=_CAST + _NO_CONTAINER * any(kind == "string" for _, kind in casts),
        imports=(FUNCTIONS,),
    )
