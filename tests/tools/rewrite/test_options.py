"""Every option of the facts changes the output, ends in a finding, or is dropped for the reason given here."""

import re
from collections.abc import Callable

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools import facts
from glue2lakehouse.tools.rewrite import Conversion, convert_project

Convert = Callable[..., Conversion]
HEAD = (
    "from awsglue.context import GlueContext\nfrom awsglue.dynamicframe import DynamicFrame\n"
    "from awsgluedq.transforms import EvaluateDataQuality\n\n\ndef run(context: GlueContext, frame, work):\n    "
)
READ = "return context.create_dynamic_frame.from_options({connection!r}, {options}, {form!r}, {format_options})\n"
WRITE = "context.write_dynamic_frame.from_options(frame, {connection!r}, {options}, {form!r}, {format_options})\n"
STREAM = "return context.create_data_frame.from_options({connection!r}, {options})\n"
CATALOG_READ = "return context.create_dynamic_frame.from_catalog('d', 't', additional_options={options})\n"
CATALOG_WRITE = "context.write_dynamic_frame.from_catalog(frame, 'd', 't', additional_options={options})\n"
NEEDED = {
    "s3": {"paths": ["s3://b/"]},
    "sink": {"path": "s3://b/"},
    "xml": {"rowTag": "row"},
    "hudi": {"path": "s3://b/", "hoodie.datasource.write.recordkey.field": "id"},
    "delta": {"path": "s3://b/"},
    "iceberg": {"path": "glue_catalog.d.t"},
    "kafka": {"topicName": "t", "classification": "json", "schema": "a INT"},
    "kinesis": {"streamName": "s", "classification": "json", "schema": "a INT"},
}
VALUES = {"hoodie.datasource.write.operation": "insert", "hoodie.datasource.write.recordkey.field": "key", "path": "s3://c/",
          "retentionPeriod": "1", "topk": 5, "prob": 0.5, "saveMode": "overwrite", "partitionKeys": ["a"], "groupSize": "1", "jsonPath": "$.a", "hashpartitions": "7", "compressionType": "lzo",
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


SPELLED_OUT = {
    "additional Delta reader/writer options (mergeSchema, overwriteSchema, versionAsOf, timestampAsOf, partitionOverwriteMode)":
        ["mergeSchema", "overwriteSchema", "partitionOverwriteMode"],
    "snapshot-id / as-of-timestamp": ["snapshot-id", "as-of-timestamp"],
    "format-version, write.*": ["format-version", "write.format.default"],
    "hoodie.datasource.write.storage.type | table.type": ["hoodie.datasource.write.storage.type"],
    "hoodie.datasource.hive_sync.*": ["hoodie.datasource.hive_sync.enable"],
    "hoodie.upsert.shuffle.parallelism / insert...": ["hoodie.upsert.shuffle.parallelism"],
    "as.of.instant / query.type": ["as.of.instant", "query.type"],
    "partitionerOptions.* (partitionKey, partitionSizeMB, samplesPerPartition, numberOfPartitions, shardkey)":
        ["partitionerOptions.shardkey"],
    "dbTable or query": ["dbTable", "query"],
    "es.* and other connector keys": ["es.nodes"],
    "mergeSchema and other Spark parquet options": ["mergeSchema"],
    "producer configs": ["kafka.acks"],
}  # fmt: skip
"""Rows that name a pattern or several options in words of their own, and options that they mean."""

NO_OPTION = {
    **dict.fromkeys(
        ("(cell values)", "(write quoting)", "(inference)", "(malformed records)", "(null fields on write)", "(write mode)",
         "(null/number types)", "logical types on read", "logical types on write", "(bookmarks, catalog tables, streaming)"),
        "a behaviour, held against the local Glue runtime in test_equal_to_glue and test_reading"),
    "(none)": "the format has no options; the format itself is in HANDED_OFF or test_engine",
    'format="glueparquet"': "a format, driven by test_a_format_is_read_or_named",
    "--datalake-formats iceberg + spark.sql.catalog.glue_catalog.*": "a job's argument, dropped by tools/jobs",
    "spark.sql.extensions / spark_catalog confs": "a job's argument, dropped by tools/jobs",
    "glue_catalog.db.table identifiers": "a name, driven by test_sql_names",
    "StopJobOnFailure timing (Immediate | AfterDataLoad)": "a setting of Studio, which writes a raise into the script",
    "symlink_format_manifest generation": "a statement of Delta, not an option",
}  # fmt: skip
"""Rows that are no option of a call, each with the place that answers for them."""

HANDED_OFF = frozenset(
    "csv json avro xml dynamodb kinesis kafka custom.athena marketplace.athena hudi salesforce".split()
)
"""Connection types of a DynamicFrame's read that have no reader with the same rows."""


def _keys(row: facts.Option) -> list[str]:
    """Return the plain option names of a row; rows that describe a behaviour or a pattern have none."""
    if row.key in SPELLED_OUT:
        return SPELLED_OUT[row.key]
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
    return _other_line(row, given)


def _other_line(row: facts.Option, given: dict[str, object]) -> str | None:
    """Return the call of the groups that have one shape each."""
    if row.group in ("format:grokLog", "format:ion", "format:excel"):
        return READ.format(connection="s3", options=NEEDED["s3"], form=row.group.split(":")[1], format_options=given)
    if row.group in ("format:hudi", "format:delta", "format:iceberg"):
        lake = row.group.split(":")[1]
        return WRITE.format(connection=lake, options={**NEEDED[lake], **given}, form=None, format_options={})
    if row.group == "purge/transition options":
        method = "transition_s3_path" if set(given) & {"accountId", "roleArn"} else "purge_s3_path"
        return f"context.{method}('s3://b/', options={given})\n"
    if row.group == "spigot options":
        return f"return DynamicFrame.fromDF(frame, context, 'f').spigot('s3://b/', {given})\n"
    if row.group == "EvaluateDataQuality options":
        return f"return EvaluateDataQuality.apply(frame, 'Rules = [RowCount > 0]', additional_options={given})\n"
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
    kept = with_it.strip() in after
    assert after != plain or told or key in DROPPED
    assert not kept or findings, "a call that stays has a finding"


def _types() -> list[str]:
    names = [key for row in facts.options() if row.group == "connection_type" for key in _keys(row)]
    return sorted({*names, "xml", "hudi", "delta", "iceberg", "salesforce"})


@pytest.mark.parametrize("name", _types())
def test_a_connection_type_is_read_or_named(name: str) -> None:
    needed = {"iceberg": NEEDED["iceberg"], "delta": NEEDED["delta"], "hudi": NEEDED["delta"]}.get(
        name, {"paths": ["s3://b/"]}
    )
    files = name in ("s3", "file", "parquet", "orc", *("delta", "iceberg", "hudi"))
    options = needed if files else {"connectionName": "c", "dbtable": "t"} if name not in ("kafka", "kinesis") else {}
    if name in ("mongodb", "documentdb", "opensearch", "bigquery", "vertica", "azurecosmos"):
        options = {"connectionName": "c"}
    form = "json" if name in ("s3", "file") else None
    line = READ.format(connection=name, options=options, form=form, format_options={})
    (conversion,) = convert_project({"job.py": HEAD + line}, Settings())
    blocked = any(found.severity is Severity.BLOCKER for found in conversion.findings)
    assert ("create_dynamic_frame" in conversion.after) == blocked == (name in HANDED_OFF)
    if blocked:
        assert any(name in found.message.lower() or "connector" in found.message for found in conversion.findings)


@pytest.mark.parametrize(
    ("form", "known"),
    [
        *((name, True) for name in "csv json parquet glueparquet orc avro xml delta".split()),
        *((name, False) for name in "grokLog ion excel hudi hyper".split()),
    ],
)
def test_a_format_is_read_or_named(form: str, known: bool) -> None:
    options = {"rowTag": "row"} if form == "xml" else {}
    line = READ.format(connection="s3", options=NEEDED["s3"], form=form, format_options=options)
    (conversion,) = convert_project({"job.py": HEAD + line}, Settings())
    blockers = [found.message for found in conversion.findings if found.severity is Severity.BLOCKER]
    assert (blockers == []) == known
    assert all(form.lower() in message.lower() for message in blockers)


def test_every_row_of_the_facts_is_driven_or_is_no_option_of_a_call() -> None:
    driven = {id(case.values[0]) for case in CASES}
    left = [row for row in facts.options() if id(row) not in driven and row.group != "connection_type"]
    assert [f"{row.group}: {row.key}" for row in left if row.key not in NO_OPTION and row.group != "format:hyper"] == []


@pytest.mark.parametrize("version", ["0.9", "1.0", "2.0", "3.0", "4.0", "5.0", "6.0"])
def test_what_differs_between_versions_of_glue_follows_the_job(version: str) -> None:
    """Empty batches are skipped from 3.0 on; shortened argument names are taken before 6.0."""
    stream = "context.forEachBatch(frame, work, {'windowSize': '1 second', 'checkpointLocation': 's3://c/'})\n"
    (conversion,) = convert_project({"job.py": HEAD + stream}, Settings(glue_version=version))
    assert ("skip_empty_batches" in conversion.after) == (float(version) >= 3)
    arguments = (
        "import sys\nfrom awsglue.utils import getResolvedOptions\nargs = getResolvedOptions(sys.argv, ['path'])\n"
    )
    (conversion,) = convert_project({"job.py": arguments}, Settings(glue_version=version))
    assert "parse_known_args" in conversion.after
    assert ("allow_abbrev=False" in conversion.after) == (float(version) >= 6)


def test_dropped_options_are_options_of_the_facts() -> None:
    known = {key for row in facts.options() for key in _keys(row)}
    assert set(DROPPED) <= known


CATALOG = (
    "from awsglue.context import GlueContext\n\nglueContext = GlueContext()\n"
    "frame = glueContext.create_dynamic_frame.from_catalog('d', 't')\n"
)


def test_a_catalog_sink_of_dynamic_frames_appends_whatever_mode_it_is_given(convert: Convert) -> None:
    converted = convert(
        CATALOG
        + "glueContext.write_dynamic_frame.from_catalog(\n    frame, 'd', 'u', additional_options={'mode': 'overwrite'}\n)\n"
    )
    assert '.mode("append").saveAsTable("main.d.u")' in converted.after
    assert [f.message.split(":")[0] for f in converted.findings] == [
        "mode 'overwrite' is an option that Glue's sinks of DynamicFrames do not have"
    ]


@pytest.mark.parametrize(("mode", "told"), [("'overwrite'", 1), ("mode", 1), ("'append'", 0)])
def test_a_database_sink_of_dynamic_frames_appends_whatever_mode_it_is_given(
    convert: Convert, mode: str, told: int
) -> None:
    call = "glueContext.write_dynamic_frame.from_jdbc_conf(frame, 'c', options, 's3://tmp/')\n"
    converted = convert(CATALOG + f"options = {{'dbtable': 't', 'mode': {mode}}}\n" + call)
    assert 'frame.write.mode("append").format("redshift")' in converted.after
    assert sum("they append" in f.message for f in converted.findings) == told


@pytest.mark.parametrize(("options", "forwards"), [("", True), ("'aws_iam_role': 'arn:r', ", False)])
def test_redshift_is_given_one_way_to_s3(convert: Convert, options: str, forwards: bool) -> None:
    call = f"glueContext.write_dynamic_frame.from_jdbc_conf(frame, 'c', {{{options}'dbtable': 't'}}, 's3://tmp/')\n"
    assert ("forward_spark_s3_credentials" in convert(CATALOG + call).after) is forwards


_REDSHIFT = "frame = glueContext.create_dynamic_frame.from_options('redshift', {%s, 'redshiftTmpDir': 's3://tmp/'})\n"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("'aws_iam_user': 'arn:aws:iam::123456789012:role/rs', 'dbtable': 't'", 'aws_iam_role="arn:aws:iam::12345'),
        ("'aws_iam_user': 'arn:aws-us-gov:iam::1:role/p/rs', 'dbtable': 't'", 'aws_iam_role="arn:aws-us-gov:iam'),
        ("'sampleQuery': 'select 1 as a', 'connectionName': 'c'", 'query="select 1 as a"'),
        ("'sampleQuery': 'select 1 as a', 'dbtable': 't'", 'query="select 1 as a"'),
    ],
)
def test_redshift_as_studio_writes_it(convert: Convert, blockers, options: str, expected: str) -> None:
    after = convert(CATALOG + _REDSHIFT % options).after.replace("'", '"')
    assert expected in after
    assert ("aws_iam_role" in after) != ("forward_spark_s3_credentials" in after)
    assert "dbtable" not in after or "sampleQuery" not in options
    assert blockers(CATALOG + _REDSHIFT % options) == []


