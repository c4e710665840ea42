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

rows = glueContext.create_dynamic_frame.from_options(
    connection_type="s3",
    connection_options={"paths": ["s3://landing/raw/"]},
    format="json",
)
resolved = rows.resolveChoice(specs=[("price", "cast:double"), ("code", "cast:int")])
slim = DropNullFields.apply(frame=resolved)
glueContext.write_dynamic_frame.from_options(
    frame=slim,
    connection_type="s3",
    connection_options={"path": "s3://lake/slim/"},
    format="parquet",
)

job.commit()
