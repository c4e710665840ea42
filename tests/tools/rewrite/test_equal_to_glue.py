"""Converted code gives the rows and types that the original gives: both run, on rows chosen to tell them apart.

The original runs on the local Glue runtime, the converted text on plain Spark, with ANSI mode on and off.
"""

import sys
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.evaluation.differential.trial import content, plain, shape
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.glue_runtime import assumptions, modules
from glue2lakehouse.tools.rewrite import convert_project, render_compat

HEAD = """import datetime
import decimal
import math

from awsglue.dynamicframe import DynamicFrame
from awsglue.transforms import *


{functions}
def transform(frame: DynamicFrame, other: DynamicFrame):
    return {expression}
"""
PEOPLE = "id int, name string, score double, born date, big bigint"
PEOPLE_ROWS = [
    "1, 'Ann', 1.5D, date'2020-01-01', 3000000000L", "2, null, null, null, null", "3, '', 0D, date'1900-01-01', 0L",
    "null, 'abc', double('inf'), date'9999-12-31', -9223372036854775808L", "2, 'Ann', -0.0D, date'2020-01-01', 7L",
    "2147483647, '12.7', 1e300D, null, 9223372036854775807L", "-2147483648, ' 5 ', 5D, date'2020-01-02', -1L",
]  # fmt: skip
NESTED = ("id int, s struct<a:int,b:struct<c:string,`d.e`:int>>, items array<struct<k:string,n:int>>, `a.b` string, "
          "`with space` string, m map<string,int>, grid array<array<int>>")  # fmt: skip
NESTED_ROWS = [
    "1, named_struct('a',1,'b',named_struct('c','x','d.e',5)), array(named_struct('k','p','n',1),named_struct('k',null,'n',2)), "
    "'dot', 'sp', map('u',1), array(array(1,2),array(3))",
    "2, null, null, null, null, null, null",
    "3, named_struct('a',null,'b',null), array(), '', '', map(), array(array(),null,array(4))",
    "3, named_struct('a',null,'b',null), array(), '', '', map(), array(array(),null,array(4))",
    "4, named_struct('a',4,'b',named_struct('c',null,'d.e',null)), array(null, named_struct('k','q','n',null)), 'd', 's', "
    "map('v',null), array()",
]  # fmt: skip
ORDERS = "id int, buyer string, total int"
ORDERS_ROWS = ["1, 'a', 10", "2, 'b', 20", "2, 'b', 21", "null, 'n', 5", "9, null, 0"]
BUYERS = "id int, name string"
BUYERS_ROWS = ["1, 'x'", "1, 'y'", "2, null", "null, 'z'"]


@pytest.fixture(autouse=True)
def no_helpers_stay() -> Iterator[None]:
    """The helpers of a conversion are a module of their own, which its functions need as long as they run."""
    yield
    sys.modules.pop("glue_compat", None)


class Case(NamedTuple):
    expression: str
    data: tuple[str, list[str]] = (PEOPLE, PEOPLE_ROWS)
    other: tuple[str, list[str]] = (BUYERS, BUYERS_ROWS)
    functions: str = ""


def filtered(predicate: str, data: tuple[str, list[str]] = (PEOPLE, PEOPLE_ROWS)) -> Case:
    return Case(f"Filter.apply(frame=frame, f=lambda r: {predicate})", data)


def mapped(body: str, data: tuple[str, list[str]] = (PEOPLE, PEOPLE_ROWS)) -> Case:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return Case("Map.apply(frame=frame, f=change)", data, functions=f"def change(r):\n{lines}\n\n")


def run_original(source: str, frame: Any, other: Any) -> Any:
    assumptions.use(assumptions.Assumptions())
    modules.install()
    try:
        from glue2lakehouse.tools.glue_runtime.frame import DynamicFrame

        space: dict[str, Any] = {"__name__": "original_job"}
        exec(compile(source, "original_job.py", "exec"), space)
        context: Any = SimpleNamespace(spark_session=frame.sparkSession)
        made = space["transform"](DynamicFrame.fromDF(frame, context, "f"), DynamicFrame.fromDF(other, context, "o"))
        if hasattr(made, "keys"):
            return {key: made.select(key).toDF() for key in made.keys()}  # noqa: SIM118
        return made.toDF()
    finally:
        modules.uninstall()


