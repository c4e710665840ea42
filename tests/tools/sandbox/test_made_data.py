"""Data is made from the DDL and from what the original script says, so that its filters pass and fail and its joins match and miss."""

import json
import os
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from glue2lakehouse.tools.sandbox.lessons import Lesson
from glue2lakehouse.tools.sandbox.made_arguments import made_arguments
from glue2lakehouse.tools.sandbox.made_data import CannotBeMade, complete
from glue2lakehouse.tools.sandbox.made_rows import MISSING, make_rows
from glue2lakehouse.tools.sandbox.script_facts import script_facts
from glue2lakehouse.tools.sandbox.source_facts import ScriptFacts
from glue2lakehouse.tools.sandbox.tables import parse_ddl
from glue2lakehouse.tools.sandbox.world import lay_out

SCRIPT = """
import sys
from awsglue.utils import getResolvedOptions
args = getResolvedOptions(sys.argv, ["JOB_NAME", "landing", "bucket_name", "run_date"])
LANDING = f"s3://{args['bucket_name']}/orders/"
orders = glueContext.create_dynamic_frame.from_options(
    connection_type="s3", connection_options={"paths": [LANDING]}, format="csv", format_options={"withHeader": True})
mapped = ApplyMapping.apply(frame=orders, mappings=[
    ("id", "string", "order_id", "long"), ("amount", "string", "amount", "double"), ("state", "string", "status", "string")])
def is_paid(row):
    return row["status"] == "PAID" and row["amount"] > 100
paid = Filter.apply(frame=mapped, f=is_paid)
people = glueContext.create_dynamic_frame.from_catalog(database="crm", table_name="people")
joined = Join.apply(paid, people, "order_id", "person_id")
"""


def test_required_arguments_get_values_of_the_right_kind_and_given_ones_stay() -> None:
    arguments = made_arguments([SCRIPT], {"JOB_NAME": "j", "run_date": "2020-02-02"})
    assert arguments == {
        "JOB_NAME": "j", "run_date": "2020-02-02", "bucket_name": "made-bucket-name", "landing": "made-landing"
    }  # fmt: skip


def test_sources_columns_literals_and_keys_are_read_from_the_script() -> None:
    facts = script_facts([SCRIPT], {"bucket_name": "b"})
    orders, people = facts.reads
    assert (orders.kind, orders.name, orders.format) == ("path", "s3://b/orders/", "csv")
    assert orders.columns == {"id": "string", "amount": "string", "state": "string"}
    assert (people.kind, people.name, list(people.columns)) == ("catalog", "crm.people", ["person_id"])
    assert facts.literals["state"] == ["PAID"]
    assert facts.literals["amount"] == [100]
    assert facts.casts["id"] == "long"
    assert facts.keys == [["order_id", "person_id"]]
    assert facts.domains == dict.fromkeys(("id", "order_id", "person_id"), "order_id")


def test_a_path_that_a_helper_function_builds_is_found() -> None:
    text = """
def read_landing(context, name):
    return context.create_dynamic_frame.from_options("s3", {"paths": [f"s3://landing/{name}/"]}, format="json")
shops = read_landing(glueContext, "shops")
cheap = shops.filter(lambda row: row["price"] < 5)
"""
    (read,) = script_facts([text], {}).reads
    assert (read.name, read.format, list(read.columns)) == ("s3://landing/shops/", "json", ["price"])


def test_rows_pass_and_fail_each_comparison_and_are_nasty() -> None:
    rows = make_rows(
        {"id": "bigint", "status": "string", "amount": "double"},
        ScriptFacts(literals={"status": ["PAID"], "amount": [100]}),
    )
    assert any(row["status"] == "PAID" and isinstance(row["amount"], float) and row["amount"] > 100 for row in rows)
    assert {"", "n/a", "paid", None} <= {row["status"] for row in rows if row["status"] is not MISSING}
    assert {99.0, 100.0, 101.0, None} <= {row["amount"] for row in rows if row["amount"] is not MISSING}
    assert any(row["id"] is MISSING for row in rows)
    assert {2**63 - 1, 0, -1} <= {row["id"] for row in rows if row["id"] is not MISSING}
    assert rows.count(rows[0]) > 1


