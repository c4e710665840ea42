import argparse
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.sales.orders")
resolved = orders.withColumns({"amount": F.expr("try_cast(amount AS double)"), "order_id": F.expr("try_cast(order_id AS bigint)")})
resolved.write.mode("append").parquet("s3://lake/resolved/")
