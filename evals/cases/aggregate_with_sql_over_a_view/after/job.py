import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.sales.typed")
orders.createOrReplaceTempView("orders")
totals = spark.sql("SELECT customer, sum(amount) AS total, count(*) AS n FROM orders GROUP BY customer")
totals.write.mode("overwrite").parquet("s3://lake/totals/")
