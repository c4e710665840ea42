"""Studio's `gs_*` methods: what is handed off, what becomes an expression, and that the helpers do what they say."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check

HEAD = "from awsglue.dynamicframe import DynamicFrame\nimport gs_uuid\n\n\ndef run(frame: DynamicFrame, rest):\n    return "


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("its parameters are not documented", 'frame.gs_lookup("db", "t", "a=b", "c")'),
        ("%X is a defect of the helper", 'frame.gs_now(colName="at", dateFormat="%X")'),
        ("a letter in a Java pattern is a code", 'frame.gs_now(colName="at", dateFormat="day %d")'),
        ("how the unit is found is not documented", 'frame.gs_to_timestamp(colName="at")'),
        ("the ids hold a time stamp", 'frame.gs_sequence_id(colName="id", unique=True)'),
        ("a parameter is missing", 'frame.gs_explode(colName="a")'),
        ("the facts do not name it", 'frame.gs_concat(colName="a", colList=["b"], nullText="-")'),
        ("what it is called with is not seen", "frame.gs_explode(**rest)"),
    ],
)
def test_what_is_not_documented_stays(convert, blockers, why: str, line: str) -> None:
    assert line in convert(HEAD + line + "\n").after, why
    assert len(blockers(HEAD + line + "\n")) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('frame.gs_uuid(colName="key")', 'frame.withColumn("key", F.expr("uuid()"))'),
        ("frame.gs_now()", 'frame.withColumn("timestamp", F.current_timestamp())'),
        (
            'frame.gs_now(colName="at", dateFormat="%Y-%m-%d %H:%M")',
            'frame.withColumn("at", F.date_format(F.current_timestamp(), "yyyy-MM-dd HH:mm"))',
        ),
        ('frame.gs_flatten(separator="_")', 'flatten_structs(frame, separator="_")'),
        ("frame.gs_flatten(maxLevels=1)", "flatten_structs(frame, 1)"),
        ('frame.gs_split(colName="a", pattern="-")', 'frame.withColumn("a", F.split(F.col("a"), "-"))'),
        ('frame.gs_repartition(numPartitionsStr="8")', "frame.repartition(8)"),
        ("frame.gs_null_rows()", "drop_null_rows(frame)"),
    ],
)
def test_a_method_becomes_an_expression_or_a_helper(convert, before: str, after: str) -> None:
    converted = convert(HEAD + before + "\n").after
    assert f"return {after}\n" in converted
    assert "gs_" not in converted


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('frame.gs_now(colName="at", dateFormat="%Y-%m-%d")', "dateFormat %Y-%m-%d is yyyy-MM-dd"),
        ('frame.gs_format_timestamp(colName="at", dateFormat="%d/%m/%Y", newColName="day")', "%d/%m/%Y is dd/MM/yyyy"),
        (
            'frame.gs_to_timestamp(colName="at", colType="milliseconds")',
            "colType milliseconds is what timestamp_millis",
        ),
        ('frame.gs_to_timestamp(colName="at", colType="seconds", newColName="t")', "timestamp_seconds"),
    ],
)
def test_what_is_spelled_otherwise_in_spark_is_told_and_not_missed(convert, line: str, told: str) -> None:
    converted = convert(HEAD + line + "\n")
    assert any(told in found.message for found in converted.findings)
    files = {"job.py": converted.before}, {"job.py": converted.after}
    checked = check(converted.before, converted.after, "job.py", *files, converted.findings, Settings())
    assert [str(found) for found in checked.findings if found.severity is Severity.BLOCKER] == []


def test_the_methods_of_a_dataframe_are_rewritten_as_well(convert) -> None:
    source = (
        HEAD.replace("return ", "") + 'df = frame.toDF()\n    return df.gs_explode(colName="a", newCol="b").count()\n'
    )
    assert 'explode_column(df, "a", "b").count()' in convert(source).after


def test_a_chain_goes_on_with_what_the_method_gives(convert) -> None:
    line = 'frame.gs_explode(colName="a", newCol="b").drop_fields(["a"]).toDF()'
    assert 'explode_column(frame, "a", "b").drop("a")' in convert(HEAD + line + "\n").after


@pytest.mark.spark
def test_the_helpers_give_what_studio_gives(spark) -> None:
    from glue2lakehouse.tools.rewrite.runtime import studio

    frame = spark.createDataFrame(
        [(1, [5, 6], {"x": 1}, ((7,), "t"), "a1", '{"k": "v"}'), (2, None, None, None, None, None)],
        "id int, many array<int>, pairs map<string,int>, deep struct<one:struct<two:int>,text:string>, t string, j string",
    )
    exploded = studio.explode_column(frame, "many", "each", True).select("id", "many", "each")
    assert [tuple(row) for row in exploded.collect()] == [(1, [5, 6], 5), (1, [5, 6], 6), (2, None, None)]
    assert studio.explode_column(frame, "many", "many").count() == 2
    entries = studio.explode_column(frame, "pairs", "k, v").select("k", "v")
    assert [tuple(row) for row in entries.collect()] == [("x", 1)]
    assert studio.flatten_structs(frame).columns[3:5] == ["deep.one.two", "deep.text"]
    assert studio.flatten_structs(frame, 1, "_").columns[3:5] == ["deep_one", "deep_text"]
    joined = studio.concat_columns(frame, "both", "t,id", "-").select("both")
    assert [row[0] for row in joined.collect()] == ["a1-1", "-2"]
    places = studio.array_to_columns(frame, "many", "first, third", "1,3").select("first", "third")
    assert [tuple(row) for row in places.collect()] == [(5, None), (None, None)]
    groups = studio.extract_groups(frame, "t", "([a-z])([0-9])", ",digit").select("digit")
    assert [row[0] for row in groups.collect()] == ["1", None]
    json = studio.extract_json(frame, "j", "k,$.none", "k,none", True)
    assert [tuple(row) for row in json.select("k", "none").collect()] == [("v", None), (None, None)]
    assert "j" not in json.columns
    empty = spark.createDataFrame([(None, None), ("", []), ("a", None)], "t string, m array<int>")
    assert studio.drop_null_rows(empty).count() == 2
    assert studio.drop_null_rows(empty, True).count() == 1
    sales = spark.createDataFrame(
        [("n", "q1", 1), ("n", "q2", 2), ("n", "q1", 3)], "area string, quarter string, v int"
    )
    wide = studio.pivot_rows(sales, "v", "sum", "quarter")
    assert [row.asDict() for row in wide.collect()] == [{"area": "n", "q1": 4, "q2": 2}]


@pytest.mark.spark
def test_ingestion_time_columns_follow_the_granularity(spark) -> None:
    from glue2lakehouse.tools.rewrite.runtime.streaming import add_ingestion_time_columns

    frame = spark.range(1)
    assert add_ingestion_time_columns(frame, "day").columns[1:] == ["ingest_year", "ingest_month", "ingest_day"]
    assert add_ingestion_time_columns(frame, "minute").columns[-2:] == ["ingest_hour", "ingest_minute"]
    with pytest.raises(ValueError, match="week"):
        add_ingestion_time_columns(frame, "week")


INLINE = {
    "sparkAggregate": """
