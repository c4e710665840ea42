import sys

import boto3
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from pyspark.sql import functions as F

args = getResolvedOptions(sys.argv, ["JOB_NAME", "WORKFLOW_NAME", "WORKFLOW_RUN_ID"])
glue = boto3.client("glue")
before = glue.get_workflow_run_properties(Name=args["WORKFLOW_NAME"], RunId=args["WORKFLOW_RUN_ID"])["RunProperties"]
batch = before["batch"]
glue.put_workflow_run_properties(
    Name=args["WORKFLOW_NAME"],
    RunId=args["WORKFLOW_RUN_ID"],
    RunProperties={"run_state": "LOADED", "loaded": "a;b/c"},
)
told = glue.get_workflow_run_properties(Name=args["WORKFLOW_NAME"], RunId=args["WORKFLOW_RUN_ID"])["RunProperties"]

context = GlueContext(SparkContext.getOrCreate())
rows = context.create_dynamic_frame.from_catalog(database="sales", table_name="typed").toDF()
rows = rows.withColumn("batch", F.lit(batch)).withColumn("same", F.lit(told["batch"] == batch))
rows = rows.withColumn("state", F.lit(told["run_state"])).withColumn("loaded", F.lit(told["loaded"]))
context.write_dynamic_frame.from_options(
    frame=DynamicFrame.fromDF(rows, context, "rows"),
    connection_type="s3",
    connection_options={"path": "s3://lake/batches/"},
    format="parquet",
)
