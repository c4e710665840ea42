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
conf = glueContext.extract_jdbc_conf("warehouse")
orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="orders").toDF()
orders.write.jdbc(
    conf["fullUrl"], "public.orders", mode="append", properties={"user": conf["user"], "password": conf["password"]}
)

job.commit()
