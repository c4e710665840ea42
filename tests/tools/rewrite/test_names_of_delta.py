"""Names and places that Delta's builder and functions, streams and catalogs are given."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings

HEAD = (
    "import sys\nfrom awsglue.context import GlueContext\nfrom delta.tables import DeltaTable\n\n"
    "spark = GlueContext().spark_session\n"
)
MAPPED = Settings(
    schemas={"sales": "gold"}, paths={"s3://raw": "s3://new", "s3://vol": "/Volumes/main/default/vol"}
)  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('DeltaTable.create(spark).tableName("sales.t").addColumn("a", "int").execute()',
         'DeltaTable.create(spark).tableName("main.gold.t").addColumn("a", "int").execute()'),
        ('DeltaTable.createIfNotExists(spark).addColumn("a", "int").location("s3a://raw/t").tableName(identifier="sales.t").execute()',
         'DeltaTable.createIfNotExists(spark).addColumn("a", "int").location("s3://new/t").tableName(identifier="main.gold.t").execute()'),
        ('DeltaTable.replace(spark).tableName(f"sales.{sys.argv[1]}").execute()',
         'DeltaTable.replace(spark).tableName(uc_name(f"sales.{sys.argv[1]}")).execute()'),
        ('DeltaTable.convertToDelta(spark, "sales.t")', 'DeltaTable.convertToDelta(spark, "main.gold.t")'),
        ('DeltaTable.forName(spark, tableOrViewName="sales.t")', 'DeltaTable.forName(spark, tableOrViewName="main.gold.t")'),
        ('spark.readStream.table("sales.t").writeStream.option("checkpointLocation", "s3://raw/c").toTable("sales.u")',
         'spark.readStream.table("main.gold.t").writeStream.option("checkpointLocation", "s3://new/c").toTable("main.gold.u")'),
        ('given().writeStream.foreachBatch(work).start("s3://raw/o")', 'given().writeStream.foreachBatch(work).start("s3://new/o")'),
        ('spark.catalog.refreshByPath("s3://raw/o")', 'spark.catalog.refreshByPath("s3://new/o")'),
        ('spark.sql("USE glue_catalog")', 'spark.sql("USE CATALOG main")'),
        ('spark.sql(" use catalog spark_catalog ;")', 'spark.sql(" use CATALOG main ;")'),
        ('spark.sql("USE glue_catalog.sales")', 'spark.sql("USE main.gold")'),
        ('spark.catalog.setCurrentCatalog("glue_catalog")', 'spark.catalog.setCurrentCatalog("main")'),
        ('spark.catalog.setCurrentCatalog("other")', 'spark.catalog.setCurrentCatalog("other")'),
    ],
)  # fmt: skip
def test_names_and_places_go_to_the_target(convert, before: str, after: str) -> None:
    done = convert(f"{HEAD}{before}\n", settings=MAPPED)
    assert done.after.splitlines()[-1] == after
    assert [each for each in done.findings if each.severity is not Severity.INFO] == []


def test_a_table_that_the_builder_puts_into_a_volume_is_handed_off(convert) -> None:
    line = 'DeltaTable.create(spark).tableName("sales.t").location("s3://vol/t").execute()'
    done = convert(f"{HEAD}{line}\n", settings=MAPPED)
    assert [each.rule for each in done.findings if each.severity is Severity.BLOCKER] == ["mapped-paths"]
