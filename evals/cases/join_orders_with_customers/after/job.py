import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.sales.orders")
customers = spark.read.table("main.sales.customers")
joined = orders.join(customers, orders["customer"] == customers["name"]).drop("name")
joined.write.mode("append").parquet("s3://lake/joined/")
