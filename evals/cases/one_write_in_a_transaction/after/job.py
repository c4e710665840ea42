import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.sales.orders")
try:
    orders.write.mode("append").option("mergeSchema", True).saveAsTable("main.sales.orders_new")
except Exception:
    raise
