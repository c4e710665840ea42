"""Clients that a function makes for the service that it is asked for are known by what each call asks."""

from typing import Any

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings

HEAD = "import boto3\nfrom awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
PLAIN = 'def client(service, region="r"):\n    return boto3.client(service, region_name=region)\n'
DROP = 'delete_table(DatabaseName="a", Name="b")'
NEW = 'delete_table("main.a.b")'


@pytest.mark.parametrize(
    ("why", "code"),
    [
        ("by position", f'{PLAIN}client("glue").{DROP}'),
        ("by name, through a name", f'{PLAIN}made = client(region="x", service="glue")\nmade.{DROP}'),
        ("before it is defined", f'def go():\n    client("glue").{DROP}\n\n\n{PLAIN}go()'),
        ("in an attribute", f'{PLAIN}class A:\n    def __init__(self):\n        self.made = client("glue")\n\n    def go(self):\n        self.made.{DROP}\n\n\nA().go()'),
        ("a default", f'def client(service="glue"):\n    made = boto3.Session().client(service_name=service)\n    return made\n\n\nclient().{DROP}'),
        ("a method", f'class A:\n    def __init__(self):\n        self.session = boto3.Session()\n\n    def get(self, *, name):\n        return self.session.client(name)\n\n\nA().get(name="glue").{DROP}'),
        ("kept", f'import functools\n\n\n@functools.lru_cache\n{PLAIN}client("glue").{DROP}'),
        ("two services", f'{PLAIN}client("s3").list_buckets()\nclient("glue").{DROP}'),
        ("or none", f'def client(service):\n    try:\n        return boto3.client(service)\n    except Exception:\n        return None\n\n\nclient("glue").{DROP}'),
        ("of another module", f'from clients import client\nclient("glue").{DROP}'),
    ],
)  # fmt: skip
def test_a_factory_gives_the_client_that_it_is_asked_for(convert: Any, why: str, code: str) -> None:
    conversion = convert(HEAD + code + "\n", clients="import boto3\n\n\n" + PLAIN)
    assert NEW in conversion.after, why
    assert DROP not in conversion.after
    assert Severity.BLOCKER not in [f.severity for f in conversion.findings]


@pytest.mark.parametrize(
    ("why", "code"),
    [
        ("a service that is computed", f"{PLAIN}client(name).{DROP}"),
        ("what is spread", f'{PLAIN}client(*["glue"]).{DROP}'),
        ("set anew", f'def client(service):\n    service = known[service]\n    return boto3.client(service)\n\n\nclient("glue").{DROP}'),
        ("one of two", f'def client(service, other):\n    if other:\n        return boto3.client(other)\n    return boto3.client(service)\n\n\nclient("glue", "s3").{DROP}'),
        ("perhaps none", f'def client(service):\n    if service:\n        return service(boto3)\n    return None\n\n\nclient("glue").{DROP}'),
        ("bound twice", f'def client(service):\n    made = boto3.client(service)\n    made = wrap(made)\n    return made\n\n\nclient("glue").{DROP}'),
        ("bound by a loop as well", f'def client(service):\n    made = boto3.client(service)\n    for made in other:\n        pass\n    return made\n\n\nclient("glue").{DROP}'),
        ("decorated", f'def wrapped(f):\n    def run(service):\n        return wrap(f(service))\n\n    return run\n\n\n@wrapped\n{PLAIN}client("glue").{DROP}'),
        ("wrapped", f'def client(service):\n    return wrap(boto3.client(service))\n\n\nclient("glue").{DROP}'),
    ],
)  # fmt: skip
def test_what_is_not_plain_stays_of_unknown_origin(convert: Any, why: str, code: str) -> None:
    conversion = convert(HEAD + code + "\n")
    assert DROP in conversion.after, why
    assert Severity.BLOCKER in [f.severity for f in conversion.findings]


def test_a_factory_with_a_role_and_one_for_moved_objects_are_told(convert: Any) -> None:
    role = 'def client(name):\n    return boto3.client(name, aws_session_token=token)\n\n\nclient("glue").get_databases()\n'
    assert any("of its own" in f.message for f in convert(HEAD + role).findings if f.severity is Severity.WARNING)
    moved = Settings(paths={"s3://raw/": "/Volumes/main/raw/files"})
    listed = f'{PLAIN}client("s3").list_objects_v2(Bucket="raw")\n'
    (told,) = [f for f in convert(HEAD + listed, settings=moved).findings if f.severity is not Severity.INFO]
    assert "may ask S3" in told.message
