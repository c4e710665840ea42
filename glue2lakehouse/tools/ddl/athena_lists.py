"""Athena's calls on arrays as the Spark expressions that give the same value.

Trino: functions/array, functions/aggregate (array_agg). A NULL among the elements counts there, and is passed over by Spark.
"""

from collections.abc import Callable, Iterator

from sqlglot import exp

from glue2lakehouse.tools.ddl.athena_call import Made, Said, Unproven, call, info, warn
from glue2lakehouse.tools.ddl.kinds import Kinds


def array_agg(node: exp.ArrayAgg, kinds: Kinds) -> Made:
    """Keep NULLs, which collect_list drops, by collecting structs."""
    if isinstance(node.parent, exp.Filter):
        return node, ()
    return _collected(node, None), ()


def filtered(node: exp.Filter, kinds: Kinds) -> Made:
    """Answer for `array_agg(…) FILTER (WHERE …)`; other aggregates filter alike in Spark."""
    if not isinstance(node.this, exp.ArrayAgg):
        return node, ()
    return _collected(node.this, node.expression), ()


def _collected(node: exp.ArrayAgg, where: exp.Expr | None) -> exp.Expr:
    select = node.find_ancestor(exp.Select)
    outer = node.parent if where is not None else node
    plain = not isinstance(outer.parent if outer else None, exp.Window | exp.WithinGroup)
    inner, distinct = node.this, isinstance(node.this, exp.Distinct)
    ordered = inner.expressions[0] if isinstance(inner, exp.Order) and len(inner.expressions) == 1 else None
    if isinstance(inner, exp.Order) and (ordered is None or isinstance(inner.this, exp.Distinct)):
        plain = False
    if not plain or select is None or (distinct and len(inner.expressions) != 1):
        raise Unproven(
            "array_agg with a window or an order by several keys is not proven: collect_list drops NULLs and order"
        )
    if ordered is not None:
        return null_over_no_rows(_sorted(inner.this, ordered, where), select, where)
    value = inner.expressions[0] if distinct else inner
    kept: exp.Expr = call("NAMED_STRUCT", exp.Literal.string("v"), value)
    kept = exp.Distinct(expressions=[kept]) if distinct else kept
    lambda_ = exp.Lambda(this=exp.column("v", "s"), expressions=[exp.to_identifier("s")])
    return null_over_no_rows(call("TRANSFORM", _gathered(kept, where), lambda_), select, where)


def _gathered(value: exp.Expr, where: exp.Expr | None) -> exp.Expr:
    collected = call("COLLECT_LIST", value)
    return collected if where is None else exp.Filter(this=collected, expression=where.copy())


def null_over_no_rows(made: exp.Expr, select: exp.Select, where: exp.Expr | None = None) -> exp.Expr:
    """Over no rows at all Athena gives NULL and Spark an empty array or map."""
    if where is None and select.args.get("group"):
        return made
    count = exp.Count(this=exp.Star())
    counted = count if where is None else exp.Filter(this=count, expression=where.copy())
    return exp.Case(ifs=[exp.If(this=exp.GT(this=counted, expression=exp.Literal.number(0)), true=made)])


def _sorted(value: exp.Expr, key: exp.Expr, where: exp.Expr | None) -> exp.Expr:
    """Sort what was collected; NULL comes last unless the query says otherwise, as in Athena."""
    by = key.this if isinstance(key, exp.Ordered) else key
    down = isinstance(key, exp.Ordered) and bool(key.args.get("desc"))
    nulls_first = isinstance(key, exp.Ordered) and bool(key.args.get("nulls_first"))
    pair = call("NAMED_STRUCT", exp.Literal.string("k"), by, exp.Literal.string("v"), value)
    left, right = exp.column("k", "l"), exp.column("k", "r")
    null = ("-1", "1") if nulls_first else ("1", "-1")
    smaller = ("1", "-1") if down else ("-1", "1")
    order = exp.Case(
        ifs=[
            exp.If(this=exp.NullSafeEQ(this=left, expression=right), true=exp.Literal.number("0")),
            exp.If(this=exp.Is(this=left.copy(), expression=exp.Null()), true=_signed(null[0])),
            exp.If(this=exp.Is(this=right.copy(), expression=exp.Null()), true=_signed(null[1])),
            exp.If(this=exp.LT(this=left.copy(), expression=right.copy()), true=_signed(smaller[0])),
        ],
        default=_signed(smaller[1]),
    )
    names = [exp.to_identifier("l"), exp.to_identifier("r")]
    in_order = call("ARRAY_SORT", _gathered(pair, where), exp.Lambda(this=order, expressions=names))
    take = exp.Lambda(this=exp.column("v", "s"), expressions=[exp.to_identifier("s")])
    return call("TRANSFORM", in_order, take)


