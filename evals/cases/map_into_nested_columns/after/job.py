import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.sales.orders")
nested = orders.selectExpr(
    "named_struct('id', try_cast(order_id AS int), 'status', try_cast(status AS string)) AS `order`",
    "named_struct('name', try_cast(customer AS string)) AS customer",
)
nested.write.mode("append").json("s3://lake/nested/")
