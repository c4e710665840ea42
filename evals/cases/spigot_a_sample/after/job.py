import argparse
from pyspark.sql import SparkSession
from glue_compat import spigot

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.sales.orders")
tapped = spigot(orders, "s3://lake/samples/", {"topk": 2})
tapped.write.mode("append").parquet("s3://lake/all/")
