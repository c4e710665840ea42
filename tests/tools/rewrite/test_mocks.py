"""Unit tests that stand in for Glue with mocks are handed off, with what to write instead."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion, convert_project

JOB = (
    "from awsglue.context import GlueContext\n\n\ndef load(context: GlueContext, path):\n"
    "    return context.create_dynamic_frame.from_options('s3', {'paths': [path]}, format='parquet').toDF()\n"
)
MOCK = "from unittest.mock import MagicMock, patch\nimport job\n\n\n"


def converted(test: str, job: str = JOB) -> Conversion:
    return {c.path: c for c in convert_project({"job.py": job, "test_job.py": test}, Settings())}["test_job.py"]


def told(conversion: Conversion) -> list[tuple[str, int]]:
    return [(f.rule, f.line) for f in conversion.findings if f.severity is Severity.BLOCKER]


MOCKS = {
    "what a read returns": "def test():\n    context = MagicMock()\n    context.create_dynamic_frame.from_options.return_value = 1\n    job.load(context, 'p')\n",
    "what was called": "def test(context=MagicMock()):\n    job.load(context, 'p')\n    context.create_dynamic_frame.from_options.assert_called_once()\n",
    "what was not called": "def test(frame=MagicMock()):\n    job.load(frame, 'p')\n    frame.apply_mapping.assert_not_called()\n",
    "a mock in a member's place": "def test():\n    context = MagicMock()\n    context.write_dynamic_frame = MagicMock()\n    job.load(context, 'p')\n",
    "under a name": "def test(context=MagicMock()):\n    reader = MagicMock()\n    context.create_dynamic_frame = reader\n    job.load(context, 'p')\n",
    "a member of what a mock returns": "def test(made=MagicMock()):\n    job.load(1, 'p')\n    made.return_value.create_dynamic_frame\n",
    "a class": "@patch('job.GlueContext')\ndef test(made):\n    job.load(made, 'p')\n",
    "a class of an object": "def test():\n    with patch.object(job, 'GlueContext'):\n        job.load(1, 'p')\n",
    "a class below a name": "NAME = 'job'\n\n\n@patch(f'{NAME}.context.GlueContext')\ndef test(made):\n    job.load(made, 'p')\n",
    "arguments": "@patch('job.getResolvedOptions', return_value={})\ndef test(made):\n    job.load(made, 'p')\n",
    "pytest's own": "def test(monkeypatch):\n    monkeypatch.setattr(job, 'GlueContext', MagicMock())\n",
    "a session": "def test(context=MagicMock()):\n    job.load(context, 'p')\n    context.spark_session.read.parquet.assert_called()\n",
}  # fmt: skip


@pytest.mark.parametrize("how", MOCKS)
def test_a_mock_of_glue_is_a_blocker_at_its_line(how: str) -> None:
    conversion = converted(MOCK + MOCKS[how])
    assert [rule for rule, _ in told(conversion)] == ["mocks"]
    line = (MOCK + MOCKS[how]).splitlines()[told(conversion)[0][1] - 1]
    assert any(word in line for word in ("dynamic_frame", "apply_mapping", "patch", "spark_session"))
    assert conversion.after == conversion.before


FIXTURES = {
    "what was called": "def test(glue):\n    reader = glue.create_dynamic_frame\n    reader.from_options.assert_called_once_with(format='json')\n",
    "what a read returns": "def test(glue, frame):\n    glue.create_dynamic_frame.from_catalog.return_value = frame\n",
    "pytest's own": "import job\n\n\ndef test(monkeypatch, made):\n    monkeypatch.setattr(job, 'GlueContext', made)\n",
}  # fmt: skip


@pytest.mark.parametrize("how", FIXTURES)
def test_a_mock_that_another_file_makes_is_a_blocker_at_its_line(how: str) -> None:
    conversion = converted(FIXTURES[how])
    assert "mocks" in [rule for rule, _ in told(conversion)]
    assert conversion.after == conversion.before


def test_a_mocked_read_stays_where_nothing_else_tells_of_glue() -> None:
    test = (
        MOCK
        + "def test():\n    context = MagicMock()\n    context.create_dynamic_frame.from_options.assert_called_once()\n"
    )
    conversion = converted(test, "def load(): ...\n")
    assert [rule for rule, _ in told(conversion)] == ["mocks"]
    assert conversion.after == conversion.before


OTHERS = {
    "Spark's own": "def test(spark=MagicMock()):\n    spark.read.parquet.return_value = 1\n    spark.table.assert_called()\n",
    "a function of the project": "@patch('job.load')\ndef test(made):\n    made.return_value = 1\n    made.assert_called()\n",
    "AWS": "@patch('boto3.client')\ndef test(made):\n    made.return_value.get_object.return_value = {}\n",
}


@pytest.mark.parametrize("what", OTHERS)
def test_other_mocks_stay(what: str) -> None:
    conversion = converted(MOCK + OTHERS[what])
    assert told(conversion) == []
    assert conversion.after == conversion.before


def test_a_real_context_beside_mocks_is_converted() -> None:
    test = MOCK + (
        "from awsglue.context import GlueContext\n\n\ndef test():\n    frame = GlueContext().create_dynamic_frame.from_catalog('a', 'b')\n"
        "    assert frame.toDF().count() == MagicMock(return_value=1)()\n"
    )
    conversion = converted(test)
    assert told(conversion) == []
    assert 'read.table("main.a.b")' in conversion.after


def test_a_project_without_glue_keeps_its_mocks() -> None:
    job = "from pyspark.sql import SparkSession\n\n\ndef load(frame):\n    return frame.toDF('a')\n"
    conversion = converted(
        MOCK + "def test(frame=MagicMock()):\n    job.load(frame)\n    frame.toDF.assert_called()\n", job
    )
    assert told(conversion) == []


CATALOG_JOB = (
    "import boto3\nfrom awsglue.context import GlueContext\n\n\ndef columns(glue, name):\n"
    "    return glue.get_table(DatabaseName='d', Name=name)['Table']\n\n\ncolumns(boto3.client('glue'), 't')\n"
)
UNDER_MOTO = (
    "import boto3\nfrom moto import mock_aws\nimport job\n\n\n@mock_aws\ndef test():\n    glue = boto3.client('glue')\n"
    "    glue.create_database(DatabaseInput={'Name': 'd'})\n    glue.get_table(DatabaseName='d', Name='t')\n"
    "    boto3.client('s3').list_buckets()\n"
)


def test_what_moto_answers_is_not_sent_to_unity_catalog() -> None:
    conversion = converted(UNDER_MOTO, CATALOG_JOB)
    assert told(conversion) == [("mocks", 9), ("mocks", 10)]
    assert conversion.after == conversion.before


def test_a_test_whose_client_another_file_puts_under_moto_is_handed_off_as_well() -> None:
    conftest = (
        "import boto3\nimport pytest\nfrom moto import mock_aws\n\n\n@pytest.fixture\ndef glue():\n    with mock_aws():\n"
        "        yield boto3.client('glue')\n"
    )
    test = "import job\n\n\ndef test(glue):\n    glue.create_database(DatabaseInput={'Name': 'd'})\n"
    files = {"job.py": CATALOG_JOB, "conftest.py": conftest, "test_job.py": test}
    ended = {c.path: c for c in convert_project(files, Settings())}
    assert told(ended["test_job.py"]) == [("mocks", 5)]
    assert told(ended["job.py"]) == []
    assert "get_table(" in ended["job.py"].after
    assert "DatabaseName" not in ended["job.py"].after


def test_a_job_without_moto_is_converted() -> None:
    test = UNDER_MOTO.replace("from moto import mock_aws\n", "").replace("@mock_aws\n", "")
    assert told(converted(test, CATALOG_JOB)) == []