@pytest.mark.parametrize(
    ("kind", "ends"),
    [
        ("bigint", {2**63 - 1, -(2**63)}),
        ("tinyint", {127, -128}),
        ("decimal(38,10)", {Decimal(f"{sign}{'9' * 28}.{'9' * 10}") for sign in ("", "-")}),
        ("decimal(4,0)", {Decimal(9999), Decimal(-9999)}),
        ("double", {3e38, -1e-30}),
        ("date", {date(9999, 12, 31), date(1899, 12, 31)}),
        ("timestamp", {datetime(9999, 12, 31, 23, 59, 59, 999999), datetime(2024, 3, 31, 2, 30)}),
    ],
)
def test_the_ends_of_a_type_are_among_its_values(kind: str, ends: set[object]) -> None:
    assert ends <= {row["x"] for row in make_rows({"x": kind}, ScriptFacts()) if row["x"] is not MISSING}


def test_times_as_text_come_with_an_offset_and_without() -> None:
    texts = [row["created_at"] for row in make_rows({"created_at": "string"}, ScriptFacts())]
    assert {"2024-01-15T10:30:00Z", "2024-03-31T02:30:00+02:00", "not a date"} <= set(map(str, texts))


def test_without_a_mix_no_json_field_holds_int_and_bigint() -> None:
    narrow = ScriptFacts(narrow=True)
    values = [row["x"] for row in make_rows({"x": "bigint"}, narrow, untyped=True) if isinstance(row["x"], int)]
    assert max(values) == 2**31 - 1
    assert max(row["x"] for row in make_rows({"x": "bigint"}, narrow) if isinstance(row["x"], int)) == 2**63 - 1


@pytest.mark.slow
def test_the_same_seed_makes_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    digests = {_digest_of_another_process(tmp_path / hash_seed, hash_seed, seed=7) for hash_seed in ("0", "1", "4711")}
    assert len(digests) == 1
    assert _digest_of_another_process(tmp_path / "other", "0", seed=8) not in digests


def _digest_of_another_process(folder: Path, hash_seed: str, seed: int) -> str:
    folder.mkdir()
    (folder / "script.py").write_text(SCRIPT + WIDE_SCRIPT)
    command = [sys.executable, "-c", _MAKE, str(folder), str(seed)]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


_COLUMNS = [f"column_{number}" for number in range(40)]
WIDE_SCRIPT = f"""
wide = glueContext.create_dynamic_frame.from_catalog(database="crm", table_name="wide").select_fields({_COLUMNS})
events = glueContext.create_data_frame.from_options(connection_type="kinesis", connection_options={{"streamName": "s"}})
facts = glueContext.create_dynamic_frame.from_options("mysql", {{"dbtable": "facts", "url": "jdbc:mysql://h/dw"}})
"""
_MAKE = """
import hashlib, sys
from pathlib import Path
from glue2lakehouse.tools.sandbox.made_data import complete
from glue2lakehouse.tools.sandbox.world import lay_out
folder = Path(sys.argv[1])
made, names = complete(lay_out(None, {}, folder / "w"), [(folder / "script.py").read_text()], {"bucket_name": "b"}, folder / "m", int(sys.argv[2]))
files = sorted(file for file in (folder / "m").rglob("*") if file.is_file())
assert len(files) == 5, files
print(names, [(str(file.relative_to(folder)), hashlib.md5(file.read_bytes()).hexdigest()) for file in files])
"""


