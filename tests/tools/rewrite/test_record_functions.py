"""Functions that Map and Filter get become columns that hold what the functions make, and lose the rows that they fail on.

Each body runs on the local Glue runtime as it is and on plain Spark as columns, over rows with nulls, NaN, limits and odd text.
"""

from typing import Any

import pytest

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import convert_project
from glue2lakehouse.tools.rewrite.kinds.values import TableFacts
from tests.tools.rewrite.test_equal_to_glue import HEAD, Case, compare, no_helpers_stay, refused

__all__ = ["no_helpers_stay"]

TYPED = (
    "id int, small smallint, big bigint, name string, other string, score double, ratio float, price decimal(10,2), "
    "born date, at timestamp, flag boolean, items array<int>"
)
ROWS = [
    "1, 1S, 1L, 'Ann', 'x', 1.5D, 0.1F, 1.50, date'2020-01-01', timestamp'2020-01-01 10:00:00.5', true, array(1)",
    "2, null, null, null, null, null, null, null, null, null, null, null",
    "null, 2S, 3000000000L, ' a,b,c ', '', 0D, 0F, 0.00, date'1900-01-01', timestamp'1970-01-01 00:00:00', false, array()",
    "0, -5S, 0L, '', 'a', double('nan'), float('inf'), -1.00, date'0999-12-31', null, true, null",
    "7, 0S, -7L, ',,', '\\u00a0\\tgröße\\n', double('inf'), float('nan'), 99.99, date'9999-12-31', null, false, array(null)",
    "-3, 9S, 9L, 'ΑΣ ß', 'None', -2.5D, -1F, 12345678.90, null, null, null, array(1, 2)",
    "5, 3S, 5L, 'a', 'a', 5D, 5F, 5.00, date'2020-02-29', null, true, array(3)",
]
MAPPING = ", ".join(
    f'("{name}", "{kind}", "{name}", "{kind}")'
    for name, kind in (column.rsplit(" ", 1) for column in TYPED.replace("10,2", "10;2").split(", "))
).replace("10;2", "10,2").replace('"array<int>"', '"array"')  # fmt: skip
KNOWN = f"ApplyMapping.apply(frame, [{MAPPING}])"


def mapped(body: str) -> Case:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return Case(f"Map.apply(frame={KNOWN}, f=change)", (TYPED, ROWS), functions=f"def change(r):\n{lines}\n\n")


def filtered(condition: str) -> Case:
    return Case(f"Filter.apply(frame={KNOWN}, f=lambda r: {condition})", (TYPED, ROWS))


