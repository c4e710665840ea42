import sys

from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.job import Job
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME"])
glueContext = GlueContext(SparkContext.getOrCreate())
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args["JOB_NAME"], args)
orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="orders")
paid = orders.filter(lambda row: row["status"] == "paid")
glueContext.purge_s3_path("s3://lake/paid/", options={"retentionPeriod": 0, "excludeStorageClasses": ["GLACIER"]})
glueContext.write_dynamic_frame.from_options(
    frame=paid, connection_type="s3", connection_options={"path": "s3://lake/paid/"}, format="parquet"
)

job.commit()
