"""How each option of a Glue source or sink may live on in Spark: an own reading of the Glue and Databricks manuals.

An option is dropped (with the reason), or found again under one of its names; anything else has vanished.
"""

DROPPED = {
    "groupFiles": "file grouping, no effect on the data",
    "groupSize": "file grouping, no effect on the data",
    "maxBand": "bookmark look-back over S3 listings",
    "maxFilesInBand": "bookmark look-back over S3 listings",
    "useS3ListImplementation": "driver memory while listing",
    "optimizePerformance": "reader implementation",
    "strictCheckForQuoting": "quoting heuristic of the Glue writer",
    "useGlueParquetWriter": "writer implementation",
    "blockSize": "Parquet tuning",
    "pageSize": "Parquet tuning",
    "autopushdown.s3_result_cache": "Redshift tuning",
    "autopushdown": "push-down tuning",
    "unload_s3_format": "staging format",
    "dynamodb.throughput.read.percent": "throughput",
    "dynamodb.throughput.write.percent": "throughput",
    "dynamodb.splits": "parallelism",
    "dynamodb.sts.region": "client setting",
    "dynamodb.output.numParallelTasks": "parallelism",
    "dynamodb.output.retry": "retries",
    "disableUpdateUri": "client setting",
    "batchSize": "read batch",
    "partitioner": "parallelism",
    "emitConsumerLagMetrics": "CloudWatch metric",
    "typeOfData": "label of generated code",
    "addIdleTimeBetweenReads": "read pacing",
    "idleTimeBetweenReadsInMs": "read pacing",
    "maxRetryIntervalMs": "retries",
    "avoidEmptyBatches": "empty micro-batches",
    "recordMaxBufferedTime": "producer tuning",
    "aggregationEnabled": "producer tuning",
    "aggregationMaxSize": "producer tuning",
    "aggregationMaxCount": "producer tuning",
    "producerRateLimit": "producer tuning",
    "collectionMaxCount": "producer tuning",
    "collectionMaxSize": "producer tuning",
    "dataQualityEvaluationContext": "label of a data quality run",
    "enableDataQualityCloudWatchMetrics": "CloudWatch metric",
    "observations.scope": "anomaly observations",
    "performanceTuning.caching": "tuning",
    "dataQualityResultsPublishing.strategy": "publishing to Glue",
    "useFrameName": "set by the library itself",
    "transformationContext": "names a bookmark; no effect on the data",
}
"""Option -> why it may go without a finding."""

DEFAULTS = {
    "separator": ",",
    "quotechar": '"',
    "multiline": "false",
    "withheader": "false",
    "recurse": "false",
    "isfailfast": "false",
    "enableupdatecatalog": "false",
    "writemode": "append",
    "attributeprefix": "_",
    "valuetag": "_VALUE",
    "encoding": "utf-8",
    "charset": "utf-8",
    "excludeattribute": "false",
    "treatemptyvaluesasnulls": "false",
    "ignoresurroundingspaces": "false",
    "updatebehavior": "log",
    "persistdataframe": "true",
    "compressiontype": "none",
    "compression": "",
    "usesparkdatasource": "true",
    "usesparkdatasink": "true",
    "usecatalogschema": "true",
    "mergeschema": "false",
    "includeheaders": "false",
    "addrecordtimestamp": "false",
    "inferschema": "false",
}
"""Option (lower case) -> the value that needs no counterpart, because Spark does the same without being told."""

