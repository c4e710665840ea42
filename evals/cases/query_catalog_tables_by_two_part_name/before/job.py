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

totals = spark.sql("SELECT o.customer, o.amount FROM sales.typed o WHERE o.status = 'PAID'")
totals.write.mode("overwrite").parquet("s3://lake/paid/")

job.commit()
