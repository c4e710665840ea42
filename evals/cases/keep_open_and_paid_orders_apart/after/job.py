import argparse
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.sales.sized")
is_middle = F.coalesce((F.col("amount") > 10) & (F.col("amount") < 100), F.lit(False))
middle = orders.where(is_middle)
rest = orders.where(~is_middle)
middle.write.mode("append").parquet("s3://lake/middle/")
rest.write.mode("append").parquet("s3://lake/rest/")
