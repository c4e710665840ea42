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

sensors = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="sensors")
mapped = ApplyMapping.apply(
    frame=sensors,
    mappings=[("`temp.c`", "double", "temperature", "double"), ("id", "long", "`sensor.id`", "long")],
)
glueContext.write_dynamic_frame.from_options(
    frame=mapped,
    connection_type="s3",
    connection_options={"path": "s3://lake/sensors/"},
    format="parquet",
)

job.commit()
