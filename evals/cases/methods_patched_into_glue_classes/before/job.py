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


def save(self, path):
    self.toDF().write.mode("append").parquet(path)


DynamicFrame.save = save
orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="typed")
orders.save("s3://lake/saved/")

job.commit()
