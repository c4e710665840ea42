"""Looking tables up as the AWS client for Glue does, in Unity Catalog.

`errors` are the `exceptions` of an AWS client, where a handler names its classes; without them it is a plain ClientError.
"""

import re

import jmespath
from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from glue2lakehouse.tools.rewrite.runtime.glue_errors import _glue_error

_HIVE = "org.apache.hadoop.hive."
_HIVE_FORMATS = {
    provider: {
        "InputFormat": f"{_HIVE}ql.io.{files}InputFormat",
        "OutputFormat": f"{_HIVE}ql.io.{files}OutputFormat",
        "SerdeInfo": {"SerializationLibrary": _HIVE + serde, "Parameters": {"serialization.format": "1"}},
    }
    for provider, files, serde in (
        ("parquet", "parquet.MapredParquet", "ql.io.parquet.serde.ParquetHiveSerDe"),
        ("orc", "orc.Orc", "ql.io.orc.OrcSerde"),
        ("avro", "avro.AvroContainer", "serde2.avro.AvroSerDe"),
    )
}


class AwsPages(list):
    """Pages as an AWS paginator gives them: to go through, as one answer, or searched by a JMESPath expression."""

    def build_full_result(self):
        """Return the one page that there is."""
        return self[0]

    def search(self, expression):
        """Yield what the expression finds in each page, one by one where it is a list."""
        for page in self:
            found = jmespath.search(expression, page)
            yield from found if isinstance(found, list) else [found]


def get_table(name, errors=None):
    """Answer as glue.get_table does for a table of the full name; raises EntityNotFoundException where there is none.

    The table has Name, Description, DatabaseName, TableType, PartitionKeys and Parameters, and in its StorageDescriptor Columns,
    Location and, for Parquet, ORC and Avro, the formats of Hive.
    """
    spark = SparkSession.builder.getOrCreate()
    parts = _look_up(spark.catalog.getTable, name, "GetTable", errors)
    columns = spark.catalog.listColumns(name)
    told = [(row[0], row[1]) for row in spark.sql(f"DESCRIBE TABLE EXTENDED {name}").collect()]
    starts = [at for at, (key, _) in enumerate(told) if key.startswith("# Detailed Table")]
    details = dict(told[starts[0] :]) if starts else {}
    descriptor = {"Columns": [_catalog_column(each) for each in columns if not each.isPartition]}
    if details.get("Location"):
        descriptor["Location"] = details["Location"]
    provider = str(details.get("Provider")).lower()
    descriptor |= _HIVE_FORMATS.get(provider, {})
    parameters = {row[0]: row[1] for row in spark.sql(f"SHOW TBLPROPERTIES {name}").collect() if row[0] != "comment"}
    if provider == "delta":
        parameters |= {"table_type": "DELTA", "spark.sql.sources.provider": "delta"}
    if details.get("Provider"):
        parameters.setdefault("classification", provider)
    table = {
        "Name": parts.name,
        "DatabaseName": parts.namespace[-1] if parts.namespace else "",
        "TableType": "VIRTUAL_VIEW" if "VIEW" in parts.tableType else "EXTERNAL_TABLE",
        "StorageDescriptor": descriptor,
        "PartitionKeys": [_catalog_column(each) for each in columns if each.isPartition],
        "Parameters": parameters,
    }
    if parts.description:
        table["Description"] = parts.description
    return {"Table": table}


def get_tables(schema, errors=None):
    """Answer as glue.get_tables does for all tables of a schema, in one page."""
    spark = SparkSession.builder.getOrCreate()
    found = _look_up(spark.catalog.listTables, schema, "GetTables", errors)
    names = [each.name for each in found if not each.isTemporary]
    return {"TableList": [get_table(f"{schema}.`{name}`")["Table"] for name in names]}


def get_database(schema, errors=None):
    """Answer as glue.get_database does for a schema: its Name, Description and LocationUri, where it was made with one.

    Raises EntityNotFoundException where there is none.
    """
    spark = SparkSession.builder.getOrCreate()
    told = _look_up(lambda name: spark.sql(f"DESCRIBE SCHEMA EXTENDED {name}").collect(), schema, "GetDatabase", errors)
    details = {row[0]: row[1] for row in told}
    database = {"Name": details.get("Namespace Name") or details["Database Name"]}
    if details.get("Comment"):
        database["Description"] = details["Comment"]
    place = re.search(r"\(glue\.LocationUri,(.*?)\)", details.get("Properties") or "")
    if place:
        database["LocationUri"] = place[1]
    return {"Database": database}


def get_databases(catalog, errors=None):
    """Answer as glue.get_databases does for all schemas of a catalog, in one page."""
    spark = SparkSession.builder.getOrCreate()
    told = _look_up(lambda name: spark.sql(f"SHOW SCHEMAS IN {name}").collect(), catalog, "GetDatabases", errors)
    names = [row[0] for row in told]
    return {"DatabaseList": [{"Name": name} for name in names if name != "information_schema"]}


def get_partitions(name, errors=None):
    """Answer as glue.get_partitions does for the partitions of a table that hold rows, in one page: their Values.

    Raises ValueError where the values are no folder names any more: the table has no partition columns, or one of a type that
    may be written in several ways (`01` and `1`).
    """
    spark = SparkSession.builder.getOrCreate()
    keys = [each for each in _look_up(spark.catalog.listColumns, name, "GetPartitions", errors) if each.isPartition]
    if not keys or not all(key.dataType in ("string", "date") for key in keys):
        raise ValueError(f"{name} has no partition columns of texts or dates, whose values could be listed")
    values = [F.coalesce(F.col(f"`{key.name}`").cast("string"), F.lit("__HIVE_DEFAULT_PARTITION__")) for key in keys]
    found = spark.read.table(name).select(*values).distinct().collect()
    parts = spark.catalog.getTable(name)
    where = {"DatabaseName": parts.namespace[-1] if parts.namespace else "", "TableName": parts.name}
    return {"Partitions": [{**where, "Values": each} for each in sorted(map(list, found))]}


def _look_up(ask, name, operation, errors):
    try:
        return ask(name)
    except AnalysisException as error:
        raise _glue_error(error, operation, errors) from error


def _catalog_column(column):
    told = {"Comment": column.description} if column.description else {}
    return {"Name": column.name, "Type": column.dataType, **told}
