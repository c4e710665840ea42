"""Looking tables up as the AWS client for Glue does, in Unity Catalog."""

from pyspark.sql import SparkSession


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
    descriptor = {"Columns": [_column(each) for each in columns if not each.isPartition]}
    if details.get("Location"):
        descriptor["Location"] = details["Location"]
    table = {
        "Name": parts.name,
        "DatabaseName": parts.namespace[-1] if parts.namespace else "",
        "TableType": "VIRTUAL_VIEW" if "VIEW" in parts.tableType else "EXTERNAL_TABLE",
        "StorageDescriptor": descriptor,
        "PartitionKeys": [_column(each) for each in columns if each.isPartition],
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


def _column(column):
    told = {"Comment": column.description} if column.description else {}
    return {"Name": column.name, "Type": column.dataType, **told}
