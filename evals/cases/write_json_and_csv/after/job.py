import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.sales.orders")
orders.write.mode("append").json("s3://lake/as_json/")
orders.write.mode("append").options(
    header=False, sep="|", escape='"', ignoreLeadingWhiteSpace=False, ignoreTrailingWhiteSpace=False
).csv("s3://lake/as_csv/")