def converted_transform(source: str) -> Callable[..., Any]:
    (conversion,) = convert_project({"job.py": source}, Settings())
    assert [str(f) for f in conversion.findings if f.severity is Severity.BLOCKER] == []
    assert "awsglue" not in conversion.after
    space: dict[str, Any] = {"__name__": "converted_job"}
    compat = ModuleType("glue_compat")
    sys.modules["glue_compat"] = compat
    exec(compile(render_compat(conversion.compat), "glue_compat.py", "exec"), compat.__dict__)
    exec(compile(conversion.after, "converted_job.py", "exec"), space)
    return space["transform"]  # type: ignore[no-any-return]


def everything(result: Any) -> Any:
    if isinstance(result, dict):
        return [(name, everything(frame)) for name, frame in result.items()]
    assert len(set(result.columns)) == len(result.columns), result.columns
    return content(result)


def made(spark: Any, data: tuple[str, list[str]]) -> Any:
    schema, rows = data
    empty = spark.createDataFrame([], schema)
    if not rows:
        return empty
    fields = empty.schema.fields
    listed = ", ".join(f"({row})" for row in rows)
    columns = ", ".join(f"`{field.name}`" for field in fields)
    values = spark.sql(f"SELECT * FROM VALUES {listed} AS t({columns})")
    return values.select(*[values[f"`{field.name}`"].cast(field.dataType).alias(field.name) for field in fields])


def compare(spark: Any, case: Case, tidy: Callable[[Any], Any] = everything) -> None:
    source = HEAD.format(expression=case.expression, functions=case.functions)
    transform = converted_transform(source)
    frame, other = made(spark, case.data), made(spark, case.other)
    expected = tidy(run_original(source, frame, other))
    for ansi in ("true", "false"):
        spark.conf.set("spark.sql.ansi.enabled", ansi)
        assert tidy(transform(made(spark, case.data), made(spark, case.other))) == expected, f"ansi={ansi}"