def sparkAggregate(glueContext, parentFrame, groups, aggs, transformation_ctx) -> DynamicFrame:
    functions = []
    for column, function in aggs:
        functions.append(getattr(SqlFuncs, function)(column))
    result = parentFrame.toDF().groupBy(*groups).agg(*functions) if len(groups) > 0 else parentFrame.toDF().agg(*functions)
    return DynamicFrame.fromDF(result, glueContext, transformation_ctx)
out = sparkAggregate(glueContext, parentFrame=frame, groups=["a"], aggs=[["b", "sum"]], transformation_ctx="x")
""",
    "sparkUnion": """
def sparkUnion(glueContext, unionType, mapping, transformation_ctx) -> DynamicFrame:
    for alias, frame in mapping.items():
        frame.toDF().createOrReplaceTempView(alias)
    result = spark.sql("(select * from source1) UNION " + unionType + " (select * from source2)")
    return DynamicFrame.fromDF(result, glueContext, transformation_ctx)
out = sparkUnion(glueContext, unionType="ALL", mapping={"source1": frame, "source2": frame}, transformation_ctx="x")
""",
    "drop_nulls": """
def drop_nulls(glueContext, frame, nullStringSet, nullIntegerSet, transformation_ctx) -> DynamicFrame:
    empty = [field.name for field in frame.schema() if isinstance(field.dataType, NullType)]
    return DropFields.apply(frame=frame, paths=empty, transformation_ctx=transformation_ctx)
out = drop_nulls(glueContext, frame=frame, nullStringSet={""}, nullIntegerSet={-1}, transformation_ctx="x")
""",
    "threadedRoute": """
