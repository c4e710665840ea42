import argparse
from pyspark.sql import SparkSession

import easier
from easier import only, read, renamed, without, write

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = read(spark).table("sales.typed")
paid = without(renamed(only(orders, "PAID"), amount="total"), "customer")
write(paid).partitions("status").parquet("s3://lake/paid/")

everything = orders
everything.write.mode("append").parquet("s3://lake/everything/")
print(spark.read.parquet("s3://lake/everything/").count(), spark.table("main.sales.typed").count())
