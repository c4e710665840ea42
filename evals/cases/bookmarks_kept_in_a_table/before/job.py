import sys

from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME"])
glueContext = GlueContext(SparkContext.getOrCreate())
job = Job(glueContext)
job.init(args["JOB_NAME"], args)

orders = glueContext.create_dynamic_frame.from_options(
    connection_type="s3",
    connection_options={"paths": ["s3://raw/orders/"], "recurse": True},
    format="json",
    transformation_ctx="orders",
)
orders = ApplyMapping.apply(
    frame=orders,
    mappings=[
        ("id", "int", "id", "int"),
        ("amount", "string", "amount", "double"),
        ("region", "string", "region", "string"),
    ],
)
glueContext.write_dynamic_frame.from_options(
    frame=orders,
    connection_type="s3",
    connection_options={"path": "s3://lake/orders/"},
    format="parquet",
    transformation_ctx="orders_out",
)

# Without a transformation_ctx a source has no bookmark: every run reads all of it.
regions = glueContext.create_dynamic_frame.from_options(
    connection_type="s3",
    connection_options={"paths": ["s3://raw/regions/"]},
    format="csv",
    format_options={"withHeader": True},
)
glueContext.write_dynamic_frame.from_options(
    frame=regions,
    connection_type="s3",
    connection_options={"path": "s3://lake/regions/"},
    format="parquet",
)

job.commit()
