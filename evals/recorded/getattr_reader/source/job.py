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
readers = {"catalog": "from_catalog", "files": "from_options"}
read = getattr(glueContext.create_dynamic_frame, readers["catalog"])
orders = read(database="sales", table_name="orders")
orders.toDF().write.mode("overwrite").parquet("s3://lake/orders/")

job.commit()
