"""Choose, drop and rename columns: SelectFields, DropFields, RenameField -> `select`, `drop`, `withColumnRenamed`.

Glue: aws-glue-api-crawler-pyspark-transforms-{SelectFields,DropFields,RenameField}. Paths with dots reach into structs and
go through the helpers, because `df.drop("a.b")` silently does nothing.
"""

import ast
import re

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.analyses.spelling import misspelled
from glue2lakehouse.tools.rewrite.code import Code, code, joined
from glue2lakehouse.tools.rewrite.kinds.values import DYNAMIC_FRAME
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule

_PLAIN = re.compile(r"[^.`\[\]]+")
_EMPTIED = (
    "no struct in a record has only fields that are dropped from it: in Glue it goes with them, and here it stays, of the nulls of "
    "the fields that other records have"
)


def plain_names(value: object) -> list[str] | None:
    """Return top-level column names from a literal string or list; None for anything else."""
    names = [value] if isinstance(value, str) else list(value) if isinstance(value, list | tuple) else None
    if not names or not all(isinstance(name, str) and _PLAIN.fullmatch(name) for name in names):
        return None
    return names


def helper(helper_name: str, template: str, condition: str = "", **holes: object) -> Rewrite:
    """Return a rewrite that calls a helper of `glue_compat`."""
    return Rewrite(
        code(template, **holes),  # type: ignore[arg-type]
        certainty=Certainty.CONDITIONAL if condition else Certainty.EXACT,
        condition=condition,
        imports=(f"from glue_compat import {helper_name}",),
        compat=(helper_name,),
    )


def _written(call: GlueCall, paths: ast.expr, names: list[str]) -> Code:
    """Return the names as arguments; a variable that holds them stays in use."""
    if isinstance(paths, ast.Name):
        return code("{paths}" if isinstance(call.literal(paths), str) else "*{paths}", paths=paths)
    return joined(", ", [quoted(name) for name in names])


class DropFields(Rule):
    """A name that does not exist is no error on either side."""

    name = "drop-fields"
    glue = ("awsglue.transforms.DropFields.apply", f"{DYNAMIC_FRAME}.drop_fields")
    example = Example(
        before="from awsglue.transforms import DropFields\n\n\ndef slim(frame):\n"
        '    return DropFields.apply(frame=frame, paths=["a", "b"], transformation_ctx="d")\n',
        after='def slim(frame):\n    return frame.drop("a", "b")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Nested and computed paths go to the helper `drop_fields`."""
        paths = call.argument("paths")
        if paths is None:
            return call.blocker("DropFields is called without paths", "pass the paths")
        names = plain_names(call.literal(paths))
        if names is None:
            condition = _EMPTIED if call.frame_facts.may_lack_fields else ""
            return helper("drop_fields", "drop_fields({frame}, {paths})", condition, frame=call.frame, paths=paths)
        return misspelled(call, names) or Rewrite(
            code("{frame}.drop({names})", frame=call.frame, names=_written(call, paths, names)),
            certainty=Certainty.CONDITIONAL,
            condition="the names are spelled as the columns are",
        )


class SelectFields(Rule):
    """A name that does not exist is left out by Glue and an error in Spark, which nobody can miss."""

    name = "select-fields"
    glue = ("awsglue.transforms.SelectFields.apply", f"{DYNAMIC_FRAME}.select_fields")
    example = Example(
        before="from awsglue.transforms import SelectFields\n\n\ndef slim(frame):\n"
        '    return SelectFields.apply(frame=frame, paths=["a", "b"])\n',
        after='def slim(frame):\n    return frame.select("a", "b")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Computed and quoted names go to the helper `select_fields`, which leaves out what is not there.

        So do names that come twice, in one spelling or two: Spark would make two columns of them.
        """
        paths = call.argument("paths")
        if paths is None:
            return call.blocker("SelectFields is called without paths", "pass the paths")
        names = plain_names(call.literal(paths))
        if names is None or len({name.lower() for name in names}) < len(names):
            return misspelled(call, names or ()) or helper(
                "select_fields", "select_fields({frame}, {paths})", frame=call.frame, paths=paths
            )
        return misspelled(call, names) or Rewrite(
            code("{frame}.select({names})", frame=call.frame, names=_written(call, paths, names)),
            certainty=Certainty.CONDITIONAL,
            condition="all the named columns exist, spelled like this",
        )


class RenameField(Rule):
    """Both paths are full paths; backticks keep a dot in a name."""

    name = "rename-field"
    glue = ("awsglue.transforms.RenameField.apply", f"{DYNAMIC_FRAME}.rename_field")
    example = Example(
        before="from awsglue.transforms import RenameField\n\n\ndef name(frame):\n"
        '    return RenameField.apply(frame, "id", "order_id")\n',
        after='def name(frame):\n    return frame.withColumnRenamed("id", "order_id")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Nested, quoted and computed names go to the helper `rename_field`."""
        old, new = call.argument("old_name", "oldName"), call.argument("new_name", "newName")
        if old is None or new is None:
            return call.blocker("RenameField needs the old and the new name", "pass both")
        condition = "the old name is spelled as the column is, and no column has the new name already"
        before, after = plain_names(call.literal(old)), plain_names(call.literal(new))
        if before and after:
            return (
                misspelled(call, before)
                or _taken(call, before[0], after[0])
                or Rewrite(
                    code("{frame}.withColumnRenamed({old}, {new})", frame=call.frame, old=old, new=new),
                    certainty=Certainty.CONDITIONAL,
                    condition=condition,
                )
            )
        return helper(
            "rename_field", "rename_field({frame}, {old}, {new})", condition, frame=call.frame, old=old, new=new
        )


def _taken(call: GlueCall, old: str, new: str) -> Finding | None:
    """Return why a rename is not Spark's: another column is known to have the new name, and Spark then has two of it."""
    names = [name for name, _ in call.frame_facts.columns or ()]
    if old not in names or not any(name.lower() == new.lower() for name in names if name != old):
        return None
    return call.blocker(
        f"the frame has a column {new} already, and what becomes of it is not documented: Spark has two of the name then",
        f"drop {new} before, or choose another name",
    )
