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

orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="sized")
parts = SplitRows.apply(orders, {"amount": {">": 10, "<": 100}}, "middle", "rest")
middle = SelectFromCollection.apply(parts, "middle")
rest = SelectFromCollection.apply(parts, "rest")
glueContext.write_dynamic_frame.from_options(
    frame=middle,
    connection_type="s3",
    connection_options={"path": "s3://lake/middle/"},
    format="parquet",
)
glueContext.write_dynamic_frame.from_options(
    frame=rest,
    connection_type="s3",
    connection_options={"path": "s3://lake/rest/"},
    format="parquet",
)

job.commit()
