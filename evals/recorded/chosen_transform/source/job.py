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

import awsglue.transforms as transforms

orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="orders")
for name, options in (("DropFields", {"paths": ["status"]}), ("SelectFields", {"paths": ["order_id", "amount"]})):
    orders = getattr(transforms, name).apply(frame=orders, **options)
orders.toDF().write.mode("overwrite").parquet("s3://lake/stepped/")

job.commit()
