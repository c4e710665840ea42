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

from awsglue.transforms import GlueTransform


class KeepPaid(GlueTransform):
    def __call__(self, frame, transformation_ctx=""):
        return frame.filter(lambda row: row["status"] == "PAID")


orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="typed")
paid = KeepPaid.apply(frame=orders)
glueContext.write_dynamic_frame.from_options(
    frame=paid,
    connection_type="s3",
    connection_options={"path": "s3://lake/paid/"},
    format="parquet",
)

job.commit()
