"""Answer boto3 from moto, inside the sandbox's process: the buckets' objects, the catalog, the secrets; nothing leaves."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment

LARGEST_OBJECT = 8 * 1024 * 1024


@contextmanager
def stand_in(
    environment: RuntimeEnvironment, secrets: dict[str, dict[str, str]], region: str
) -> Iterator[Callable[[], None]]:
    """Let boto3 see what Spark saw at the start; yields a function that writes its puts and deletes back to the buckets."""
    import boto3
    from moto import mock_aws

    with mock_aws():
        storage: Any = boto3.client("s3", region_name=region)
        before = _upload(storage, environment.buckets)
        _declare(boto3.client("glue", region_name=region), environment)
        vault: Any = boto3.client("secretsmanager", region_name=region)
        for name, values in secrets.items():
            vault.create_secret(Name=name, SecretString=json.dumps(values))
        yield lambda: _download(storage, environment.buckets, before)


def _upload(storage: Any, buckets: Path) -> dict[tuple[str, str], str]:
    seen = {}
    for bucket in sorted(buckets.iterdir()) if buckets.is_dir() else []:
        storage.create_bucket(Bucket=bucket.name)
        for file in sorted(path for path in bucket.rglob("*") if path.is_file()):
            if not file.name.endswith(".crc") and file.stat().st_size <= LARGEST_OBJECT:
                key = file.relative_to(bucket).as_posix()
                seen[bucket.name, key] = storage.put_object(Bucket=bucket.name, Key=key, Body=file.read_bytes())["ETag"]
    return seen


def _declare(catalog: Any, environment: RuntimeEnvironment) -> None:
    databases = {name.split(".")[0] for name in environment.catalog} | set(environment.databases)
    for database in sorted(databases):
        catalog.create_database(DatabaseInput={"Name": database})
    for name, table in environment.catalog.items():
        database, _, bare = name.partition(".")
        columns = [{"Name": column.name, "Type": column.type} for column in table.columns]
        keys = [{"Name": key.name, "Type": key.type} for key in table.partition_keys]
        storage = {"Columns": columns, "Location": table.location}
        entry = {
            "Name": bare,
            "StorageDescriptor": storage,
            "PartitionKeys": keys,
            "Parameters": {"classification": table.format},
        }
        catalog.create_table(DatabaseName=database, TableInput=entry)


def _download(storage: Any, buckets: Path, before: dict[tuple[str, str], str]) -> None:
    after: set[tuple[str, str]] = set()
    for bucket in [item["Name"] for item in storage.list_buckets()["Buckets"]]:
        for page in storage.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for item in page.get("Contents", []):
                after.add((bucket, item["Key"]))
                if before.get((bucket, item["Key"])) != item["ETag"]:
                    _write(storage, buckets, bucket, item["Key"])
    for bucket, key in before.keys() - after:
        (buckets / bucket / key).unlink(missing_ok=True)


def _write(storage: Any, buckets: Path, bucket: str, key: str) -> None:
    target = (buckets / bucket / key).resolve()
    if key.endswith("/") or not target.is_relative_to(buckets.resolve()):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(storage.get_object(Bucket=bucket, Key=key)["Body"].read())