NAMES = {
    "separator": "sep delimiter",
    "delimiter": "sep delimiter",
    "escaper": "escape",
    "quotechar": "quote",
    "withheader": "header",
    "writeheader": "header",
    "recurse": "recursivefilelookup",
    "isfailfast": "mode failfast fail",
    "compression": "compression codec",
    "compressiontype": "compression codec",
    "partitionkeys": "partitionby partitionedby clusterby partition_by partition_columns partitions",
    "enableupdatecatalog": "saveastable insertinto totable save_as_table",
    "updatebehavior": "mergeschema merge_schema",
    "numbertargetpartitions": "repartition",
    "savemode": "mode savemode",
    "writemode": "mode",
    "mode": "mode",
    "catalogpartitionpredicate": "where filter",
    "retentionperiod": "purge",
    "partitionpredicate": "where filter delete",
    "push_down_predicate": "where filter",
    "hashfield": "predicates partitioncolumn",
    "hashexpression": "predicates partitioncolumn",
    "hashpartitions": "predicates numpartitions",
    "aws_iam_user": "aws_iam_role",
    "ssl.domain_match": "ssl_domain_match",
    "redshifttmpdir": "tempdir",
    "redshift_tmp_dir": "tempdir",
    "customjdbcdriverclassname": "driver",
    "bulksize": "batchsize",
    "samplequery": "query dbtable",
    "samplesize": "limit",
    "bootstrap.servers": "kafka.bootstrap.servers",
    "security.protocol": "kafka.security.protocol",
    "topicname": "subscribe",
    "topic": "topic",
    "classification": "from_json from_csv from_avro from_xml format",
    "schema": "schema from_json from_csv",
    "withschema": "schema",
    "avroschema": "from_avro",
    "startingposition": "initialposition startingposition",
    "streamarn": "streamname streamarn",
    "pollTimeoutms": "kafkaconsumer.polltimeoutms",
    "numretries": "fetchoffset.numretries",
    "retryintervalms": "fetchoffset.retryintervalms",
    "exclusions": "remaining_files",
    "boundedfiles": "most_files",
    "boundedsize": "most_bytes",
    "jobbookmarkkeys": "keep_new_rows",
    "jobbookmarkkeyssortorder": "descending",
    "windowsize": "processingtime availablenow trigger",
    "includeheaders": "includeheaders",
    "addrecordtimestamp": "__src_timestamp",
    "attachfilename": "_metadata _metadata.file_path file_path input_file_name",
    "attachtimestamp": "_metadata file_modification_time _metadata.file_modification_time",
    "treatemptyvaluesasnulls": "nullvalue",
    "uri": "connection.uri uri",
    "jsonpath": "multiline get_json_object from_json jsonpath read_json_stream read_json_counted",
    "dynamodb.input.tablename": "read_dynamodb",
    "dynamodb.tablearn": "read_dynamodb",
    "dynamodb.output.tablename": "write_dynamodb",
    "dynamodb.region": "region",
    "dynamodb.sts.rolearn": "role",
    "dynamodb.sts.rolesessionname": "session_name",
    "dynamodb.sts.region": "sts_region",
    "dynamodb.splits": "segments",
    "dynamodb.consistentread": "consistent",
    "dynamodb.export": "tagged",
    "dynamodb.simplifyddbjson": "simplify_ddb_json",
    "dynamodb.unnestddbjson": "unnest_ddb_json",
    "connectionname": "secrets connectionname connection_properties read_connector write_connector",
    "useconnectionproperties": "secrets",
    "secretid": "secrets connection_properties fill_placeholders read_connector write_connector",
    "user": "user secrets",
    "username": "user username secrets",
    "password": "password secrets",
    "sfuser": "sfuser secrets",
    "sfpassword": "sfpassword secrets",
    "classname": "driver format",
    "filterpredicate": "where filter dbtable query",
    "datatypemapping": "customschema read_jdbc_as",
    "storagelevel": "persist storagelevel",
    "logformat": "regexp_extract",
    "custompatterns": "regexp_extract",
    "awsstsrolearn": "rolearn",
    "awsstssessionname": "rolesessionname",
    "awsstsendpoint": "stsendpoint",
    "maxfetchtimeinms": "maxfetchduration",
    "maxrecordperread": "maxrecordsperfetch",
    "describeshardinterval": "shardfetchinterval",
    "fanoutconsumerarn": "consumermode consumername",
    "endpointurl": "endpoint region endpointurl",
    "tablename": "dbtable table",
    "dbtable": "dbtable saveastable query table",
    "hoodie.datasource.write.recordkey.field": "merge hoodie.datasource.write.recordkey.field",
    "catalogdatabase": "",
    "catalogtablename": "",
    "database": "",
    "databasename": "",
    "path": "",
    "paths": "",
    "topk": "limit",
}
"""Option (lower case) -> the words it goes by in Spark, any of which will do; empty: only its value matters."""

