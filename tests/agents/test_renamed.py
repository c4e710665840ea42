from glue2lakehouse.agents.renamed import renamed_in
from glue2lakehouse.settings import Settings

SETTINGS = Settings(
    schemas={"sales": "raw", "hr": "people"},
    tables={"sales.orders": "main.gold.orders", "sales.customers": "main.gold.customers"},
    paths={"s3://lake/raw/": "/Volumes/main/raw/files", "s3://other/": "/Volumes/main/raw/other"},
)


def test_only_what_a_code_names_is_told() -> None:
    code = 'read(database="Sales", table_name="orders", path="s3a://lake/raw/orders/")'
    assert renamed_in(code, SETTINGS) == {
        "table sales.orders": "main.gold.orders",
        "database sales": "schema main.raw",
        "s3://lake/raw/": "/Volumes/main/raw/files",
    }


def test_a_project_that_keeps_its_names_has_nothing_to_tell() -> None:
    assert renamed_in('read(database="sales")', Settings()) == {}
