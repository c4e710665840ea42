"""Tests that tell a DynamicFrame from a DataFrame: every frame is a DataFrame now, so that all of them go one way.

Nothing changes where both ways come to the same once `toDF` and `fromDF` are gone, or where the other way refuses the frame:

    if isinstance(frame, DynamicFrame):     # both return the frame as a DataFrame
        return frame.toDF()
    return frame
"""

import ast
from collections.abc import Sequence

from glue2lakehouse.tools.rewrite.editing.placing import can_be_lifted
from glue2lakehouse.tools.rewrite.kinds.values import COLLECTION, DATA_FRAME, DYNAMIC_FRAME, GLUE_CONTEXT, SPARK_SESSION
from glue2lakehouse.tools.rewrite.rule import Place, Rewrite, Use, code

_JUMPS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_LOGS = frozenset("debug info warning warn error print".split())
_OURS = frozenset({DATA_FRAME, DYNAMIC_FRAME, COLLECTION, GLUE_CONTEXT, SPARK_SESSION})
_BLOCKS = ("body", "orelse", "finalbody")


def tells_apart(place: Place, node: ast.expr) -> bool:
    """Whether the class DynamicFrame, named at `node`, makes the code do something else for a DynamicFrame than for a DataFrame."""
    above = place.parents.get(node)
    if isinstance(above, ast.arg):
        return chooses_by_annotation(place, above)
    if isinstance(above, ast.Compare | ast.MatchClass | ast.Dict) or _is_member(place, above):
        return True
    asked = [node]
    while isinstance(above, ast.Tuple | ast.List | ast.Set) or (
        isinstance(above, ast.BinOp) and isinstance(above.op, ast.BitOr)
    ):
        asked += [part for part in ast.walk(above) if isinstance(part, ast.Name | ast.Attribute)]
        above = place.parents.get(above)
    if isinstance(above, ast.Compare):
        return True
    both = any(place.kind(each).tag == "class" and place.kind(each).name == DATA_FRAME for each in asked)
    if both or (len(asked) > 1 and isinstance(above, ast.Subscript | ast.arg | ast.FunctionDef | ast.AnnAssign)):
        return False
    if not (
        isinstance(above, ast.Call)
        and isinstance(above.func, ast.Name)
        and above.func.id in ("isinstance", "issubclass")
    ):
        return len(asked) > 1
    return above.func.id == "issubclass" or not same_either_way(place, above, above.args[0])


def only_turns_into_data_frame(use: Use) -> Rewrite | None:
    """Return the answer for a test in an `if` or a conditional expression that only gives a DataFrame for the frame."""
    place, test = use.place, use.place.parents.get(use.node)
    if isinstance(test, ast.Tuple) and (named := _both(place, test)) is not None:
        return Rewrite(others=((named, code("{frame}", frame=_data_frame(place, test) or named)),))
    branch = place.parents.get(test) if test is not None else None
    while isinstance(branch, ast.UnaryOp) and isinstance(branch.op, ast.Not):
        branch = place.parents.get(branch)
    if not isinstance(branch, ast.If | ast.IfExp):
        return None
    said = f"`{' '.join(ast.unparse(branch).split())[:120]}` has nothing to do any more: every frame is a DataFrame"
    told = (use.info(said, "nothing; it is named because it goes"),)
    if isinstance(branch, ast.IfExp):
        same = can_be_lifted(branch, place.parents) and _plain(place, branch.body) == _plain(place, branch.orelse)
        return Rewrite(others=((branch, code("{frame}", frame=branch.body)),), findings=told) if same else None
    if not _is_needless(place, branch):
        return None
    gone = (use.info(f"`{ast.unparse(part)[:120]}` goes with the test above it", node=part) for part in branch.body)
    return Rewrite(remove=True, findings=(*told, *gone))


