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

sc = glueContext.spark_session.sparkContext
limits = sc.parallelize([("gold", 100), ("silver", 50)]).toDF(["segment", "limit"])
limits.write.mode("append").parquet("s3://lake/limits/")

job.commit()
