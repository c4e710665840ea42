"""The AWS API, against moto: paginated, resumable, and a refused call does not stop the rest."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from glue2lakehouse.cli import cli
from glue2lakehouse.errors import CatalogError
from glue2lakehouse.tools.jobs import read_definitions, scan_account
from glue2lakehouse.tools.jobs.model import Kind

pytestmark = pytest.mark.integration


class Cut:
    """A client whose calls fail from the n-th on, as when the network goes away."""

    def __init__(self, client: Any, calls: int) -> None:
        self.client = client
        self.meta = client.meta
        self.left = calls
        self.made: list[str] = []

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            if self.left == 0:
                raise ConnectionError("cut off")
            self.left -= 1
            self.made.append(name)
            page = {"MaxResults": 2} if name in ("get_jobs", "get_triggers") else {}
            return getattr(self.client, name)(**arguments, **page)

        return call


def fill(client: Any) -> None:
    for number in range(5):
        client.create_job(
            Name=f"job-{number}",
            Role="r",
            Command={"Name": "glueetl", "ScriptLocation": f"s3://glue-scripts/{number}.py"},
        )
    client.create_workflow(Name="flow", DefaultRunProperties={"a": "b"})
    client.create_trigger(Name="start", WorkflowName="flow", Type="ON_DEMAND", Actions=[{"JobName": "job-0"}])
    client.create_crawler(Name="crawl", Role="r", DatabaseName="db", Targets={"S3Targets": [{"Path": "s3://x/"}]})


@contextlib.contextmanager
def account(monkeypatch: Any) -> Iterator[Any]:
    import boto3
    from moto import mock_aws

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        yield boto3.client("glue", region_name="eu-west-1")


def test_an_account_is_read_page_by_page_and_a_scan_that_was_cut_goes_on(tmp_path: Path, monkeypatch: Any) -> None:
    with account(monkeypatch) as client:
        fill(client)
        state = tmp_path / "scan" / "pages.jsonl"
        first = Cut(client, 2)
        with contextlib.suppress(ConnectionError):
            scan_account(first, state=state)
        assert first.made == ["get_jobs", "get_jobs"]

        second = Cut(client, 99)
        found = scan_account(second, state=state)
        assert second.made.count("get_jobs") == 1
        assert [job.name for job in found.jobs] == [f"job-{number}" for number in range(5)]
        assert found.workflows[0].default_run_properties == {"a": "b"}
        assert found.triggers[0].workflow_name == "flow"
        assert found.crawlers[0].fields()["Targets"]["S3Targets"][0]["Path"] == "s3://x/"
        assert found.jobs[0].place.path == "aws:eu-west-1/job/job-0"

        refused = {finding.message.split(" ")[0] for finding in found.findings}
        assert "get_classifiers" in refused
        assert not any(item.kind is Kind.CLASSIFIER for item in found.items)

        third = Cut(client, 99)
        again = scan_account(third, state=state)
        assert "get_jobs" not in third.made
        assert [item.name for item in again.items] == [item.name for item in found.items]


class Refusing:
    """A client whose every call fails with one of AWS's error codes."""

    def __init__(self, client: Any, code: str) -> None:
        self.meta = client.meta
        self.code = code

    def __getattr__(self, name: str) -> Any:
        from botocore.exceptions import ClientError

        def call(**_: Any) -> Any:
            raise ClientError({"Error": {"Code": self.code, "Message": "no"}}, name)

        return call


@pytest.mark.parametrize(("code", "why"), [("ThrottlingException", "throttles"), ("ExpiredTokenException", "expired")])
def test_what_waiting_or_a_login_mends_ends_the_scan_instead_of_looking_like_an_empty_account(
    code: str, why: str, monkeypatch: Any
) -> None:
    with account(monkeypatch) as client, pytest.raises(CatalogError, match=why):
        scan_account(Refusing(client, code))


def test_a_refused_call_names_the_permission_that_is_missing(monkeypatch: Any) -> None:
    with account(monkeypatch) as client:
        found = scan_account(Refusing(client, "AccessDeniedException"))
    assert len(found.findings) == 8
    assert "glue:GetJobs" in found.findings[0].action


def test_a_cut_scan_is_not_taken_up_for_another_region_and_half_a_line_does_no_harm(
    tmp_path: Path, monkeypatch: Any
) -> None:
    import boto3

    state = tmp_path / "pages"
    with account(monkeypatch) as client:
        fill(client)
        with contextlib.suppress(ConnectionError):
            scan_account(Cut(client, 2), state=state)
        with state.open("a") as out:
            out.write('{"call": "get_tri')
        assert len(scan_account(Cut(client, 99), state=state).jobs) == 5
        with pytest.raises(CatalogError, match="belongs to a scan of"):
            scan_account(boto3.client("glue", region_name="us-east-1"), state=state)


def test_a_scan_from_the_command_line_is_a_source_with_tags_and_scripts(tmp_path: Path, monkeypatch: Any) -> None:
    import boto3

    with account(monkeypatch) as client:
        fill(client)
        client.tag_resource(ResourceArn="arn:aws:glue:eu-west-1:123456789012:job/job-0", TagsToAdd={"team": "data"})
        s3 = boto3.client("s3", region_name="eu-west-1")
        s3.create_bucket(Bucket="glue-scripts", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        s3.put_object(Bucket="glue-scripts", Key="0.py", Body=b"print(1)\n")
        out, scripts = tmp_path / "estate" / "account.json", tmp_path / "estate" / "scripts"
        options = ["--out", str(out), "--scripts", str(scripts), "--region", "eu-west-1"]
        said = CliRunner().invoke(cli, ["scan-jobs", *options])
    assert said.exit_code == 3, said.output
    assert "5 jobs, 1 triggers, 1 workflows, 1 crawlers; 1 scripts" in said.output
    assert "the script of job 'job-1' could not be fetched" in said.output
    assert not out.with_name("account.json.pages").exists()
    files = {p.relative_to(tmp_path / "estate").as_posix(): p for p in (tmp_path / "estate").rglob("*") if p.is_file()}
    found = read_definitions(files)
    assert (found.jobs[0].tags, found.jobs[0].script) == ({"team": "data"}, "scripts/glue-scripts/0.py")
    assert found.triggers[0].workflow_name == "flow"


def test_no_credentials_are_one_clear_line(tmp_path: Path, monkeypatch: Any) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    said = CliRunner().invoke(cli, ["scan-jobs", "--out", str(tmp_path / "a.json"), "--region", "eu-west-1"])
    assert said.exit_code == 1
    assert "log in" in said.output
