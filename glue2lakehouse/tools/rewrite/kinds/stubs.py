"""What the interpreter has to know of awsglue and pyspark: canonical names, attributes and results.

Source: `tools/facts/surface.csv` for awsglue, the PySpark reference for pyspark.
"""

import re

from glue2lakehouse.tools import facts
from glue2lakehouse.tools.rewrite.kinds.values import (
    COLLECTION,
    DATA_FRAME,
    DYNAMIC_FRAME,
    GLUE_CONTEXT,
    SPARK_CONTEXT,
    SPARK_SESSION,
    UNKNOWN,
    Kind,
    instance,
)

GLUE_PACKAGES = ("awsglue", "awsgluedq", "awsglueml")
GLUE_MODULES = frozenset(
    "context dynamicframe transforms utils job gluetypes functions dataframe_transforms dataframereader dataframewriter"
    " data_source data_sink streaming_data_source devutils scripts glue_shell blueprint README".split()
)
READER = "awsglue.dynamicframe.DynamicFrameReader"
WRITER = "awsglue.dynamicframe.DynamicFrameWriter"
FRAME_READER = "awsglue.dataframereader.DataFrameReader"
FRAME_WRITER = "awsglue.dataframewriter.DataFrameWriter"
DATA_SOURCE = "awsglue.data_source.DataSource"
STREAMING_SOURCE = "awsglue.streaming_data_source.StreamingDataSource"
DATA_SINK = "awsglue.data_sink.DataSink"
JOB = "awsglue.job.Job"
ARGS = "glue2lakehouse.JobArguments"
RDD = "pyspark.RDD"
SQL_CONTEXT = "pyspark.sql.SQLContext"
BUILDER = "pyspark.sql.SparkSession.Builder"
HADOOP = "pyspark.HadoopConfiguration"
BROADCAST = "pyspark.Broadcast"
JVM = "jvm"
"""The root of the Java packages that `sc._jvm` reaches; what is below it is known by its Java name."""
JVM_LOGGER = "jvm.Logger"
JAVA_IMPORT = "py4j.java_gateway.java_import"
SQL_READER = "pyspark.sql.DataFrameReader"
SQL_WRITER = "pyspark.sql.DataFrameWriter"
JAVA_FRAME = "pyspark.JavaDataFrame"
"""What `df._jdf` is: the frame of the JVM."""
CATALOG = "pyspark.sql.Catalog"
JAVA_SESSION = "org.apache.spark.sql.SparkSession"
JAVA_CATALOG = "org.apache.spark.sql.catalog.Catalog"
DELTA_TABLE = "delta.tables.DeltaTable"
DELTA_BUILDER = "delta.tables.DeltaTableBuilder"
BOTO3_MAKERS = tuple(
    f"boto3.{owner}{name}" for owner in ("", "Session.", "session.Session.") for name in ("client", "resource")
)
LOOK_UPS = ("get_table", "get_tables", "get_database", "get_databases", "get_partitions")
"""Operations of the AWS client for Glue that look into the catalog, paged or not."""
PAGED = (*LOOK_UPS, "get_workflow_runs")
"""Operations of the AWS client for Glue whose pages a helper gives as one."""
LOGGER = "glue2lakehouse.Logger"


def _glue_leaves() -> dict[str, str]:
    leaves: dict[str, str] = {}
    for row in facts.callables().values():
        parts = row.name.split(".")
        if not re.fullmatch(r"[\w.]+", row.name) or parts[0] not in GLUE_MODULES:
            continue
        owner = parts[:2] if parts[0] != "dataframe_transforms" else parts[:3]
        if owner[0] != "dataframe_transforms":
            leaves.setdefault(owner[-1], "awsglue." + ".".join(owner))
    return leaves


GLUE_LEAVES = _glue_leaves() | {
    "DynamicFrameReader": READER,
    "DynamicFrameWriter": WRITER,
    "Union": "awsglue.transforms.Union",
    "GlueTransform": "awsglue.transforms.GlueTransform",
}
TRANSFORMS = frozenset(leaf for leaf, name in GLUE_LEAVES.items() if name.startswith("awsglue.transforms."))
STAR_TRANSFORMS = TRANSFORMS | {"get_transforms", "get_transform", "describe_transform"}
SPARK_LEAVES = {
    "SparkContext": SPARK_CONTEXT,
    "SparkConf": "pyspark.SparkConf",
    "SparkSession": SPARK_SESSION,
    "DataFrame": DATA_FRAME,
    "SQLContext": SQL_CONTEXT,
    "HiveContext": SQL_CONTEXT,
    "RDD": RDD,
}
STUDIO_MODULES = frozenset(row.name for row in facts.callables().values() if row.kind == "gs helper")


