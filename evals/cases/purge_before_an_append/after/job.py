import argparse
from databricks.sdk.runtime import dbutils
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

dbutils.fs.rm("s3://lake/replaced/", True)
orders = spark.read.table("main.sales.typed")
orders.write.mode("append").parquet("s3://lake/replaced/")