def threadedRoute(glueContext, source, groups) -> DynamicFrameCollection:
    frames = {}
    with concurrent.futures.ThreadPoolExecutor(max_workers=5) as executor:
        found = {executor.submit(lambda s, g: Filter.apply(frame=s, f=g.filters), source, g): g for g in groups}
        for future in concurrent.futures.as_completed(found):
            frames[found[future].name] = future.result()
    return DynamicFrameCollection(frames, glueContext)
out = SelectFromCollection.apply(dfc=threadedRoute(glueContext, frame, []), key="a", transformation_ctx="x")
""",
    "directJDBCSource": """
def directJDBCSource(glueContext, connectionName, connectionType, database, table, redshiftTmpDir, transformation_ctx) -> DynamicFrame:
    connection_options = {"useConnectionProperties": "true", "dbtable": table, "connectionName": connectionName}
    if redshiftTmpDir:
        connection_options["redshiftTmpDir"] = redshiftTmpDir
    return glueContext.create_dynamic_frame.from_options(connection_type=connectionType, connection_options=connection_options)
out = directJDBCSource(glueContext, connectionName="c", connectionType="mysql", database="d", table="t", redshiftTmpDir="", transformation_ctx="x")
""",
    "MyTransform": """
def MyTransform(glueContext, dfc) -> DynamicFrameCollection:
    df = dfc.select(list(dfc.keys())[0]).toDF()
    return DynamicFrameCollection({"out": DynamicFrame.fromDF(df.where("x > 3"), glueContext, "f")}, glueContext)
made = MyTransform(glueContext, DynamicFrameCollection({"a": frame}, glueContext))
out = SelectFromCollection.apply(dfc=made, key=list(made.keys())[0], transformation_ctx="x")
""",
}
"""What Studio writes into scripts, shortened and in our own words."""


@pytest.mark.parametrize("name", INLINE)
def test_the_functions_that_studio_writes_into_scripts_are_converted(convert, blockers, name: str) -> None:
    head = (
        "import concurrent.futures\nfrom awsglue.context import GlueContext\n"
        "from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection\nfrom awsglue.gluetypes import NullType\n"
        "from awsglue.transforms import *\nfrom pyspark.context import SparkContext\nfrom pyspark.sql import functions as SqlFuncs\n"
        "glueContext = GlueContext(SparkContext())\nspark = glueContext.spark_session\n"
        'frame = glueContext.create_dynamic_frame.from_catalog(database="d", table_name="t")\n'
    )
    source = head + INLINE[name] + 'out.toDF().write.parquet("s3://o/")\n'
    after = convert(source).after
    assert blockers(source) == []
    assert "awsglue" not in after
    assert 'out.write.parquet("s3://o/")' in after


def test_a_source_of_a_connection_that_is_computed_reads_the_scope_of_its_name() -> None:
    import sys
    from types import ModuleType, SimpleNamespace
    from typing import Any

    from glue2lakehouse.tools.rewrite.runtime.dynamic import read_source

    asked: dict[str, Any] = {}
    reader = SimpleNamespace(load=lambda: "rows")
    reader.format = lambda form: asked.update(form=form) or reader
    reader.options = lambda **options: asked.update(options) or reader
    runtime: Any = ModuleType("databricks.sdk.runtime")
    runtime.dbutils = SimpleNamespace(secrets=SimpleNamespace(get=lambda scope, key: f"{scope}/{key}"))
    sys.modules["databricks.sdk.runtime"] = runtime
    try:
        options = {"useConnectionProperties": "true", "dbtable": "t", "connectionName": "c"}
        assert read_source(SimpleNamespace(read=reader), "mysql", options) == "rows"
    finally:
        del sys.modules["databricks.sdk.runtime"]
    assert asked == {"form": "jdbc", "url": "c/url", "user": "c/user", "password": "c/password", "dbtable": "t"}


@pytest.mark.parametrize(("name", "told"), [("unionType", False), ("kind", True)])
def test_the_union_of_studio_names_its_own_views(convert, name: str, told: bool) -> None:
    source = (
        "from awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n\n\n"
        f"def union(frame, {name}):\n    frame.createOrReplaceTempView('source1')\n    frame.createOrReplaceTempView('source2')\n"
        f"    return spark.sql('(select * from source1) UNION ' + {name} + ' (select * from source2)')\n"
    )
    assert any("could not be read" in found.message for found in convert(source).findings) is told
