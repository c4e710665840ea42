"""Spark contexts, RDDs, Hadoop settings and log4j on compute that has none of them."""

import pytest

from glue2lakehouse.domain import Compute, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import render_compat

HEAD = (
    "from awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\n\n"
    "sc = SparkContext.getOrCreate()\nspark = GlueContext(sc).spark_session\nframe = spark.table('main.a.b')\n"
)


def test_a_context_fetched_through_the_glue_context_is_the_session(convert) -> None:
    source = (
        "from awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\n\n"
        "glueContext = GlueContext(SparkContext.getOrCreate())\nsc = glueContext.spark_session.sparkContext\n"
        "print(sc.version)\n"
    )
    assert convert(source).after.endswith("spark = SparkSession.builder.getOrCreate()\nprint(spark.version)\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("print(sc.version)", "print(spark.version)"),
        ("print(sc.appName)", 'print(spark.conf.get("spark.app.name"))'),
        ("print(spark.sparkContext.applicationId)", 'print(spark.conf.get("spark.app.id"))'),
        ("sc.getConf().get('spark.x')", "spark.conf.get('spark.x', None)"),
        ("spark.sparkContext.getConf().get('spark.x', '1')", "spark.conf.get('spark.x', '1')"),
        ("sc.addPyFile(path)", "spark.addArtifacts(path, pyfile=True)"),
        (
            "held = sc.broadcast([1])\nheld.unpersist()\nprint(held.value)",
            "held = SimpleNamespace(value=[1])\nprint(held.value)",
        ),
        ("frame.rdd.foreachPartition(send)", "frame.foreachPartition(send)"),
        ("n = frame.rdd.getNumPartitions()", "n = number_of_partitions(frame)"),
        ("def n(df):\n    return df.select('a').rdd.getNumPartitions()", "return number_of_partitions(df.select('a'))"),
        (
            "from awsglue.dynamicframe import DynamicFrame\ndef n(dyf: DynamicFrame):\n    return dyf.getNumPartitions()",
            "return number_of_partitions(dyf)",
        ),
        (
            "x = frame.rdd.map(lambda r: (r.a, 1)).toDF(['a', 'b'])",
            "x = SparkSession.builder.getOrCreate().createDataFrame([(r.a, 1) for r in frame.collect()], ['a', 'b'])",
        ),
        (
            "def f(df):\n    return df.rdd.filter(keep).map(Row).toDF()",
            "createDataFrame([Row(row) for row in (row for row in df.collect() if (keep(row)))])",
        ),
        ("x = spark.createDataFrame(frame.rdd, schema)", "x = spark.createDataFrame(frame.collect(), schema)"),
        (
            "x = spark.createDataFrame(frame.rdd.map(list), schema=frame.schema)",
            "x = spark.createDataFrame([list(row) for row in frame.collect()], schema=frame.schema)",
        ),
        ("def f(df):\n    return df.rdd.flatMap(lambda x: x).collect()", "[value for x in df.collect() for value in x]"),
        ("x = frame.rdd.count()", "x = frame.count()"),
        ("def empty(df):\n    return df.rdd.isEmpty()", "return df.isEmpty()"),
        ("x = frame.rdd.map(lambda r: (r.a, r['b'])).collect()", "x = [(r.a, r['b']) for r in frame.collect()]"),
        ("x = frame.rdd.map(clean).collect()", "x = [clean(row) for row in frame.collect()]"),
        (
            "x = frame.rdd.filter(lambda r: r.a if r.b else r.c).map(lambda r: r.a).collect()",
            "x = [r.a for r in (r for r in frame.collect() if (r.a if r.b else r.c))]",
        ),
        ("x = frame.rdd.flatMap(lambda r: r.a + r.b).collect()", "x = [value for r in frame.collect() for value in (r.a + r.b)]"),
        ("x = frame.rdd.map(lambda r: (r.k, r.v)).collectAsMap()", "x = dict([(r.k, r.v) for r in frame.collect()])"),
        ("x = sc.parallelize(rows, 4).toDF(['a'])", "x = spark.createDataFrame(rows, ['a'])"),
        ("rdd = sc.parallelize(rows)\nx = rdd.toDF(['a'])", "rdd = list(rows)\nx = spark.createDataFrame(rdd, ['a'])"),
        ("x = spark.createDataFrame(sc.parallelize(rows), schema)", "x = spark.createDataFrame(rows, schema)"),
        ("x = spark.read.json(sc.textFile(path))", "x = spark.read.json(path)"),
        ("x = spark.read.json(sc.parallelize([text]))", "x = read_json_texts(spark, [text])"),
        (
            "from pyspark.sql import SQLContext\nold = SQLContext(sc)\nold.registerDataFrameAsTable(frame, 'v')",
            "old = SparkSession.builder.getOrCreate()\nframe.createOrReplaceTempView('v')",
        ),
    ],
)  # fmt: skip
def test_what_has_an_equal_on_the_session_takes_it(convert, before: str, after: str) -> None:
    conversion = convert(HEAD + before + "\n")
    assert after in conversion.after
    assert "SparkContext" not in conversion.after
    assert "sc." not in conversion.after
    assert [f for f in conversion.findings if f.severity is Severity.BLOCKER] == []
    compile(conversion.after, "job.py", "exec")
    project = {"glue_compat.py": render_compat(conversion.compat)}
    result = check(HEAD + before + "\n", conversion.after, "job.py", {}, project, conversion.findings, Settings())
    assert [str(f) for f in result.findings if f.severity is Severity.BLOCKER and f.rule != "check-names"] == []


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("counts on the workers", "seen = sc.accumulator(0)"),
        ("lines of files as an RDD", "lines = sc.textFile('s3://b/p').map(len)"),
        ("an RDD that is worked on elsewhere", "rdd = sc.parallelize([1])\nprint(rdd.map(str).count())"),
        ("an RDD whose name is bound twice", "rdd = sc.parallelize([1])\nrdd = spark.createDataFrame(rdd, 'int')"),
        ("code of others", "import others\nothers.run(sc)"),
        ("a class for code of others", "import others\nothers.run(SparkContext)"),
        ("a path that artifacts cannot have", "sc.addPyFile('s3://b/lib.zip')"),
        ("a number that the compute has not", "n = sc.defaultParallelism"),
        ("a setting that rows may depend on", "sc._jsc.hadoopConfiguration().set('mapred.max.split.size', '1')"),
        ("an error that log4j logs", "log = sc._jvm.org.apache.log4j.LogManager.getLogger('x')\nlog.error('a', e)"),
        ("an RDD read with options", "spark.read.option('multiLine', True).json(sc.parallelize([text]))"),
        ("a checkpoint", "sc.setCheckpointDir('/tmp'); frame.checkpoint().show()"),
        ("a checkpoint that is handed on", "sc.setCheckpointDir('/tmp'); print(frame.checkpoint)"),
        ("graphs", "sc.setCheckpointDir('/tmp'); import graphframes"),
    ],
)
def test_what_has_none_is_a_blocker_at_its_line(blockers, why: str, line: str) -> None:
    assert len(blockers(HEAD + line + "\n")) >= 1, why


