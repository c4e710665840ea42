import argparse
from databricks.sdk.runtime import dbutils
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

dbutils.fs.rm("s3://lake/old/", True)
orders = spark.read.table("main.sales.orders")
orders.write.mode("append").parquet("s3://lake/fresh/")
