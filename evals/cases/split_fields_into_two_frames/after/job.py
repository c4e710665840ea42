import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.sales.orders")
keys = orders.select("order_id", "customer")
values = orders.drop("order_id", "customer")
keys.write.mode("append").parquet("s3://lake/keys/")
values.write.mode("append").parquet("s3://lake/values/")
