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
partners = glueContext.create_dynamic_frame.from_catalog(
    database="partners", table_name="accounts", catalog_id="444455556666"
)
partners.toDF().write.mode("overwrite").parquet("s3://lake/partners/")

job.commit()