def canonical(name: str) -> str:
    """Return the one name under which a class or callable of awsglue or pyspark is known here.

    >>> canonical("awsglue.DynamicFrame")
    'awsglue.dynamicframe.DynamicFrame'
    """
    root, _, rest = name.partition(".")
    if root == "awsglue" and rest:
        module, _, tail = rest.partition(".")
        if module in ("gluetypes", "functions", "dataframe_transforms", "blueprint", "devutils", "scripts"):
            return name
        path = tail if module in GLUE_MODULES else rest
        leaf, _, members = path.partition(".")
        known = GLUE_LEAVES.get(leaf)
        return name if known is None else f"{known}.{members}" if members else known
    if name.startswith("delta.DeltaTable"):
        return f"{DELTA_TABLE}{name.removeprefix('delta.DeltaTable')}"
    if root == "pyspark":
        head, _, leaf = name.rpartition(".")
        return SPARK_LEAVES.get(leaf, name) if head.islower() or "." not in head else name
    return name


def is_glue(name: str) -> bool:
    """Whether the qualified name belongs to Glue's own packages or to a Studio helper module."""
    root = name.partition(".")[0]
    return root in GLUE_PACKAGES or root in STUDIO_MODULES


_FRAME_METHODS = (
    "agg alias cache checkpoint coalesce colRegex crossJoin cube describe distinct drop dropDuplicates "
    "drop_duplicates dropna exceptAll fillna filter hint intersect intersectAll join limit localCheckpoint mapInPandas "
    "melt observe offset orderBy persist repartition repartitionByRange replace sample sampleBy select selectExpr sort "
    "sortWithinPartitions subtract summary to toDF transform union unionAll unionByName unpersist unpivot where "
    "withColumn withColumnRenamed withColumns withColumnsRenamed withMetadata withWatermark"
).split()
_DYNAMIC_METHODS = (
    "with_frame_schema filter mapPartitions map mapPartitionsWithIndex unbox drop_fields select_fields rename_field "
    "spigot join unnest applyMapping apply_mapping unnest_ddb_json simplify_ddb_json resolveChoice mergeDynamicFrame "
    "union repartition coalesce errorsAsDynamicFrame"
).split()
_SESSION_FRAMES = "sql table range createDataFrame".split()
_READER_FRAMES = "load csv json parquet orc text table jdbc xml".split()
_READER_SELF = "format option options schema".split()

ATTRIBUTES: dict[str, dict[str, Kind]] = {
    GLUE_CONTEXT: {
        "spark_session": instance(SPARK_SESSION),
        "sparkSession": instance(SPARK_SESSION),
        "_instantiatedContext": instance(GLUE_CONTEXT),
        "_sc": instance(SPARK_CONTEXT),
        "create_dynamic_frame": instance(READER),
        "write_dynamic_frame": instance(WRITER),
        "create_data_frame": instance(FRAME_READER),
        "write_data_frame": instance(FRAME_WRITER),
        "read": instance(SQL_READER),
        "readStream": instance(SQL_READER),
        "_jsc": instance("pyspark.JavaSparkContext"),
    },
    SPARK_SESSION: {
        "read": instance(SQL_READER),
        "readStream": instance(SQL_READER),
        "sparkContext": instance(SPARK_CONTEXT),
        "_sc": instance(SPARK_CONTEXT),
        "_jsc": instance("pyspark.JavaSparkContext"),
        "_jvm": Kind("module", JVM),
        "catalog": instance(CATALOG),
        "_jsparkSession": instance(JAVA_SESSION),
        "builder": instance(BUILDER),
    },
    SQL_CONTEXT: {
        "read": instance(SQL_READER),
        "readStream": instance(SQL_READER),
        "sparkSession": instance(SPARK_SESSION),
        "sparkContext": instance(SPARK_CONTEXT),
        "_jsc": instance("pyspark.JavaSparkContext"),
    },
    DATA_FRAME: {
        "write": instance(SQL_WRITER),
        "writeStream": instance(SQL_WRITER),
        "rdd": instance(RDD),
        "sparkSession": instance(SPARK_SESSION),
        "sql_ctx": instance(SQL_CONTEXT),
        "_jdf": instance(JAVA_FRAME),
    },
    DYNAMIC_FRAME: {
        "glue_ctx": instance(GLUE_CONTEXT),
        "name": instance("str"),
        **dict.fromkeys(("_jdf", "_sc", "_ssql_ctx", "_lazy_rdd"), UNKNOWN),
    },
    SPARK_CONTEXT: {
        "_jsc": instance("pyspark.JavaSparkContext"),
        "_jvm": Kind("module", JVM),
        "_gateway": instance("py4j.java_gateway.JavaGateway"),
        **dict.fromkeys(("version", "applicationId", "appName"), instance("str")),
        **dict.fromkeys(("defaultParallelism", "defaultMinPartitions", "startTime"), instance("int")),
        **dict.fromkeys(("master", "uiWebUrl"), instance("str")),
        "_conf": instance("pyspark.SparkConf"),
    },
    CATALOG: {"_jcatalog": instance(JAVA_CATALOG)},
    BROADCAST: {"value": UNKNOWN},
    "py4j.java_gateway.JavaGateway": {"jvm": Kind("module", JVM)},
}

