"""Members that a project adds to Glue's classes become the functions that they are: `frame.tidy()` -> `tidy(frame)`.

Spark's own classes are no place for them: `DataFrame.write` and `SparkSession.read` are Spark's, and Spark Connect, which
standard and serverless compute run on, has other classes of these names.
"""

import ast

from glue2lakehouse.tools.rewrite.code import Piece, code, joined
from glue2lakehouse.tools.rewrite.kinds.added_names import spelled
from glue2lakehouse.tools.rewrite.rule import Answer, Code, Example, Place, Rewrite, Rule, Use

ADDED = "glue2lakehouse.AddedMember"


class AddedMembers(Rule):
    """A method is called with its object as the first argument, and so is the function of a property."""

    name = "added-members"
    glue = (ADDED,)
    example = Example(
        before="from awsglue.dynamicframe import DynamicFrame\n\n\ndef without_notes(self):\n"
        '    return self.drop_fields(["note"])\n\n\nDynamicFrame.without_notes = without_notes\n\n\n'
        "def clean(orders: DynamicFrame):\n    return orders.without_notes().count()\n",
        after="from pyspark.sql import DataFrame\n\n\ndef without_notes(self):\n"
        '    return self.drop("note")\n\n\n'
        "def clean(orders: DataFrame):\n    return without_notes(orders).count()\n",
    )

    def refer(self, use: Use) -> Answer:
        """The call of a method, or the member itself: a property's value, a method of the class or bound to an object."""
        place, world = use.place, use.place.world
        node = use.node.func if isinstance(use.node, ast.Call) else use.node
        assert isinstance(node, ast.Attribute)
        added = world.extended[node]
        name, anchor, line = spelled(world, place.module, added)
        imported = (anchor, line) if anchor is not None else None
        needed = (line,) if line and anchor is None else ()
        renamed = use.info(f"`{added.name}` is called as the function `{name}`")
        findings = (renamed,) if name != added.name else ()
        made = _spelled_out(use, name, node, added.mode)
        bound = ("import functools",) if made.parts[0] == _BOUND else ()
        return Rewrite(made, imports=(*needed, *bound), import_after=imported, findings=findings)


def _spelled_out(use: Use, name: str, node: ast.Attribute, mode: str) -> Code:
    if isinstance(use.node, ast.Call):
        return code("{name}({given})", name=name, given=joined(", ", [node.value, *_arguments(use.node)]))
    if use.kind(node.value).tag == "class":
        return Code((name,))
    if mode == "property":
        return code("{name}({owner})", name=name, owner=node.value)
    return Code((_BOUND, name, ", ", node.value, ")"))


_BOUND = "functools.partial("


def is_method(place: Place, call: ast.Call) -> bool:
    """Whether a call is of an added method of an object."""
    node = call.func
    if not isinstance(node, ast.Attribute) or node not in place.world.extended:
        return False
    return place.world.extended[node].mode == "method" and place.kind(node.value).tag != "class"


def _arguments(call: ast.Call) -> list[Piece]:
    given: list[Piece] = [
        code("*{value}", value=each.value) if isinstance(each, ast.Starred) else each for each in call.args
    ]
    return given + [
        code(f"{each.arg}={{value}}" if each.arg else "**{value}", value=each.value) for each in call.keywords
    ]