@pytest.mark.parametrize(
    "options",
    ["'aws_iam_user': 'etl', 'dbtable': 't'", "'aws_iam_user': role, 'dbtable': 't'",
     "'aws_iam_user': 'arn:aws:iam::1:user/etl', 'dbtable': 't'",
     "'aws_iam_user': 'arn:aws:iam::1:role/a', 'aws_iam_role': 'arn:aws:iam::1:role/b', 'dbtable': 't'"],
)  # fmt: skip
def test_a_user_of_redshift_that_is_no_role_is_handed_off(blockers, options: str) -> None:
    assert any("aws_iam_user" in found for found in blockers(CATALOG + _REDSHIFT % options))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("'connectionName': 'm', 'retryWrites': 'false'",
         'mongo_uri(dbutils.secrets.get("m", "connection.uri"), retryWrites="false")'),
        ("'connectionName': 'm', 'ssl': 'true', 'ssl.domain_match': 'false'", 'ssl="true", ssl_domain_match="false")'),
        ("'secretId': 's', 'retryWrites': 'false'", 'mongo_uri(dbutils.secrets.get("s", "connection.uri"), retry'),
        ("'uri': 'mongodb://h', 'retryWrites': 'false'", 'mongo_uri("mongodb://h", retryWrites="false")'),
    ],
)  # fmt: skip
def test_mongodbs_switches_go_into_the_string_of_the_connection(convert: Convert, options: str, expected: str) -> None:
    call = f"glueContext.write_dynamic_frame.from_options(frame, 'mongodb', {{{options}, 'database': 'd', 'collection': 'c'}})\n"
    converted = convert(CATALOG + call)
    assert expected in converted.after.replace("'", '"')
    assert converted.after.count("dbutils.secrets.get(") == converted.after.count("import dbutils")
    scopes = [found.action for found in converted.findings if "secret scope" in found.message]
    assert all("connection.uri" in action for action in scopes)


