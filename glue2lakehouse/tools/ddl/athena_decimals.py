"""Write Athena's arithmetic of DECIMALs with the digits that it keeps: a quotient has the larger scale of both sides.

Trino: functions/decimal. Spark: DecimalPrecision, whose quotient gains digits and is rounded half up as Athena's; it is rounded a
second time here, which gives the same digit as long as the divisor has no more digits than were gained. Of more than 38 digits
Spark gives up those behind the point, down to six.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from glue2lakehouse.tools.ddl.athena_call import Made, Said, info, warn
from glue2lakehouse.tools.ddl.kinds import Kinds, branches

_MOST, _KEPT = 38, 6
# Nobody counts or adds up to a divisor of more digits.
_SURE = 9
_WHOLE = {"TINYINT": 3, "SMALLINT": 5, "INT": 10}
_SAME = exp.Paren | exp.Neg | exp.Alias | exp.Abs | exp.Min | exp.Max | exp.Nullif | exp.Filter


@dataclass(frozen=True, slots=True)
class Digits:
    """How many digits a number has in Athena and in Spark, and how many of them behind the point, which is alike."""

    athena: int
    spark: int
    scale: int


def divided(node: exp.Div, kinds: Kinds) -> Made | None:
    """Return the quotient with Athena's scale; None where a side is no DECIMAL or whole number of known digits."""
    left, right = _digits(node.this, kinds), _digits(node.expression, kinds)
    if left is None or right is None:
        return None
    scale = max(left.scale, right.scale)
    whole = left.spark - left.scale + right.scale
    gained = max(_KEPT, left.scale + right.spark + 1)
    if whole + gained > _MOST:
        gained = max(_MOST - whole, _KEPT)
    sure = gained - scale
    if scale > _KEPT or sure < min(right.spark, _SURE):
        return None
    precision = min(_MOST, left.athena + right.scale + max(0, right.scale - left.scale))
    shown = node.sql()[:60]
    said = () if sure >= right.spark else (info(f"{shown}: a divisor of more than {sure} digits may round otherwise"),)
    made = exp.Cast(this=node.copy(), to=exp.DataType.build(f"DECIMAL({max(precision, scale)}, {scale})"))
    kinds.remember(made, "decimal")
    return made, said


def computed(node: exp.Mul | exp.Add | exp.Sub, kinds: Kinds) -> Made:
    """Answer for `*`, `+` and `-`: say where Spark gives up digits behind the point that Athena keeps."""
    left, right = _digits(node.this, kinds), _digits(node.expression, kinds)
    if left is None or right is None:
        return node, ()
    _, spark, scale = _unbounded(node, left, right)
    if spark <= _MOST or scale <= _KEPT:
        return node, ()
    return node, (_given_up(node, scale, max(_MOST - (spark - scale), _KEPT)),)


def chosen(node: exp.If | exp.Coalesce | exp.Case, kinds: Kinds) -> Made:
    """Answer for what is one of several values: Spark keeps all digits before the point, and Athena those behind it."""
    return node, tuple(_widened(branches(node), node, kinds))


def united(node: exp.SetOperation, kinds: Kinds) -> Made:
    """Answer for UNION, INTERSECT and EXCEPT, each of whose columns is one of two."""
    sides = [side.unnest() for side in (node.this, node.expression)]
    if not all(isinstance(side, exp.Select) for side in sides):
        return node, ()
    pairs = zip(sides[0].expressions, sides[1].expressions, strict=False)
    return node, tuple(said for pair in pairs for said in _widened(list(pair), pair[0], kinds))


def _widened(values: list[exp.Expr], shown: exp.Expr, kinds: Kinds) -> Iterator[Said]:
    found = [_digits(each, kinds) for each in values if not isinstance(each, exp.Null)]
    known = [each for each in found if each is not None]
    if not known or len(known) != len(found):
        return
    scale = max(each.scale for each in known)
    # A whole number that is written out has ten digits here, in Spark as in Athena.
    kept = max(_MOST - max(max(each.spark, each.athena) - each.scale for each in known), 0)
    if kept < scale:
        yield _given_up(shown, scale, kept)


def _given_up(node: exp.Expr, scale: int, kept: int) -> Said:
    return warn(f"{node.sql()[:60]}: {scale} digits behind the point in Athena, rounded to {kept} in Spark")


