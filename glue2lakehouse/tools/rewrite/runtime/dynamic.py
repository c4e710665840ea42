"""Reads and writes whose options are only known when they run."""

import re

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue2lakehouse.tools.rewrite.runtime.connecting import mongo_uri
from glue2lakehouse.tools.rewrite.runtime.documents import read_json_stream
from glue2lakehouse.tools.rewrite.runtime.reading import narrow_integers, remaining_files

_WITHOUT_EFFECT = {"groupfiles", "groupsize", "uses3listimplementation", "maxband", "maxfilesinband", "optimizeperformance",
                   "compressiontype", "transformation_ctx", "useconnectionproperties", "strictcheckforquoting"}  # fmt: skip
_DATABASES = {
    "mysql": "jdbc", "postgresql": "jdbc", "oracle": "jdbc", "sqlserver": "jdbc", "jdbc": "jdbc", "custom.jdbc": "jdbc",
    "marketplace.jdbc": "jdbc", "azuresql": "jdbc", "teradata": "jdbc", "saphana": "jdbc", "redshift": "redshift",
    "snowflake": "snowflake", "mongodb": "mongodb", "documentdb": "mongodb",
}  # fmt: skip
_DATABASE_OPTIONS = {
    "jdbc": "url dbtable query user password partitionColumn lowerBound upperBound numPartitions fetchsize isolationLevel driver "
    "sessionInitStatement queryTimeout truncate customJdbcDriverClassName=driver bulkSize=batchsize batchsize className=driver "
    "sampleQuery=query customJdbcDriverS3Path=",
    "redshift": "url dbtable query user password aws_iam_role sse_kms_key extracopyoptions csvnullstring preactions postactions "
    "usestagingtable tempformat autopushdown redshiftTmpDir=tempdir redshift_tmp_dir=tempdir tempdir sampleQuery=query unload_s3_format= "
    "autopushdown.s3_result_cache= customJdbcDriverS3Path=",
    "snowflake": "sfDatabase sfSchema sfWarehouse sfRole sfUrl sfUser sfPassword pem_private_key dbtable query preactions postactions "
    "autopushdown",
    "mongodb": "connection.uri uri=connection.uri database collection pipeline=aggregation.pipeline disableUpdateUri= batchSize= "
    "partitioner= partitionerOptions.partitionKey= partitionerOptions.partitionSizeMB= partitionerOptions.samplesPerPartition= "
    "partitionerOptions.numberOfPartitions= partitionerOptions.shardkey=",
}
"""Glue's options of each of Spark's formats: under the same name, `=` another one, or `=` nothing where it only tunes."""
_DATABASE_SECRETS = {
    "jdbc": ("url", "user", "password"), "redshift": ("url", "user", "password"),
    "snowflake": ("sfUrl", "sfUser", "sfPassword"), "mongodb": ("connection.uri",),
}  # fmt: skip


def read_source(
    session,
    connection_type,
    connection_options=None,
    format=None,
    format_options=None,
    push_down_predicate=None,
    **others,
) -> DataFrame:
    """Read files or a database as Glue's from_options does, by options that are computed when it runs.

    A Glue connection is a secret scope of its name, with the keys url, user and password. Raises ValueError for a connection, a format or an option that has no counterpart in Spark.
    """
    _refuse(others)
    if push_down_predicate:
        return read_source(session, connection_type, connection_options, format, format_options).where(
            push_down_predicate
        )
    options = _lowered(connection_options)
    kind = str(connection_type).lower()
    if kind in _DATABASES:
        form, settings = _database(kind, options)
        return session.read.format(form).options(**settings).load()
    form = str(format or kind).lower()
    paths = options.pop("paths", None) or options.pop("path", None)
    if kind not in ("s3", "file", "parquet", "orc") or paths is None:
        raise ValueError(f"a {connection_type} source cannot be read here: convert this read by hand")
    recurse = str(options.pop("recurse", "false")).lower() == "true"
    fail = str(options.pop("isfailfast", "false")).lower() == "true"
    exclusions = options.pop("exclusions", None)
    if exclusions and exclusions != "[]":
        paths = remaining_files(session, paths, exclusions, recurse)
    reader = session.read.options(recursiveFileLookup=recurse)
    if fail:
        reader = reader.option("mode", "FAILFAST")
    _mapped(options, {}, kind)
    given = _lowered(format_options)
    if form in ("parquet", "glueparquet", "orc"):
        return reader.format("orc" if form == "orc" else "parquet").load(paths)
    if form == "csv":
        header = str(given.pop("withheader", "false")).lower() == "true"
        quote = str(given.pop("quotechar", '"'))
        settings = _mapped(given, {"separator": "sep", "multiline": "multiLine", "escaper": "escape"}, form)
        settings = {"escape": quote if len(quote) == 1 else '"', "quote": "" if quote == "-1" else quote, **settings}
        frame = reader.options(header=header, **settings).format("csv").load(paths).fillna("")
        return frame if header else frame.toDF(*[f"col{position}" for position in range(len(frame.columns))])
    if form == "json":
        many = str(given.pop("multiline", "false")).lower() == "true"
        _mapped(given, {}, form)
        if many:
            return read_json_stream(session, paths, fail=fail, recursiveFileLookup=recurse)
        mode = "FAILFAST" if fail else "DROPMALFORMED"
        return narrow_integers(reader.option("mode", mode).format("json").load(paths))
    raise ValueError(f"the format {format} cannot be read here: convert this read by hand")