@pytest.mark.parametrize("step", ["x = frame.rdd.map(lambda r: r.a).toDF(schema, 0.5)", "x = frame.rdd.zipWithIndex().collect()",
                                  "x = spark.createDataFrame(frame.rdd, None, 0.5)", "x = spark.createDataFrame(frame.rdd, samplingRatio=0.5)",
                                  "x = frame.rdd.map(lambda r: (yield r)).toDF()",
                                  "x = frame.rdd.map(lambda r, s=1: r).collect()"])  # fmt: skip
def test_an_rdd_that_stays_is_refused_by_the_check(convert, step: str) -> None:
    source = HEAD + step + "\n"
    conversion = convert(source)
    assert "frame.rdd" in conversion.after
    result = check(source, conversion.after, "job.py", {}, {}, conversion.findings, Settings())
    assert [f.line for f in result.findings if f.rule == "check-compute"] == [7]


@pytest.mark.parametrize(
    "body",
    [
        "sc._jsc.hadoopConfiguration().set('fs.s3a.access.key', key)",
        "GlueContext(sc)._jsc.hadoopConfiguration().set('fs.s3.maxRetries', '20')",
        "sc._jsc.hadoopConfiguration().set('parquet.block.size', '1024')",
        "hadoop = sc._jsc.hadoopConfiguration()\nhadoop.set('fs.s3.impl', 'org.apache.hadoop.fs.s3a.S3AFileSystem')",
        "log4j = sc._jvm.org.apache.log4j\nlog = log4j.LogManager.getLogger('x')\nlog.info('a')",
        "sc.setLogLevel('WARN')\nsc.setJobDescription('load')",
        "print(frame.rdd.isEmpty())\nspark.stop()",
        "print(sc.applicationId, sc.getConf().get('spark.x'))",
        "x = spark.createDataFrame(sc.parallelize([1, 2]), 'int')",
        "x = spark.read.json(sc.textFile('s3://b/p'))",
        "frame.createGlobalTempView('view')\nspark.sql(f'select * from global_temp.view where x = {key}').show()",
    ],
)
def test_the_checks_agree_that_nothing_is_lost(convert, body: str) -> None:
    source = HEAD.replace("sc =", "key = ''\nsc =") + "frame.show()\n" + body + "\n"
    conversion = convert(source)
    result = check(source, conversion.after, "job.py", {}, {}, conversion.findings, Settings())
    assert [str(f) for f in result.findings if f.severity is Severity.BLOCKER] == []
    assert "_j" not in conversion.after


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("from pyspark.sql import SQLContext\nrows = SQLContext(glue._sc).sql('select 1')", "sql('select 1')"),
        ("print(glue._sc.version)", "print(spark.version)"),
        ("glue._sc.setLogLevel('WARN')", "spark = SparkSession"),
    ],
)
def test_the_context_that_a_glue_context_keeps_is_the_session(convert, line: str, after: str) -> None:
    source = "from awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\n\n"
    conversion = convert(
        source + f"glue = GlueContext(SparkContext.getOrCreate())\n{line}\nglue.spark_session.table('d.t').show()\n"
    )
    assert after in conversion.after
    assert "_sc" not in conversion.after
    assert not [found for found in conversion.findings if found.severity is Severity.BLOCKER]


