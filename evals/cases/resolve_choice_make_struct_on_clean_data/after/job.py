import argparse
from pyspark.sql import SparkSession
from glue_compat import drop_null_fields

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.sales.orders")
resolved = orders
kept = drop_null_fields(resolved)
kept.write.mode("append").parquet("s3://lake/resolved/")