COLUMNS = {
    "a text method of None": 'r["name"] = r["name"].upper()\nreturn r',
    "lower": 'r["name"] = r["name"].lower()\nreturn r',
    "white space of Unicode": 'r["other"] = r["other"].strip()\nreturn r',
    "characters at the ends": 'r["name"] = r["name"].strip(" ,")\nreturn r',
    "replace": 'r["name"] = r["name"].replace(",,", "").replace("a", "$1")\nreturn r',
    "a part of a split": 'r["p"] = r["name"].split(",")[1]\nreturn r',
    "the first and the last part": 'r["p"] = r["name"].split(",")[0]\nr["q"] = r["name"].split(",")[-1]\nreturn r',
    "a part by a separator of two": 'r["p"] = r["name"].split(",,")[1]\nreturn r',
    "a default for nothing": 'r["name"] = (r["name"] or "none").strip()\nreturn r',
    "and as a value": 'r["name"] = r["name"] and r["other"]\nreturn r',
    "a conditional expression": 'r["size"] = "large" if r["score"] > 1 else "small"\nreturn r',
    "a conditional on None": 'r["size"] = r["name"].upper() if r["name"] is not None else r["other"]\nreturn r',
    "a conditional whose one side fails": 'r["size"] = r["name"].upper() if r["id"] else "zero"\nreturn r',
    "a test that fails on None": 'r["x"] = r["id"] > 1 and r["name"] == "a"\nreturn r',
    "or whose first part fails": 'r["x"] = r["id"] > 1 or r["name"] == "a"\nreturn r',
    "not of and": 'r["x"] = not (r["id"] > 1 and r["score"] < 2)\nreturn r',
    "truth of every type": 'r["x"] = "y" if r["score"] else "n"\nr["y"] = "y" if r["flag"] else "n"\n'
    'r["z"] = "y" if r["at"] and not r["born"] else "n"\nr["w"] = "y" if not r["ratio"] else "n"\nreturn r',
    "concatenation": 'r["name"] = r["name"] + "-" + r["other"]\nreturn r',
    "an f-string spells None": 'r["x"] = f"{r[\'name\']}/{r[\'id\']}/{r[\'born\']}/{r[\'big\']!s}"\nreturn r',
    "str of None": 'r["x"] = str(r["id"])\nreturn r',
    "a number becomes text": 'r["id"] = str(r["id"])\nreturn r',
    "floats": 'r["x"] = r["score"] * 2 + r["id"] - 0.1\nreturn r',
    "a division": 'r["x"] = r["score"] / r["id"]\nr["y"] = 1 / r["score"]\nreturn r',
    "a division of whole numbers": 'r["x"] = r["id"] / r["small"]\nreturn r',
    "a division by a constant": 'r["x"] = r["id"] / 3\nreturn r',
    "whole numbers that fit": 'r["id"] = r["id"] + 1\nr["big"] = r["id"] * r["small"]\nr["n"] = r["small"] - 1\nreturn r',
    "float of a whole number": 'r["x"] = float(r["big"])\nr["score"] = float(r["id"])\nreturn r',
    "a length": 'r["x"] = len(r["name"])\nreturn r',
    "constants": 'r["a"] = 1\nr["b"] = -2.5\nr["c"] = "x"\nr["d"] = True\nr["name"] = None\nreturn r',
    "a smaller type keeps its own": 'r["small"] = 3\nr["big"] = r["id"]\nreturn r',
    "delete and pop": 'del r["score"]\nr.pop("price")\nr["given"] = r.pop("name")\nreturn r',
    "attributes": "r.kind = r.name.lower()\ndel r.score\nreturn r",
    "get": 'r["x"] = r.get("name")\nr["y"] = r.get("other", None) or ""\nreturn r',
    "if and else": 'if r["name"] == "a":\n    r["name"] = "A"\nelse:\n    r["name"] = r["other"].upper()\nreturn r',
    "if without else": 'if r["id"] is None:\n    r["id"] = 0\nreturn r',
    "added onto": 'r["score"] += 1\nr["other"] += "!"\nreturn r',
    "names of the function's own": 'text = r["name"].strip()\nr["x"] = text.upper()\nr["y"] = text + text\nreturn r',
    "a step reads the step before": 'r["name"] = r["other"]\nr["x"] = r["name"].upper()\nr["other"] = r["x"] + r["name"]\nreturn r',
    "a new record": 'return {"name": r["name"], "up": r["other"].upper(), "id": r["id"], "big": r["big"], "n": r["small"]}',
    "decimals, arrays and floats pass": 'r["x"] = 1\nreturn r',
    "starts and ends": 'r["x"] = r["name"].startswith("a") or r["other"].endswith("\\n")\nreturn r',
}  # fmt: skip
CONDITIONS = {
    "a method of a text": 'r["name"].strip().lower() == "ann"',
    "a method of None before or": 'r["name"].upper() == "A" or r["id"] == 2',
    "truth": 'r["name"] and r["score"]',
    "not of a text": 'not r["name"]',
    "a length": 'len(r["name"]) > 1',
    "get": 'r.get("name") != "Ann"',
    "NaN of 32 bits": 'not r.get("ratio") > 1 or r.get("score") > 1',
    "a part": 'r["name"].split(",")[1] != "b"',
    "a sum": 'r["id"] + r["small"] > 3',
    "a quotient of NaN and zero": '1 / r["score"] < 1',
    "membership of a value": 'r["other"].lower() not in ("x", "a")',
    "a field that no record has": 'r["nothing"] is None',
    "starts": 'not r["name"].startswith("a")',
}
UNTYPED = {
    "a choice that falls on None": 'False if r["score"] > 1 else True',
    "a comparison that is compared": '(r["score"] > 1) == False',
    "or after a comparison that is compared": '(r["score"] > 1) == False or r["id"] == 2',
    "a choice by equality": '"" if r["name"] == "Ann" else "x"',
}
HELPED = {
    "the decimals of a new field go by its values": 'r["x"] = r["price"]\nreturn r',
    "a big number as a new field is int or bigint": 'r["x"] = r["big"]\nreturn r',
    "big numbers may leave 64 bits": 'r["big"] = r["big"] + 1\nreturn r',
    "int reads more texts than Spark does": 'r["x"] = int(r["name"])\nreturn r',
    "Python's remainder has the divisor's sign": 'r["x"] = r["id"] % 3\nreturn r',
    "round goes to even": 'r["x"] = round(r["score"])\nreturn r',
    "a number and a text": 'r["x"] = r["id"] or ""\nreturn r',
    "a number that may be None takes a text's place": 'r["name"] = r["id"]\nreturn r',
    "a name that differs in case only": 'r["ID"] = 1\nreturn r',
    "a field that no record has": 'r["x"] = r["nothing"]\nreturn r',
    "a field that is gone": 'del r["name"]\nr["x"] = r["name"]\nreturn r',
    "a local name of a value that has changed": 'n = r["name"]\nr["name"] = "x"\nr["y"] = n\nreturn r',
    "a record without fields": "".join(f'del r["{c.split(" ")[0]}"]\n' for c in TYPED.replace("10,2", "").split(", ")) + "return r",
    "another record may come back": 'r["x"] = 1\nreturn r if r["id"] else None',
    "a float that was a smaller one": 'r["ratio"] = r["score"]\nreturn r',
    "nothing in a new field": 'r["x"] = None\nreturn r',
    "side effects": 'print(r["id"])\nr["x"] = 1\nreturn r',
    "a loop": 'for name in ["a"]:\n    r[name] = 1\nreturn r',
    "white space split": 'r["x"] = r["name"].split()[0]\nreturn r',
    "a timestamp as text": 'r["x"] = str(r["at"])\nreturn r',
}  # fmt: skip


