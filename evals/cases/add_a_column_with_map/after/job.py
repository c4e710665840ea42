import argparse
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.sales.typed")
sized = orders.withColumn("size", F.when(F.col("amount") > 100, "large").otherwise("small"))
sized.write.mode("append").parquet("s3://lake/sized/")
