"""Copy the landing orders to the archive, then delete what is older than the retention."""

import sys

from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

from retail_etl.frames import LANDING, read_landing_csv

args = getResolvedOptions(sys.argv, ["JOB_NAME", "retention_hours"])
glueContext = GlueContext(SparkContext.getOrCreate())
job = Job(glueContext)
job.init(args["JOB_NAME"], args)

orders = read_landing_csv(glueContext, "orders", "orders")
glueContext.write_dynamic_frame.from_options(
    frame=orders,
    connection_type="s3",
    connection_options={"path": "s3://retail-archive/orders/"},
    format="json",
    format_options={"compression": "gzip"},
)

# Files younger than the retention stay; the marker file is what the shops' uploader looks for.
glueContext.purge_s3_path(
    f"{LANDING}/orders/",
    {"retentionPeriod": int(args["retention_hours"]), "excludeStorageClasses": ["GLACIER"]},
)
job.commit()