@pytest.mark.integration
def test_columns_of_a_partition_predicate_are_folders_and_resolved_columns_are_columns(tmp_path: Path) -> None:
    text = """
orders = glueContext.create_dynamic_frame.from_catalog(
    database="d", table_name="t", push_down_predicate="year = '2024' and month in ('01', '02')")
whole = orders.resolveChoice(specs=[("code", "cast:long")]).select_fields(["name", "year"])
"""
    fresh, _ = complete(lay_out(None, {}, tmp_path / "w"), [text], {}, tmp_path / "m")
    table = fresh.tables["d.t"]
    assert {column.name for column in table.columns} == {"code", "name"}
    assert [key.name for key in table.partition_keys] == ["year", "month"]
    folders = {
        file.parent.relative_to(fresh.folder / "s3/made-catalog/d/t").as_posix()
        for file in fresh.folder.rglob("*.parquet")
    }
    assert {"year=2024/month=01", "year=2024/month=02"} <= folders


def test_the_same_seed_makes_the_same_rows_and_an_offset_moves_the_keys() -> None:
    columns = {"id": "bigint"}
    assert make_rows(columns, ScriptFacts(), seed=3) == make_rows(columns, ScriptFacts(), seed=3)
    assert [row["id"] for row in make_rows(columns, ScriptFacts())][:5] == [1, 2, 3, 4, 5]
    assert [row["id"] for row in make_rows(columns, ScriptFacts(), offset=1)][:5] == [2, 3, 4, 5, 6]


def test_texts_that_are_cast_can_be_cast_in_the_clean_rows() -> None:
    rows = make_rows({"price": "string"}, ScriptFacts(casts={"price": "double"}), text_only=True)
    assert [float(row["price"]) for row in rows[:8]][:2] == [10.25, 12.75]
    assert "n/a" in [row["price"] for row in rows]


def test_every_source_without_samples_is_made_and_samples_are_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "s3" / "b" / "orders").mkdir(parents=True)
    (data / "s3" / "b" / "orders" / "mine.csv").write_text("id,amount,state\n1,500,PAID\n")
    tables = parse_ddl(
        "CREATE EXTERNAL TABLE crm.people (person_id bigint, name string) STORED AS PARQUET LOCATION 's3://crm/p/';"
    )
    world = lay_out(data, tables, tmp_path / "world")
    fresh, made = complete(world, [SCRIPT], {"bucket_name": "b"}, tmp_path / "made")
    assert made == ["catalog crm.people"]
    assert [file.name for file in (fresh.folder / "s3" / "b" / "orders").iterdir()] == ["mine.csv"]
    assert (fresh.folder / "s3" / "crm" / "p" / "made-00000.parquet").is_file()


def test_a_json_record_may_lack_a_field(tmp_path: Path) -> None:
    text = "x = glueContext.create_dynamic_frame.from_options('s3', {'paths': ['s3://b/k/']}, format='json').select_fields(['a'])"
    fresh, _ = complete(lay_out(None, {}, tmp_path / "w"), [text], {}, tmp_path / "m")
    rows = [json.loads(line) for line in (fresh.folder / "s3/b/k/made-00000.json").read_text().splitlines()[:-1]]
    assert {} in rows
    assert {"a": None} in rows
    assert {"a": ""} in rows


def test_a_format_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    text = "x = glueContext.create_dynamic_frame.from_options('s3', {'paths': ['s3://b/k/']}, format='ion')"
    with pytest.raises(CannotBeMade, match="format ion; put samples"):
        complete(lay_out(None, {}, tmp_path / "w"), [text], {}, tmp_path / "m")


def test_tables_are_read_from_hive_ddl_with_format_keys_and_place() -> None:
    tables = parse_ddl(
        """
        -- a comment; with a semicolon
        CREATE EXTERNAL TABLE IF NOT EXISTS shop.sales (id bigint COMMENT 'its number', tags array<string>)
        PARTITIONED BY (day string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ';'
        LOCATION 's3://lake/sales/' TBLPROPERTIES ('skip.header.line.count' = '1');
        """
    )
    table = tables["shop.sales"]
    assert (table.format, table.location, table.options) == (
        "csv", "s3://lake/sales/", {"separator": ";", "withHeader": "true"}
    )  # fmt: skip
    assert [column.name for column in table.columns] == ["id", "tags"]
    assert [key.name for key in table.partition_keys] == ["day"]