def _signed(text: str) -> exp.Expr:
    number = exp.Literal.number(text.lstrip("-"))
    return exp.Neg(this=number) if text.startswith("-") else number


def joined_elements(tree: exp.Expr, kinds: Kinds) -> Iterator[Said]:
    """Say of each array_join what a CAST of its elements to text would be said of; types are those of the original."""
    for node in tree.find_all(exp.ArrayToString):
        elements = _elements(node.this)
        found = {kinds.of(each) for each in elements or []}
        shown = node.sql("trino")[:60]
        if found & {"double", "float", "timestamp"}:
            yield warn(f"{shown}: a DOUBLE, REAL or TIMESTAMP is written otherwise in Athena (1.5E0, .000)")
        elif elements is None or "" in found:
            yield info(f"{shown}: elements of type DOUBLE, REAL or TIMESTAMP are written otherwise in Athena")


def _elements(array: exp.Expr) -> list[exp.Expr] | None:
    """Return what an array's elements are made of, nothing where they are texts, None where that is not known."""
    while isinstance(
        array, exp.ArraySort | exp.ArrayDistinct | exp.ArrayFilter | exp.ArraySlice | exp.Paren | exp.Filter
    ):
        array = array.this
    if isinstance(array, exp.Split | exp.RegexpExtractAll):
        return []
    if isinstance(array, exp.ArrayAgg):
        inner = array.this.this if isinstance(array.this, exp.Order) else array.this
        return inner.expressions if isinstance(inner, exp.Distinct) else [inner]
    return array.expressions if isinstance(array, exp.Array) else None


def _array_sort(node: exp.ArraySort, kinds: Kinds) -> Made:
    if node.expression:
        raise Unproven("array_sort with a comparison of its own is not proven to give the same order")
    return node, ()


def _null_element(array: exp.Expr) -> exp.Expr:
    test = exp.Lambda(this=exp.Is(this=exp.column("x"), expression=exp.Null()), expressions=[exp.to_identifier("x")])
    return call("EXISTS", array, test)


def _extreme(name: str) -> Callable[[exp.Expr, Kinds], Made]:
    def write(node: exp.Expr, kinds: Kinds) -> Made:
        """One NULL among the elements makes the result NULL."""
        made = exp.Case(
            ifs=[exp.If(this=_null_element(node.this.copy()), true=exp.Null())], default=call(name, node.this)
        )
        said = (info("array_min takes NaN for the largest value in Spark"),) if name == "ARRAY_MIN" else ()
        return made, said

    return write


def _flatten(node: exp.Flatten, kinds: Kinds) -> Made:
    """An inner array that is NULL is left out; Spark would make the whole NULL."""
    there = exp.Not(this=exp.Is(this=exp.column("x"), expression=exp.Null()))
    inner = call("FILTER", node.this, exp.Lambda(this=there, expressions=[exp.to_identifier("x")]))
    return call("FLATTEN", inner), ()


def _reduce(node: exp.Expr, kinds: Kinds) -> Made:
    arguments = [node.this, *(node.args.get(name) for name in ("initial", "merge", "finish"))]
    return call("REDUCE", *[each for each in arguments if each is not None]), ()


LISTS: dict[type[exp.Expr], Callable[..., Made]] = {
    exp.ArrayMax: _extreme("ARRAY_MAX"), exp.ArrayMin: _extreme("ARRAY_MIN"), exp.Flatten: _flatten, exp.Reduce: _reduce,
    exp.ArraySort: _array_sort, exp.Filter: filtered,
}  # fmt: skip
