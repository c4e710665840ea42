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

from functools import partial

read = partial(glueContext.create_dynamic_frame.from_catalog, database="sales")
orders = read(table_name="orders")
customers = read(table_name="customers")
joined = Join.apply(orders, customers, "customer_id", "id")
joined.toDF().select("order_id", "name").write.mode("overwrite").parquet("s3://lake/joined/")

job.commit()
