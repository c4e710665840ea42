"""Append the click stream to the lake, one micro-batch at a time."""

import sys

from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME", "TempDir"])
glueContext = GlueContext(SparkContext())
job = Job(glueContext)
job.init(args["JOB_NAME"], args)

clicks = glueContext.create_data_frame.from_catalog(
    database="retail_streams",
    table_name="clicks",
    additional_options={"startingPosition": "TRIM_HORIZON", "inferSchema": "false"},
    transformation_ctx="clicks",
)


def process_batch(data_frame, batch_id):
    if data_frame.count() > 0:
        batch = DynamicFrame.fromDF(data_frame, glueContext, "batch")
        visits = batch.apply_mapping(
            [
                ("session_id", "string", "session_id", "string"),
                ("url", "string", "url", "string"),
                ("clicked_at", "string", "clicked_at", "timestamp"),
            ]
        )
        glueContext.write_dynamic_frame.from_options(
            frame=visits,
            connection_type="s3",
            connection_options={"path": "s3://retail-lake/clicks/"},
            format="parquet",
        )


glueContext.forEachBatch(
    frame=clicks,
    batch_function=process_batch,
    options={"windowSize": "100 seconds", "checkpointLocation": args["TempDir"] + "/clicks/checkpoint/"},
)
job.commit()
