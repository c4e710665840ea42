"""Answer boto3 from moto, inside the sandbox's process: the buckets' objects, the catalog, the secrets; nothing leaves."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel, Field

from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment
from glue2lakehouse.tools.sandbox.mirror import BUCKET, Mirror, mirrored

_CREDENTIALS = {
    "username": "sandbox", "user": "sandbox", "password": "sandbox", "host": "localhost", "port": "5432",
    "dbname": "sandbox", "database": "sandbox", "engine": "postgres",
}  # fmt: skip


class AwsWorld(BaseModel):
    """What boto3 finds besides buckets and catalog."""

    secrets: dict[str, dict[str, str]] = Field(default_factory=dict, description="scope -> key -> value")
    region: str = "us-east-1"
    workflow: str = Field(default="", description="the workflow that the job runs in")
    workflow_run: str = ""
    run_properties: dict[str, str] = Field(default_factory=dict)


@contextmanager
def stand_in(environment: RuntimeEnvironment, world: AwsWorld) -> Iterator[Callable[[], None]]:
    """Let boto3 and Spark see the same objects; yields a function that writes boto3's puts and deletes to the buckets.

    As for Spark, every bucket that is named is there, and every secret: one that nobody gave holds made-up credentials.
    """
    import boto3
    from moto import mock_aws

    region = world.region
    with mock_aws(), _buckets_on_demand(region):
        mirror = Mirror(boto3.client("s3", region_name=region), environment.buckets)
        mirror.read()
        glue: Any = boto3.client("glue", region_name=region)
        _declare(glue, environment)
        if world.workflow:
            _start_workflow(glue, world)
        vault: Any = boto3.client("secretsmanager", region_name=region)
        for name, values in world.secrets.items():
            vault.create_secret(Name=name, SecretString=json.dumps(values))
        with mirrored(mirror), _secrets_on_demand(vault):
            yield mirror.write


@contextmanager
def _buckets_on_demand(region: str) -> Iterator[None]:
    from moto.s3.models import S3Backend

    kind: Any = S3Backend
    original = kind.get_bucket

    def get_bucket(self: Any, bucket_name: str) -> Any:
        if bucket_name not in self.buckets and BUCKET.fullmatch(bucket_name):
            self.create_bucket(bucket_name, region)
        return original(self, bucket_name)

    kind.get_bucket = get_bucket
    try:
        yield
    finally:
        kind.get_bucket = original


@contextmanager
def _secrets_on_demand(vault: Any) -> Iterator[None]:
    from moto.secretsmanager.models import SecretsManagerBackend

    kind: Any = SecretsManagerBackend
    original = kind.get_secret_value

    def get_secret_value(self: Any, secret_id: str, *more: Any, **named: Any) -> Any:
        if not self._is_valid_identifier(secret_id):
            vault.create_secret(Name=secret_id, SecretString=json.dumps(_CREDENTIALS))
        return original(self, secret_id, *more, **named)

    kind.get_secret_value = get_secret_value
    try:
        yield
    finally:
        kind.get_secret_value = original


def _start_workflow(glue: Any, world: AwsWorld) -> None:
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.glue.models import glue_backends

    glue.create_workflow(Name=world.workflow)
    given = glue.start_workflow_run(Name=world.workflow, RunProperties=world.run_properties)["RunId"]
    runs: Any = glue_backends[DEFAULT_ACCOUNT_ID][world.region].workflows[world.workflow].runs
    # The job was told its run's id before there was a run.
    runs[world.workflow_run] = runs.pop(given)
    runs[world.workflow_run].run_id = world.workflow_run


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
