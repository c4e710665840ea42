"""Collections of frames are dicts of DataFrames: SplitFields, SplitRows, SelectFromCollection, MapToCollection, FlatMap.

Glue: aws-glue-api-crawler-pyspark-extensions-dynamic-frame-collection and the transforms' pages.
"""

import ast

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.code import code
from glue2lakehouse.tools.rewrite.kinds.values import COLLECTION, DYNAMIC_FRAME
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule
from glue2lakehouse.tools.rewrite.rules.fields import helper


class SelectFromCollection(Rule):
    """One frame of the dict. Glue gives an empty frame for a key that is missing, Python a KeyError."""

    name = "select-from-collection"
    glue = ("awsglue.transforms.SelectFromCollection.apply", f"{COLLECTION}.select")
    example = Example(
        before="from awsglue.transforms import SelectFromCollection\n\n\ndef first(frames):\n"
        "    return SelectFromCollection.apply(dfc=frames, key=list(frames.keys())[0])\n",
        after="def first(frames):\n    return frames[list(frames.keys())[0]]\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """`frames[key]`."""
        frames = call.argument("dfc") or call.receiver
        key = call.argument("key")
        if key is None:
            return call.blocker("the key of the frame is not given", "pass key")
        return Rewrite(
            code("{frames}[{key}]", frames=frames, key=key),
            certainty=Certainty.CONDITIONAL,
            condition="the collection has the key",
        )


class CollectionMembers(Rule):
    """`keys` and `values` are the dict's own."""

    name = "collection-members"
    glue = (f"{COLLECTION}.keys", f"{COLLECTION}.values")
    example = Example(
        before="from awsglue.dynamicframe import DynamicFrameCollection\n\n\n"
        "def names(frames: DynamicFrameCollection):\n    return list(frames.keys())\n",
        after="def names(frames: dict):\n    return list(frames.keys())\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """The dict's method, unchanged."""
        return Rewrite(code("{frames}.{method}()", frames=call.receiver, method=call.leaf))


class SplitFrames(Rule):
    """Two frames under two names, by the helpers `split_fields` and `split_rows`."""

    name = "split"
    glue = (
        "awsglue.transforms.SplitFields.apply",
        "awsglue.transforms.SplitRows.apply",
        f"{DYNAMIC_FRAME}.split_fields",
        f"{DYNAMIC_FRAME}.split_rows",
    )
    example = Example(
        before="from awsglue.transforms import SplitRows\n\n\ndef parts(frame):\n"
        '    return SplitRows.apply(frame, {"age": {">": 30}}, "old", "young")\n',
        after="from glue_compat import split_rows\n\n\ndef parts(frame):\n"
        '    return split_rows(frame, {"age": {">": 30}}, "old", "young")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """SplitFields without names calls the parts after the frame's own name, which a DataFrame does not have."""
        what = call.argument("paths") or call.argument("comparison_dict")
        first, second = call.argument("name1"), call.argument("name2")
        rows = call.leaf in ("SplitRows", "split_rows")
        if what is None:
            return call.blocker("nothing says how to split", "pass paths or comparison_dict")
        if first is None or second is None:
            if not rows:
                return call.blocker(
                    "the parts have no names", "pass name1 and name2, and use them where the parts are read"
                )
            first, second = first or ast.Constant("frame1"), second or ast.Constant("frame2")
        name = "split_rows" if rows else "split_fields"
        return helper(
            name,
            "{name}({frame}, {what}, {first}, {second})",
            "a null in a compared column belongs to the second part, and no compared number is NaN (undocumented)"
            if rows
            else "",
            name=name,
            frame=call.frame,
            what=what,
            first=first,
            second=second,
        )


class MapCollection(Rule):
    """A function over every frame of a collection."""

    name = "map-collection"
    glue = ("awsglue.transforms.MapToCollection.apply", f"{COLLECTION}.map")
    example = Example(
        before="from awsglue.transforms import MapToCollection\n\n\ndef each(frames, clean):\n"
        '    return MapToCollection.apply(dfc=frames, callable=clean, transformation_ctx="m")\n',
        after='def each(frames, clean):\n    return {key: clean(frame, "m:" + key) for key, frame in frames.items()}\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """The function gets the frame and the context's name with the key behind a colon."""
        frames = call.argument("dfc") or call.receiver
        function, context = call.argument("callable"), call.argument("transformation_ctx")
        if function is None:
            return call.blocker("no function is given", "pass callable")
        prefix = call.literal(context) if context is not None else ""
        if not isinstance(prefix, str):
            return call.blocker("the context's name is computed", "write it out")
        return Rewrite(
            code(
                '{{key: {function}(frame, "{prefix}:" + key) for key, frame in {frames}.items()}}',
                function=function,
                prefix=prefix,
                frames=frames,
            )
        )


class FlatMapCollection(Rule):
    """A transform or a function over every frame, its results in one collection: handed off by name."""

    name = "flat-map"
    glue = ("awsglue.transforms.FlatMap.apply", f"{COLLECTION}.flatmap")
    example = None

    def rewrite(self, call: GlueCall) -> Answer:
        """Result names come from the frames' own names, which DataFrames do not have."""
        call.drop_everything()
        return call.blocker(
            "the results are named after the frames, and a DataFrame has no name",
            "write a loop over the dict that names each result",
        )