def write_target(
    frame: DataFrame, connection_type, connection_options=None, format=None, format_options=None, transformation_ctx=None,
    accumulator_size=None, **others
) -> None:  # fmt: skip
    """Append to files or a database as Glue's from_options does, by options that are computed when it runs.

    Raises ValueError for a connection, a format or an option that has no counterpart in Spark.
    """
    _refuse(others)
    options = _lowered(connection_options)
    kind = str(connection_type).lower()
    if kind in _DATABASES:
        form, settings = _database(kind, options)
        frame.write.mode("append").format(form).options(**settings).save()
        return
    form = str(format or kind).lower()
    path = options.pop("path", None)
    if kind not in ("s3", "file", "parquet", "orc") or path is None:
        raise ValueError(f"a {connection_type} target cannot be written here: convert this write by hand")
    keys = options.pop("partitionkeys", None) or []
    writer = frame.write.mode("append").partitionBy(*([keys] if isinstance(keys, str) else keys))
    writer = writer.options(**_mapped(options, {"compression": "compression"}, kind))
    given = _lowered(format_options)
    if form in ("parquet", "glueparquet", "orc"):
        given.pop("useglueparquetwriter", None)
        settings = _mapped(given, {"compression": "compression"}, form)
        writer.options(**settings).format("orc" if form == "orc" else "parquet").save(path)
    elif form == "csv":
        header = str(given.pop("writeheader", "true")).lower() == "true"
        quote = str(given.pop("quotechar", '"'))
        if quote == "-1":
            raise ValueError("Spark cannot write CSV without quoting: convert this write by hand")
        given.pop("escaper", None)
        settings = _mapped(given, {"separator": "sep", "compression": "compression"}, form)
        settings |= (
            {"quote": quote, "escape": quote} if quote == '"' else {"quote": quote, "escape": quote, "emptyValue": ""}
        )
        settings |= {"ignoreLeadingWhiteSpace": False, "ignoreTrailingWhiteSpace": False}
        writer.options(header=header, **settings).format("csv").save(path)
    elif form == "json":
        writer.options(**_mapped(given, {"compression": "compression"}, form)).format("json").save(path)
    else:
        raise ValueError(f"the format {format} cannot be written here: convert this write by hand")


def _database(kind, options):
    """Return the format and Spark's options of a database.

    A Glue connection is a secret scope of its name, with hyphens for what a scope's name cannot hold.
    """
    form, scope, given = _DATABASES[kind], options.pop("connectionname", None), dict(options)
    names = {}
    for pair in _DATABASE_OPTIONS[form].split():
        name, changed, target = pair.partition("=")
        names[name.lower()] = target if changed else name
    if form == "mongodb":
        given = _with_credentials(given)
    if "samplequery" in given:
        given.pop("dbtable", None)
    for key in [
        key for key in given if key.startswith(("hash", "enablepartitioningforsample")) or not names.get(key, "?")
    ]:
        given.pop(key)
    settings = _mapped(given, names, kind)
    if scope is not None:
        from databricks.sdk.runtime import dbutils

        scope = re.sub(r"[^\w.@-]", "-", scope)
        secrets = {key: dbutils.secrets.get(scope, key) for key in _DATABASE_SECRETS[form] if key not in settings}
        settings = {**secrets, **settings}
    forwarded = form == "redshift" and "aws_iam_role" not in settings
    return form, {"forward_spark_s3_credentials": "true", **settings} if forwarded else settings