RESULTS: dict[str, Kind] = {
    **{f"{DATA_FRAME}.{name}": instance(DATA_FRAME) for name in _FRAME_METHODS},
    **{f"{DYNAMIC_FRAME}.{name}": instance(DYNAMIC_FRAME) for name in _DYNAMIC_METHODS},
    **{f"{SPARK_SESSION}.{name}": instance(DATA_FRAME) for name in _SESSION_FRAMES},
    **{f"{GLUE_CONTEXT}.{name}": instance(DATA_FRAME) for name in _SESSION_FRAMES},
    **{f"{SQL_CONTEXT}.{name}": instance(DATA_FRAME) for name in _SESSION_FRAMES},
    f"{SQL_CONTEXT}.getOrCreate": instance(SQL_CONTEXT),
    **{f"{SQL_READER}.{name}": instance(DATA_FRAME) for name in _READER_FRAMES},
    **{f"{SQL_READER}.{name}": instance(SQL_READER) for name in _READER_SELF},
    **{
        f"{SQL_WRITER}.{name}": instance(SQL_WRITER)
        for name in "bucketBy foreach foreachBatch format mode option options outputMode partitionBy queryName sortBy trigger".split()
    },
    f"{JAVA_FRAME}.sparkSession": instance(SPARK_SESSION),
    f"{DATA_FRAME}.groupBy": instance("pyspark.sql.GroupedData"),
    f"{DATA_FRAME}.groupby": instance("pyspark.sql.GroupedData"),
    **{
        f"pyspark.sql.GroupedData.{name}": instance(DATA_FRAME)
        for name in "agg avg count max mean min sum applyInPandas".split()
    },
    "pyspark.sql.GroupedData.pivot": instance("pyspark.sql.GroupedData"),
    **{f"{DELTA_TABLE}.{name}": instance(DELTA_TABLE) for name in "forPath forName convertToDelta alias".split()},
    **{
        f"{DELTA_TABLE}.{name}": instance(DELTA_BUILDER)
        for name in "create createIfNotExists createOrReplace replace".split()
    },
    **{
        f"{DELTA_BUILDER}.{name}": instance(DELTA_BUILDER)
        for name in "addColumn addColumns clusterBy comment location partitionedBy property tableName".split()
    },
    f"{DELTA_BUILDER}.execute": instance(DELTA_TABLE),
    **{f"{DELTA_TABLE}.{name}": instance(DATA_FRAME) for name in "toDF history detail vacuum".split()},
    f"{DATA_FRAME}.collect": Kind("list", items=(("", instance("pyspark.sql.Row")),)),
    f"{DATA_FRAME}.toPandas": instance("pandas.DataFrame"),
    f"{RDD}.toDF": instance(DATA_FRAME),
    **{f"{RDD}.{name}": instance(RDD) for name in "map filter flatMap mapPartitions zipWithIndex distinct".split()},
    f"{JAVA_SESSION}.catalog": instance(JAVA_CATALOG),
    "pyspark.JavaSparkContext.hadoopConfiguration": instance(HADOOP),
    f"{SPARK_CONTEXT}.getOrCreate": instance(SPARK_CONTEXT),
    f"{SPARK_CONTEXT}.parallelize": instance(RDD),
    f"{SPARK_CONTEXT}.textFile": instance(RDD),
    f"{SPARK_CONTEXT}.getConf": instance("pyspark.SparkConf"),
    f"{SPARK_CONTEXT}.broadcast": instance(BROADCAST),
    **{
        f"jvm.org.apache.{package}.{maker}": instance(JVM_LOGGER)
        for package in ("log4j", "logging.log4j")
        for maker in ("LogManager.getLogger", "Logger.getLogger", "LogManager.getRootLogger", "Logger.getRootLogger")
    },
    f"{BUILDER}.getOrCreate": instance(SPARK_SESSION),
    **{f"{BUILDER}.{name}": instance(BUILDER) for name in "config appName master enableHiveSupport remote".split()},
    f"{SPARK_SESSION}.newSession": instance(SPARK_SESSION),
    f"{SPARK_SESSION}.getActiveSession": instance(SPARK_SESSION),
    f"{DYNAMIC_FRAME}.toDF": instance(DATA_FRAME),
    f"{DYNAMIC_FRAME}.schema": instance("awsglue.gluetypes.StructType"),
    f"{DYNAMIC_FRAME}.fromDF": instance(DYNAMIC_FRAME),
    f"{DYNAMIC_FRAME}.split_fields": instance(COLLECTION),
    f"{DYNAMIC_FRAME}.split_rows": instance(COLLECTION),
    f"{DYNAMIC_FRAME}.relationalize": instance(COLLECTION),
    f"{COLLECTION}.select": instance(DYNAMIC_FRAME),
    f"{COLLECTION}.map": instance(COLLECTION),
    f"{COLLECTION}.flatmap": instance(COLLECTION),
    f"{COLLECTION}.values": Kind("list", items=(("", instance(DYNAMIC_FRAME)),)),
    f"{COLLECTION}.keys": Kind("list", items=(("", instance("str")),)),
    **{
        f"{GLUE_CONTEXT}.{name}": instance(DYNAMIC_FRAME)
        for name in (
            "create_dynamic_frame_from_rdd create_dynamic_frame_from_catalog create_dynamic_frame_from_options "
            "create_sample_dynamic_frame_from_catalog create_sample_dynamic_frame_from_options "
            "getSampleStreamingDynamicFrame"
        ).split()
    },
    f"{GLUE_CONTEXT}.create_data_frame_from_catalog": instance(DATA_FRAME),
    f"{GLUE_CONTEXT}.create_data_frame_from_options": instance(DATA_FRAME),
    f"{GLUE_CONTEXT}.add_ingestion_time_columns": instance(DATA_FRAME),
    f"{GLUE_CONTEXT}.getSource": instance(DATA_SOURCE),
    f"{GLUE_CONTEXT}.getStreamingSource": instance(STREAMING_SOURCE),
    f"{GLUE_CONTEXT}.getSink": instance(DATA_SINK),
    f"{GLUE_CONTEXT}.get_logger": instance(LOGGER),
    f"{GLUE_CONTEXT}.newSession": instance("pyspark.sql.SQLContext"),
    f"{READER}.from_catalog": instance(DYNAMIC_FRAME),
    f"{READER}.from_options": instance(DYNAMIC_FRAME),
    f"{READER}.from_rdd": instance(DYNAMIC_FRAME),
    f"{FRAME_READER}.from_catalog": instance(DATA_FRAME),
    f"{FRAME_READER}.from_options": instance(DATA_FRAME),
    f"{DATA_SOURCE}.getFrame": instance(DYNAMIC_FRAME),
    f"{DATA_SOURCE}.getSampleFrame": instance(DYNAMIC_FRAME),
    f"{DATA_SOURCE}.getDataFrame": instance(DATA_FRAME),
    f"{STREAMING_SOURCE}.getFrame": instance(DATA_FRAME),
    "awsglue.utils.getResolvedOptions": instance(ARGS),
    "awsglue.dataframe_transforms.apply_mapping.ApplyMapping.apply": instance(DATA_FRAME),
    "awsgluedq.transforms.EvaluateDataQuality.apply": instance(DYNAMIC_FRAME),
    "awsgluedq.transforms.EvaluateDataQuality.process_rows": instance(COLLECTION),
    "awsglueml.transforms.EntityDetector.detect": instance(DYNAMIC_FRAME),
    "awsglueml.transforms.FindMatches.apply": instance(DYNAMIC_FRAME),
    "awsglueml.transforms.FindIncrementalMatches.apply": instance(DYNAMIC_FRAME),
    "awsglueml.transforms.FillMissingValues.apply": instance(DYNAMIC_FRAME),
}
for _name in STUDIO_MODULES:
    RESULTS[f"{DYNAMIC_FRAME}.{_name}"] = instance(DYNAMIC_FRAME)
    RESULTS[f"{DATA_FRAME}.{_name}"] = instance(DATA_FRAME)
