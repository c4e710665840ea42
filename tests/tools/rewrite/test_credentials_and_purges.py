"""Connections become secret scopes, purges become deletions; DynamoDB JSON loses its type names."""

import os
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.sandbox.databricks import local_dbutils

HEAD = "from awsglue.context import GlueContext\n\nglueContext = GlueContext()\n"


@pytest.fixture
def dbutils(monkeypatch: pytest.MonkeyPatch) -> Any:
    made = local_dbutils({"warehouse": {"url": "jdbc:x", "user": "ana"}})
    runtime: Any = ModuleType("databricks.sdk.runtime")
    runtime.dbutils = made
    monkeypatch.setitem(sys.modules, "databricks.sdk.runtime", runtime)
    return made


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("some files stay", 'glueContext.purge_s3_path("s3://b/", {"excludeStorageClasses": ["GLACIER"]})'),
        ("a list of what went", 'glueContext.purge_s3_path("s3://b/", {"retentionPeriod": 0, "manifestFilePath": "s3://m/"})'),
        ("rows have no age", 'glueContext.purge_table("d", "t", {"retentionPeriod": 24})'),
        ("the default is a week", 'glueContext.purge_table("d", "t")'),
        ("which partitions is not seen", 'glueContext.purge_table("d", "t", {"retentionPeriod": 0, "partitionPredicate": input()})'),
    ],
)  # fmt: skip
def test_a_purge_that_leaves_something_is_handed_off(convert, blockers, why: str, line: str) -> None:
    assert line.replace("glueContext", "spark") in convert(HEAD + line + "\n").after, why
    assert len(blockers(HEAD + line + "\n")) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('purge_s3_path("s3://b/x/", {"retentionPeriod": 0})', 'dbutils.fs.rm("s3://b/x/", True)'),
        ('purge_s3_path("s3://b/x/", {"retentionPeriod": 24})', 'purge_path("s3://b/x/", 24)'),
        ('purge_s3_path("s3://b/x/")', 'purge_path("s3://b/x/", 168)'),
        ('purge_table("d", "t", {"retentionPeriod": 0, "partitionPredicate": "day = 1"})',
         'spark.sql("DELETE FROM main.d.t WHERE day = 1")'),
    ],
)  # fmt: skip
def test_a_purge_deletes(convert, blockers, before: str, after: str) -> None:
    assert convert(HEAD + f"glueContext.{before}\n").after.splitlines()[-1] == after
    assert blockers(HEAD + f"glueContext.{before}\n") == []


def test_only_files_older_than_the_retention_are_deleted(dbutils: Any, tmp_path: Path) -> None:
    from glue2lakehouse.tools.rewrite.runtime.purging import purge_path

    old, new = tmp_path / "a" / "old", tmp_path / "a" / "new"
    old.parent.mkdir()
    for file in (old, new):
        file.write_text("x")
    hours_ago = time.time() - 25 * 3600
    os.utime(old, (hours_ago, hours_ago))
    purge_path(str(tmp_path), 24)
    assert [file.name for file in old.parent.iterdir()] == ["new"]


def test_the_finding_names_the_secrets_that_the_job_looks_up(convert) -> None:
    source = HEAD + 'conf = glueContext.extract_jdbc_conf("pg")\nprint(conf["fullUrl"], conf.get("user"))\n'
    conversion = convert(source, settings=Settings(secrets={"pg": "prod-pg"}))
    assert 'conf = connection_properties("prod-pg")' in conversion.after
    assert "fullUrl, user" in conversion.findings[0].action


def test_the_properties_of_a_connection_are_the_secrets_of_its_scope(dbutils: Any) -> None:
    from glue2lakehouse.tools.rewrite.runtime.connecting import connection_properties

    assert connection_properties("warehouse") == {"url": "jdbc:x", "user": "ana"}


def test_every_rule_spells_the_scope_of_one_connection_the_same_way(convert) -> None:
    source = HEAD + (
        'name = "my conn/1"\nconf = glueContext.extract_jdbc_conf(name)\n'
        'rows = glueContext.create_dynamic_frame.from_options("mysql", {"connectionName": name, "dbtable": "t"})\n'
        'events = glueContext.create_data_frame.from_options("kafka", {"connectionName": name, "topicName": "t", '
        '"classification": "csv", "schema": "a string", "startingOffsets": "earliest"})\n'
    )
    after = convert(source).after
    assert 'connection_properties("my-conn-1")' in after
    assert after.count('dbutils.secrets.get("my-conn-1", ') == 4


@pytest.mark.spark
def test_dynamodb_json_loses_its_type_names_as_in_glue(spark: Any) -> None:
    from glue2lakehouse.tools.rewrite.runtime.dynamodb import simplify_ddb_json, unnest_ddb_json

    items = spark.sql("""select named_struct(
        'id', named_struct('S', 'a'), 'n', named_struct('N', '1', 'NULL', cast(null as boolean)),
        'tags', named_struct('L', array(named_struct('S', 'x'))), 'names', named_struct('SS', array('p')),
        'm', named_struct('M', named_struct('k', named_struct('BOOL', true)))) as Item, 5 as other""")
    (row,) = simplify_ddb_json(items).collect()
    assert row.asDict(True) == {"id": "a", "n": "1", "tags": ["x"], "names": ["p"], "m": {"k": True}, "other": 5}
    (row,) = unnest_ddb_json(items).collect()
    assert row.asDict(True)["tags"] == [{"S": "x"}]
    with pytest.raises(ValueError, match="id holds values"):
        simplify_ddb_json(spark.sql("select named_struct('id', named_struct('S', 'a', 'N', '1')) as Item"))