def _with_credentials(options):
    """Put the credentials and switches that Glue takes as options of their own into MongoDB's connection string."""
    switches = {
        key: options.pop(key)
        for key in ("username", "password", "ssl", "ssl.domain_match", "retrywrites")
        if key in options
    }
    if not switches:
        return options
    uri = options.pop("connection.uri", None) or options.pop("uri", None)
    if uri is None:
        raise ValueError(
            f"MongoDB is given {sorted(switches)} without connection.uri: put them into the connection string"
        )
    spelled = {"ssl.domain_match": "ssl_domain_match", "retrywrites": "retryWrites"}
    return {
        **options,
        "connection.uri": mongo_uri(uri, **{spelled.get(key, key): value for key, value in switches.items()}),
    }


def _refuse(others):
    """Raise for an argument that has an effect in Glue and none here."""
    left = [name for name, value in others.items() if value is not None]
    if left:
        raise ValueError(f"the arguments {left} have no counterpart in Spark: convert this call by hand")


def _lowered(options):
    return {str(key).lower(): value for key, value in (options or {}).items()}


def _mapped(options, names, what):
    """Return Spark's options; raise for one that nothing is known of."""
    left = [key for key in options if key not in names and key not in _WITHOUT_EFFECT]
    if left:
        raise ValueError(f"the options {left} of {what} have no counterpart in Spark: convert this call by hand")
    return {names[key]: value for key, value in options.items() if key in names}


def read_table(session, name, options=None) -> DataFrame:
    """Read a table of the catalog, with Glue's additional options as they are when it runs.

    An empty field of a CSV table is an empty text, as in Glue. Raises ValueError for an option that has no counterpart in Spark.
    """
    given = _lowered(options)
    predicate = given.pop("catalogpartitionpredicate", "")
    for key in [key for key in given if key.startswith("hash")]:
        given.pop(key)
    reader = session.read.options(**_mapped(given, {"mergeschema": "mergeSchema"}, name))
    frame = reader.table(name).where(predicate or "true")
    return frame.fillna("") if _provider(session, name) == "csv" else frame


def read_catalog(
    session, catalog, database=None, table_name=None, redshift_tmp_dir=None, transformation_ctx=None,
    push_down_predicate=None, additional_options=None, **others
) -> DataFrame:  # fmt: skip
    """Read a table of the catalog by Glue's arguments as they are when it runs; the schema is called like the database.

    Raises ValueError for an argument or option that has no counterpart in Spark.
    """
    database = others.pop("name_space", None) or database
    _refuse(others)
    frame = read_table(session, f"{catalog}.{database}.{table_name}", additional_options)
    return frame.where(push_down_predicate) if push_down_predicate else frame


def append_table(frame: DataFrame, name, options=None) -> None:
    """Append to a table of the catalog, with Glue's additional options as they are when it runs.

    The schema grows only where Glue would change the catalog's, and only for Delta: a table of other files gets the columns
    that it has, by name, null where the frame has none. Raises ValueError for an option without a counterpart.
    """
    given = _lowered(options)
    keys = given.pop("partitionkeys", None) or []
    update = str(given.pop("enableupdatecatalog", "false")).lower() == "true"
    grows = update and given.pop("updatebehavior", "UPDATE_IN_DATABASE") != "LOG"
    given.pop("updatebehavior", None)
    _mapped(given, {}, name)
    session = frame.sparkSession
    if session.catalog.tableExists(name) and _provider(session, name) not in ("", "delta"):
        has = {column.lower(): column for column in frame.columns}
        columns = [
            F.col("`" + has[field.name.lower()].replace("`", "``") + "`")
            if field.name.lower() in has
            else F.lit(None).cast(field.dataType).alias(field.name)
            for field in session.table(name).schema.fields
        ]
        frame.select(*columns).write.insertInto(name)
        return
    writer = frame.write.mode("append").partitionBy(*([keys] if isinstance(keys, str) else keys))
    (writer.option("mergeSchema", True) if grows else writer).saveAsTable(name)


def _provider(session, name):
    found = session.sql(f"DESCRIBE TABLE EXTENDED {name}").where("col_name = 'Provider'").first()
    return found["data_type"].lower() if found else ""
