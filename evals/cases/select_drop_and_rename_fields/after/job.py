import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.sales.orders")
chosen = orders.select("order_id", "customer", "amount", "status")
fewer = chosen.drop("status")
renamed = fewer.withColumnRenamed("order_id", "id")
renamed.write.mode("append").parquet("s3://lake/chosen/")
