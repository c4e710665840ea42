"""Keep the stand-in's S3 objects and the files of the buckets the same while a script uses both, boto3 and Spark."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LARGEST_OBJECT = 8 * 1024 * 1024
BUCKET = re.compile(r"[A-Za-z0-9][\w.-]{2,62}")


class Mirror:
    """The two views of the buckets, and what each looked like when they were last the same."""

    def __init__(self, storage: Any, buckets: Path) -> None:
        """`storage` is a boto3 client of the stand-in."""
        self._storage, self._buckets = storage, buckets
        self._files: dict[tuple[str, str], tuple[int, int]] = {}
        self._tags: dict[tuple[str, str], str] = {}
        self.busy = False

    def read(self) -> None:
        """Put files that Spark has changed since into the stand-in, and take away what it has deleted."""
        there = dict(self._listed())
        for bucket, key in there:
            if self._files.get((bucket, key)) != there[bucket, key]:
                body = (self._buckets / bucket / key).read_bytes()
                self._tags[bucket, key] = self._storage.put_object(Bucket=bucket, Key=key, Body=body)["ETag"]
        for bucket, key in self._files.keys() - there.keys():
            self._storage.delete_object(Bucket=bucket, Key=key)
            self._tags.pop((bucket, key), None)
        self._files = there

    def write(self) -> None:
        """Write objects that the script has put since into the buckets, and delete what it has deleted."""
        after: dict[tuple[str, str], str] = {}
        for bucket in [item["Name"] for item in self._storage.list_buckets()["Buckets"]]:
            for page in self._storage.get_paginator("list_objects_v2").paginate(Bucket=bucket):
                after |= {(bucket, item["Key"]): item["ETag"] for item in page.get("Contents", [])}
        for bucket, key in after:
            if self._tags.get((bucket, key)) != after[bucket, key]:
                self._write_file(bucket, key)
        for bucket, key in self._tags.keys() - after.keys():
            (self._buckets / bucket / key).unlink(missing_ok=True)
        self._tags, self._files = after, dict(self._listed())

    def _listed(self) -> Iterator[tuple[tuple[str, str], tuple[int, int]]]:
        for bucket in sorted(self._buckets.iterdir()) if self._buckets.is_dir() else []:
            for file in sorted(path for path in bucket.rglob("*") if path.is_file() and BUCKET.fullmatch(bucket.name)):
                status = file.stat()
                if not file.name.endswith(".crc") and status.st_size <= LARGEST_OBJECT:
                    yield (bucket.name, file.relative_to(bucket).as_posix()), (status.st_size, status.st_mtime_ns)

    def _write_file(self, bucket: str, key: str) -> None:
        target = (self._buckets / bucket / key).resolve()
        if key.endswith("/") or not target.is_relative_to(self._buckets.resolve()):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(self._storage.get_object(Bucket=bucket, Key=key)["Body"].read())


@contextmanager
def mirrored(mirror: Mirror) -> Iterator[None]:
    """Look at the files before each call to S3, and write to them after each that may change an object."""
    from botocore.client import BaseClient

    kind: Any = BaseClient
    original = kind._make_api_call

    def call(self: Any, operation: str, arguments: Any) -> Any:
        if mirror.busy or self.meta.service_model.service_name != "s3":
            return original(self, operation, arguments)
        mirror.busy = True
        try:
            mirror.read()
            answer = original(self, operation, arguments)
            if operation.startswith(("Put", "Copy", "Delete", "Complete")):
                mirror.write()
            return answer
        finally:
            mirror.busy = False

    kind._make_api_call = call
    try:
        yield
    finally:
        kind._make_api_call = original
