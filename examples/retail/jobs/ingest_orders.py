"""Land the order files of the shops as Parquet, one folder for each order date."""

import sys

from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.transforms import ApplyMapping
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME", "landing_path", "lake_path"])

sc = SparkContext()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args["JOB_NAME"], args)

orders = glueContext.create_dynamic_frame.from_options(
    connection_type="s3",
    connection_options={"paths": [args["landing_path"]], "recurse": True},
    format="csv",
    format_options={"withHeader": True},
)

# The shops send more columns than we keep; anything that is not a number becomes null.
typed = ApplyMapping.apply(
    frame=orders,
    mappings=[
        ("order_id", "string", "order_id", "long"),
        ("customer_id", "string", "customer_id", "long"),
        ("store", "string", "store_id", "int"),
        ("order_date", "string", "order_date", "date"),
        ("quantity", "string", "quantity", "int"),
        ("unit_price", "string", "unit_price", "double"),
        ("status", "string", "status", "string"),
    ],
)

glueContext.write_dynamic_frame.from_options(
    frame=typed,
    connection_type="s3",
    connection_options={"path": args["lake_path"], "partitionKeys": ["order_date"]},
    format="parquet",
)

job.commit()
