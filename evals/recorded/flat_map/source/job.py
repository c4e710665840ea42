import sys

from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection
from awsglue.job import Job
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME"])
glueContext = GlueContext(SparkContext.getOrCreate())
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args["JOB_NAME"], args)
orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="orders")


def per_status(frame, ctx):
    return DropFields.apply(frame=frame, paths=["comment"], transformation_ctx=ctx)


parts = DynamicFrameCollection({"a": orders}, glueContext)
mapped = FlatMap.apply(parts, BaseTransform=DropFields, frame_name="frame", transformation_ctx="x", paths=["comment"])
mapped["a"].toDF().write.mode("overwrite").parquet("s3://lake/no_comment/")

job.commit()