def converted(case: Case) -> str:
    source = HEAD.format(expression=case.expression, functions=case.functions)
    (conversion,) = convert_project({"job.py": source}, Settings())
    return conversion.after.partition("def transform")[2]


@pytest.mark.parametrize("body", COLUMNS.values(), ids=COLUMNS)
def test_what_is_known_becomes_columns(body: str) -> None:
    assert "map_records" not in converted(mapped(body))


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_a_condition_of_values_becomes_a_column(condition: str) -> None:
    unknown = condition == CONDITIONS["a field that no record has"]
    assert ("filter_records" in converted(filtered(condition))) is unknown


@pytest.mark.parametrize("body", HELPED.values(), ids=HELPED)
def test_what_may_differ_runs_as_it_is(body: str) -> None:
    assert "map_records(" in converted(mapped(body))


def test_a_function_of_unknown_types_runs_as_it_is() -> None:
    case = mapped('r["name"] = r["name"].strip()\nreturn r')
    assert "map_records(frame, change)" in converted(case._replace(expression="Map.apply(frame=frame, f=change)"))


@pytest.mark.parametrize(
    "expression",
    [f"Filter.apply({KNOWN}, lambda r: r['name'].upper() == 'A')", f"Map.apply({KNOWN}, change)"],
)
def test_where_errors_are_counted_the_function_runs_as_it_is(expression: str) -> None:
    case = mapped('r["name"] = r["name"].upper()\nreturn r')._replace(expression=f"{expression}.errorsCount()")
    assert "_records_counted(" in converted(case)


def test_a_built_in_that_the_module_rebinds_is_not_pythons() -> None:
    case = mapped('r["x"] = str(r["name"])\nreturn r')
    assert "map_records(" in converted(case._replace(functions=f"str = repr\n\n\n{case.functions}"))


LATER = """def change(r):
    for key in ["name"]:
        r[key] = (r[key] or "none").upper()
    r["n"] = r["id"] + 1
    r["f"] = r["score"] * 2 if r["score"] else None
    r["given"] = r["born"]
    return None if r["id"] == 0 else r


"""
MAPPED = '[("name", "string", "name", "string"), ("N", "int", "n", "long"), ("f", "double", "f", "string"), ("given", "date", "d", "date"), ("big", "long", "big", "long")]'
TWICE = f"ApplyMapping.apply(Map.apply(frame={KNOWN}, f=change), {MAPPED})"


def test_a_mapping_that_follows_says_the_types_and_the_function_runs_once() -> None:
    case = Case(TWICE, (TYPED, ROWS), functions=LATER)
    types = '{"name": "string", "N": "int", "f": "double", "given": "date", "big": "bigint"}'
    assert f", change, {types})" in converted(case)


@pytest.mark.parametrize(
    "mapping",
    ['("n", "long", "n", "long")', '("s.a", "int", "n", "int")', '("n", "decimal(10,2)", "n", "int")',
     '("n", "int", "n", "int"), ("n", "string", "m", "int")', '("n", "array", "n", "array")'],
)  # fmt: skip
def test_a_mapping_that_leaves_the_types_open_is_no_schema(mapping: str) -> None:
    case = Case(f"ApplyMapping.apply(Map.apply(frame={KNOWN}, f=change), [{mapping}])", functions=LATER)
    assert "map_records(" in converted(case)