def _both(place: Place, named: ast.Tuple) -> ast.expr | None:
    """Return what two classes that are one now stand in: `Union[DynamicFrame, DataFrame]`, the tuple of an `isinstance`."""
    if len(named.elts) != 2 or _data_frame(place, named) is None:
        return None
    above = place.parents.get(named)
    if not can_be_lifted(above or named, place.parents):
        return None
    if isinstance(above, ast.Subscript) and ast.unparse(above.value).rsplit(".", 1)[-1] == "Union":
        return above
    return named if isinstance(above, ast.Call) and getattr(above.func, "id", "") == "isinstance" else None


def _data_frame(place: Place, named: ast.Tuple) -> ast.expr | None:
    return next((each for each in named.elts if _class(place, each) == DATA_FRAME), None)


def _is_needless(place: Place, branch: ast.If) -> bool:
    """Whether an `if` does for a frame what is done without it: a name is bound to itself, or what comes next is returned."""
    alone = any(getattr(place.parents.get(branch), name, None) == [branch] for name in _BLOCKS)
    if branch.orelse or alone or not all(isinstance(part, ast.Assign | ast.Return) for part in branch.body):
        return False
    done = effects(place, branch.body)
    test = branch.test.operand if isinstance(branch.test, ast.UnaryOp) else branch.test
    frame = test.args[0] if isinstance(test, ast.Call) and test.args else test
    return not done or (
        isinstance(branch.body[-1], ast.Return)
        and done == effects(place, _path(place, _following(place, branch), frame))
    )


def _is_member(place: Place, node: ast.AST | None) -> bool:
    """Whether a statement of an enumeration gives it a member, of which two of one value are one."""
    above = place.parents.get(node) if isinstance(node, ast.Assign) else None
    return isinstance(above, ast.ClassDef) and any(ast.unparse(base).endswith(("Enum", "Flag")) for base in above.bases)


def chooses_by_annotation(place: Place, argument: ast.arg) -> bool:
    """Whether the class of an argument chooses the function: `@to_frame.register`."""
    above = place.parents.get(place.parents.get(argument))  # type: ignore[arg-type]
    return isinstance(above, ast.FunctionDef) and any(
        isinstance(each, ast.Attribute) and each.attr == "register" for each in above.decorator_list
    )


def same_either_way(place: Place, test: ast.AST, frame: ast.expr, refused: bool = True, of: str = DATA_FRAME) -> bool:
    """Whether it makes no difference for a frame of either class that `test`, which tells the two apart, has one answer now.

    `of` is the class whose answer that is not, `refused` tells whether its way may raise an error as well, because none goes
    it any more.
    """
    node, positive = test, True
    above = place.parents.get(node)
    while isinstance(above, ast.BoolOp) or (isinstance(above, ast.UnaryOp) and isinstance(above.op, ast.Not)):
        if isinstance(above, ast.BoolOp):
            either = isinstance(above.op, ast.Or) and positive
            if either and refused and any(of in _classes_asked(place, value, frame) for value in above.values):
                return True
            refused = False
        else:
            positive = not positive
        node, above = above, place.parents.get(above)
    if isinstance(above, ast.Assert):
        return positive and refused
    if not isinstance(above, ast.If | ast.IfExp) or above.test is not node:
        return False
    if isinstance(above, ast.IfExp):
        return _plain(place, above.body) == _plain(place, above.orelse)
    rest = _following(place, above)
    held, other = (above.body, above.orelse) if positive else (above.orelse, above.body)
    one = _path(place, [*held, *rest], frame, of)
    two = _path(place, [*other, *rest], frame, of)
    if refused and two and isinstance(two[-1], ast.Raise) and not effects(place, two[:-1]):
        return True
    return effects(place, one) == effects(place, two)


def _following(place: Place, branch: ast.stmt) -> Sequence[ast.stmt]:
    """Return the statements after one in its block."""
    above = place.parents.get(branch)
    for name in _BLOCKS:
        block = getattr(above, name, None)
        if isinstance(block, list) and branch in block:
            return block[block.index(branch) + 1 :]
    return []