_COLLECTION_TRANSFORMS = {"Relationalize", "SplitFields", "SplitRows", "MapToCollection", "FlatMap"}
for _name in TRANSFORMS:
    RESULTS[f"awsglue.transforms.{_name}.apply"] = instance(
        COLLECTION if _name in _COLLECTION_TRANSFORMS else DYNAMIC_FRAME
    )

_SHARED = {"schema", "count", "show", "filter", "map", "join", "union", "repartition", "coalesce", "printSchema",
           "toDF", "write", "getNumPartitions", "select", "keys", "values", "flatmap", "sql", "table", "read",
           "unnest", "register", "add_ingestion_time_columns", "get_logger", "mapPartitions", "mapPartitionsWithIndex",
           "spark_session", "begin_transaction", "commit_transaction", "abort_transaction", "cancel_transaction",
           "start_transaction"}  # fmt: skip


def _telling_methods() -> dict[str, str]:
    telling: dict[str, str] = {name: GLUE_CONTEXT for name in ATTRIBUTES[GLUE_CONTEXT] if "dynamic" in name}
    telling |= dict.fromkeys(STUDIO_MODULES, DYNAMIC_FRAME)
    for row in facts.callables().values():
        match = re.fullmatch(r"(context\.GlueContext|dynamicframe\.DynamicFrame)\.(\w+)", row.name)
        if match and match[2] not in _SHARED:
            telling[match[2]] = "awsglue." + match[1]
    return telling


