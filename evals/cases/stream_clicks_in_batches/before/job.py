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

clicks = glueContext.create_data_frame.from_options(
    connection_type="kinesis",
    connection_options={
        "streamARN": "arn:aws:kinesis:us-east-1:123456789012:stream/clicks",
        "startingPosition": "TRIM_HORIZON",
        "inferSchema": "true",
        "classification": "json",
    },
)


def write_batch(batch, batch_id):
    if batch.count() > 0:
        batch.write.mode("append").parquet("s3://lake/clicks/")


glueContext.forEachBatch(
    frame=clicks,
    batch_function=write_batch,
    options={"windowSize": "60 seconds", "checkpointLocation": "s3://lake/checkpoints/clicks/"},
)

job.commit()
