"""Looking tables up as the AWS client for Glue does, in Unity Catalog."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def get_table(name):
    """Answer as glue.get_table does for a table of the full name; raises AnalysisException where there is none.

    The table has Name, DatabaseName, TableType, PartitionKeys, and Columns and Location in its StorageDescriptor.
    """
    spark = SparkSession.builder.getOrCreate()
    parts = spark.catalog.getTable(name)
    columns = spark.catalog.listColumns(name)
    told = [(row[0], row[1]) for row in spark.sql(f"DESCRIBE TABLE EXTENDED {name}").collect()]
    starts = [at for at, (key, _) in enumerate(told) if key.startswith("# Detailed Table")]
    details = dict(told[starts[0] :]) if starts else {}
    descriptor = {"Columns": [_catalog_column(each) for each in columns if not each.isPartition]}
    if details.get("Location"):
        descriptor["Location"] = details["Location"]
    table = {
        "Name": parts.name,
        "DatabaseName": parts.namespace[-1] if parts.namespace else "",
        "TableType": "VIRTUAL_VIEW" if "VIEW" in parts.tableType else "EXTERNAL_TABLE",
        "StorageDescriptor": descriptor,
        "PartitionKeys": [_catalog_column(each) for each in columns if each.isPartition],
    }
    return {"Table": table}


def get_tables(schema):
    """Answer as glue.get_tables does for all tables of a schema, in one page."""
    spark = SparkSession.builder.getOrCreate()
    names = [each.name for each in spark.catalog.listTables(schema) if not each.isTemporary]
    return {"TableList": [get_table(f"{schema}.`{name}`")["Table"] for name in names]}


def get_databases(catalog):
    """Answer as glue.get_databases does for all schemas of a catalog, in one page."""
    spark = SparkSession.builder.getOrCreate()
    names = [row[0] for row in spark.sql(f"SHOW SCHEMAS IN {catalog}").collect()]
    return {"DatabaseList": [{"Name": name} for name in names if name != "information_schema"]}


def get_partitions(name):
    """Answer as glue.get_partitions does for the partitions of a table that hold rows, in one page: their Values.

    Raises ValueError where the values are no folder names any more: the table has no partition columns, or one of a type that
    may be written in several ways (`01` and `1`).
    """
    spark = SparkSession.builder.getOrCreate()
    keys = [each for each in spark.catalog.listColumns(name) if each.isPartition]
    if not keys or not all(key.dataType in ("string", "date") for key in keys):
        raise ValueError(f"{name} has no partition columns of texts or dates, whose values could be listed")
    values = [F.coalesce(F.col(f"`{key.name}`").cast("string"), F.lit("__HIVE_DEFAULT_PARTITION__")) for key in keys]
    found = spark.read.table(name).select(*values).distinct().collect()
    parts = spark.catalog.getTable(name)
    where = {"DatabaseName": parts.namespace[-1] if parts.namespace else "", "TableName": parts.name}
    return {"Partitions": [{**where, "Values": each} for each in sorted(map(list, found))]}


def _catalog_column(column):
    told = {"Comment": column.description} if column.description else {}
    return {"Name": column.name, "Type": column.dataType, **told}
