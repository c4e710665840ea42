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
orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="orders")


def with_tax(row):
    row["gross"] = row["amount"] * 2
    return row


taxed = orders.map(with_tax)
if taxed.errorsCount() > 0:
    taxed.errorsAsDynamicFrame().toDF().show()
    raise RuntimeError(f"{taxed.stageErrorsCount()} rows failed")
taxed.toDF().write.mode("overwrite").parquet("s3://lake/taxed/")

job.commit()
