"""SQL cells of notebooks: their names are converted like those of `spark.sql`, and they come out as Databricks' `%sql`."""

import json
from pathlib import Path
from typing import Any

import pytest

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import convert_project
from glue2lakehouse.tools.source import open_source, read_all_units
from glue2lakehouse.tools.source.units import PythonUnit

SESSION = "from awsglue.context import GlueContext\nglueContext = GlueContext()\nspark = glueContext.spark_session\n"


def the_unit(folder: Path, *sources: str) -> PythonUnit:
    cells = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": s} for s in sources
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "n.ipynb").write_text(json.dumps(notebook))
    with open_source(str(folder)) as tree:
        (unit,) = read_all_units(tree.files)
    assert isinstance(unit, PythonUnit)
    return unit


def cells_after(folder: Path, *sources: str) -> list[str]:
    unit = the_unit(folder, *sources)
    (done,) = convert_project({unit.path: unit.code}, Settings())
    written: Any = unit.to_bytes(done.after)
    return [cell["source"] for cell in json.loads(written)["cells"]]


def test_the_names_in_a_sql_cell_go_to_the_target(tmp_path: Path) -> None:
    after = cells_after(tmp_path, SESSION, "%%sql\nselect *\nfrom sales.orders -- all\n", "a = 1")
    assert after[1:] == ["%sql\nselect *\nfrom main.sales.orders -- all\n", "a = 1"]


def test_a_sql_cell_without_names_to_convert_is_written_for_databricks(tmp_path: Path) -> None:
    assert cells_after(tmp_path, SESSION, "%%sql\nselect 1")[1] == "%sql\nselect 1"


def test_an_import_never_lands_in_a_sql_cell(tmp_path: Path) -> None:
    after = cells_after(tmp_path, "%%sql\nselect * from sales.orders", SESSION)
    assert after[0] == "%%sql\nselect * from sales.orders"
    assert after[1].startswith("from pyspark.sql import SparkSession\n")


@pytest.mark.parametrize("cell", ["%%sql -o rows\nselect 1", "%%sql select *\nfrom sales.orders", "%%sql select 1"])
def test_what_stands_beside_the_magic_is_not_lost(tmp_path: Path, cell: str) -> None:
    unit = the_unit(tmp_path, SESSION, cell)
    assert [found.severity for found in unit.findings] == [Severity.BLOCKER]
    assert json.loads(str(unit.to_bytes(unit.code), "utf-8"))["cells"][1]["source"] == cell


def test_a_hive_table_comes_out_below_its_magic_as_sql_reads_it(tmp_path: Path) -> None:
    sql = "create external table sales.raw (a int) row format delimited stored as textfile location 's3://x/raw'"
    after = cells_after(tmp_path, SESSION, f"%%sql\n{sql}")[1]
    assert after.startswith("%sql\nCREATE TABLE main.sales.raw (\n")
    assert r"""OPTIONS ('sep' '\u0001', 'quote' '', 'nullValue' '\\N',""" in after


def test_code_in_a_sql_cell_cannot_be_put_back(tmp_path: Path) -> None:
    unit = the_unit(tmp_path, SESSION, "%%sql\nselect 1")
    changed = unit.code.replace("spark.sql(", "rows = spark.sql(")
    assert changed != unit.code
    told = unit.to_bytes(changed)
    assert isinstance(told, Finding)
    assert told.severity is Severity.BLOCKER


@pytest.mark.parametrize("sql", ['select """', "select '\\n'", 'select 1 as "', "", "\n"])
def test_a_text_that_cannot_stand_in_quotes_as_it_is_stays_a_question(tmp_path: Path, sql: str) -> None:
    unit = the_unit(tmp_path, SESSION, f"%%sql\n{sql}")
    assert [found.severity for found in unit.findings] == [Severity.BLOCKER]
    assert json.loads(str(unit.to_bytes(unit.code), "utf-8"))["cells"][1]["source"] == f"%%sql\n{sql}"


def test_a_spark_that_is_no_session_leaves_sql_cells_alone(tmp_path: Path) -> None:
    unit = the_unit(tmp_path, SESSION, "spark = connect()", "%%sql\nselect * from sales.orders")
    assert [found.severity for found in unit.findings] == [Severity.BLOCKER]


def test_sql_that_is_not_read_says_so_at_its_cell(tmp_path: Path) -> None:
    unit = the_unit(tmp_path, SESSION, "%%sql\nCALL glue_catalog.system.expire_snapshots(table => 'a.b')")
    (done,) = convert_project({unit.path: unit.code}, Settings())
    (blocker,) = [found for found in done.findings if found.severity is Severity.BLOCKER]
    assert unit.place_of(blocker.line).startswith("cell 2")
