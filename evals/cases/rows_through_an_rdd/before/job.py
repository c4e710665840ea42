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

orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="typed")
pairs = orders.toDF().rdd.map(lambda row: (row["customer"].upper(), row["amount"] * 2))
frame = pairs.toDF(["customer", "doubled"])
frame.write.mode("append").parquet("s3://lake/doubled/")

job.commit()
