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

tx = glueContext.start_transaction(read_only=False)
orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="orders")
try:
    sink = glueContext.getSink(
        connection_type="s3",
        path="s3://lake/orders_new/",
        enableUpdateCatalog=True,
        updateBehavior="UPDATE_IN_DATABASE",
        transactionId=tx,
    )
    sink.setFormat("glueparquet")
    sink.setCatalogInfo(catalogDatabase="sales", catalogTableName="orders_new")
    sink.writeFrame(orders)
    glueContext.commit_transaction(tx)
except Exception:
    glueContext.cancel_transaction(tx)
    raise

job.commit()
