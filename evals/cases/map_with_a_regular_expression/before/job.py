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

import re


def number_of(record):
    found = re.search(r"[0-9]+", record["customer"] or "")
    record["number"] = int(found.group(0)) if found else None
    return record


orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="codes")
numbered = Map.apply(frame=orders, f=number_of)
glueContext.write_dynamic_frame.from_options(
    frame=numbered,
    connection_type="s3",
    connection_options={"path": "s3://lake/numbered/"},
    format="parquet",
)

job.commit()
