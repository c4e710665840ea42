"""The AWS API, against moto: paginated, resumable, and a refused call does not stop the rest."""

import contextlib
from pathlib import Path
from typing import Any

from glue2lakehouse.tools.jobs import scan_account
from glue2lakehouse.tools.jobs.model import Kind


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
            Name=f"job-{number}", Role="r", Command={"Name": "glueetl", "ScriptLocation": f"s3://c/{number}.py"}
        )
    client.create_workflow(Name="flow", DefaultRunProperties={"a": "b"})
    client.create_trigger(Name="start", WorkflowName="flow", Type="ON_DEMAND", Actions=[{"JobName": "job-0"}])
    client.create_crawler(Name="crawl", Role="r", DatabaseName="db", Targets={"S3Targets": [{"Path": "s3://x/"}]})


def test_an_account_is_read_page_by_page_and_a_scan_that_was_cut_goes_on(tmp_path: Path, monkeypatch: Any) -> None:
    import boto3
    from moto import mock_aws

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        client = boto3.client("glue", region_name="eu-west-1")
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
