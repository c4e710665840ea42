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

from awsglue.dynamicframe import DynamicFrameCollection

orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="orders")
both = DynamicFrameCollection({"one": orders, "two": orders.drop_fields(["day"])}, glueContext)
fewer = both.map(lambda frame, ctx: frame.drop_fields(["status"]))
glueContext.write_dynamic_frame.from_options(
    frame=fewer.select("one"),
    connection_type="s3",
    connection_options={"path": "s3://lake/one/"},
    format="parquet",
)
glueContext.write_dynamic_frame.from_options(
    frame=fewer.select("two"),
    connection_type="s3",
    connection_options={"path": "s3://lake/two/"},
    format="parquet",
)

job.commit()