def _path(place: Place, block: Sequence[ast.stmt], frame: ast.expr, of: str = DATA_FRAME) -> list[ast.stmt]:
    """Return the statements that run for a frame of a class, as far as tests for its class decide, up to where control leaves."""
    found: list[ast.stmt] = []
    for statement in block:
        taken = _branch_taken(place, statement, frame, of) if isinstance(statement, ast.If) else None
        found += [statement] if taken is None else _path(place, taken, frame, of)
        if found and isinstance(found[-1], _JUMPS):
            break
    return found


def _branch_taken(place: Place, branch: ast.If, frame: ast.expr, of: str) -> list[ast.stmt] | None:
    """Return the block that a frame of a class takes; None where the test does not tell."""
    test, positive = branch.test, True
    while isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, positive = test.operand, not positive
    named = _classes_asked(place, test, frame)
    if not named or any(name is None for name in named):
        return None
    return branch.body if (of in named) is positive else branch.orelse


def _classes_asked(place: Place, test: ast.expr, frame: ast.expr) -> list[str | None]:
    """Return the classes that an `isinstance` of the frame asks for, None for one that is not known."""
    if not (
        isinstance(test, ast.Call)
        and isinstance(test.func, ast.Name)
        and test.func.id == "isinstance"
        and len(test.args) == 2
        and ast.dump(test.args[0]) == ast.dump(frame)
    ):
        return []
    asked = test.args[1].elts if isinstance(test.args[1], ast.Tuple) else [test.args[1]]
    return [_class(place, each) for each in asked]


def _class(place: Place, node: ast.expr) -> str | None:
    held = place.kind(node)
    if isinstance(node, ast.Name) and node.id in ("list", "dict", "tuple", "str", "int", "set", "bool", "float"):
        return f"builtins.{node.id}"
    return held.name if held.tag == "class" and held.name in _OURS else None


def effects(place: Place, statements: Sequence[ast.stmt]) -> list[str]:
    """Return what statements do, without what only logs, and what only binds a name to itself once every frame is a DataFrame."""
    found = []
    for statement in statements:
        value = getattr(statement, "value", None)
        if isinstance(statement, ast.Pass) or (isinstance(statement, ast.Expr) and _is_quiet(statement.value)):
            continue
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and value is not None:
            target = ast.unparse(statement.targets[0])
            if target == _plain(place, value):
                continue
            found.append(f"{target} = {_plain(place, value)}")
        elif isinstance(statement, ast.Return | ast.Expr) and value is not None:
            found.append(f"{type(statement).__name__} {_plain(place, value)}")
        else:
            found.append(ast.dump(statement))
    return found


def _is_quiet(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return True
    func = value.func if isinstance(value, ast.Call) else None
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    return name in _LOGS


def _plain(place: Place, value: ast.expr) -> str:
    """Return an expression's text without what is nothing now: the `toDF` and `fromDF` around it, the context's `spark_session`."""
    if isinstance(value, ast.Attribute) and value.attr == "spark_session" and place.kind(value).may_be(SPARK_SESSION):
        return ast.unparse(value.value)
    while isinstance(value, ast.Call):
        name = place.world.callees.get(value, "")
        if name == f"{DYNAMIC_FRAME}.toDF" and isinstance(value.func, ast.Attribute) and not value.args:
            value = value.func.value
        elif name == f"{DYNAMIC_FRAME}.fromDF" and value.args and _is_simple(value):
            value = value.args[0]
        else:
            break
    return ast.unparse(value)


def _is_simple(call: ast.Call) -> bool:
    """Whether the context and the name that `fromDF` is given are only looked up."""
    given = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
    return all(isinstance(each, ast.Name | ast.Attribute | ast.Constant | ast.JoinedStr) for each in given)
