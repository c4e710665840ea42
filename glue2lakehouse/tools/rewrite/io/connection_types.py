"""Connection types beyond files: Spark's format for each, and its name for each of Glue's options.

Source: the connection pages of the Glue guide and the connectors' own references, as in `tools/facts/options.csv`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

DBUTILS = "from databricks.sdk.runtime import dbutils"


class Connector(NamedTuple):
    """How a connection type reads and writes with Spark.

    `options` maps a Glue option to Spark's name for it; `dropped` names the ones without effect on the data with the
    reason; `secrets` are the options that a Glue connection brings along, taken from a secret scope instead.
    """

    format: str
    options: dict[str, str]
    dropped: Mapping[str, str] = MappingProxyType({})
    secrets: tuple[str, ...] = ()
    fixed: Mapping[str, str] = MappingProxyType({})


def compat_of(imports: tuple[str, ...]) -> tuple[str, ...]:
    """Return the helpers that import lines name."""
    return tuple(line.rsplit(" ", 1)[-1] for line in imports if line.startswith("from glue_compat import "))


def _same(names: str) -> dict[str, str]:
    return {name: name for name in names.split()}


_TUNING = "sets how it is read or written, not what"
_JDBC = _same("url dbtable query user password partitionColumn lowerBound upperBound numPartitions fetchsize "
              "isolationLevel driver sessionInitStatement queryTimeout truncate") | {
    "customJdbcDriverClassName": "driver",
    "bulkSize": "batchsize",
    "batchsize": "batchsize",
    "sampleQuery": "query",
    "className": "driver",
}  # fmt: skip
_JDBC_DROPPED = {"customJdbcDriverS3Path": "the driver comes with the cluster or as a library"}
_JDBC_SECRETS = ("url", "user", "password")
_SNOWFLAKE = _same("sfDatabase sfSchema sfWarehouse sfRole sfUrl sfUser sfPassword pem_private_key dbtable query "
                   "preactions postactions autopushdown")  # fmt: skip

CONNECTORS: dict[str, Connector] = {
    **{
        name: Connector("jdbc", _JDBC, _JDBC_DROPPED, _JDBC_SECRETS)
        for name in (
            "jdbc",
            "mysql",
            "postgresql",
            "oracle",
            "sqlserver",
            "azuresql",
            "teradata",
            "saphana",
            "custom.jdbc",
            "marketplace.jdbc",
        )
    },
    "redshift": Connector(
        "redshift",
        _same(
            "url dbtable query user password aws_iam_role sse_kms_key extracopyoptions csvnullstring preactions "
            "postactions usestagingtable tempformat autopushdown"
        )
        | {"redshiftTmpDir": "tempdir", "redshift_tmp_dir": "tempdir", "tempdir": "tempdir", "sampleQuery": "query"},
        {
            "unload_s3_format": _TUNING,
            "autopushdown.s3_result_cache": _TUNING,
            **_JDBC_DROPPED,
        },
        _JDBC_SECRETS,
        {"forward_spark_s3_credentials": "true"},
    ),
    "mongodb": Connector(
        "mongodb",
        _same("connection.uri database collection") | {"uri": "connection.uri", "pipeline": "aggregation.pipeline"},
        dict.fromkeys(
            (
                "disableUpdateUri",
                "batchSize",
                "partitioner",
                "partitionerOptions.partitionKey",
                "partitionerOptions.partitionSizeMB",
                "partitionerOptions.samplesPerPartition",
                "partitionerOptions.numberOfPartitions",
                "partitionerOptions.shardkey",
            ),
            _TUNING,
        ),
        ("connection.uri",),
    ),
    "snowflake": Connector("snowflake", _SNOWFLAKE, {}, ("sfUrl", "sfUser", "sfPassword")),
    "bigquery": Connector(
        "bigquery",
        _same("project parentProject table query viewsEnabled materializationDataset writeMethod temporaryGcsBucket"),
        {"sourceType": "told by which of table and query is given"},
        ("credentials",),
    ),
    "opensearch": Connector(
        "opensearch",
        _same("opensearch.resource opensearch.query pushdown opensearch.read.field.as.array.include opensearch.nodes"),
        {},
        ("opensearch.nodes", "opensearch.net.http.auth.user", "opensearch.net.http.auth.pass"),
    ),
    "vertica": Connector(
        "com.vertica.spark.datasource.VerticaSource",
        _same("db table query staging_fs_url host user password") | {"dbSchema": "dbschema"},
        {},
        ("host", "user", "password"),
    ),
    "azurecosmos": Connector(
        "cosmos.oltp",
        _same("spark.cosmos.database spark.cosmos.container spark.cosmos.read.customQuery"),
        {},
        ("spark.cosmos.accountEndpoint", "spark.cosmos.accountKey"),
    ),
}
CONNECTORS["documentdb"] = CONNECTORS["mongodb"]
