"""Publish the store dimension: rename, drop what is internal, append to the curated table."""

import sys

from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME"])
glue_context = GlueContext(SparkContext.getOrCreate())
job = Job(glue_context)
job.init(args["JOB_NAME"], args)

stores = glue_context.create_dynamic_frame.from_catalog(database="retail_curated", table_name="stores")

published = (
    stores.drop_fields(["manager_email", "rent"])
    .rename_field("name", "store_name")
    .rename_field("region", "region_code")
)
print(f"publishing {published.count()} stores")

glue_context.write_dynamic_frame.from_catalog(frame=published, database="retail_marts", table_name="dim_store")
job.commit()
