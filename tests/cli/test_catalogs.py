"""`scan` and `map` as people call them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from glue2lakehouse.cli import cli
from glue2lakehouse.mapping import read_mapping

pytestmark = pytest.mark.integration

TABLE = {
    "Name": "events",
    "DatabaseName": "web",
    "StorageDescriptor": {"Columns": [{"Name": "id", "Type": "int"}], "Location": "s3://x/events"},
    "Parameters": {"classification": "json"},
}


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli, [str(item) for item in arguments])
    return result.exit_code, result.output


def test_a_dump_is_scanned_into_one_file(tmp_path: Path) -> None:
    (tmp_path / "d.json").write_text(json.dumps({"TableList": [TABLE]}))
    code, said = run("scan", "--dump", tmp_path / "d.json", "--out", tmp_path / "o.jsonl")
    assert (code, said.splitlines()[-1]) == (0, f"{tmp_path}/o.jsonl: 1 tables")


def test_what_could_not_be_read_makes_the_exit_code_three(tmp_path: Path) -> None:
    (tmp_path / "d.json").write_text("{}")
    code, said = run("scan", "--dump", tmp_path / "d.json", "--out", tmp_path / "o.jsonl")
    assert code == 3
    assert "d.json: no database, table" in said


def test_a_dump_that_is_not_there_leaves_no_file_behind(tmp_path: Path) -> None:
    code, said = run("scan", "--dump", tmp_path / "nowhere", "--out", tmp_path / "o.jsonl")
    assert (code, "no such file or folder" in said) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_two_catalogs_at_once_are_wrong_use(tmp_path: Path) -> None:
    assert run("scan", "--dump", tmp_path, "--unity-catalog", "x", "--out", tmp_path / "o.jsonl")[0] == 2


def test_map_brings_ddl_code_and_dumps_together_and_keeps_edits(tmp_path: Path) -> None:
    source, out = tmp_path / "project", tmp_path / "mapping.csv"
    source.mkdir()
    (source / "t.sql").write_text("CREATE EXTERNAL TABLE web.clicks (a int) STORED AS ORC LOCATION 's3://x/clicks';")
    (source / "job.py").write_text(
        "from awsglue.context import GlueContext\n"
        "f = GlueContext(sc).create_dynamic_frame.from_catalog(database='crm', table_name='people')\n"
    )
    (tmp_path / "d.json").write_text(json.dumps({"TableList": [TABLE]}))
    code, said = run("map", source, "--out", out, "--dump", tmp_path / "d.json", "--catalog", "prod")
    assert code == 0, said
    rows = {row.source: row for row in read_mapping(out)}
    assert {name: (row.target, row.format) for name, row in rows.items()} == {
        "web.clicks": ("prod.web.clicks", "orc"),
        "web.events": ("prod.web.events", "json"),
        "crm.people": ("prod.crm.people", ""),
    }
    out.write_text(out.read_text().replace("prod,crm,people", "prod,silver,persons"))
    (source / "u.sql").write_text("CREATE EXTERNAL TABLE web.more (a int) STORED AS ORC LOCATION 's3://x/more';")
    code, said = run("map", source, "--out", out, "--catalog", "other")
    assert (code, said.splitlines()[-1]) == (0, f"{out}: 4 tables, 1 of them new")
    assert {row.source: row.target for row in read_mapping(out)} == {
        "web.clicks": "prod.web.clicks",
        "web.events": "prod.web.events",
        "web.more": "other.web.more",
        "crm.people": "prod.silver.persons",
    }


def test_the_settings_may_name_the_mapping_before_it_is_there(tmp_path: Path) -> None:
    source, out = tmp_path / "project", tmp_path / "project" / "mapping.csv"
    source.mkdir()
    (source / "t.sql").write_text("CREATE EXTERNAL TABLE web.clicks (a int) STORED AS ORC LOCATION 's3://x/clicks';")
    (source / "glue2lakehouse.yaml").write_text("mapping: mapping.csv\ncatalog: prod\n")
    assert run("assess", source)[0] == 2
    code, said = run("map", source, "--out", out)
    assert (code, [row.target for row in read_mapping(out)]) == (0, ["prod.web.clicks"]), said
    assert run("assess", source)[0] == 0
    assert run("map", tmp_path / "nowhere", "--out", tmp_path / "no.csv")[0] == 2
    assert not (tmp_path / "no.csv").exists()


def test_an_account_is_scanned_with_the_clients_own_region(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3
    from moto import mock_aws

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        client = boto3.client("glue", region_name="eu-west-1")
        client.create_database(DatabaseInput={"Name": "web"})
        client.create_table(DatabaseName="web", TableInput={"Name": "events"})
        code, said = run("scan", "--region", "eu-west-1", "--out", tmp_path / "o.jsonl")
    # moto has no classifiers: what is missing is told, and the rest is there.
    assert code == 3
    assert "1 databases, 1 tables" in said
    assert "get_classifiers: not implemented" in said


def test_a_profile_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    code, said = run("scan", "--profile", "nobody-has-this", "--out", tmp_path / "o.jsonl")
    assert code == 1
    assert said.startswith("glue2lakehouse: AWS: The config profile (nobody-has-this) could not be found")
