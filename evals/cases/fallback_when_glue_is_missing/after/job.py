from glue_compat import resolved_options
import sys

from pyspark.sql import SparkSession

try:

    ON_GLUE = True
except ImportError:
    ON_GLUE = False

if ON_GLUE:
    from pyspark.context import SparkContext

    args = resolved_options(sys.argv, ["JOB_NAME", "source"])
    spark = SparkSession.builder.getOrCreate()
    orders = spark.read.table(".".join(["main.sales", args["source"]]))
else:
    args = {"source": "typed"}
    orders = SparkSession.builder.getOrCreate().createDataFrame([], "id int, amount double")

orders.where("amount > 10").write.mode("append").parquet("s3://lake/large/")
