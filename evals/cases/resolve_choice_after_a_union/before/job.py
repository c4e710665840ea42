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


def read(path):
    return glueContext.create_dynamic_frame.from_options(
        connection_type="s3", connection_options={"paths": [path]}, format="csv", format_options={"withHeader": True}
    )


old = ApplyMapping.apply(
    frame=read("s3://landing/old/"), mappings=[("id", "string", "id", "int"), ("code", "string", "code", "int")]
)
new = ApplyMapping.apply(
    frame=read("s3://landing/new/"), mappings=[("id", "string", "id", "int"), ("code", "string", "code", "string")]
)
both = old.union(new).resolveChoice(specs=[("code", "make_struct")])
glueContext.write_dynamic_frame.from_options(
    frame=both,
    connection_type="s3",
    connection_options={"path": "s3://lake/codes/"},
    format="parquet",
)

job.commit()
