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

from awsglue.dynamicframe import DynamicFrame

orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="orders")
frame = orders.toDF().dropDuplicates(["customer"]).select("customer")
unique = DynamicFrame.fromDF(frame, glueContext, "unique")
glueContext.write_dynamic_frame.from_options(
    frame=unique,
    connection_type="s3",
    connection_options={"path": "s3://lake/unique/"},
    format="parquet",
)

job.commit()
