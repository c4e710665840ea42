"""boto3 in the sandbox: the objects that Spark sees, buckets that are there when they are named, a workflow's run properties."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest

from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment
from glue2lakehouse.tools.rewrite.runtime.workflows import get_workflow_run_properties, put_workflow_run_properties
from glue2lakehouse.tools.sandbox.aws import AwsWorld, stand_in
from glue2lakehouse.tools.sandbox.run_properties import note_put_by_aws, note_put_in_volume
from glue2lakehouse.tools.sandbox.volumes import volumes_in

pytestmark = pytest.mark.integration


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RuntimeEnvironment:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    (tmp_path / "s3" / "lake" / "in").mkdir(parents=True)
    (tmp_path / "s3" / "lake" / "in" / "a.csv").write_text("a\n1\n")
    return RuntimeEnvironment(scratch=tmp_path)


def _keys(storage: Any, bucket: str) -> list[str]:
    return [item["Key"] for item in storage.list_objects_v2(Bucket=bucket).get("Contents", [])]


def test_boto3_and_files_show_the_same_objects_at_any_time(environment: RuntimeEnvironment) -> None:
    lake = environment.buckets / "lake"
    with stand_in(environment, AwsWorld()):
        storage: Any = boto3.client("s3")
        assert _keys(storage, "lake") == ["in/a.csv"]
        (lake / "out").mkdir()
        (lake / "out" / "part-0.csv").write_text("b\n2\n")
        assert _keys(storage, "lake") == ["in/a.csv", "out/part-0.csv"]
        storage.copy_object(Bucket="lake", CopySource="lake/out/part-0.csv", Key="out/named.csv")
        storage.delete_object(Bucket="lake", Key="out/part-0.csv")
        assert sorted(file.name for file in (lake / "out").iterdir()) == ["named.csv"]
        assert (lake / "out" / "named.csv").read_text() == "b\n2\n"
        (lake / "in" / "a.csv").unlink()
        assert _keys(storage, "lake") == ["out/named.csv"]


def test_a_bucket_is_there_when_it_is_named(environment: RuntimeEnvironment) -> None:
    with stand_in(environment, AwsWorld()):
        storage: Any = boto3.client("s3")
        storage.put_object(Bucket="never-made", Key="x/y.txt", Body=b"z")
        assert _keys(storage, "nor-this-one") == []
    assert (environment.buckets / "never-made" / "x" / "y.txt").read_bytes() == b"z"


def test_a_secret_that_nobody_gave_holds_made_up_credentials_and_a_given_one_its_own(
    environment: RuntimeEnvironment,
) -> None:
    with stand_in(environment, AwsWorld(secrets={"mine": {"password": "p"}})):
        vault: Any = boto3.client("secretsmanager")
        assert json.loads(vault.get_secret_value(SecretId="mine")["SecretString"]) == {"password": "p"}
        assert json.loads(vault.get_secret_value(SecretId="any/other")["SecretString"])["username"] == "sandbox"


def test_a_job_of_a_workflow_finds_its_run_properties(environment: RuntimeEnvironment) -> None:
    world = AwsWorld(workflow="nightly", workflow_run="wr_1", run_properties={"target": "s3://t/"})
    with stand_in(environment, world):
        answer = boto3.client("glue").get_workflow_run_properties(Name="nightly", RunId="wr_1")
    assert answer["RunProperties"] == {"target": "s3://t/"}


def test_what_is_put_is_compared_as_one_file_that_both_sides_write(
    environment: RuntimeEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, put = {"target": "s3://t/"}, {"state": "LOADED"}
    monkeypatch.setattr(sys, "argv", ["job.py", "--WORKFLOW_RUN_PROPERTIES", json.dumps(started)])
    scratch, root = environment.scratch, "/Volumes/main/default/glue2lakehouse/workflow_runs"
    note, folder = scratch / "run_properties.json", scratch / "volumes" / root.removeprefix("/Volumes/")
    world = AwsWorld(workflow="nightly", workflow_run="wr_1", run_properties=started)
    with stand_in(environment, world):
        note_put_by_aws(scratch, "nightly", "wr_1", started, world.region)
        assert not note.exists()
        boto3.client("glue").put_workflow_run_properties(Name="nightly", RunId="wr_1", RunProperties=put)
        note_put_by_aws(scratch, "nightly", "wr_1", started, world.region)
    original = note.read_bytes()
    note.unlink()
    with volumes_in(scratch / "volumes"):
        get_workflow_run_properties(root, "nightly", "wr_1")
        note_put_in_volume(scratch, folder, started)
        assert not note.exists()
        put_workflow_run_properties(root, "nightly", "wr_1", put)
    note_put_in_volume(scratch, folder, started)
    assert note.read_bytes() == original
    assert json.loads(original) == started | put


def test_a_volume_is_a_folder_of_the_scratch_place_and_other_paths_are_not(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.txt"
    with volumes_in(tmp_path / "volumes"):
        os.makedirs("/Volumes/main/raw/files/in")
        Path("/Volumes/main/raw/files/in/a.txt").write_text("a")
        os.replace("/Volumes/main/raw/files/in/a.txt", "/Volumes/main/raw/files/b.txt")
        assert sorted(os.listdir("/Volumes/main/raw/files")) == ["b.txt", "in"]
        assert os.path.isfile("/Volumes/main/raw/files/b.txt")
        elsewhere.write_text("b")
    assert (tmp_path / "volumes/main/raw/files/b.txt").read_text() == "a"
    assert elsewhere.read_text() == "b"
    assert not os.path.exists("/Volumes")