@pytest.mark.parametrize(
    "options", ["'connectionName': 'm', 'username': 'u', 'password': 'p'", "'retryWrites': 'false'"]
)
def test_mongodbs_credentials_beside_a_connection_are_handed_off(blockers, options: str) -> None:
    call = f"glueContext.write_dynamic_frame.from_options(frame, 'mongodb', {{{options}, 'database': 'd', 'collection': 'c'}})\n"
    assert len(blockers(CATALOG + call)) == 1


def test_whether_the_catalog_is_updated_may_be_known_only_when_it_runs(convert: Convert) -> None:
    after = convert(
        CATALOG + "glueContext.write_dynamic_frame.from_catalog(\n"
        "    frame, 'd', 'u', additional_options={'enableUpdateCatalog': update}\n)\n"
    ).after
    assert "append_table(frame, " in after
    assert "{'enableUpdateCatalog': update}" in after


@pytest.mark.parametrize(
    ("call", "refused"),
    [
        ('gc.create_dynamic_frame.from_options("dynamodb", given)', ""),
        ('gc.create_dynamic_frame.from_options("vertica", given)', "a vertica connection"),
        ('gc.create_dynamic_frame.from_options(connection_type="dynamodb", **given)', "a dynamodb connection"),
        ('gc.create_dynamic_frame.from_options("s3", given, format="avro")', "the format avro"),
        ('gc.write_dynamic_frame.from_options(frame, "custom.athena", given)', "a custom.athena connection"),
        ('gc.create_dynamic_frame.from_options("s3", given, format="csv")', ""),
        ('gc.create_dynamic_frame.from_options("s3", given, format=kind)', ""),
        ('gc.create_dynamic_frame.from_options("mysql", given)', ""),
        ("gc.create_dynamic_frame.from_options(kind, given)", ""),
    ],
)
def test_computed_options_of_what_the_helper_always_refuses_are_handed_off(blockers, call: str, refused: str) -> None:
    source = (
        "from awsglue.context import GlueContext\nfrom awsglue.dynamicframe import DynamicFrame\n\ngc = GlueContext()\n\n\n"
        f"def run(frame: DynamicFrame, kind, given):\n    {call}\n"
    )
    assert [refused in text for text in blockers(source)] == ([True] if refused else [])


