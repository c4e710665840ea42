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

from awsglueml.transforms import FindMatches

orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="orders")
matched = FindMatches.apply(frame=orders, transformId="tfm-0123456789abcdef")
glueContext.write_dynamic_frame.from_options(
    frame=matched,
    connection_type="s3",
    connection_options={"path": "s3://lake/matched/"},
    format="parquet",
)

job.commit()
