"""Every option of the facts changes the output, ends in a finding, or is dropped for the reason given here."""

import re

import pytest

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools import facts
from glue2lakehouse.tools.rewrite import convert_project

HEAD = "from awsglue.context import GlueContext\n\n\ndef run(context: GlueContext, frame, work):\n    "
READ = "return context.create_dynamic_frame.from_options({connection!r}, {options}, {form!r}, {format_options})\n"
WRITE = "context.write_dynamic_frame.from_options(frame, {connection!r}, {options}, {form!r}, {format_options})\n"
STREAM = "return context.create_data_frame.from_options({connection!r}, {options})\n"
CATALOG_READ = "return context.create_dynamic_frame.from_catalog('d', 't', additional_options={options})\n"
CATALOG_WRITE = "context.write_dynamic_frame.from_catalog(frame, 'd', 't', additional_options={options})\n"
NEEDED = {
    "s3": {"paths": ["s3://b/"]},
    "sink": {"path": "s3://b/"},
    "xml": {"rowTag": "row"},
    "kafka": {"topicName": "t", "classification": "json", "schema": "a INT"},
    "kinesis": {"streamName": "s", "classification": "json", "schema": "a INT"},
}
VALUES = {"partitionKeys": ["a"], "groupSize": "1", "jsonPath": "$.a", "hashpartitions": "7", "compressionType": "lzo",
          "version": "1.8",
    "writeHeader": "false",
    "numberTargetPartitions": "4", "startingPosition": "latest", "updateBehavior": "UPDATE_IN_DATABASE"}  # fmt: skip
DATABASES = {
    "jdbc (mysql, postgresql, oracle, sqlserver, redshift)": "mysql",
    "redshift": "redshift", "dynamodb": "dynamodb", "mongodb / documentdb": "mongodb", "opensearch": "opensearch",
    "snowflake": "snowflake", "bigquery": "bigquery", "teradata": "teradata", "saphana": "saphana", "vertica": "vertica",
    "azurecosmos": "azurecosmos", "azuresql": "azuresql", "custom.* / marketplace.*": "custom.jdbc",
}  # fmt: skip

TUNING = "it sets how data is read, grouped or written, not which rows come out"
GLUE_ONLY = "it only concerns a service of Glue or AWS"
DROPPED = {
    **dict.fromkeys(
        "groupFiles groupSize maxBand maxFilesInBand useS3ListImplementation optimizePerformance hashfield "
        "hashexpression hashpartitions enablePartitioningForSampleQuery useGlueParquetWriter blockSize pageSize "
        "autopushdown.s3_result_cache unload_s3_format disableUpdateUri batchSize partitioner persistDataFrame "
        "storageLevel strictCheckForQuoting addIdleTimeBetweenReads idleTimeBetweenReadsInMs avoidEmptyBatches "
        "numRetries retryIntervalMs maxRetryIntervalMs maxFetchRecordsPerShard".split(), TUNING),
    **dict.fromkeys("emitConsumerLagMetrics typeOfData customJdbcDriverS3Path sourceType".split(), GLUE_ONLY),
    "useConnectionProperties": "the connection's name alone says that its secret scope is used",
    "secretId": "the secret scope takes its place",
    "useSparkDataSource": "Spark is the reader", "useSparkDataSink": "Spark is the writer",
    "useCatalogSchema": "a table of Unity Catalog has its schema",
    "aws_iam_role": "reading a table needs no role of Redshift",
    "enableUpdateCatalog": "files without a table have no catalog entry to update",
    "updateBehavior": "no effect without enableUpdateCatalog",
    "inferSchema": "Glue does not honour it for CSV", "skipFirst": "false is the default",
    "compressionType": "Spark tells the codec by the file's name",
    "jobBookmarkKeysSortOrder": "no effect without jobBookmarkKeys",
    "delimiter": "JSON records have none",
    "version": "the reader decides by the file",
}  # fmt: skip
"""Options that leave no trace in the output, each with the reason."""


def _keys(row: facts.Option) -> list[str]:
    """Return the plain option names of a row; rows that describe a behaviour or a pattern have none."""
    parts = [part.strip() for part in re.split(r" / |, ", re.sub(r"\s*\(.*\)$", "", row.key))]
    plain = [part for part in parts if re.fullmatch(r"[A-Za-z][\w.]*", part)]
    return plain if plain and not row.key.startswith("(") else []


def _line(row: facts.Option, key: str | None) -> str | None:
    """Return the call that the option belongs to, with the option or without it."""
    given = {} if key is None else {key: VALUES.get(key, "true")}
    source = row.role != "sink"
    if row.group == "s3":
        shape, base = (READ, NEEDED["s3"]) if source else (WRITE, NEEDED["sink"])
        return shape.format(connection="s3", options={**base, **given}, form="parquet", format_options={})
    if row.group.startswith("format:") and row.group.split(":")[1] in ("csv", "json", "parquet", "orc", "avro", "xml"):
        form = row.group.split(":")[1]
        shape, base = (READ, NEEDED["s3"]) if source else (WRITE, NEEDED["sink"])
        options = {**(NEEDED["xml"] if form == "xml" else {}), **given}
        return shape.format(connection="s3", options=base, form=form, format_options=options)
    if row.group in DATABASES:
        shape = READ if source else WRITE
        return shape.format(connection=DATABASES[row.group], options=given, form=None, format_options={})
    if row.group in ("kafka", "kinesis"):
        if not source:
            return WRITE.format(connection=row.group, options=given, form=None, format_options={})
        base = {} if key in ("assign", "subscribePattern") else NEEDED[row.group]
        return STREAM.format(connection=row.group, options={**base, **given})
    if row.group == "catalog additional_options":
        return (CATALOG_READ if source else CATALOG_WRITE).format(options=given)
    if row.group == "streaming forEachBatch options":
        base = {"windowSize": "1 second", "checkpointLocation": "s3://c/"}
        return f"context.forEachBatch(frame, work, { {**base, **given} })\n"
    return None


def _outcome(line: str) -> tuple[str, frozenset[str]]:
    (conversion,) = convert_project({"job.py": HEAD + line}, Settings())
    return conversion.after, frozenset(found.message for found in conversion.findings)


CASES = [
    pytest.param(row, key, id=f"{row.group[:24]}-{row.role}-{key}")
    for row in facts.options()
    for key in _keys(row)
    if _line(row, key) is not None
]


@pytest.mark.parametrize(("row", "key"), CASES)
def test_no_option_vanishes(row: facts.Option, key: str) -> None:
    with_it, without_it = _line(row, key), _line(row, None)
    assert with_it is not None
    assert without_it is not None
    after, findings = _outcome(with_it)
    plain, other_findings = _outcome(without_it)
    told = any(key.lower() in message.lower() for message in findings) or findings - other_findings
    kept = after == HEAD.replace("from awsglue.context import GlueContext\n", "") + with_it or with_it.strip() in after
    assert after != plain or told or key in DROPPED
    assert not kept or findings, "a call that stays has a finding"


def test_dropped_options_are_options_of_the_facts() -> None:
    known = {key for row in facts.options() for key in _keys(row)}
    assert set(DROPPED) <= known
