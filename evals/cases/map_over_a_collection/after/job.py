import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.sales.orders")
both = {"one": orders, "two": orders.drop("day")}
fewer = {key: frame.drop("status") for key, frame in both.items()}
fewer["one"].write.mode("append").parquet("s3://lake/one/")
fewer["two"].write.mode("append").parquet("s3://lake/two/")
