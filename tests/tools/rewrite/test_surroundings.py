"""What stands around Glue in a job: AWS calls, and the Spark context that Unity Catalog compute does not have."""

import pytest

from glue2lakehouse.domain import Compute, Severity
from glue2lakehouse.settings import Settings

HEAD = (
    "import boto3\nfrom awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\n\n"
    "sc = SparkContext.getOrCreate()\nspark = GlueContext(sc).spark_session\n"
)


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("an RDD of its own stays one", "print(sc.parallelize([1]).isEmpty())"),
        (
            "a setting that rows may depend on",
            'sc._jsc.hadoopConfiguration().set("textinputformat.record.delimiter", ";")',
        ),
        ("an RDD that is worked on", "sc.parallelize([1]).map(lambda x: (x,)).toDF()"),
    ],
)
def test_what_has_no_equal_stays(convert, why: str, line: str) -> None:
    assert line in convert(HEAD + line + "\n").after, why


def test_classic_compute_keeps_the_context(convert) -> None:
    source = HEAD + "sc.setLogLevel('WARN')\nprint(spark.table('m.a.b').rdd.isEmpty())\n"
    after = convert(source, settings=Settings(compute=Compute.CLASSIC)).after
    assert "sc.setLogLevel('WARN')" in after
    assert "rdd.isEmpty()" in after


def test_settings_of_the_file_committer_go_with_a_word(convert) -> None:
    line = 'spark.sparkContext._jsc.hadoopConfiguration().set("mapreduce.fileoutputcommitter.algorithm.version", "2")'
    conversion = convert(HEAD + line + "\n")
    assert "hadoopConfiguration" not in conversion.after
    assert [(f.severity, f.rule) for f in conversion.findings] == [(Severity.INFO, "hadoop-settings")]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('s3 = boto3.client("s3")\ns3.put_object(Bucket="b")', [(Severity.INFO, "aws-clients")]),
        ('boto3.client("s3")\nboto3.client("s3")', [(Severity.INFO, "aws-clients")]),
        ('boto3.Session().client("sns")', [(Severity.INFO, "aws-clients")]),
        (
            'glue = boto3.client(service_name="glue")\nx = glue.start_crawler(Name="c")',
            [(Severity.INFO, "aws-clients"), (Severity.WARNING, "aws-calls")],
        ),
        (
            'glue = boto3.client("glue")\nglue.get_workflow_run(Name="w", RunId="r")',
            [(Severity.INFO, "aws-clients"), (Severity.BLOCKER, "aws-calls")],
        ),
        (
            'boto3.session.Session().client("secretsmanager").get_secret_value(SecretId="x")',
            [(Severity.INFO, "aws-calls"), (Severity.INFO, "aws-clients")],
        ),
        ("class boto:\n    def client(self, name): ...\n\n\nboto().client('s3')", []),
    ],
)
def test_aws_calls_stay_and_say_what_they_need(convert, code: str, expected: list[tuple[Severity, str]]) -> None:
    conversion = convert(HEAD + "frame = spark.table('main.a.b')\n" + code + "\n")
    assert code in conversion.after
    assert [(f.severity, f.rule) for f in conversion.findings] == expected


MAPPED = Settings(paths={"s3://raw": "/Volumes/main/raw/files"})


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("another bucket of the same beginning", 'spark.read.parquet("s3://raw2/a")'),
        ("text that is no path", 'spark.read.option("s3://raw/a", "s3://raw/a").parquet("s3://other/")'),
    ],
)
def test_paths_outside_of_the_mapping_stay(convert, why: str, line: str) -> None:
    assert line in convert(HEAD + line + "\n", settings=MAPPED).after, why


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('spark.read.parquet("s3://raw/a")', 'spark.read.parquet("/Volumes/main/raw/files/a")'),
        ("spark.read.format('x').load(path='s3://raw')", "spark.read.format('x').load(path='/Volumes/main/raw/files')"),
        ('spark.read.json(["s3://raw/a", "s3://b"])', 'spark.read.json(["/Volumes/main/raw/files/a", "s3://b"])'),
        (
            'spark.range(1).write.mode("append").parquet(f"s3://raw/a/day={sc}")',
            'spark.range(1).write.mode("append").parquet(f"/Volumes/main/raw/files/a/day={sc}")',
        ),
    ],
)
def test_paths_follow_the_mapping(convert, before: str, after: str) -> None:
    assert after in convert(HEAD + before + "\n", settings=MAPPED).after
    assert before in convert(HEAD + before + "\n").after


def test_a_source_that_cannot_be_read_stays_whole(convert, blockers) -> None:
    lines = (
        'source = glue.getSource("custom.athena", tableName="t")\nsource.setFormat("json")\nframe = source.getFrame()\n'
    )
    source = "from awsglue.context import GlueContext\nglue = GlueContext()\n" + lines
    assert lines.replace("glue.", "spark.") in convert(source).after
    assert len(blockers(source)) == 1


def test_a_collection_made_of_a_dict_that_is_filled_before_is_that_dict(convert, blockers) -> None:
    source = (
        "from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection\n\n\n"
        "def route(frame: DynamicFrame, names, context):\n    frames = {}\n    for name in names:\n"
        "        frames[name] = frame\n    return DynamicFrameCollection(frames, context)\n"
    )
    assert "    return frames\n" in convert(source).after
    assert blockers(source) == []


def test_files_compressed_with_lzo_are_handed_off_and_others_are_told_by_their_names(convert, blockers) -> None:
    read = 'GlueContext().create_dynamic_frame.from_options("s3", {"paths": ["s3://b/"], "compressionType": "CODEC"}, "json")'
    source = f"from awsglue.context import GlueContext\nframe = {read}\n"
    assert len(blockers(source.replace("CODEC", "lzo"))) == 1
    (edit,) = [e for e in convert(source.replace("CODEC", "gzip")).edits if e.rule == "from-options"]
    assert ".gz" in edit.condition


def test_a_context_that_a_mock_may_stand_for_is_read_through_the_helper(convert) -> None:
    source = (
        "from awsglue.context import GlueContext\n\n\nclass Session:\n    def __init__(self):\n"
        "        self.gc = GlueContext()\n\n    @property\n    def context(self):\n        return self.gc\n\n\n"
        "class Source:\n    def read(self, session: Session, kind, options):\n"
        "        return session.context.create_dynamic_frame_from_options(connection_type=kind, connection_options=options)\n"
    )
    other = "from unittest import mock\nimport job\n\njob.Source().read(mock.MagicMock(), 's3', {})\n"
    conversion = convert(source, other=other)
    assert "read_source(" in conversion.after
    assert "create_dynamic_frame" not in conversion.after