def test_a_frame_that_is_used_elsewhere_keeps_all_its_fields() -> None:
    other = f"[ApplyMapping.apply(m := Map.apply(frame={KNOWN}, f=change), {MAPPED}), m][0]"
    assert "map_records(" in converted(Case(other, functions=LATER))


@pytest.mark.spark
def test_the_types_of_a_mapping_give_the_rows_of_glue(spark: Any) -> None:
    compare(spark, Case(TWICE, (TYPED, ROWS), functions=LATER))


@pytest.mark.spark
@pytest.mark.parametrize(
    ("value", "told"),
    [("1.0", "n comes out as float"), ("True", "n comes out as bool"), ("2 ** 31", "n comes out as int"), ("'1'", "n comes out as str")],
)  # fmt: skip
def test_a_value_of_another_type_than_the_mapping_says_stops_the_job(spark: Any, value: str, told: str) -> None:
    function = f"def change(r):\n    for key in ['n']:\n        r[key] = {value}\n    return r\n\n\n"
    case = Case(
        'ApplyMapping.apply(Map.apply(frame=frame, f=change), [("n", "int", "n", "int")])',
        (TYPED, ROWS),
        functions=function,
    )
    refused(spark, case, told)


@pytest.mark.spark
@pytest.mark.parametrize("body", COLUMNS.values(), ids=COLUMNS)
def test_columns_hold_what_the_function_makes(spark: Any, body: str) -> None:
    compare(spark, mapped(body))


@pytest.mark.spark
@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_the_rows_that_a_condition_keeps(spark: Any, condition: str) -> None:
    compare(spark, filtered(condition))


@pytest.mark.spark
@pytest.mark.parametrize("condition", UNTYPED.values(), ids=UNTYPED)
def test_none_in_an_order_drops_the_row_where_the_types_are_not_known_either(spark: Any, condition: str) -> None:
    case = Case(f"Filter.apply(frame=frame, f=lambda r: {condition})", (TYPED, ROWS))
    assert "filter_typed(" in converted(case)
    compare(spark, case)


@pytest.mark.spark
def test_a_whole_number_that_outgrows_its_type_stops_the_job(spark: Any) -> None:
    case = mapped('r["id"] = r["id"] + 1\nreturn r')
    refused(spark, case._replace(data=(TYPED, [ROWS[0].replace("1,", "2147483647,", 1)])), "beyond int: 2147483648")


@pytest.mark.spark
def test_python_and_spark_change_case_alike(spark: Any) -> None:
    """All characters but the rare letters whose other case Unicode defined after this Python's edition."""
    points = [p for p in range(0x110000) if not 0xD800 <= p < 0xE000]
    frame = spark.createDataFrame([(p, chr(p)) for p in points], "p int, c string")
    rows = frame.selectExpr("p", "c", "upper(c) AS u", "lower(c) AS l").where("u <> c OR l <> c").collect()
    found = {row["p"]: (row["u"], row["l"]) for row in rows}
    different = [p for p in points if found.get(p, (chr(p), chr(p))) != (chr(p).upper(), chr(p).lower())]
    unknown_to_python = [p for p in different if chr(p).upper() == chr(p).lower() == chr(p)]
    assert different == unknown_to_python
    assert len(different) < 150
    assert min(different) > 0x180


@pytest.mark.parametrize(
    "line",
    [
        'f = o.filter(lambda x: x["name"].strip().lower() == "ann")',
        'f = o.filter(lambda x: x["name"].strip("A") != "nn" and len(x["name"]) == 2)',
        'f = o.filter(lambda x: str(x["id"]) == "7" and float(x["id"]) > 1 and int(x["id"]) < 9)',
        'def f(rec):\n    rec["name"] = rec["name"].strip().upper()\n    return rec\n\n\nm = o.map(f)',
    ],
)
def test_the_check_finds_what_became_of_pythons_own_functions(line: str) -> None:
    source = (
        "from awsglue.context import GlueContext\n\nglueContext = GlueContext()\n"
        f'o = glueContext.create_dynamic_frame.from_catalog("d", "t")\n{line}\n'
    )
    tables = {"d.t": TableFacts("parquet", (("id", "bigint"), ("name", "string")))}
    (converted,) = convert_project({"job.py": source}, Settings(), tables=tables)
    assert "lambda" not in converted.after
    assert "map_records" not in converted.after
    files = {"job.py": source}, {"job.py": converted.after}
    found = check(source, converted.after, "job.py", *files, converted.findings, Settings()).findings
    assert [str(each) for each in found if each.rule == "check-vanished"] == []
