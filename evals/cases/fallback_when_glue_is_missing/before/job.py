import sys

from pyspark.sql import SparkSession

try:
    from awsglue.context import GlueContext
    from awsglue.utils import getResolvedOptions

    ON_GLUE = True
except ImportError:
    ON_GLUE = False

if ON_GLUE:
    from pyspark.context import SparkContext

    args = getResolvedOptions(sys.argv, ["JOB_NAME", "source"])
    context = GlueContext(SparkContext.getOrCreate())
    orders = context.create_dynamic_frame.from_catalog(database="sales", table_name=args["source"]).toDF()
else:
    args = {"source": "typed"}
    orders = SparkSession.builder.getOrCreate().createDataFrame([], "id int, amount double")

orders.where("amount > 10").write.mode("append").parquet("s3://lake/large/")