def test_classic_compute_keeps_the_context_that_a_glue_context_keeps(convert) -> None:
    source = "from awsglue.context import GlueContext\n\nglue = GlueContext()\nprint(glue._sc.version)\n"
    conversion = convert(source, settings=Settings(compute=Compute.CLASSIC))
    assert "._sc.version" in conversion.after
    assert not [found for found in conversion.findings if found.severity is Severity.BLOCKER]


def test_a_folder_for_checkpoints_that_nothing_makes_goes_with_a_word(convert) -> None:
    conversion = convert(HEAD + "sc.setCheckpointDir('s3://b/checkpoints/')\nframe.show()\n")
    assert "setCheckpointDir" not in conversion.after
    assert any("setCheckpointDir" in found.message for found in conversion.findings)
    assert not [found for found in conversion.findings if found.severity is Severity.BLOCKER]
    result = check(
        conversion.before, conversion.after, "job.py", {"job.py": conversion.before}, {"job.py": conversion.after},
        conversion.findings, Settings(),
    )  # fmt: skip
    assert not result.findings


def test_a_written_out_conf_goes_to_the_builder(convert) -> None:
    made = "conf = SparkConf().set('spark.sql.shuffle.partitions', '8')\nother = SparkContext(conf=conf)\n"
    after = convert(
        "from pyspark import SparkConf\n" + HEAD + made + "def f(conf):\n    return SparkContext(conf=conf)\n"
    ).after
    assert "other = SparkSession.builder.config(conf=conf).getOrCreate()" in after
    assert "if conf is not None else SparkSession.builder).getOrCreate()" in after


def test_settings_that_hold_credentials_go_with_a_warning(convert) -> None:
    conversion = convert(HEAD + "sc._jsc.hadoopConfiguration().set('fs.s3a.access.key', key)\n")
    assert [(f.severity, f.rule) for f in conversion.findings] == [(Severity.WARNING, "hadoop-settings")]
    assert conversion.edits[-1].certainty == "judgement"


def test_a_context_that_another_module_uses_is_kept_as_the_session(convert) -> None:
    other = "from job import sc\n\nframe = sc.parallelize([(1,)]).toDF(['a'])\n"
    assert "sc = SparkSession.builder.getOrCreate()" in convert(HEAD, other=other).after