def test_options_put_together_of_written_out_dictionaries_are_known(convert) -> None:
    source = (
        'from awsglue.context import GlueContext\n\ngc = GlueContext()\nbase = {"paths": ["s3://a/b/"], "recurse": False}\n'
        'all_of_it = {**base, "recurse": True}\nframe = gc.create_dynamic_frame.from_options("s3", all_of_it, format="orc")\n'
    )
    after = convert(source).after
    assert 'spark.read.option("recursiveFileLookup", True).format("orc").load(all_of_it["paths"])' in after


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("database='d', tableName='u'", "`tableName` is no parameter of from_catalog: Glue stops with 'Parameter table_name is missing.'"),
        ("Database='d', table_name='u'", "`Database` is no parameter"),
        ("database='d', name_space='d', table_name='u'", "database and name_space are both given"),
        ("database='d'", "the table is not named"),
    ],
)  # fmt: skip
def test_a_call_that_names_no_table_says_what_glue_says(given: str, told: str) -> None:
    head = "from awsglue.context import GlueContext\n\n\ndef run(context: GlueContext, frame):\n"
    for call in (f"create_dynamic_frame.from_catalog({given})", f"write_dynamic_frame.from_catalog(frame, {given})"):
        (conversion,) = convert_project({"job.py": f"{head}    context.{call}\n"}, Settings())
        assert any(told in f.message for f in conversion.findings if f.severity is Severity.BLOCKER), call


def test_name_space_is_another_name_of_database(convert: Convert) -> None:
    read = CATALOG.replace("'d', 't'", "name_space='d', table_name='t'")
    assert 'spark.read.table("main.d.t")' in convert(read + "frame.show()\n").after
