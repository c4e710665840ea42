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
clicks = glueContext.create_data_frame.from_options(
    connection_type="kinesis",
    connection_options={
        "streamARN": "arn:aws:kinesis:eu-west-1:111122223333:stream/clicks",
        "startingPosition": "TRIM_HORIZON",
        "classification": "json",
        "inferSchema": "true",
    },
)


def keep(batch, batch_id):
    mapped = ApplyMapping.apply(
        frame=DynamicFrame.fromDF(batch, glueContext, "batch"),
        mappings=[("user", "string", "user_id", "string"), ("ms", "long", "duration_ms", "long")],
    )
    mapped.toDF().write.mode("append").parquet("s3://lake/clicks/")


glueContext.forEachBatch(
    frame=clicks, batch_function=keep, options={"windowSize": "60 seconds", "checkpointLocation": "s3://lake/cp/"}
)

job.commit()
