"""boto3's S3 resource where some prefixes have moved into volumes: buckets and objects over the client for them."""

from glue2lakehouse.tools.rewrite.runtime.s3_on_volumes import S3OnVolumes, _split


class S3ResourceOnVolumes:
    """An S3 resource whose buckets and objects may have moved into volumes, as S3OnVolumes says."""

    def __init__(self, resource, moved):
        self._resource = resource
        self.client = S3OnVolumes(resource.meta.client, moved)
        self._buckets = {_split(prefix)[0] for prefix in moved}

    def __getattr__(self, name):
        found = getattr(self._resource, name)
        if name == "buckets":
            raise NotImplementedError("buckets of an S3 of which parts are in volumes: name the bucket")

        def made(bucket_name, *args, **given):
            if bucket_name in self._buckets:
                raise NotImplementedError(f"{name} of s3://{bucket_name}, of which parts are in a volume")
            return found(bucket_name, *args, **given)

        return made if name[:1].isupper() else found

    @property
    def meta(self):
        """What boto3 code asks for the client."""
        return self

    def Bucket(self, name):
        """Return a bucket."""
        return _Bucket(self.client, name) if name in self._buckets else self._resource.Bucket(name)

    def Object(self, bucket_name, key):
        """Return an object."""
        return (
            _Object(self.client, bucket_name, key)
            if bucket_name in self._buckets
            else self._resource.Object(bucket_name, key)
        )

    def ObjectSummary(self, bucket_name, key):
        """Return an object, which knows its size and time in a listing only."""
        return (
            _Object(self.client, bucket_name, key)
            if bucket_name in self._buckets
            else self._resource.ObjectSummary(bucket_name, key)
        )


class _Bucket:
    def __init__(self, client, name):
        self._client, self.name = client, name
        self.objects = _Objects(client, name, {})

    def Object(self, key):
        return _Object(self._client, self.name, key)

    def put_object(self, **given):
        self._client.put_object(Bucket=self.name, **given)
        return self.Object(given["Key"])

    def delete_objects(self, **given):
        return self._client.delete_objects(Bucket=self.name, **given)

    def upload_file(self, Filename, Key, **given):
        return self._client.upload_file(Filename, self.name, Key, **given)

    def download_file(self, Key, Filename, **given):
        return self._client.download_file(self.name, Key, Filename, **given)


class _Objects:
    def __init__(self, client, bucket, given, most=None):
        self._client, self._bucket, self._given, self._most = client, bucket, given, most

    def all(self):
        return self

    def filter(self, **given):
        return _Objects(self._client, self._bucket, self._given | given, self._most)

    def limit(self, count):
        return _Objects(self._client, self._bucket, self._given, count)

    def __iter__(self):
        left = self._most
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, **self._given):
            for found in page.get("Contents", []):
                if left is not None and left <= 0:
                    return
                left = left - 1 if left is not None else None
                one = _Object(self._client, self._bucket, found["Key"])
                one.size, one.last_modified = found["Size"], found["LastModified"]
                yield one

    def delete(self):
        named = [{"Key": one.key} for one in self]
        return [self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": named})] if named else []


class _Object:
    def __init__(self, client, bucket, key):
        self._client, self.bucket_name, self.key = client, bucket, key

    def Object(self):
        return self

    def Bucket(self):
        return _Bucket(self._client, self.bucket_name)

    def load(self):
        self._client.head_object(**self._named)

    @property
    def content_length(self):
        return self._client.head_object(**self._named)["ContentLength"]

    def get(self, **given):
        return self._client.get_object(**self._named, **given)

    def put(self, **given):
        return self._client.put_object(**self._named, **given)

    def delete(self):
        return self._client.delete_object(**self._named)

    def copy_from(self, **given):
        return self._client.copy_object(**self._named, **given)

    def upload_file(self, Filename, **given):
        return self._client.upload_file(Filename, self.bucket_name, self.key, **given)

    def download_file(self, Filename, **given):
        return self._client.download_file(self.bucket_name, self.key, Filename, **given)

    @property
    def _named(self):
        return {"Bucket": self.bucket_name, "Key": self.key}
