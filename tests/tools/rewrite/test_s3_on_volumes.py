"""boto3's S3 over volumes answers as S3 does (moto), for objects that have moved, that have not, and for both at once."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, WaiterError
from moto import mock_aws

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import render_compat
from glue2lakehouse.tools.rewrite.runtime.s3_on_volumes import S3OnVolumes
from glue2lakehouse.tools.rewrite.runtime.s3_resource_on_volumes import S3ResourceOnVolumes

pytestmark = pytest.mark.integration

KEYS = ("a.csv", "in/a.csv", "in/b/c.csv", "in/b/d.csv", "in/é.csv", "in2/x.csv", "zz/1", "zz/2", "zz/3/4")


@pytest.fixture(scope="module")
def s3() -> Iterator[tuple[Any, Any]]:
    """Client and resource of a stand-in for S3, made once because that takes its time."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
            patch.setenv(name, "/dev/null")
        resource: Any = boto3.resource("s3", region_name="us-east-1")
        for bucket in ("lake", "twin", "free"):
            resource.create_bucket(Bucket=bucket)
        yield resource.meta.client, resource


@pytest.fixture(params=["the bucket", "a prefix", "two places", "nothing of it"])
def both(request: pytest.FixtureRequest, tmp_path: Path, s3: tuple[Any, Any]) -> tuple[Any, ...]:
    """Client and resource of S3 itself on one bucket, and those over volumes, to which parts of an equal bucket have moved."""
    plain, resource = s3
    moved = {
        "the bucket": {"s3://twin": "volume"},
        "a prefix": {"s3://twin/in/": "volume/"},
        "two places": {"s3://twin/in/b": "deep", "s3://twin": "volume", "s3://other": "other"},
        "nothing of it": {"s3://twin2": "volume", "s3://twin/nothing": "other"},
    }[request.param]
    moved = {prefix: f"{tmp_path}/{place}" for prefix, place in moved.items()}
    client = S3OnVolumes(plain, moved)
    for bucket in ("lake", "twin"):
        resource.Bucket(bucket).objects.all().delete()
    for key in KEYS:
        plain.put_object(Bucket="lake", Key=key, Body=key.encode())
        client.put_object(Bucket="twin", Key=key, Body=key)
    return ("lake", plain, resource), ("twin", client, S3ResourceOnVolumes(resource, moved))


def _told(answer: Any) -> Any:
    """What both say: names and sizes, of a body what is read from it."""
    if isinstance(answer, dict):
        skipped = ("ResponseMetadata", "ETag", "LastModified", "StorageClass", "Name", "EncodingType", "NextContinuationToken",
                   "ChecksumAlgorithm", "ChecksumType", "Owner", "AcceptRanges", "ContentType", "Metadata", "CopyObjectResult",
                   "ChecksumCRC32", "ServerSideEncryption", "VersionId", "DeleteMarker", "Marker", "NextMarker", "StartAfter", "ContinuationToken")  # fmt: skip
        return {key: _told(value) for key, value in answer.items() if key not in skipped}
    if isinstance(answer, list):
        return [_told(item) for item in answer]
    return answer.read() if hasattr(answer, "read") else answer


def _pages(client: Any, **given: Any) -> list[Any]:
    return [_told(page) for page in client.get_paginator("list_objects_v2").paginate(**given)]


def _by_token(client: Any, **given: Any) -> list[str]:
    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = client.list_objects_v2(**given, **token)
        found += [item["Key"] for item in page.get("Contents", [])]
        found += [item["Prefix"] for item in page.get("CommonPrefixes", [])]
        if not page["IsTruncated"]:
            return found
        token = {"ContinuationToken": page["NextContinuationToken"]}


