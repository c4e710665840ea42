import argparse
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

STEPS = [
    lambda frame: frame.drop("status"),
    lambda frame: frame.withColumnRenamed("customer", "buyer"),
    lambda frame: frame.filter(F.col("amount") > 10),
]

orders = spark.read.table("main.sales.typed")
for step in STEPS:
    orders = step(orders)
orders.write.mode("append").parquet("s3://lake/stepped/")
