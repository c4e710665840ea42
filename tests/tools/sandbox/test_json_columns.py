"""What a crawler would declare of JSON lines."""

from pathlib import Path

import pytest

from glue2lakehouse.tools.sandbox.json_columns import json_columns


def declared(folder: Path, *lines: str) -> list[tuple[str, str]]:
    file = folder / "rows.json"
    file.write_text("\n".join(lines), encoding="utf-8")
    return [(column.name, column.type) for column in json_columns([file])]


def test_columns_stand_in_the_order_of_the_records(tmp_path: Path) -> None:
    rows = ('{"Zip": "1", "n": 3, "big": 3000000000}', "", '{"n": null, "ok": true, "price": 1.5, "nothing": null}')
    assert declared(tmp_path, *rows) == [
        ("zip", "string"), ("n", "int"), ("big", "bigint"), ("ok", "boolean"), ("price", "double"), ("nothing", "string"),
    ]  # fmt: skip


def test_structs_and_lists_have_the_types_inside(tmp_path: Path) -> None:
    assert declared(tmp_path, '{"a": [{"k": 1}], "s": {"x": [], "y": {"z": "t"}}}') == [
        ("a", "array<struct<k:int>>"), ("s", "struct<x:array<string>,y:struct<z:string>>"),
    ]  # fmt: skip


@pytest.mark.parametrize("rows", [('{"a": 1}', '{"a": "x"}'), ("[1]",), ('{"a": ',), ('{"a": [1, "x"]}',)])
def test_nothing_is_declared_where_no_one_type_says_it_all(tmp_path: Path, rows: tuple[str, ...]) -> None:
    assert declared(tmp_path, *rows) == []
