import sys

from awsglue.context import GlueContext
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
parts = SplitFields.apply(orders, ["order_id", "customer"], "keys", "values")
keys = parts.select("keys")
values = parts.select("values")
glueContext.write_dynamic_frame.from_options(
    frame=keys,
    connection_type="s3",
    connection_options={"path": "s3://lake/keys/"},
    format="parquet",
)
glueContext.write_dynamic_frame.from_options(
    frame=values,
    connection_type="s3",
    connection_options={"path": "s3://lake/values/"},
    format="parquet",
)

job.commit()
