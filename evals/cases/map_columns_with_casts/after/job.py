import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.sales.orders")
mapped = orders.selectExpr(
    "try_cast(order_id AS bigint) AS id",
    "try_cast(customer AS string) AS customer",
    "try_cast(amount AS double) AS amount",
    "try_cast(day AS date) AS order_date",
)
mapped.write.mode("append").parquet("s3://lake/mapped/")
