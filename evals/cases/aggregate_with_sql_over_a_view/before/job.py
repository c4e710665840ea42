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
orders.toDF().createOrReplaceTempView("orders")
totals = spark.sql("SELECT customer, sum(amount) AS total, count(*) AS n FROM orders GROUP BY customer")
totals.write.mode("overwrite").parquet("s3://lake/totals/")

job.commit()
