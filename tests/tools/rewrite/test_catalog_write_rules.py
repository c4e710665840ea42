"""Calls that make, change and drop databases and tables of Glue become those of helpers, or are handed off."""

from typing import Any

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import render_compat

HEAD = (
    "import boto3\nfrom awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
    'glue = boto3.client("glue", region_name="eu-west-1")\n'
)
MAPPED = Settings(
    schemas={"sales": "shop"}, tables={"sales.orders": "lake.core.Orders2"}, paths={"s3://raw/": "s3://new/"}
)
PARQUET = '{"InputFormat": "a.MapredParquetInputFormat", "SerdeInfo": {"SerializationLibrary": "a.ParquetHiveSerDe"}, "Location": PLACE, "Columns": columns}'
THERE, MOVED_THERE = (PARQUET.replace("PLACE", f'"{place}"') for place in ("s3://b/t", "s3://raw/t"))
TEXT = '{"SerdeInfo": {"SerializationLibrary": "a.LazySimpleSerDe"}, "Location": where, "Columns": columns}'


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('glue.create_database(DatabaseInput={"Name": "other"})', 'create_database("main", {"Name": "other"})', "info"),
        ('glue.create_database(DatabaseInput={"Name": "sales"})', 'create_database("main", {"Name": "sales"}, name="shop")', "info"),
        ('glue.delete_database(Name="sales")', 'delete_database("main.shop")', "info"),
        ("x = glue.delete_table(DatabaseName=db, Name=t)", 'x = delete_table(uc_name(db, t))', "info"),
        ('glue.delete_table(DatabaseName="sales", Name="orders")', 'delete_table("lake.core.Orders2")', "info"),
        (
            'glue.batch_delete_table(DatabaseName="sales", TablesToDelete=["items"])["Errors"]',
            'batch_delete_table("main.shop", ["items"])["Errors"]',
            "info",
        ),
        (
            f'glue.create_table(DatabaseName="sales", TableInput={{"Name": "orders", "StorageDescriptor": {PARQUET}}})',
            f'create_table("lake.core", {{"Name": "orders", "StorageDescriptor": {PARQUET}}}, name="Orders2")',
            "warning: the Location is computed",
        ),
        (
            f'glue.create_table(DatabaseName="sales", TableInput={{"Name": "items", "StorageDescriptor": {THERE}}})',
            'create_table("main.shop", {"Name": "items", ',
            "info",
        ),
        (
            f'glue.update_table(SkipArchive=True, DatabaseName="sales", TableInput={{"Name": "items", "StorageDescriptor": {TEXT}}})',
            'update_table("main.shop", {"Name": "items", ',
            "warning: NULL, not ''",
        ),
        (
            'governed = {"Name": "items", "TableType": "GOVERNED", "StorageDescriptor": {"Location": "s3://raw/t", "Columns": columns}}\n'
            'glue.create_table(DatabaseName="sales", TableInput=governed)',
            'create_table("main.shop", governed)',
            "warning: becomes a managed Delta table",
        ),
        ("glue.create_table(DatabaseName=db, TableInput=made)", "create_table(db, made, named=uc_name)", "warning: the Location is computed"),
        ("glue.create_database(DatabaseInput=made)", 'create_database("main", made, named=uc_schema)', "info"),
        ("glue.batch_delete_table(DatabaseName='sales', TablesToDelete=made)", "batch_delete_table('sales', made, named=uc_name)", "info"),
        (
            'from clients import catalog\nmade = boto3.Session(region_name="x").client("glue")\nmade.delete_database(Name=db)',
            'delete_database(uc_schema(db))',
            "info",
        ),
    ],
)  # fmt: skip
def test_a_change_of_the_catalog_is_one_of_unity_catalog(convert: Any, before: str, after: str, told: str) -> None:
    source = HEAD + before + "\n"
    conversion = convert(source, settings=MAPPED)
    assert after in conversion.after
    assert ('glue = boto3.client("glue"' in conversion.after) is ("glue." not in before)
    severity, _, words = told.partition(": ")
    found = [f for f in conversion.findings if f.severity is not Severity.INFO]
    assert {str(f.severity) for f in found} == ({"warning"} if severity == "warning" else set())
    assert any(words in f.message + f.action for f in conversion.findings)
    project = {"glue_compat.py": render_compat(conversion.compat), "clients.py": "catalog = 1\n"}
    result = check(source, conversion.after, "job.py", {}, project, conversion.findings, MAPPED)
    assert [str(f) for f in result.findings if f.severity is Severity.BLOCKER] == []
    assert convert(conversion.after, settings=MAPPED).after == conversion.after


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("CatalogId", 'glue.delete_table(CatalogId="1", DatabaseName="a", Name="b")'),
        ("**", "glue.create_table(**given)"),
        ("PartitionIndexes", "glue.create_table(DatabaseName=db, TableInput=made, PartitionIndexes=[])"),
        ("OpenTableFormatInput", "glue.create_table(DatabaseName=db, TableInput=made, OpenTableFormatInput={})"),
        ("Tags", "glue.create_database(DatabaseInput=made, Tags={})"),
        ("TransactionId", "glue.update_table(DatabaseName=db, TableInput=made, TransactionId=t)"),
        ("other arguments", "glue.delete_table(DatabaseName=db)"),
        ("handed on", "later(glue.delete_table)"),
        ("is a view", 'kind = "VIRTUAL_VIEW"\nglue.create_table(DatabaseName=db, TableInput={"TableType": kind, "Name": t})'),
        ("lake format", 'made = {"Name": t, "Parameters": {"table_type": "ICEBERG", "n": n}, "StorageDescriptor": where}\nglue.update_table(DatabaseName=db, TableInput=made)'),
        ("go to s3://new/t", f'glue.create_table(DatabaseName=db, TableInput={{"Name": t, "StorageDescriptor": {MOVED_THERE}}})'),
        ("lake.core.Orders2 now", 'glue.batch_delete_table(DatabaseName="sales", TablesToDelete=["orders"])'),
        ("not the shape", 'glue.create_table(DatabaseName=db, TableInput={"Name": t, "StorageDescriptor": {"Columns": ["a", "b"]}})'),
        ("delete_table", 'unseen().delete_table(DatabaseName="a", Name="b")'),
        ("create_table", "unseen().create_table(DatabaseName=db, TableInput=made)"),
    ],
)  # fmt: skip
def test_what_unity_catalog_has_not_is_handed_off(convert: Any, why: str, line: str) -> None:
    conversion = convert(HEAD + line + "\n", settings=MAPPED)
    assert line in conversion.after
    told = [
        f
        for f in conversion.findings
        if f.rule in ("catalog-writes", "aws-elsewhere") and f.severity is not Severity.INFO
    ]
    assert [f.severity for f in told] == [Severity.BLOCKER]
    assert why in told[0].message


