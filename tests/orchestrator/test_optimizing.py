"""Advice for a project: from its DDL, its catalog and its code, under the names after the migration."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from glue2lakehouse.cli.optimizing import optimize
from glue2lakehouse.errors import SourceNotFound
from glue2lakehouse.orchestrator.optimizing import advise_project
from glue2lakehouse.settings import Settings

DDL = """CREATE EXTERNAL TABLE raw.orders (id bigint, buyer bigint, status string)
PARTITIONED BY (day date) STORED AS PARQUET LOCATION 's3://lake/orders';"""
JOB = """
from awsglue.context import GlueContext
orders = glueContext.create_dynamic_frame.from_catalog(database="raw", table_name="orders")
one = Filter.apply(frame=orders, f=lambda row: row["buyer"] == 7)
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "t.sql").write_text(DDL)
    (folder / "job.py").write_text(JOB)
    return folder


def test_ddl_and_code_are_brought_together(source: Path) -> None:
    (made,) = advise_project(str(source), Settings(catalog="prod"))
    assert (made.table, made.target) == ("raw.orders", "prod.raw.orders")
    by_type = {item.type: item for item in made.advice}
    assert by_type["LIQUID_CLUSTERING"].columns == ("buyer",)
    anew = "CREATE TABLE prod.raw.orders_clustered CLUSTER BY (buyer) AS SELECT * FROM prod.raw.orders"
    assert by_type["LIQUID_CLUSTERING"].sql == anew
    assert "no filter on day was found in job.py" in by_type["DO_NOT_PARTITION"].reason


def test_a_catalog_that_knows_the_table_is_small_ends_talk_of_clustering(source: Path, tmp_path: Path) -> None:
    storage = {"Columns": [{"Name": "buyer", "Type": "bigint"}], "Location": "s3://lake/orders"}
    table = {
        "Name": "orders",
        "DatabaseName": "raw",
        "StorageDescriptor": storage,
        "Parameters": {"classification": "parquet", "sizeKey": "1000"},
    }
    dump = tmp_path / "d.json"
    dump.write_text(json.dumps({"TableList": [table]}))
    (made,) = advise_project(str(source), Settings(), dumps=[dump])
    assert "LIQUID_CLUSTERING" not in {item.type for item in made.advice}


def test_the_command_prints_the_shape_of_the_requirements(source: Path) -> None:
    said = CliRunner().invoke(optimize, [str(source), "--json"])
    (table,) = json.loads(said.stdout).values()
    assert {"type", "priority", "benefit", "estimated_improvement", "columns"} <= set(table["recommendations"][0])
    assert all(item["estimated_improvement"] is None for item in table["recommendations"])


def test_a_sample_that_is_not_there_is_an_error(source: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound):
        advise_project(str(source), Settings(), sample=tmp_path / "nowhere")


@pytest.mark.spark
def test_values_counted_on_the_sample_decide_and_what_was_measured_is_quoted(
    source: Path, tmp_path: Path, spark: object
) -> None:
    (source / "more.py").write_text(JOB.replace('row["buyer"] == 7', 'row["status"] == "PAID"'))
    place = tmp_path / "sample" / "raw" / "orders"
    rows = spark.sql(
        "SELECT id, hash(id) % 900 buyer, element_at(array('A', 'B'), CAST(id % 2 AS INT) + 1) status FROM range(2000)"
    )  # type: ignore[attr-defined]
    rows.write.parquet(str(place))
    (made,) = advise_project(str(source), Settings(), sample=tmp_path / "sample")
    advice = next(item for item in made.advice if item.type == "LIQUID_CLUSTERING")
    assert advice.columns == ("buyer",)
    assert "left out status: 2 different values" in advice.reason
    assert str(advice.estimated_improvement).startswith("measured on 2000 sample rows, WHERE `buyer` = ")