NEST = (NESTED, NESTED_ROWS)
NUMBERS = ("n int, d double, x decimal(10,2), big bigint, b boolean", [
    "1, double('nan'), 1.00, 9007199254740993L, true", "2, 5D, 1.01, 9007199254740992L, false", "null, null, null, null, null",
    "0, 4D, -7, -1L, true", "7, double('inf'), 12345678.90, 0L, null",
])  # fmt: skip
EQUAL = {
    "filter: null in order": filtered('r["score"] > 1'),
    "filter: not equal keeps null": filtered('r["name"] != "Ann"'),
    "filter: negated order drops null": filtered('not (r["id"] > 1)'),
    "filter: negated equality": filtered('not (r["name"] == "Ann")'),
    "filter: negated in": filtered('not (r["name"] in ["Ann", ""])'),
    "filter: in negative numbers": filtered('r["id"] in (-2147483648, +2)'),
    "filter: not in negative numbers": filtered('r["score"] not in [-0.0, -1.5, 5.0]'),
    "filter: not in": filtered('r["id"] not in (1, 2)'),
    "filter: or after an equality": filtered('r["name"] == "Ann" or r["id"] > 2'),
    "filter: or whose first part fails on null": filtered('r["id"] > 2 or r["name"] == "Ann"'),
    "filter: is None": filtered('r["name"] is None'),
    "filter: not None and order": filtered('r["id"] is not None and r["id"] >= 2'),
    "filter: NaN meets no order": filtered('r["d"] > 4', NUMBERS),
    "filter: NaN meets a negated order": filtered('not (r["d"] >= 4)', NUMBERS),
    "filter: NaN is below nothing": filtered('r["d"] < 4', NUMBERS),
    "filter: NaN and a negated less": filtered('not (r["d"] < 4)', NUMBERS),
    "filter: NaN differs": filtered('r["d"] != 5', NUMBERS),
    "filter: a whole number and a float": filtered('r["n"] >= 1.5', NUMBERS),
    "filter: a decimal and a whole number": filtered('r["x"] > 1', NUMBERS),
    **{
        f"filter: a decimal {sign} a float": filtered(f'r["x"] {sign} 1.1', ("x decimal(9,2)", ["1.10", "1.11", "1.09", "null"]))
        for sign in ("<", "<=", ">", ">=", "==", "!=")
    },
    "filter: a decimal and a float, by a named function": Case(
        "Filter.apply(frame, f=dear)", ("x decimal(9,2), n int", ["9.99, 1", "10.00, 2", "null, 3"]),
        functions='def dear(r):\n    return r["x"] > 9.99 and r["n"] != 1\n\n\n',
    ),
    "filter: beyond what floats tell apart": filtered('r["big"] > 9007199254740992', NUMBERS),
    "filter: a float at that size": filtered('r["big"] == 9007199254740992.0', NUMBERS),
    "filter: true": filtered('r["b"] is True', NUMBERS),
    "filter: not true": filtered('r["b"] != True', NUMBERS),
    "filter: truthiness of a text": filtered('r["name"]'),
    "filter: truthiness of a number": filtered('r["score"] and r["id"]'),
    "filter: not of a value": filtered('not r["name"]'),
    "filter: int() of a text": filtered('int(r["name"]) > 1'),
    "filter: get of a missing field": filtered('r.get("nothing") is None'),
    "filter: another spelling is another field": Case(
        'Filter.apply(frame=ApplyMapping.apply(frame, [("id", "int", "Id", "int")]), f=lambda r: r["id"] == 1)'
    ),
    "filter: text never equals a number": Case(
        'Filter.apply(frame=ApplyMapping.apply(frame, [("name", "string", "name", "string")]), f=lambda r: r["name"] > -5)'
    ),
    "filter: in with None": filtered('r["name"] in [None, "Ann"]'),
    "filter: chained": filtered('1 <= r["id"] <= 3'),
    "filter: attribute": filtered("r.id == 2"),
    "filter: dates": filtered('r["born"] >= datetime.date(2020, 1, 1)'),
    "filter: division by zero": filtered('1 / r["score"] > 0.5'),
    "filter: string method": filtered('r["name"].strip().lower() == "ann"'),
    "filter: bigint": filtered('r["big"] > 2147483648'),
    "filter: name with a dot": filtered('r["a.b"] != ""', NEST),
    "filter: name with a space": filtered('r["with space"] == "sp"', NEST),
    "filter: nested": filtered('r["s"]["a"] == 1', NEST),
    "filter: elements are dicts": filtered('any(i.get("k") == "p" for i in r["items"])', NEST),
    "filter: deep attribute fails": filtered('r["s"]["b"].c == "x"', NEST),
    "filter: a map": filtered('r["m"].get("u") == 1', NEST),
    "map: a new text": mapped('r["name"] = (r["name"] or "").strip()\nreturn r'),
    "map: attribute set": mapped("r.kind = 'x'\nreturn r"),
    "map: delete a field": mapped('del r["score"]\nreturn r'),
    "map: int kept": mapped('r["id"] = r["id"] - 1 if r["id"] and r["id"] > 0 else r["id"]\nreturn r'),
    "map: a new int": mapped('return {"n": len(r["name"])}'),
    "map: a new big int": mapped('return {"n": r["big"]}', ("big bigint", ["3000000000L", "null", "-3000000000L"])),
    "map: dates pass": mapped('return {"d": r["born"], "s": r["score"], "i": r["id"]}'),
    "map: a new dict": mapped('return {"who": {"n": r["name"], "i": r["id"]}, "l": [r["id"], 1]}'),
    "map: some rows fail": mapped('r["x"] = r["name"].upper()\nreturn r'),
    "map: some rows give nothing": mapped('return r if r["id"] == 2 else None'),
    "map: missing keys": mapped('return {"a": 1} if r["id"] == 1 else {"b": "x"}'),
    "map: nested types stay": mapped('r["id2"] = 1\nreturn r', NEST),
    "map: a decimal passes": mapped('return r', ("x decimal(12,3)", ["1.500", "null", "123456789.001"])),
    "map: a decimal becomes a float": mapped('r["x"] = float(r["x"])\nreturn r', ("x decimal(12,3)", ["1.500", "-2.250"])),
    "map: a field of another type beside nulls": mapped('r["name"] = len(r["name"]) if r["name"] else None\nreturn r'),
    "map: a member of another type beside nulls": mapped('r["s"]["b"]["c"] = 1 if r["s"]["a"] == 1 else None\nreturn r', NEST),
    "map: entries and items of another type beside nulls": mapped(
        'return {"m": {k: "x" if v else None for k, v in (r["m"] or {}).items()}, "items": [i and {**i, "n": None if i["n"] == 1 else "y"} '
        'for i in r["items"] or []]}', NEST),
    "map: short types stay": mapped("return r", ("a tinyint, b smallint, c float, d boolean, e binary", ["1, 2, 0.1, true, X'00ff'", "null, null, null, null, null"])),
    "map: timestamps pass": mapped("return r", ("t timestamp", ["timestamp'2020-01-01 10:00:00.5'", "null"])),
    "map: no rows": mapped("return r", (PEOPLE, [])),
    "map: a copied random value": mapped('import uuid\nu = uuid.uuid4().hex\nreturn {"same": str(u == u), "i": r["id"]}'),
    "mapping: rename, cast, nest": Case(
        'ApplyMapping.apply(frame, [("id", "int", "k", "string"), ("name", "string", "p.n", "int"), '
        '("score", "double", "p.q.s", "string"), ("born", "date", "b", "timestamp"), ("big", "long", "big", "int")])'
    ),
    "mapping: numbers": Case(
        'frame.apply_mapping([("score", "double", "i", "int"), ("score", "double", "l", "long"), '
        '("name", "string", "d", "double"), ("name", "string", "m", "decimal(10,2)"), ("name", "string", "t", "date"), '
        '("id", "int", "b", "boolean"), ("big", "long", "f", "double")])'
    ),
    "mapping: a moment as a number": Case(
        'frame.apply_mapping([("t", "timestamp", "d", "decimal(12,2)"), ("t", "timestamp", "l", "long"), ("t", "timestamp", "f", "double")])',
        ("t timestamp", ["timestamp'2020-01-01 10:00:00.567'", "timestamp'1969-12-31 23:59:59.5'", "null"])),
    "mapping: nested sources": Case(
        'ApplyMapping.apply(frame, [("s.b.c", "string", "c", "string"), ("s.b.`d.e`", "int", "`x.y`", "long"), '
        '("`a.b`", "string", "s.ab", "string"), ("with space", "string", "two words", "string"), ("items", "array", "items", "array")])',
        NEST,
    ),
    "mapping: odd names": Case(
        "ApplyMapping.apply(frame, [(\"it's\", \"string\", \"o.it's\", \"string\"), ('say \"x\"', 'string', 'o.q\"', 'string'), "
        "('back\\\\slash', 'string', 'o.b\\\\n', 'string'), ('größe', 'string', 'größe', 'string')])",
        ("`it's` string, `say \"x\"` string, `back\\slash` string, `größe` string", ["'1', '2', '3', '4'", "null, null, null, null"]),
    ),
    "mapping: computed": Case(
        "ApplyMapping.apply(frame, [(c, t, 'o.' + c + \"'\\\\n\", 'string') for c, t in [('id', 'int'), ('name', 'string')]])"
    ),
    "mapping: computed tuple": Case("ApplyMapping.apply(frame, tuple_)", functions="tuple_ = ('id', 'int', 'k', 'long')\n\n\n"),
    "choice: cast": Case('frame.resolveChoice(specs=[("name", "cast:int"), ("big", "cast:int"), ("id", "cast:string")])'),
    "choice: computed": Case('frame.resolveChoice(specs=[(c, "cast:" + t) for c, t in (("name", "int"), ("nothing", "int"), ("big", "string"))])'),
    "choice: inside a struct": Case(
        'frame.resolveChoice(specs=[("s.a", "cast:string"), ("s.b.c", "cast:int"), ("`a.b`", "cast:long"), ("s.nothing", "cast:int")])',
        NEST,
    ),
    "drop: a dot in front is no name": Case('DropFields.apply(Join.apply(frame, other, "id", "id"), [".id", "id.", "buyer"])', (ORDERS, ORDERS_ROWS)),
    "drop: what a join has named": Case('DropFields.apply(Join.apply(frame, other, "id", "id"), ["`.id`"])', (ORDERS, ORDERS_ROWS)),
    "drop: brackets say nothing": Case('DropFields.apply(frame, ["items[].n"])', NEST),
    "drop: by a variable": Case('frame.drop_fields(gone)', functions='gone = ["name", "nothing"]\n\n\n'),
    "select: a name twice": Case('SelectFields.apply(frame, ["id", "name", "id"])'),
    "select: a name twice in a variable": Case('frame.select_fields(kept)', functions='kept = ["id", "name", "id"]\n\n\n'),
    "select: by a variable": Case('SelectFields.apply(frame=frame, paths=kept)', functions='kept = ["name", "id"]\n\n\n'),
    "drop: nested": Case('DropFields.apply(frame, paths=["s.b.c", "items.n", "`a.b`", "nothing", "m"])', NEST),
    "drop: the last member": Case('DropFields.apply(frame, paths=["s.b.c", "s.b.`d.e`", "s.a"])', NEST),
    "drop: plain": Case('DropFields.apply(frame, paths=["s", "with space"])', NEST),
    "select: quoted": Case('SelectFields.apply(frame, paths=["`a.b`", "id", "with space", "`nothing`"])', NEST),
    "rename: nested": Case('RenameField.apply(frame, "s.b.c", "s.b.renamed")', NEST),
    "rename: in an array": Case('RenameField.apply(frame, "items.k", "items.key")', NEST),
    "rename: dots": Case('RenameField.apply(frame, "`a.b`", "`x.y z`")', NEST),
    "join: same key name": Case('Join.apply(frame, other, "id", "id")', (ORDERS, ORDERS_ROWS)),
    "join: same key name, other width": Case('Join.apply(frame, other, "id", "id")', (ORDERS, ORDERS_ROWS), ("id bigint, name string", BUYERS_ROWS)),
    "join: other names": Case('Join.apply(frame, other, ["buyer"], ["name"])', ("k int, buyer string", ["1, 'x'", "2, null", "3, 'z'", "3, 'z'"])),
    "join: NaN": Case('Join.apply(frame, other, "x", "y")', ("x double", ["double('nan')", "0D", "null"]), ("y double", ["double('nan')", "-0.0D", "null"])),
    "join: two keys": Case('frame.join(["id", "buyer"], ["id", "name"], other)', (ORDERS, ORDERS_ROWS), (BUYERS, ["1, 'a'", "2, 'b'", "null, null"])),
    "join: with itself": Case('Join.apply(frame.select_fields(["id", "buyer"]), frame.select_fields(["id", "total"]), "id", "id")', (ORDERS, ORDERS_ROWS)),
    "join: columns of both": Case(
        'Join.apply(ApplyMapping.apply(frame, [("id", "int", "id", "int"), ("buyer", "string", "name", "string"), ("total", "int", "total", "int")]), '
        'ApplyMapping.apply(other, [("id", "int", "key", "int"), ("name", "string", "name", "string"), ("id", "int", "total", "long"), ("id", "int", "id", "int")]), '
        '["id"], ["key"])', (ORDERS, ORDERS_ROWS)),
    "join: columns of both that the rows tell of": Case('Join.apply(frame, other, "buyer", "b")', (ORDERS, ORDERS_ROWS), ("id int, b string, total long", ["null, 'q', 1L", "7, 'a', 5L"])),
    "join: on a struct's member": Case('Join.apply(frame.select_fields(["s"]), other, "s.a", "id")', NEST),
    "merge: duplicates and null keys": Case('frame.mergeDynamicFrame(other, ["id"])', (ORDERS, ORDERS_ROWS)),
    "merge: with a part of itself": Case('frame.mergeDynamicFrame(Filter.apply(frame, f=lambda r: r["total"] == 20), "id")', (ORDERS, ORDERS_ROWS)),
    "merge: nested key": Case('frame.mergeDynamicFrame(other, ["s.a"])', ("s struct<a:int,b:string>, v string", ["named_struct('a',1,'b','o'), 'old'", "null, 'n'", "named_struct('a',2,'b','p'), 'kept'"]), ("s struct<a:int,b:string>, v string", ["named_struct('a',1,'b','new'), 'new'"])),
    "union: other columns": Case("frame.union(other)", (ORDERS, ORDERS_ROWS)),
    "split fields": Case('SplitFields.apply(frame, ["id", "name"], "one", "two")'),
    "split rows: null to the rest": Case('SplitRows.apply(frame, {"id": {">": 1, "<=": 2147483646}}, "in", "out")'),
    "split rows: text constant": Case('SplitRows.apply(frame, {"id": {">": "1"}, "score": {"<": "10.5"}}, "in", "out")'),
    "split rows: texts that look like numbers": Case(
        'SplitRows.apply(frame, {"t": {"!=": 1}}, "in", "out")', ("t string", ["'1_000'", "' 5 '", "'1.0'", "'٣'", "'5d'", "'x'", "''", "null"])),
    "split rows: no number": Case('SplitRows.apply(frame, {"id": {"!=": "it\'s"}}, "in", "out")'),
    "split rows: text column": Case('SplitRows.apply(frame, {"name": {">": 5}}, "in", "out")'),
    "split rows: equal": Case('SplitRows.apply(frame, {"name": {"=": "Ann"}}, "in", "out")'),
    "nulls: typed columns stay": Case("DropNullFields.apply(frame)", ("a string, b int", ["null, 1", "null, null"])),
    "nulls: a frame without rows keeps its columns": Case(
        "DropNullFields.apply(Map.apply(Filter.apply(frame, f=lambda r: r['a'] == 'none'), f=lambda r: r))", ("a string, b int", ["'x', 1", "null, null"])),
    "unnest": Case("UnnestFrame.apply(frame)", NEST),
    "unbox": Case('Unbox.apply(frame, path="j", format="json")', ("id int, j string", ["1, '{\"a\": 1, \"b\": null, \"c\": [1, 2]}'", "2, null", "3, '{\"a\": 3000, \"d\": {\"e\": \"x\"}}'", "4, 'broken'", "5, '7'"])),
}  # fmt: skip


