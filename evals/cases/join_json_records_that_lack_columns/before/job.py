import sys

from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.transforms import Join
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME"])
glueContext = GlueContext(SparkContext.getOrCreate())
job = Job(glueContext)
job.init(args["JOB_NAME"], args)

members = glueContext.create_dynamic_frame.from_catalog(database="parliament", table_name="members")
organizations = glueContext.create_dynamic_frame.from_catalog(database="parliament", table_name="organizations")
organizations = organizations.drop_fields(["code"]).rename_field("id", "org_id").rename_field("name", "org_name")
history = Join.apply(organizations, members, "org_id", "organization_id").drop_fields(["org_id"])
glueContext.write_dynamic_frame.from_options(
    frame=history,
    connection_type="s3",
    connection_options={"path": "s3://lake/history/"},
    format="parquet",
)

job.commit()
