"""SQL text whose names and paths the mapping changes is no loss; text in which something else changed is one."""

import pytest

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks.mapped_texts import is_told

MAPPED = Settings(
    schemas={"sales": "gold"},
    tables={"sales.old": "archive.hist.old2", "raw.ev": "main.bronze.events"},
    paths={"s3://raw": "s3://new-raw"},
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("create table sales.copy as select * from sales.old", "create table main.gold.copy as select * from archive.hist.old2"),
        ("select sales.old.x, old.y from sales.old", "select hist.old2.x, old2.y from archive.hist.old2"),
        ("select * from `sales`.`old` o join raw . ev e on o.a = e.a", "select * from archive.hist.old2 o join main.bronze.events e on o.a = e.a"),
        ("insert into sales.old values ('sales.old')", "insert into archive.hist.old2 values ('sales.old')"),
        ("select * from parquet.`s3a://raw/x` p, sales.t", "select * from parquet.`s3://new-raw/x` p, main.gold.t"),
        ("glue_catalog", "main"),
        ("select * from glue_catalog.sales.t", "select * from main.gold.t"),
    ],
)  # fmt: skip
def test_mapped_names_and_paths_are_the_same_text(before: str, after: str) -> None:
    assert is_told(before, [after], MAPPED)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("select * from sales.old", "select * from archive.hist.old3"),
        ("select * from sales.old", "select * from main.gold.t"),
        ("select * from sales.old where a = 1", "select * from archive.hist.old2"),
        ("select * from sales.old, raw.ev", "select * from archive.hist.old2"),
        ("select * from sales.older", "select * from archive.hist.old2"),
        ("select * from raw.ev, sales.old", "select * from archive.hist.old2, main.bronze.events"),
        ("select * from parquet.`s3://raw/x`", "select * from parquet.`s3://other/x`"),
        ("select * from parquet.`s3://rawer/x`", "select * from parquet.`s3://new-raw/x`"),
        ("glue_catalog", "other"),
    ],
)  # fmt: skip
def test_what_else_changed_is_a_loss(before: str, after: str) -> None:
    assert not is_told(before, [after], MAPPED)
