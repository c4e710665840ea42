"""Join, union and merge frames.

Glue: aws-glue-api-crawler-pyspark-transforms-Join and -extensions-dynamic-frame (union, mergeDynamicFrame). A Glue join keeps
all columns and gives the left one of two with the same name a leading dot: keys in the rows of awslabs/aws-glue-libs issue 76,
other columns in schemas and rows that public scripts print. It does so record by record: AWS's legislators sample joins on
links and image without a dot, and none of the records that meet has them on the left. A union matches columns by name.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from glue2lakehouse.domain import Certainty, Finding, Severity
from glue2lakehouse.tools.rewrite.analyses.pivoted import known_columns
from glue2lakehouse.tools.rewrite.code import code
from glue2lakehouse.tools.rewrite.kinds.values import DYNAMIC_FRAME, FrameFacts, Lacking
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule
from glue2lakehouse.tools.rewrite.rules.fields import helper
from glue2lakehouse.tools.rewrite.types import WHOLE, spark_type


class Join(Rule):
    """The helper `join_frames` names columns as Glue does; where records may lack one of both frames' columns it asks the rows."""

    name = "join"
    glue = ("awsglue.transforms.Join.apply", f"{DYNAMIC_FRAME}.join")
    example = Example(
        before="from awsglue.transforms import Join\n\n\ndef both(orders, buyers):\n"
        '    return Join.apply(orders, buyers, "buyer", "id")\n',
        after="from glue_compat import join_frames\n\n\ndef both(orders, buyers):\n"
        '    return join_frames(orders, buyers, "buyer", "id")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Inner join on equal keys; null keys match nothing on either side."""
        left = call.frame
        right = call.argument("frame2")
        first, second = call.argument("keys1", "paths1"), call.argument("keys2", "paths2")
        if right is None or first is None or second is None:
            return call.blocker("the join needs two frames and their keys", "pass frame1, frame2, keys1, keys2")
        pairs = _pairs(call.literal(first), call.literal(second))
        for one, two in pairs or ():
            if one != two and one.lower() == two.lower():
                return call.blocker(
                    f"the keys {one} and {two} differ in case only: Glue keeps both columns, Spark takes them for one",
                    "rename one of them before the join",
                )
        clash = _clash(known_columns(call, left), known_columns(call, right), pairs)
        if (refused := _refused(call, clash)) is not None:
            return refused
        lacks = max(facts.lacks_fields for facts in (call.frame_facts, call.kind(right).frame or FrameFacts()))
        dotted = lacks is Lacking.NO or (bool(clash.equal) and lacks is Lacking.MAYBE)
        joined = helper(
            "join_frames",
            "join_frames({left}, {right}, {first}, {second}, dotted=True)" if dotted else "join_frames({left}, {right}, {first}, {second})",
            f"{_DOTTED if dotted else _TOLD_BY_ROWS}; {_NAN}",
            left=left, right=right, first=first, second=second,
        )  # fmt: skip
        told = [_in_order(call)] if pairs is not None and len(pairs) > 1 else []
        if clash.equal and lacks is not Lacking.NO:
            told.append(_of_both(call, clash.equal, lacks))
        return replace(joined, findings=tuple(told))


class _Clash(NamedTuple):
    """Columns that both frames are known to have besides equal keys, those spelled in two ways, and names of two columns."""

    equal: list[str]
    spelled: list[str]
    twice: list[str]


def _refused(call: GlueCall, clash: _Clash) -> Finding | None:
    """Return why a join is handed off whose result has two columns that Spark takes for one."""
    action = "rename it on one side before the join"
    if clash.spelled:
        message = f"both frames have {', '.join(clash.spelled)}, spelled in two ways: Glue keeps both columns, Spark takes them for one"
        return call.blocker(message, action)
    if clash.twice:
        return call.blocker(f"the join gives two columns the name {', '.join(clash.twice)}", action)
    return None


def _pairs(first: object, second: object) -> list[tuple[str, str]] | None:
    """Return the keys that are made equal, None where they are computed."""
    left, right = ([keys] if isinstance(keys, str) else keys for keys in (first, second))
    if not isinstance(left, list | tuple) or not isinstance(right, list | tuple) or len(left) != len(right):
        return None
    return [(str(one).strip("`"), str(two).strip("`")) for one, two in zip(left, right, strict=True)]


def _clash(left: tuple[str, ...], right: tuple[str, ...], pairs: list[tuple[str, str]] | None) -> _Clash:
    keys = {one for one, two in pairs or () if one == two}
    taken = {name.lower() for name in right}
    shared = [name for name in left if name.lower() in taken and name not in keys]
    names = [f".{name}" if name.lower() in taken else name for name in left] + list(right)
    return _Clash(
        [name for name in shared if name in right] if pairs is not None else [],
        [name for name in shared if name not in right],
        sorted({name for name in names if names.count(name) > 1}),
    )


_TOLD_BY_ROWS = (
    "keys that are compared have one type (checked when it runs); of columns of both frames the rows tell which get a dot (a look "
    "at them when it runs; a value on the left beside a null on the right stops the job)"
)
_DOTTED = "keys that are compared have one type (checked when it runs), and no row of a CSV file is cut short"
_NAN = "a NaN in a key meets another NaN (undocumented)"


def _of_both(call: GlueCall, names: list[str], lacks: Lacking) -> Finding:
    """Say what becomes of columns of both frames whose records may lack one of them."""
    both = f"both frames have {', '.join(names)}: "
    if lacks is Lacking.LIKELY:
        return call.warning(
            f"{both}Glue calls the left one `.{names[0]}` in records where both are there, and records of JSON or XML, or of a union,"
            " may lack one; the job looks at the rows, and stops where they do not tell",
            "rename it on one side before the join",
        )
    return call.warning(
        f"{both}the left one's is `.{names[0]}` from here on, as in the schemas that runs of Glue print; in Glue a record of JSON or"
        " XML that lacks one of the two has the other under the plain name",
        "see that every record holds them, null or not, as rows of a database and of Parquet do; else drop dotted=True",
    )


def _in_order(call: GlueCall) -> Finding:
    return call.warning(
        "joins on several keys were seen to join rows whose values match in another order (awslabs/aws-glue-libs issue 76);"
        " this one compares each key with its own, as documented",
        "see that no two keys hold values of each other, or that such rows are not wanted",
    )


class Union(Rule):
    """By name, with null for what one side does not have."""

    name = "union"
    glue = ("awsglue.transforms.Union.apply", f"{DYNAMIC_FRAME}.union")
    example = Example(
        before="from awsglue.dynamicframe import DynamicFrame\n\n\ndef both(one: DynamicFrame, two: DynamicFrame):\n"
        "    return one.union(two)\n",
        after="from pyspark.sql import DataFrame\n\n\ndef both(one: DataFrame, two: DataFrame):\n"
        "    return one.unionByName(two, allowMissingColumns=True)\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """`Union.apply` raises in every published version of Glue; what is meant is clear."""
        other = call.argument("other_frame", "frame2")
        if other is None:
            return call.blocker("the union needs a second frame", "pass it")
        found = list(_of_two_types(call, call.kind(other).frame or FrameFacts()))
        if (refused := next((each for each in found if each.severity is Severity.BLOCKER), None)) is not None:
            return refused
        return Rewrite(
            code("{frame}.unionByName({other}, allowMissingColumns=True)", frame=call.frame, other=other),
            certainty=Certainty.CONDITIONAL,
            condition="columns of the same name have the same type, and no two names differ in case only",
            findings=tuple(found),
        )


def _of_two_types(call: GlueCall, other: FrameFacts) -> Iterator[Finding]:
    """Yield what is known against a union: columns that are of two types, or spelled in two ways.

    A whole number beside a longer one is a warning: Spark makes the longer one of both, as a cast after the union does.
    """
    held = {name.lower(): (name, kind) for name, kind in call.frame_facts.columns or ()}
    for name, kind in other.columns or ():
        first, type_ = held.get(name.lower(), (name, kind))
        one, two = spark_type(type_), spark_type(kind)
        if first != name and not (call.frame_facts.source or other.source):
            yield call.blocker(
                f"the frames' columns {first} and {name} differ in case only: Glue keeps both, Spark takes them for one",
                "rename one of them before the union",
            )
        elif one and two and one != two:
            tell = call.warning if {one, two} <= WHOLE else call.blocker
            yield tell(
                f"{name} is {one} in one frame and {two} in the other: Glue's column holds values of both types, Spark casts one of them",
                f"cast {name} to one type in both frames before the union",
            )


class MergeFrames(Rule):
    """All staging rows, and the source rows whose key is not among them. Not a Delta MERGE: duplicates stay."""

    name = "merge-frames"
    glue = (f"{DYNAMIC_FRAME}.mergeDynamicFrame",)
    example = Example(
        before="from awsglue.dynamicframe import DynamicFrame\n\n\ndef fresh(old: DynamicFrame, new: DynamicFrame):\n"
        '    return old.mergeDynamicFrame(new, ["id"])\n',
        after="from pyspark.sql import DataFrame\nfrom glue_compat import merge_frames\n\n\n"
        "def fresh(old: DataFrame, new: DataFrame):\n"
        '    return merge_frames(old, new, ["id"])\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """The helper `merge_frames`."""
        stage, keys = call.argument("stage_dynamic_frame"), call.argument("primary_keys")
        call.drop("options")
        if stage is None or keys is None:
            return call.blocker("the merge needs a staging frame and its keys", "pass both")
        return helper(
            "merge_frames",
            "merge_frames({frame}, {stage}, {keys})",
            f"a null key matches nothing (undocumented), {_NAN}; columns of the same name have the same type (checked when it runs)",
            frame=call.frame, stage=stage, keys=keys,
        )  # fmt: skip