def test_a_data_folder_is_laid_out_where_scripts_look(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for name, text in {
        "catalog/shop/orders.csv": "\ufeffId, name \n1,a\n", "catalog/shop/typed.csv": "name,more,ID\na,b,1\n", "jdbc/dwh/facts.csv": "id\n1\n", "secrets/dwh/password": "x\n",
        "args/load.json": '{"year": 2024}',
    }.items():  # fmt: skip
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text(text)
    declared = parse_ddl("CREATE EXTERNAL TABLE shop.typed (id bigint, name string) LOCATION 's3://shop/typed/';")
    world = lay_out(data, declared, tmp_path / "world")
    typed = world.tables["shop.typed"]
    assert [(column.name, column.type) for column in typed.columns] == [
        ("name", "string"), ("more", "string"), ("id", "bigint")
    ]  # fmt: skip
    table = world.tables["shop.orders"]
    assert [(column.name, column.type) for column in table.columns] == [("id", "string"), ("name", "string")]
    assert (world.folder / "s3/glue-catalog/shop/orders/orders.csv").is_file()
    assert (world.folder / "databases/dwh/facts/part-00000.parquet").is_file()
    assert world.secrets == {"dwh": {"password": "x"}}
    assert world.arguments == {"load": {"year": "2024"}}


def test_a_partition_key_has_the_value_of_the_argument_that_is_called_like_it(tmp_path: Path) -> None:
    text = 'a = getResolvedOptions(sys.argv, ["JOB_NAME", "YEAR"])\nx = c.create_dynamic_frame.from_catalog(database="d", table_name="t")'
    lessons = [Lesson(kind="key", name="year")]
    world, _ = complete(lay_out(None, {}, tmp_path / "w"), [text], {"YEAR": "2019"}, tmp_path / "made", lessons=lessons)
    assert [key.name for key in world.tables["d.t"].partition_keys] == ["year"]
    assert "year" not in [column.name for column in world.tables["d.t"].columns]
    folders = {path.parent.name for path in (tmp_path / "made").rglob("made-*")}
    assert "year=2019" in folders


def test_nested_texts_are_digits_where_the_script_makes_numbers_of_them(tmp_path: Path) -> None:
    text = 'x = c.create_dynamic_frame.from_options("s3", {"paths": ["s3://b/in/"]}, "json")\n'
    text += 'y = x.apply_mapping([("s.code", "string", "code", "string"), ("s.id", "int", "id", "int")])\n'
    found = {}
    for name, lessons in (("words", []), ("digits", [Lesson(kind="digits", name="")])):
        complete(lay_out(None, {}, tmp_path / f"w{name}"), [text], {}, tmp_path / name, lessons=lessons)
        (file,) = (tmp_path / name).rglob("made-*.json")
        found[name] = json.loads(file.read_text().splitlines()[0])["s"]["code"]
    assert not found["words"].isdigit()
    assert found["digits"].isdigit()


def test_a_made_file_of_json_lines_ends_in_the_middle_of_a_record_unless_rows_are_clean(tmp_path: Path) -> None:
    text = 'x = c.create_dynamic_frame.from_options("s3", {"paths": ["s3://b/in/"]}, "json").filter(lambda r: r["n"] > 1)\n'
    ends = []
    for name, lessons in (("odd", []), ("clean", [Lesson(kind="calm", name="ValueError")])):
        complete(lay_out(None, {}, tmp_path / f"w{name}"), [text], {}, tmp_path / name, lessons=lessons)
        (file,) = (tmp_path / name).rglob("made-*.json")
        *whole, last = file.read_text().splitlines()
        assert all(isinstance(json.loads(line), dict) for line in whole)
        ends.append(last.endswith("}"))
    assert ends == [False, True]