def test_an_input_that_is_changed_after_it_was_written_is_not_judged_by_what_was_written(convert: Any) -> None:
    made = 'made = {"TableType": "VIRTUAL_VIEW"}\nmade["TableType"] = "EXTERNAL_TABLE"\n'
    conversion = convert(HEAD + made + "glue.create_table(DatabaseName=db, TableInput=made)\n")
    assert 'create_table(f"main.{db}", made)' in conversion.after
    assert Severity.BLOCKER not in [f.severity for f in conversion.findings]


@pytest.mark.parametrize(
    ("line", "settings", "told"),
    [
        ('glue.delete_table(DatabaseName="a", Name="b")', Settings(table_format="delta"), "which it refuses"),
        ('glue.delete_table(DatabaseName="a", Name="B")', Settings(table_actions={"a.b": "convert_to_delta"}), "which it refuses"),
        ('glue.create_partition(DatabaseName="a", TableName="b", PartitionInput=made)', Settings(table_format="delta"), "are not read"),
        ('glue.batch_create_partition(DatabaseName="a", TableName=t, PartitionInputList=made)', Settings(table_actions={"a.b": "convert_to_delta"}), "are not read"),
        ('boto3.client("athena").start_query_execution(QueryString="MSCK REPAIR TABLE a.b")', Settings(table_format="delta"), "are not read"),
        ('glue.create_partition(DatabaseName="a", TableName="c", PartitionInput=made)', Settings(table_actions={"a.b": "convert_to_delta"}), ""),
        ('glue.create_partition(DatabaseName="a", TableName="b", PartitionInput=made)', Settings(table_format="delta", table_actions={"a.b": "keep_external"}), ""),
    ],
)  # fmt: skip
def test_where_tables_become_delta_it_is_told_what_becomes_of_their_rows(
    convert: Any, line: str, settings: Settings, told: str
) -> None:
    found = [
        f.action for f in convert(HEAD + line + "\n", settings=settings).findings if f.severity is not Severity.INFO
    ]
    assert [told in action for action in found] == ([True] if told else [])


