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
devices = glueContext.create_dynamic_frame.from_options(
    connection_type="dynamodb",
    connection_options={
        "dynamodb.export": "ddb",
        "dynamodb.tableArn": "arn:aws:dynamodb:eu-west-1:111122223333:table/devices",
        "dynamodb.s3.bucket": "exports",
        "dynamodb.s3.prefix": "devices/",
        "dynamodb.unnestDDBJson": True,
    },
)
devices.toDF().write.mode("overwrite").parquet("s3://lake/devices/")

job.commit()
