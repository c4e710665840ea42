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

orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="orders")
sink = glueContext.getSink(
    connection_type="s3",
    path="s3://lake/sunk/",
    enableUpdateCatalog=False,
    partitionKeys=["status"],
)
sink.setFormat("glueparquet")
sink.writeFrame(orders)

job.commit()