def test_error_classes_that_a_handler_names_are_those_of_its_client(convert: Any) -> None:
    source = (
        "import boto3\nfrom awsglue.context import GlueContext\n\n\nclass Catalog:\n    def __init__(self, client):\n"
        "        self.client = client\n\n    def drop(self, db, t):\n        try:\n"
        "            self.client.delete_table(DatabaseName=db, Name=t)\n"
        "        except self.client.exceptions.EntityNotFoundException:\n            pass\n\n\n"
        'Catalog(boto3.client("glue")).drop("a", "b")\n'
    )
    after = convert(source).after
    assert '            delete_table(f"main.{db}.{t}", errors=self.client.exceptions)\n' in after
    assert 'Catalog(boto3.client("glue")).drop("a", "b")' in after


@pytest.mark.parametrize(
    "handler",
    [
        "except ClientError as e:\n    if e.response['Error']['Code'] != 'EntityNotFoundException':\n        raise",
        "except botocore.exceptions.ClientError as e:\n    print('EntityNotFoundException', e)",
        "except Exception:\n    pass",
    ],
)
def test_a_code_that_a_handler_compares_needs_no_client(convert: Any, handler: str) -> None:
    after = convert(HEAD + f"try:\n    glue.delete_table(DatabaseName=db, Name=t)\n{handler}\n").after
    assert '    delete_table(f"main.{db}.{t}")\n' in after
    assert "boto3.client" not in after


@pytest.mark.parametrize(
    ("hidden", "source"),
    [
        (True, "try:\n    CALL\nexcept Exception as e:\n    print(e)\n"),
        (True, "try:\n    CALL\nexcept:\n    pass\n"),
        (True, "try:\n    CALL\nexcept (KeyError, ValueError):\n    pass\n"),
        (True, "def made():\n    CALL\n\n\ntry:\n    made()\nexcept Exception:\n    raised = True\n"),
        (False, "CALL\n"),
        (False, "try:\n    CALL\nexcept glue.exceptions.AlreadyExistsException:\n    pass\n"),
        (False, "try:\n    CALL\nexcept ClientError as e:\n    print(e)\n"),
        (False, "try:\n    CALL\nexcept Exception as e:\n    print(e)\n    raise\n"),
        (False, "try:\n    CALL\nexcept Exception as e:\n    sys.exit(1)\n"),
        (False, "try:\n    pass\nexcept Exception as e:\n    CALL\n"),
    ],
)
def test_what_is_refused_where_any_error_is_caught_is_told(convert: Any, hidden: bool, source: str) -> None:
    for line in (
        "glue.create_partition(DatabaseName=db, TableName=t, PartitionInput=made)",
        "glue.delete_table(DatabaseName=db, Name=t)",
    ):
        found = convert("import sys\n" + HEAD + source.replace("CALL", line)).findings
        told = [f for f in found if f.severity is Severity.WARNING and "caught whatever" in f.message]
        assert len(told) == hidden
    asked = "glue.get_partition(DatabaseName=db, TableName=t, PartitionValues=v)"
    assert not any("caught whatever" in f.message for f in convert(HEAD + source.replace("CALL", asked)).findings)
