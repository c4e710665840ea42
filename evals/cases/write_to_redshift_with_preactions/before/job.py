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

orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="typed")
glueContext.write_dynamic_frame.from_jdbc_conf(
    frame=orders,
    catalog_connection="redshift",
    connection_options={
        "dbtable": "public.orders",
        "database": "dw",
        "preactions": "DELETE FROM public.orders WHERE day = current_date",
        "postactions": "CALL public.refresh_orders()",
    },
    redshift_tmp_dir="s3://lake/tmp/",
)

job.commit()
