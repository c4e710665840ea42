"""Modules that a script imports and that its job's arguments do not bring: Glue has them in its image, Databricks has not."""

import pytest

from glue2lakehouse.tools.jobs.bundle.script_modules import missing_packages

SCRIPT = "import json\nimport awswrangler as wr\nfrom redshift_connector import connect\n"


@pytest.mark.parametrize(
    ("script", "dependencies", "missing"),
    [
        (SCRIPT, [], ["awswrangler", "redshift-connector"]),
        (SCRIPT, ["awswrangler==3.4", "Redshift_Connector>=2"], []),
        (SCRIPT, ["awswrangler[redshift]"], ["redshift-connector"]),
        # Our own wheel brings nothing else.
        (SCRIPT, ["../src/dist/*.whl", "redshift-connector"], ["awswrangler"]),
        # These may bring anything.
        (SCRIPT, ["s3://b/lib-1.0-py3-none-any.whl"], []),
        (SCRIPT, ["s3://b/requirements.txt"], []),
        (SCRIPT, ["${var.modules}"], []),
        (SCRIPT, ["git+https://example.com/lib.git"], []),
        # Python's own and Databricks', a module of the source, one that may be missing, and no Python.
        ("import boto3\nimport pandas\nfrom .s3fs import x\ntry:\n    import s3fs\nexcept ImportError:\n    s3fs = None\n", [], []),
        ("import (\n", [], []),
    ],
)  # fmt: skip
def test_a_package_that_nothing_brings_is_missing(script: str, dependencies: list[str], missing: list[str]) -> None:
    assert missing_packages(script, dependencies) == missing
