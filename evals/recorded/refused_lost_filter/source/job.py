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
def paid_only(self):
    return self.filter(lambda row: row["status"] == "paid")


DynamicFrame.paid_only = paid_only

orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="orders")
orders.paid_only().toDF().write.mode("overwrite").parquet("s3://lake/paid/")

job.commit()
