import argparse
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.sales.typed")
frame = orders.select(F.upper("customer").alias("customer"), (F.col("amount") * 2).alias("doubled"))
frame.write.mode("append").parquet("s3://lake/doubled/")
