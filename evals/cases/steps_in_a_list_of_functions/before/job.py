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

STEPS = [
    lambda frame: frame.drop_fields(["status"]),
    lambda frame: frame.rename_field("customer", "buyer"),
    lambda frame: Filter.apply(frame=frame, f=lambda row: row["amount"] > 10),
]

orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="typed")
for step in STEPS:
    orders = step(orders)
glueContext.write_dynamic_frame.from_options(
    frame=orders,
    connection_type="s3",
    connection_options={"path": "s3://lake/stepped/"},
    format="parquet",
)

job.commit()
