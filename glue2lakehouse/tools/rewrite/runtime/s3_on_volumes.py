"""boto3's S3 where some prefixes have moved into volumes: their objects are files there, all others stay in S3."""

import io
import os
import shutil
from urllib.parse import unquote

from glue2lakehouse.tools.rewrite.runtime.s3_answers import (
    _client_error,
    _facts_of,
    _listed_object,
    _listing_of,
    _make_parent,
    _no_marker,
    _s3_done,
    _Waiter,
    _without_extras,
    _write_file,
)


class S3OnVolumes:
    """An S3 client; `moved` are prefixes (`s3://bucket/prefix`) and the volume folders that hold their objects now.

    What concerns a moved object and is not here raises NotImplementedError: S3 would answer with what was there before. So do
    objects that only mark a folder (`in/`), but for writing and deleting them: folders are there without, and are not listed.
    """

    def __init__(self, client, moved):
        self._client = client
        self._moved = sorted(((*_split(prefix), place.rstrip("/")) for prefix, place in moved.items()), reverse=True)

    def __getattr__(self, name):
        found = getattr(self._client, name)
        if not callable(found) or name in ("exceptions", "can_paginate", "close"):
            return found

        def call(*args, **given):
            params = given.get("Params") or {}
            bucket, key = given.get("Bucket", params.get("Bucket")), given.get("Key", params.get("Key"))
            moved = self._place(bucket, key) if key else any(bucket == each[0] for each in self._moved)
            if moved or (args and self._moved):
                raise NotImplementedError(f"{name} on s3://{bucket}/{key or ''}, whose objects are in a volume")
            return found(*args, **given)

        return call

    def list_objects_v2(self, **given):
        """List as S3 does: in the order of the keys, in pages; an object has its Key, Size and LastModified."""
        if not self._lists_moved(given):
            return self._client.list_objects_v2(**given)
        entries, truncated = self._page(given, given.pop("StartAfter", ""), given.pop("ContinuationToken", ""))
        answer = _listing_of(given, entries, truncated) | {"KeyCount": len(entries)}
        return answer | ({"NextContinuationToken": entries[-1][0]} if truncated else {})

    def list_objects(self, **given):
        """List as the older operation of S3 does."""
        if not self._lists_moved(given):
            return self._client.list_objects(**given)
        marker = given.pop("Marker", "")
        entries, truncated = self._page(given, marker, marker)
        named = truncated and given.get("Delimiter")
        return (
            _listing_of(given, entries, truncated)
            | {"Marker": marker}
            | ({"NextMarker": entries[-1][0]} if named else {})
        )

    def get_paginator(self, operation):
        """Return a paginator; of listings, pages of moved objects as well."""
        return _Paginator(self, self._client, operation)

    def get_waiter(self, name):
        """Return a waiter; it does not wait for what is in a volume, which is there as soon as it is written."""
        return _Waiter(self, self._client.get_waiter(name), name)

    def head_object(self, **given):
        """Tell size and time of an object."""
        place = self._only(given, "Bucket", "Key")
        if place is None:
            return self._client.head_object(**given)
        _no_marker(given["Key"])
        if not os.path.isfile(place):
            raise _client_error("404", "Not Found", "HeadObject")
        return _facts_of(place)

    def get_object(self, **given):
        """Return an object with its Body, to be read as a stream."""
        place = self._only(given, "Bucket", "Key")
        if place is None:
            return self._client.get_object(**given)
        _no_marker(given["Key"])
        if not os.path.isfile(place):
            error = {"Error": {"Code": "NoSuchKey", "Message": "The specified key does not exist."}}
            raise self._client.exceptions.NoSuchKey(error, "GetObject")
        from botocore.response import StreamingBody

        return _facts_of(place) | {"Body": StreamingBody(_File(place), os.stat(place).st_size)}

    def put_object(self, **given):
        """Write an object: bytes, a text or an open file."""
        place = self._only(given, "Bucket", "Key", "Body", "ContentType", "ServerSideEncryption", "ACL")
        if place is None:
            return self._client.put_object(**given)
        body = given.get("Body", b"")
        content = body.read() if hasattr(body, "read") else body
        if given["Key"].endswith("/"):
            os.makedirs(place, exist_ok=True)
        else:
            _write_file(place, content.encode() if isinstance(content, str) else content)
        return _s3_done()

    def delete_object(self, **given):
        """Delete an object, if it is there."""
        place = self._only(given, "Bucket", "Key")
        if place is None:
            return self._client.delete_object(**given)
        if given["Key"].endswith("/"):
            if os.path.isdir(place) and not os.listdir(place):
                os.rmdir(place)
        elif os.path.isfile(place):
            os.remove(place)
        return _s3_done(204)

    def delete_objects(self, **given):
        """Delete some objects, each if it is there."""
        bucket, named = given["Bucket"], given["Delete"]["Objects"]
        deleted = []
        left = [each for each in named if self._place(bucket, each["Key"]) is None]
        if left:
            answer = self._client.delete_objects(**given | {"Delete": given["Delete"] | {"Objects": left}})
            deleted += answer.get("Deleted", [])
            if answer.get("Errors"):
                return answer
        for each in named:
            if each not in left:
                self.delete_object(Bucket=bucket, **each)
                deleted.append({"Key": each["Key"]})
        return _s3_done() | ({} if given["Delete"].get("Quiet") else {"Deleted": deleted})

    def copy_object(self, **given):
        """Copy an object, also into a volume or out of it."""
        source = given["CopySource"]
        if isinstance(source, str):
            bucket, _, key = unquote(source).lstrip("/").partition("/")
            source = {"Bucket": bucket, "Key": key}
        target = self._only(given, "Bucket", "Key", "CopySource") if self._touches(given, source) else None
        if target is None and self._place(source["Bucket"], source["Key"]) is None:
            return self._client.copy_object(**given)
        body = self.get_object(**source)["Body"].read()
        self.put_object(Bucket=given["Bucket"], Key=given["Key"], Body=body)
        return _s3_done()

    def copy(self, CopySource, Bucket, Key, **given):
        """Copy an object of any size."""
        if self._touches({"Bucket": Bucket, "Key": Key}, CopySource):
            _without_extras(given, Bucket, Key)
            self.copy_object(CopySource=CopySource, Bucket=Bucket, Key=Key)
        else:
            self._client.copy(CopySource, Bucket, Key, **given)

    def upload_file(self, Filename, Bucket, Key, **given):
        """Write a local file as an object."""
        place = self._place(Bucket, Key)
        if place is None:
            return self._client.upload_file(Filename, Bucket, Key, **given)
        _without_extras(given, Bucket, Key)
        _no_marker(Key)
        _make_parent(place)
        shutil.copyfile(Filename, place)
        return None

    def download_file(self, Bucket, Key, Filename, **given):
        """Write an object into a local file."""
        place = self._place(Bucket, Key)
        if place is None:
            return self._client.download_file(Bucket, Key, Filename, **given)
        _without_extras(given, Bucket, Key)
        _no_marker(Key)
        if not os.path.isfile(place):
            raise _client_error("404", "Not Found", "HeadObject")
        shutil.copyfile(place, Filename)
        return None

    def upload_fileobj(self, Fileobj, Bucket, Key, **given):
        """Write what an open file holds as an object."""
        place = self._place(Bucket, Key)
        if place is None:
            return self._client.upload_fileobj(Fileobj, Bucket, Key, **given)
        _without_extras(given, Bucket, Key)
        _no_marker(Key)
        return _write_file(place, Fileobj.read())

    def _touches(self, given, source):
        return self._place(given["Bucket"], given["Key"]) or self._place(source["Bucket"], source["Key"])

    def _found(self, bucket, key):
        """Return the folder that a key has moved to, and the rest of the key; None for one that has not moved."""
        for moved_bucket, prefix, place in self._moved:
            rest = key[len(prefix) :]
            if bucket == moved_bucket and key.startswith(prefix) and (not prefix or rest[:1] in ("", "/")):
                return place, rest[1:] if prefix else rest
        return None

    def _place(self, bucket, key):
        """Return the file of an object, None for one that has not moved."""
        found = self._found(bucket, key)
        if found is None:
            return None
        parts = found[1].removesuffix("/").split("/")
        if any(part in ("", ".", "..") for part in parts):
            raise ValueError(f"the key {key!r} is no path of a file")
        return "/".join([found[0], *parts])

    def _only(self, given, *known):
        """Return the file of an object where the call says nothing of it that a file does not have."""
        place = self._place(given["Bucket"], given["Key"])
        odd = [name for name in given if name not in known]
        if place is not None and odd:
            raise NotImplementedError(
                f"{', '.join(odd)} of s3://{given['Bucket']}/{given['Key']}, which is in a volume"
            )
        return place

    def _lists_moved(self, given):
        wanted = given.get("Prefix", "")
        return any(
            given["Bucket"] == bucket and (prefix.startswith(wanted) or wanted.startswith(prefix))
            for bucket, prefix, _ in self._moved
        )

    def _page(self, given, after, token):
        """Return the entries of one page, objects and common prefixes by name, and whether there are more."""
        odd = set(given) - {"Bucket", "Prefix", "Delimiter", "MaxKeys"}
        if odd:
            raise NotImplementedError(f"{', '.join(sorted(odd))} of a listing of s3://{given['Bucket']}")
        bucket, wanted, delimiter = given["Bucket"], given.get("Prefix", ""), given.get("Delimiter")
        entries = {}
        for key, facts in self._objects(bucket, wanted):
            cut = key.find(delimiter, len(wanted)) if delimiter else -1
            name = key if cut < 0 else key[: cut + len(delimiter)]
            if key > after and name > token:
                entries.setdefault(name, facts if cut < 0 else None)
        ordered = sorted(entries.items(), key=lambda entry: entry[0].encode())
        most = given.get("MaxKeys", 1000)
        return ordered[:most], len(ordered) > most > 0

    def _objects(self, bucket, wanted):
        moved = [(prefix, place) for each, prefix, place in self._moved if each == bucket]
        if not any(wanted.startswith(prefix + "/") or not prefix for prefix, _ in moved):
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=wanted):
                for found in page.get("Contents", []):
                    if self._found(bucket, found["Key"]) is None:
                        yield found["Key"], {name: found[name] for name in ("Size", "LastModified")}
        for prefix, place in moved:
            start = prefix + "/" if prefix else ""
            inside = wanted[len(start) :].rpartition("/")[0] if wanted.startswith(start) else ""
            for folder, _, names in os.walk("/".join([place, inside]) if inside else place):
                for name in names:
                    file = "/".join([folder, name])
                    key = start + file[len(place) + 1 :]
                    if key.startswith(wanted) and self._place(bucket, key) == file:
                        yield key, _listed_object(file)


class _File(io.FileIO):
    """A file that is closed with the last that holds it, as a connection to S3 is."""

    def __del__(self):
        self.close()


class _Paginator:
    def __init__(self, ours, client, operation):
        self._ours, self._client, self._operation = ours, client, operation

    def paginate(self, **given):
        listing = self._operation in ("list_objects", "list_objects_v2")
        if not self._ours._lists_moved(given):
            return self._client.get_paginator(self._operation).paginate(**given)
        config = given.pop("PaginationConfig", {})
        if not listing or set(config) - {"PageSize"}:
            raise NotImplementedError(f"pages of {self._operation} on s3://{given['Bucket']}, which is in a volume")
        return self._pages(given | ({"MaxKeys": config["PageSize"]} if config else {}))

    def _pages(self, given):
        token = {}
        while True:
            page = self._ours.list_objects_v2(**given, **token)
            yield page
            if not page["IsTruncated"]:
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}


def _split(prefix):
    bucket, _, key = prefix.partition("://")[2].partition("/")
    return bucket, key.rstrip("/")
