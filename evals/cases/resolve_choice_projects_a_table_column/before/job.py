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

medicare = glueContext.create_dynamic_frame.from_catalog(database="payments", table_name="medicare")
providers = medicare.resolveChoice(
    specs=[("provider id", "project:long"), ("charges", "project:double"), ("discharges", "cast:int"), ("provider name", "make_cols")]
)
glueContext.write_dynamic_frame.from_options(
    frame=providers,
    connection_type="s3",
    connection_options={"path": "s3://lake/providers/"},
    format="json",
)

job.commit()
