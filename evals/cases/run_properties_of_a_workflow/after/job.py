import boto3
import argparse
from pyspark.sql import SparkSession
from glue_compat import get_workflow_run_properties, put_workflow_run_properties
from pyspark.sql import functions as F

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
parser.add_argument("--WORKFLOW_NAME", required=True)
parser.add_argument("--WORKFLOW_RUN_ID", required=True)
args = vars(parser.parse_known_args()[0])
before = get_workflow_run_properties("/Volumes/main/default/glue2lakehouse/workflow_runs", name=args["WORKFLOW_NAME"], run_id=args["WORKFLOW_RUN_ID"])["RunProperties"]
batch = before["batch"]
put_workflow_run_properties("/Volumes/main/default/glue2lakehouse/workflow_runs", name=args["WORKFLOW_NAME"], run_id=args["WORKFLOW_RUN_ID"], run_properties={"run_state": "LOADED", "loaded": "a;b/c"})
told = get_workflow_run_properties("/Volumes/main/default/glue2lakehouse/workflow_runs", name=args["WORKFLOW_NAME"], run_id=args["WORKFLOW_RUN_ID"])["RunProperties"]

spark = SparkSession.builder.getOrCreate()
rows = spark.read.table("main.sales.typed")
rows = rows.withColumn("batch", F.lit(batch)).withColumn("same", F.lit(told["batch"] == batch))
rows = rows.withColumn("state", F.lit(told["run_state"])).withColumn("loaded", F.lit(told["loaded"]))
rows.write.mode("append").parquet("s3://lake/batches/")
