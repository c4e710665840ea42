import ast
import json
import runpy
from pathlib import Path

import pyarrow.parquet as pq

EXAMPLES = Path(__file__).parents[2] / "examples"
RETAIL = EXAMPLES / "retail"
JOBS = sorted((RETAIL / "jobs").glob("*.py"))


def test_every_script_is_python_and_eight_or_more_use_glue() -> None:
    texts = [path.read_text(encoding="utf-8") for path in JOBS]
    for text in texts:
        ast.parse(text)
    assert sum("awsglue" in text or "retail_etl" in text for text in texts) >= 8


def test_every_glue_job_has_arguments_for_verification() -> None:
    given = {path.stem for path in (RETAIL / "data" / "args").glob("*.json")}
    assert given == {path.stem for path in JOBS} - {"forecast_demand"}


def test_the_readme_names_every_job() -> None:
    readme = (RETAIL / "README.md").read_text(encoding="utf-8")
    assert [path.stem for path in JOBS if f"`{path.stem}`" not in readme] == []


def test_every_definition_names_a_script_that_is_there() -> None:
    jobs = json.loads((RETAIL / "definitions" / "jobs.json").read_text(encoding="utf-8"))["Jobs"]
    scripts = [job["Command"]["ScriptLocation"].removeprefix("s3://retail-artifacts/") for job in jobs]
    assert [script for script in scripts if not (RETAIL / script).is_file()] == []


def test_triggers_start_only_jobs_that_are_defined() -> None:
    folder = RETAIL / "definitions"
    jobs = {job["Name"] for job in json.loads((folder / "jobs.json").read_text(encoding="utf-8"))["Jobs"]}
    triggers = json.loads((folder / "triggers.json").read_text(encoding="utf-8"))["Triggers"]
    assert {action["JobName"] for trigger in triggers for action in trigger["Actions"]} <= jobs


def test_the_parquet_files_hold_the_rows_of_the_script_that_makes_them() -> None:
    made = runpy.run_path(str(EXAMPLES / "make_retail_parquet.py"))
    tables = {"stores": ("STORE_ROWS", "STORES"), "customers": ("CUSTOMER_ROWS", "CUSTOMERS")}
    for table, (rows, schema) in tables.items():
        read = pq.ParquetFile(made["CURATED"] / table / "part-00000.parquet").read()
        assert read.schema.names == made[schema].names
        assert [tuple(row.values()) for row in read.to_pylist()] == made[rows]
    january = made["CURATED"] / "orders" / "order_year=2024" / "order_month=01" / "part-00000.parquet"
    rows = [tuple(row.values()) for row in pq.ParquetFile(january).read().to_pylist()]
    assert rows == made["ORDER_ROWS"]["2024", "01"]