TELLING_METHODS = _telling_methods()
"""Method names that exist on one Glue class and on nothing of pyspark, and that class."""

SAME_METHODS = frozenset({"toDF", "count", "printSchema", "show"})
"""Methods whose rewrite is right for a DataFrame as well."""

GLUE_TYPES = frozenset({GLUE_CONTEXT, DYNAMIC_FRAME, COLLECTION, READER, WRITER, FRAME_READER, FRAME_WRITER,
                        DATA_SOURCE, STREAMING_SOURCE, DATA_SINK, JOB})  # fmt: skip


def attribute_of(owner: Kind, attribute: str) -> Kind:
    """Return the kind of `owner.attribute` for an instance, class or module of awsglue or pyspark."""
    if owner.tag == "module":
        name = canonical(f"{owner.name}.{attribute}")
        leaf = name.rsplit(".", 1)[-1]
        if name.startswith(f"{JVM}."):
            return Kind("class" if leaf[:1].isupper() else "module", name)
        if owner.name == "pyspark" and leaf in ("sql", "context", "rdd", "conf"):
            return Kind("module", name)
        if owner.name == "awsglue" and attribute in GLUE_MODULES:
            return Kind("module", f"awsglue.{attribute}")
        if leaf[:1].isupper():
            return Kind("class", name)
        if name == "boto3.session":
            return Kind("module", name)
        return Kind("function" if is_glue(name) or name in BOTO3_MAKERS or name == JAVA_IMPORT else "unknown", name)
    if owner.tag == "class":
        known = ATTRIBUTES.get(owner.name, {}).get(attribute)
        return known or Kind("method", f"{owner.name}.{attribute}", receiver=owner)
    known = ATTRIBUTES.get(owner.name, {}).get(attribute)
    return known or Kind("method", f"{owner.name}.{attribute}", receiver=owner)


def result_of(name: str) -> Kind:
    """Return what a call of the qualified name gives; classes are called through their own name."""
    return RESULTS.get(name, UNKNOWN)
