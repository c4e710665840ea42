"""Answers of S3 on objects that are files: the parts of them that a file has."""

import datetime
import os

_SAYS_NOTHING = ("ContentType", "ServerSideEncryption", "SSEKMSKeyId", "ACL")


def _s3_done(status=200):
    """Return what every answer of S3 says of the request."""
    return {"ResponseMetadata": {"HTTPStatusCode": status, "RetryAttempts": 0}}


def _without_extras(given, bucket, key):
    """Refuse what a transfer says of an object that a file does not have; how fast it is sent changes nothing."""
    odd = [name for name in given if name not in ("ExtraArgs", "Config")]
    odd += [name for name in given.get("ExtraArgs") or {} if name not in _SAYS_NOTHING]
    if odd:
        raise NotImplementedError(f"{', '.join(odd)} of s3://{bucket}/{key}, which is in a volume")


def _no_marker(key):
    """Refuse a key that ends in a slash: S3 has an object of that name where somebody has made one, a folder is always there."""
    if key.endswith("/"):
        raise NotImplementedError(f"{key} would be an object that marks a folder, which is in a volume")


def _listing_of(given, entries, truncated):
    told = _s3_done() | {
        "Name": given["Bucket"],
        "Prefix": given.get("Prefix", ""),
        "MaxKeys": given.get("MaxKeys", 1000),
    }
    objects = [{"Key": name, **facts} for name, facts in entries if facts is not None]
    prefixes = [{"Prefix": name} for name, facts in entries if facts is None]
    told |= {"Contents": objects} if objects else {}
    told |= {"CommonPrefixes": prefixes} if prefixes else {}
    return told | {"IsTruncated": truncated} | ({"Delimiter": given["Delimiter"]} if given.get("Delimiter") else {})


def _facts_of(place):
    listed = _listed_object(place)
    return _s3_done() | {"ContentLength": listed["Size"], "LastModified": listed["LastModified"]}


def _listed_object(place):
    status = os.stat(place)
    return {"Size": status.st_size, "LastModified": datetime.datetime.fromtimestamp(int(status.st_mtime), datetime.UTC)}


def _write_file(place, content):
    _make_parent(place)
    with open(place, "wb") as opened:
        opened.write(content)


def _make_parent(place):
    os.makedirs(os.path.dirname(place), exist_ok=True)


def _client_error(code, message, operation):
    from botocore.exceptions import ClientError

    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class _Waiter:
    def __init__(self, ours, waiter, name):
        self._ours, self._waiter, self._name = ours, waiter, name

    def wait(self, **given):
        """Look at the object once, where it is in a volume, and fail as the last look of a waiter does."""
        from botocore.exceptions import ClientError, WaiterError

        if "Key" not in given or self._ours._place(given["Bucket"], given["Key"]) is None:
            self._waiter.wait(**given)
            return
        try:
            answer = self._ours.head_object(Bucket=given["Bucket"], Key=given["Key"])
        except ClientError as error:
            answer = error.response
        if ("Error" in answer) == (self._name == "object_exists"):
            raise WaiterError(self._name, "Max attempts exceeded", answer)
