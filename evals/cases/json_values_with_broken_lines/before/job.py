import sys

from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.job import Job
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME"])
glueContext = GlueContext(SparkContext.getOrCreate())
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args["JOB_NAME"], args)


def with_rate(record):
    record["rate"] = record["clicks"] / record["views"]
    return record


events = glueContext.create_dynamic_frame.from_options(
    connection_type="s3",
    connection_options={"paths": ["s3://landing/events/"], "recurse": True},
    format="json",
    format_options={"multiline": True},
)
if events.stageErrorsCount() > 3:
    raise RuntimeError("too many events are broken")
rated = Map.apply(frame=events, f=with_rate)
mapped = ApplyMapping.apply(
    frame=rated,
    mappings=[("id", "int", "id", "int"), ("rate", "double", "rate", "double")],
)
print(f"{mapped.errorsCount()} events were set aside")
errors = mapped.errorsAsDynamicFrame().toDF().select("error.callsite.site", "error.msg", "error.dynamicRecord.id")
glueContext.write_dynamic_frame.from_options(
    frame=DynamicFrame.fromDF(errors, glueContext, "errors"),
    connection_type="s3",
    connection_options={"path": "s3://lake/broken/"},
    format="parquet",
)
glueContext.write_dynamic_frame.from_options(
    frame=mapped,
    connection_type="s3",
    connection_options={"path": "s3://lake/events/"},
    format="parquet",
)

job.commit()