REFUSED = {
    "a field that no row has": (filtered('r["nothing"] != 1'), "there is no column nothing"),
    "a field in another spelling": (filtered('r["NAME"] == "Ann"'), "NAME is spelled name"),
    "text compared with a number": (filtered('r["name"] > 10'), "name is string and is compared as number"),
    "a number compared with text": (filtered('r["id"] == "1"'), "id is int and is compared as text"),
    "a date compared with text": (filtered('r["born"] != "2020-01-01"'), "born is date and is compared as text"),
    "a boolean compared with a number": (filtered('r["b"] == 1', ("b boolean", ["true"])), "compared as number"),
    "a computed choice that casts a column twice": (
        Case('frame.resolveChoice(specs=[(c, "cast:" + t) for c, t in (("id", "int"), ("ID", "string"))])'), "of one column"),
    "a name in two spellings": (Case('SelectFields.apply(frame, ["id", "ID"])'), "ID is spelled id"),
    "a computed choice that makes text of an array": (
        Case('frame.resolveChoice(specs=[(c, "cast:string") for c in ["items"]])', NEST), "documents nowhere"),
    "a computed choice that is no cast": (Case('frame.resolveChoice(specs=[(c, "project:int") for c in ["id"]])'), "project:int of id"),
    "whole numbers of two sizes": (mapped('return {"n": r["big"]}'), "n comes out as"),
    "a float and a whole number": (mapped('return {"n": r["score"] or 0}'), "n comes out as"),
    "split rows by a date and a text": (Case('SplitRows.apply(frame, {"born": {">": "2020-01-01"}}, "in", "out")'), "compared with"),
    "split rows by a boolean and a number": (
        Case('SplitRows.apply(frame, {"b": {"=": 1}}, "in", "out")', ("b boolean", ["true"])), "compared with"),
    "a join with a value on the left beside a null on the right": (
        Case('Join.apply(frame, other, "buyer", "b")', (ORDERS, ORDERS_ROWS), ("id int, b string", ["null, 'b'", "7, 'a'"])),
        "Pass dotted=True"),
    "a join of columns in two spellings": (
        Case('Join.apply(frame, other, "buyer", "b")', (ORDERS, ORDERS_ROWS), ("Id int, b string", ["7, 'a'"])), "spelled in two ways"),
    "a join that gives two columns one name": (
        Case('Join.apply(Join.apply(frame, other.select_fields(["id"]), "id", "id"), other.select_fields(["id"]), "id", "id")', (ORDERS, ORDERS_ROWS)),
        "two columns the name .id"),
    "names that differ in case": (mapped('r["ID"] = 1\nreturn r'), "differ in case only"),
}  # fmt: skip
"""What Glue and Spark would make different things of: the conversion stops, and says so."""