def test_a_context_whose_name_stands_elsewhere_by_chance_goes(convert) -> None:
    assert "sc =" not in convert(HEAD, other="# job\nsc = 1\n").after


def test_classic_compute_keeps_all_of_it_but_the_stop(convert) -> None:
    lines = ("sc._jsc.hadoopConfiguration().set('fs.s3a.access.key', key)\nlog = sc._jvm.org.apache.log4j\n"
             "x = frame.rdd.map(len).collect()\nsc.broadcast([1])\nn = sc.defaultParallelism\n")  # fmt: skip
    after = convert(HEAD + lines + "sc.stop()\n", settings=Settings(compute=Compute.CLASSIC)).after
    assert lines in after
    assert "stop" not in after


def test_a_project_without_glue_keeps_its_context(convert) -> None:
    source = "from pyspark import SparkContext\n\nsc = SparkContext()\nprint(sc.version)\nsc.stop()\n"
    assert convert(source).after == source


def test_a_class_of_glue_given_to_unseen_code_is_a_blocker(blockers) -> None:
    source = "from awsglue.context import GlueContext\nfrom helpers import connect\n\nglue = connect(GlueContext)\n"
    assert len(blockers(source)) == 1
    assert blockers(source.replace("connect(", "isinstance(1, ")) == []
    own = "def connect(kind):\n    return kind()\n"
    assert blockers(source, helpers=own) == []


def test_todf_of_a_data_frame_fails_in_the_original_and_goes_with_a_warning(convert) -> None:
    conversion = convert(HEAD + "frame.toDF().show()\nframe.toDF('x').show()\n")
    assert "frame.show()\nframe.toDF('x').show()\n" in conversion.after
    assert [(f.severity, f.line) for f in conversion.findings if f.rule == "to-df"] == [(Severity.WARNING, 7)]


@pytest.mark.parametrize(("line", "count"), [("x = nowhere.toDF()", 0), ("x = given.toDF()", 1), ("from a import *\nx = nowhere.toDF()", 1)])  # fmt: skip
def test_a_frame_that_nothing_binds_is_an_error_of_the_original(blockers, line: str, count: int) -> None:
    assert len(blockers(HEAD + f"def f(given):\n    pass\n\n\nfrom others import given\n{line}\n")) == count


def test_the_context_that_sqlcontext_keeps_is_the_session(convert) -> None:
    after = convert(
        "from awsglue.context import GlueContext\n\n\ndef f(glue: GlueContext):\n    return glue._instantiatedContext\n"
    ).after
    assert "return glue\n" in after


def test_a_global_view_is_one_of_the_session_wherever_it_is_read(convert) -> None:
    lines = ("frame.createGlobalTempView('v')\nspark.sql('select * from global_temp.v join global_temp.w using (id)')\n"
             "x = spark.table('global_temp.v')\n")  # fmt: skip
    after = convert(HEAD + lines).after
    assert "frame.createTempView('v')\nspark.sql('select * from v join global_temp.w using (id)')\n" in after
    assert "x = spark.table('v')\n" in after
    assert lines in convert(HEAD + lines, settings=Settings(compute=Compute.CLASSIC)).after


def test_a_global_view_whose_name_is_computed_is_a_blocker(blockers) -> None:
    assert len(blockers(HEAD + "frame.createGlobalTempView(name)\n")) == 1


def test_only_serverless_compute_loses_its_cache(convert) -> None:
    lines = "frame = frame.filter('a').cache()\nframe.persist()\nframe.show()\nframe.unpersist()\n"
    conversion = convert(HEAD + lines, settings=Settings(compute=Compute.SERVERLESS))
    assert "frame = frame.filter('a')\nframe.show()\n" in conversion.after
    assert "persist" not in conversion.after
    assert lines in convert(HEAD + lines).after


def test_a_fragment_without_its_imports_is_rewritten_like_a_whole_job(convert) -> None:
    source = (
        'frame = glueContext.create_dynamic_frame.from_catalog(database="a", table_name="b").toDF()\n'
        "print(frame.rdd.getNumPartitions())\n"
    )
    assert "print(number_of_partitions(frame))" in convert(source).after
