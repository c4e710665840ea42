import sys

from awsglue.context import GlueContext
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

import easier

args = getResolvedOptions(sys.argv, ["JOB_NAME"])
glueContext = GlueContext(SparkContext.getOrCreate())
spark = glueContext.spark_session

orders = glueContext.read.table("sales.typed")
paid = orders.only("PAID").renamed(amount="total").without("customer")
paid.write.partitions("status").parquet("s3://lake/paid/")

everything = orders.toDF()
everything.write.mode("append").parquet("s3://lake/everything/")
print(spark.read.parquet("s3://lake/everything/").count(), spark.table("sales.typed").count())