def round_kept(node: exp.Round, kinds: Kinds) -> Made | None:
    """Return round of a DECIMAL with the scale that it keeps in Athena, 1.2300; None where its digits are not known."""
    given, places = _digits(node.this, kinds), node.args["decimals"]
    if given is None:
        return None
    if isinstance(places, exp.Literal) and int(places.name) >= given.scale:
        return node, ()
    to = exp.DataType.build(f"DECIMAL({min(_MOST, given.athena + 1)}, {given.scale})")
    return exp.Cast(this=node.copy(), to=to), ()


def _digits(node: exp.Expr, kinds: Kinds) -> Digits | None:
    if isinstance(node, exp.Literal) and not node.is_string:
        return _of_literal(node.name)
    if isinstance(node, _SAME):
        return _digits(node.this, kinds)
    if isinstance(node, exp.Cast):
        return _of_type(node.to.sql()) if node.to.this.name == "DECIMAL" else _whole(node, kinds)
    if isinstance(node, exp.Sum):
        inner = _digits(node.this, kinds)
        if inner is None or kinds.of(node.this) == "int":
            return _whole(node, kinds)
        return Digits(_MOST, min(_MOST, inner.spark + 10), inner.scale)
    if isinstance(node, exp.Mul | exp.Add | exp.Sub):
        return _computed(node, kinds)
    if isinstance(node, exp.If | exp.Coalesce | exp.Case):
        return _one_of([_digits(each, kinds) for each in branches(node) if not isinstance(each, exp.Null)])
    if isinstance(node, exp.Column) and kinds.of(node) == "decimal":
        return _of_type(kinds.written(node))
    return _whole(node, kinds)


def _whole(node: exp.Expr, kinds: Kinds) -> Digits | None:
    if kinds.of(node) != "int":
        return None
    written = (
        kinds.written(node) if isinstance(node, exp.Column) else node.to.sql() if isinstance(node, exp.Cast) else ""
    )
    digits = _WHOLE.get(written)
    return Digits(digits, digits, 0) if digits else Digits(19, 20, 0)


def _of_literal(text: str) -> Digits | None:
    before, _, behind = text.partition(".")
    if not (before + behind).isdigit():
        return None
    digits = len(before.lstrip("0")) + len(behind) or 1
    return Digits(max(digits, 10) if not behind else digits, digits, len(behind))


def _of_type(text: str) -> Digits | None:
    name, _, rest = text.upper().replace(" ", "").partition("(")
    numbers = rest.rstrip(")").split(",")
    if name != "DECIMAL" or not all(number.isdigit() for number in numbers):
        return None
    precision, scale = int(numbers[0]), int(numbers[1]) if len(numbers) > 1 else 0
    return Digits(precision, precision, scale)


def _computed(node: exp.Binary, kinds: Kinds) -> Digits | None:
    left, right = _digits(node.this, kinds), _digits(node.expression, kinds)
    if left is None or right is None:
        return None
    if kinds.of(node.this) == kinds.of(node.expression) == "int":
        return _whole(node, kinds)
    athena, spark, scale = _unbounded(node, left, right)
    if scale > _KEPT and spark > _MOST:
        return None
    return Digits(min(_MOST, athena), min(_MOST, spark), scale)


def _unbounded(node: exp.Binary, left: Digits, right: Digits) -> tuple[int, int, int]:
    """Return the digits in Athena and in Spark before both stop at 38, and those behind the point."""
    if isinstance(node, exp.Mul):
        return left.athena + right.athena, left.spark + right.spark + 1, left.scale + right.scale
    scale = max(left.scale, right.scale)
    athena = max(left.athena - left.scale, right.athena - right.scale) + scale + 1
    spark = max(left.spark - left.scale, right.spark - right.scale) + scale + 1
    return athena, spark, scale


def _one_of(found: list[Digits | None]) -> Digits | None:
    known = [each for each in found if each is not None]
    if not known or len(known) != len(found):
        return None
    scale = max(each.scale for each in known)
    athena = max(each.athena - each.scale for each in known) + scale
    spark = max(each.spark - each.scale for each in known) + scale
    if scale and spark > _MOST:
        return None
    return Digits(min(_MOST, athena), min(_MOST, spark), scale)