def _refusal(call: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return f"{type(caught.value).__name__} {caught.value.response['Error']['Code']}"


STEPS: dict[str, Callable[[Any, Any, str], Any]] = {
    "all": lambda c, r, b: c.list_objects_v2(Bucket=b),
    "a prefix": lambda c, r, b: c.list_objects_v2(Bucket=b, Prefix="in/"),
    "half a name": lambda c, r, b: c.list_objects_v2(Bucket=b, Prefix="in"),
    "none": lambda c, r, b: c.list_objects_v2(Bucket=b, Prefix="nothing/here"),
    "folders": lambda c, r, b: c.list_objects_v2(Bucket=b, Delimiter="/"),
    "folders below": lambda c, r, b: c.list_objects_v2(Bucket=b, Prefix="in/", Delimiter="/"),
    "after": lambda c, r, b: c.list_objects_v2(Bucket=b, StartAfter="in/b/c.csv"),
    "some": lambda c, r, b: c.list_objects_v2(Bucket=b, MaxKeys=3),
    "page by page": lambda c, r, b: _by_token(c, Bucket=b, MaxKeys=2),
    "folders page by page": lambda c, r, b: sorted(_by_token(c, Bucket=b, MaxKeys=1, Delimiter="/")),
    "pages": lambda c, r, b: _pages(c, Bucket=b, PaginationConfig={"PageSize": 4}),
    "pages of a prefix": lambda c, r, b: _pages(c, Bucket=b, Prefix="in/b"),
    "the older listing": lambda c, r, b: c.list_objects(Bucket=b, Prefix="in", MaxKeys=10),
    "an object": lambda c, r, b: c.get_object(Bucket=b, Key="in/b/c.csv"),
    "its size": lambda c, r, b: c.head_object(Bucket=b, Key="in/é.csv")["ContentLength"],
    "no object": lambda c, r, b: _refusal(lambda: c.get_object(Bucket=b, Key="in/none")),
    "no size": lambda c, r, b: _refusal(lambda: c.head_object(Bucket=b, Key="in/none")),
    "written": lambda c, r, b: (c.put_object(Bucket=b, Key="in/new/x", Body=io.BytesIO(b"12")), _pages(c, Bucket=b)),
    "written over": lambda c, r, b: (c.put_object(Bucket=b, Key="in/a.csv", Body=b""), _pages(c, Bucket=b)),
    "deleted": lambda c, r, b: (c.delete_object(Bucket=b, Key="in/a.csv"), _pages(c, Bucket=b)),
    "deleted in vain": lambda c, r, b: (c.delete_object(Bucket=b, Key="in/none"), _pages(c, Bucket=b)),
    "deleted together": lambda c, r, b: (
        sorted(d["Key"] for d in c.delete_objects(Bucket=b, Delete={"Objects": [{"Key": "in/a.csv"}, {"Key": "zz/1"}]})["Deleted"]),
        _pages(c, Bucket=b),
    ),
    "copied": lambda c, r, b: (c.copy_object(Bucket=b, Key="zz/copy", CopySource=f"{b}/in/b/c.csv"), c.get_object(Bucket=b, Key="zz/copy")),
    "copied in": lambda c, r, b: (c.copy_object(Bucket=b, Key="in/b/y", CopySource={"Bucket": b, "Key": "zz/1"}), _pages(c, Bucket=b)),
    "copied at any size": lambda c, r, b: (c.copy({"Bucket": b, "Key": "in/a.csv"}, b, "zz/q"), c.get_object(Bucket=b, Key="zz/q")),
    "sent as a file": lambda c, r, b: (c.upload_fileobj(io.BytesIO(b"abc"), b, "in/f"), c.get_object(Bucket=b, Key="in/f")),
    "objects": lambda c, r, b: [(o.key, o.size) for o in r.Bucket(b).objects.all()],
    "some objects": lambda c, r, b: [o.key for o in r.Bucket(b).objects.filter(Prefix="in/b/").limit(1)],
    "objects deleted": lambda c, r, b: (
        sorted(d["Key"] for answer in r.Bucket(b).objects.filter(Prefix="in").delete() for d in answer["Deleted"]),
        _pages(c, Bucket=b),
    ),
    "none deleted": lambda c, r, b: r.Bucket(b).objects.filter(Prefix="nothing").delete(),
    "one by one": lambda c, r, b: ([o.delete() for o in r.Bucket(b).objects.filter(Prefix="in/")], _pages(c, Bucket=b)),
    "one object": lambda c, r, b: (r.Object(b, "in/n").put(Body=b"1"), r.Object(b, "in/n").get()["Body"].read(), r.Object(b, "in/n").content_length),
    "through the resource's client": lambda c, r, b: r.meta.client.list_objects_v2(Bucket=b, Prefix="in/"),
    "no such object": lambda c, r, b: _refusal(lambda: r.Object(b, "in/none").load()),
}  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_what_s3_answers_volumes_answer(both: tuple[Any, ...], step: str) -> None:
    plain, ours = (STEPS[step](client, resource, bucket) for bucket, client, resource in both)
    stripped = (_plain(_told(list(each) if isinstance(each, tuple) else each)) for each in (plain, ours))
    first, second = stripped
    assert first == second


def _plain(told: Any) -> Any:
    """Answers of writes and deletes say nothing that both have."""
    if isinstance(told, list):
        return [_plain(item) for item in told if item not in ({}, None)]
    return told


def test_what_volumes_cannot_answer_is_refused(tmp_path: Path, s3: tuple[Any, Any]) -> None:
    client = S3OnVolumes(s3[0], {"s3://lake/in": str(tmp_path)})
    for call in (
        lambda: client.get_object_tagging(Bucket="lake", Key="in/a"),
        lambda: client.list_object_versions(Bucket="lake"),
        lambda: client.get_object(Bucket="lake", Key="in/a", Range="bytes=0-1"),
        lambda: client.generate_presigned_url("get_object", Params={"Bucket": "lake", "Key": "in/a"}),
        lambda: client.get_paginator("list_objects_v2").paginate(Bucket="lake", PaginationConfig={"MaxItems": 1}),
    ):
        with pytest.raises(NotImplementedError, match="volume"):
            call()
    for extra in ({"ExtraArgs": {"Metadata": {"a": "b"}}}, {"Callback": print}):
        with pytest.raises(NotImplementedError, match="volume"):
            client.upload_fileobj(io.BytesIO(b"1"), "lake", "in/a", **extra)
    for key in ("in/../../etc/x", "in//x", "in/./x"):
        with pytest.raises(ValueError, match="no path"):
            client.put_object(Bucket="lake", Key=key, Body=b"")
    assert client.list_object_versions(Bucket="free")["Name"] == "free"
    assert list(tmp_path.iterdir()) == []


def test_a_mark_of_a_folder_is_no_object_of_the_same_name(tmp_path: Path, s3: tuple[Any, Any]) -> None:
    client = S3OnVolumes(s3[0], {"s3://lake/in": str(tmp_path)})
    client.put_object(Bucket="lake", Key="in/a", Body=b"1")
    client.put_object(Bucket="lake", Key="in/b/", Body=b"")
    for call in (client.head_object, client.get_object):
        with pytest.raises(NotImplementedError, match="marks a folder"):
            call(Bucket="lake", Key="in/a/")
    client.delete_object(Bucket="lake", Key="in/a/")
    client.delete_object(Bucket="lake", Key="in/b/")
    assert [found["Key"] for found in client.list_objects_v2(Bucket="lake", Prefix="in/")["Contents"]] == ["in/a"]
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_every_answer_says_that_the_request_was_served(tmp_path: Path, s3: tuple[Any, Any]) -> None:
    def statuses(client: Any, prefix: str) -> list[int]:
        place = {"Bucket": "lake", "Key": f"{prefix}/x"}
        answers = [
            client.put_object(**place, Body=b"1"), client.head_object(**place), client.get_object(**place),
            client.copy_object(**place | {"Key": f"{prefix}/y"}, CopySource=f"lake/{prefix}/x"),
            client.list_objects_v2(Bucket="lake", Prefix=prefix), client.delete_object(**place),
            client.delete_objects(Bucket="lake", Delete={"Objects": [{"Key": f"{prefix}/y"}]}),
        ]  # fmt: skip
        return [answer["ResponseMetadata"]["HTTPStatusCode"] for answer in answers]

    ours = S3OnVolumes(s3[0], {"s3://lake/moved": str(tmp_path)})
    assert statuses(ours, "moved") == statuses(s3[0], "plain") == [200, 200, 200, 200, 200, 204, 200]


def test_a_waiter_looks_into_the_volume(tmp_path: Path, s3: tuple[Any, Any]) -> None:
    plain = s3[0]
    plain.put_object(Bucket="lake", Key="in/old", Body=b"1")
    client = S3OnVolumes(plain, {"s3://lake/in": str(tmp_path)})
    with pytest.raises(WaiterError):
        client.get_waiter("object_exists").wait(Bucket="lake", Key="in/old")
    client.get_waiter("object_not_exists").wait(Bucket="lake", Key="in/old")
    client.put_object(Bucket="lake", Key="in/new", Body=b"1")
    client.get_waiter("object_exists").wait(Bucket="lake", Key="in/new", WaiterConfig={"Delay": 1})
    with pytest.raises(WaiterError):
        client.get_waiter("object_not_exists").wait(Bucket="lake", Key="in/new")
    plain.delete_object(Bucket="lake", Key="in/old")


def test_a_resource_does_not_look_past_the_volume(tmp_path: Path, s3: tuple[Any, Any]) -> None:
    plain, resource = s3
    plain.put_object(Bucket="lake", Key="in/old", Body=b"1")
    ours = S3ResourceOnVolumes(resource, {"s3://lake/in": str(tmp_path)})
    assert _refusal(lambda: ours.ObjectSummary("lake", "in/old").load()) == "ClientError 404"
    for call in (lambda: ours.buckets.all(), lambda: ours.ObjectAcl("lake", "in/old")):
        with pytest.raises(NotImplementedError, match="volume"):
            call()
    assert ours.ObjectAcl("free", "x").bucket_name == "free"
    plain.delete_object(Bucket="lake", Key="in/old")


def test_what_travels_with_the_job_stands_alone(tmp_path: Path, s3: tuple[Any, Any]) -> None:
    names: dict[str, Any] = {}
    exec(render_compat(["S3ResourceOnVolumes"]), names)
    bucket = names["S3ResourceOnVolumes"](s3[1], {"s3://lake": str(tmp_path)}).Bucket("lake")
    bucket.put_object(Key="a/b", Body=b"1")
    assert [(each.key, each.get()["Body"].read()) for each in bucket.objects.all()] == [("a/b", b"1")]


HEAD = "import boto3\nfrom awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
MOVED = Settings(paths={"s3://raw/in": "/Volumes/main/raw/in", "s3a://x": "/Volumes/main/x/y"})
PLACES = '{"s3://raw/in": "/Volumes/main/raw/in", "s3a://x": "/Volumes/main/x/y"}'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('s3 = boto3.client("s3", region_name=r)', f's3 = S3OnVolumes(boto3.client("s3", region_name=r), {PLACES})'),
        ('b = boto3.resource("s3").Bucket(n)', f'b = S3ResourceOnVolumes(boto3.resource("s3"), {PLACES}).Bucket(n)'),
        (
            "session = boto3.Session()\ns3 = session.client(service_name='s3')",
            f"s3 = S3OnVolumes(session.client(service_name='s3'), {PLACES})",
        ),
    ],
)
def test_a_client_of_s3_finds_what_has_moved_into_volumes(convert, before: str, after: str) -> None:
    source = HEAD + before + "\nspark.table('main.a.b').show()\n"
    conversion = convert(source, settings=MOVED)
    assert after in conversion.after
    assert {f.severity for f in conversion.findings} == {Severity.INFO}
    assert convert(source).after.count("OnVolumes") == 0
    again = convert(conversion.after + "\nfrom awsglue.context import GlueContext\n", settings=MOVED)
    assert again.after.count("OnVolumes(") == conversion.after.count("OnVolumes(")


def test_a_client_of_what_has_moved_elsewhere_is_told(convert) -> None:
    settings = Settings(paths={"s3://raw": "abfss://raw@account.dfs.core.windows.net"})
    conversion = convert(HEAD + 's3 = boto3.client("s3")\ns3.list_objects_v2(Bucket="raw")\n', settings=settings)
    assert 's3 = boto3.client("s3")\n' in conversion.after
    assert [f.severity for f in conversion.findings] == [Severity.WARNING]