SAME_VALUE = frozenset("header sep delimiter escape quote multiline recursivefilelookup compression".split())
"""Spark names whose value is taken over as it is, so that value and name are compared together."""

SECRET = frozenset(
    "user username password sfuser sfpassword connectionname secretid useconnectionproperties url uri "
    "connection.uri pem_private_key sfurl".split()
)
"""Options (lower case) whose value may move to a secret scope: `secrets.get` in the conversion stands for it."""

VALUE_CHANGES = frozenset(
    "jobbookmarkkeyssortorder treatemptyvaluesasnulls classification startingposition streamarn windowsize compressiontype updatebehavior enableupdatecatalog recurse "
    "endpointurl isfailfast useconnectionproperties jsonpath fanoutconsumerarn storagelevel logformat custompatterns "
    "dynamodb.export dynamodb.simplifyddbjson dynamodb.unnestddbjson addrecordtimestamp includeheaders withschema describeshardinterval maxfetchtimeinms".split()
)
"""Options (lower case) whose value is written differently in Spark: the name alone is compared."""

HUDI = "delta saveastable upsert_rows delete_rows replace_partitions"
"""The words that stand for a Hudi table: it is a Delta one, by path or name."""

CONNECTORS = ("custom.spark", "marketplace.spark")
"""Connection types that leave it to an option which data source they are."""

FORMATS = {
    "glueparquet": "parquet delta",
    "iceberg": "",
    "hudi": HUDI,
    "groklog": "text regexp_extract",
    "json": "json from_json",
    "csv": "csv from_csv",
    "avro": "avro from_avro",
}
"""Glue format (lower case) -> the words that stand for it; others keep their name."""

CONNECTIONS = {
    "s3": "",
    "file": "",
    "catalog": "",
    "postgresql": "postgresql jdbc",
    "mysql": "mysql jdbc",
    "oracle": "oracle jdbc",
    "sqlserver": "sqlserver jdbc",
    "redshift": "redshift jdbc",
    "documentdb": "mongodb",
    "azuresql": "sqlserver jdbc",
    "azurecosmos": "cosmos",
    "teradata": "jdbc teradata",
    "saphana": "jdbc",
    "custom.jdbc": "jdbc",
    "marketplace.jdbc": "jdbc",
    "iceberg": "",
    "delta": "delta",
    "hudi": HUDI,
    "dynamodb": "read_dynamodb write_dynamodb read_dynamodb_by write_dynamodb_by",
    **dict.fromkeys(CONNECTORS, "format read_connector write_connector read_connector_by write_connector_by delta"),
}
"""Connection type (lower case) -> the words that stand for it; empty: the path says it all; others keep their name."""

TYPES = {
    "bigint": "long",
    "integer": "int",
    "smallint": "short",
    "tinyint": "byte",
    "bool": "boolean",
    "real": "float",
    "varchar": "string",
    "numeric": "decimal",
    "longtype": "long",
    "integertype": "int",
    "stringtype": "string",
    "shorttype": "short",
    "bytetype": "byte",
    "booleantype": "boolean",
    "doubletype": "double",
    "floattype": "float",
    "datetype": "date",
    "timestamptype": "timestamp",
    "binarytype": "binary",
    "decimaltype": "decimal",
}


def type_name(text: str) -> str:
    """Return one spelling for each type: `BIGINT` and `LongType()` are `long`, `decimal(10, 2)` has no blank."""
    bare = text.strip().lower().replace(" ", "").removesuffix("()")
    return TYPES.get(bare, bare)
