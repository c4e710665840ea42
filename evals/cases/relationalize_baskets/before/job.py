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

baskets = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="baskets")
tables = Relationalize.apply(frame=baskets, staging_path="s3://lake/tmp/", name="root")
root = tables.select("root")
lines = tables.select("root_lines")
glueContext.write_dynamic_frame.from_options(
    frame=root,
    connection_type="s3",
    connection_options={"path": "s3://lake/root/"},
    format="parquet",
)
glueContext.write_dynamic_frame.from_options(
    frame=lines,
    connection_type="s3",
    connection_options={"path": "s3://lake/lines/"},
    format="parquet",
)

job.commit()