def refused(spark: Any, case: Case, told: str) -> None:
    transform = converted_transform(HEAD.format(expression=case.expression, functions=case.functions))
    with pytest.raises(Exception, match=told):
        everything(transform(made(spark, case.data), made(spark, case.other)))


@pytest.mark.spark
@pytest.mark.parametrize(("case", "told"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_the_same_is_refused_when_it_runs(spark: Any, case: Case, told: str) -> None:
    refused(spark, case, told)


KNOWN_DIFFERENCES = {
    "unbox": "a field that is null in every text is of the null type in the runtime and text here",
}


def _cases() -> list[Any]:
    return [
        pytest.param(
            case,
            id=name,
            marks=[pytest.mark.xfail(reason=KNOWN_DIFFERENCES[name])] if name in KNOWN_DIFFERENCES else [],
        )
        for name, case in EQUAL.items()
    ]


@pytest.mark.spark
@pytest.mark.parametrize("case", _cases())
def test_rows_and_types_are_the_originals(spark: Any, case: Case) -> None:
    compare(spark, case)


def rekeyed(frames: dict[str, Any]) -> Any:
    """Put each child's rows under its parent's, so that generated keys do not count; the order of tables does."""
    rows = {name: [row.asDict(recursive=True) for row in frame.collect()] for name, frame in frames.items()}
    types = [(name, shape(frame.schema)) for name, frame in frames.items()]
    root = next(iter(rows))

    def below(row: dict[str, Any]) -> str:
        whole = dict(row)
        for name, value in row.items():
            child = rows.get(f"{root}_{name}")
            if child is not None and value is not None:
                mine = [item for item in child if item["id"] == value]
                whole[name] = [below({k: v for k, v in item.items() if k != "id"}) for item in sorted(mine, key=lambda i: i["index"])]  # fmt: skip
        return plain(whole)

    return types, {name: len(held) for name, held in rows.items()}, sorted(below(row) for row in rows[root])


@pytest.mark.spark
@pytest.mark.parametrize(
    "data",
    [
        NEST,
        ("id int, l array<struct<x:int,deep:array<struct<y:string,z:array<int>>>>>", [
            "1, array(named_struct('x',1,'deep',array(named_struct('y','a','z',array(1,2)),named_struct('y',null,'z',null))))",
            "1, array(named_struct('x',1,'deep',array(named_struct('y','a','z',array(1,2)),named_struct('y',null,'z',null))))",
            "2, array(named_struct('x',2,'deep',null), null)", "3, null", "4, array()"]),
        ("s struct<tags:array<string>>", ["named_struct('tags',array('a',null,'','b'))", "null"]),
    ],
)  # fmt: skip
def test_relationalized_tables_join_to_the_same_rows(spark: Any, data: tuple[str, list[str]]) -> None:
    compare(spark, Case('Relationalize.apply(frame=frame, staging_path="/tmp/x", name="root")', data), rekeyed)
