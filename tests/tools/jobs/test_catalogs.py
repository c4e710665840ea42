"""The catalogs that the settings of jobs have for Glue's: only those that all of them agree on."""

import pytest

from glue2lakehouse.tools.jobs.catalogs import catalogs_of, glue_catalogs
from glue2lakehouse.tools.jobs.read import read_definitions

IMPL = "--conf spark.sql.catalog.{}.catalog-impl=org.apache.iceberg.aws.glue.GlueCatalog"


@pytest.mark.parametrize(
    ("confs", "names"),
    [
        ([IMPL.format("lake")], {"lake"}),
        (["spark.sql.catalog.Lake.type=glue --conf spark.sql.catalog.Lake.warehouse=s3://b/"], {"lake"}),
        ([IMPL.format("a"), IMPL.format("b")], {"a", "b"}),
        # One job's catalog of that name is another one.
        ([IMPL.format("a"), "spark.sql.catalog.a.type=hadoop"], set()),
        ([IMPL.format("a"), "spark.sql.catalog.a.catalog-impl=software.amazon.s3tables.iceberg.S3TablesCatalog"], set()),
        # The catalog of another account, and one that only a deployment knows.
        ([IMPL.format("a") + " --conf spark.sql.catalog.a.glue.id=123456789012"], set()),
        (["spark.sql.catalog.a.catalog-impl=⟦var.impl⟧"], set()),
        (["spark.sql.catalog.a=org.apache.iceberg.spark.SparkCatalog", "spark.sql.catalog.a.type=glued"], set()),
        ([""], set()),
    ],
)  # fmt: skip
def test_a_catalog_is_glues_where_every_job_says_so(confs: list[str], names: set[str]) -> None:
    assert glue_catalogs(confs) == names


def test_the_jobs_of_a_project_give_their_catalogs() -> None:
    job = (
        'resource "aws_glue_job" "j" {\n  name = "j"\n  role_arn = "r"\n  command { script_location = "s3://b/j.py" }\n'
        f'  default_arguments = {{ "--conf" = "{IMPL.format("lake")[7:]}" }}\n}}\n'
    )
    assert catalogs_of(read_definitions({"j.tf": job, "j.py": "import awsglue\n"})) == {"lake"}
