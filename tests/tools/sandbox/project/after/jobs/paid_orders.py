import argparse

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME")
parser.add_argument("--target", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.shop.orders").select(
    F.col("id").alias("order_id"),
    F.expr("try_cast(customer AS INT)").alias("customer_id"),
    "amount",
    "status",
    "day",
)
paid = orders.filter("status = 'PAID' AND amount > 10")
customers = (
    spark.read.option("header", True)
    .option("emptyValue", "")
    .option("nullValue", "\x01")
    .csv("s3://landing/customers/")
)
customers = customers.select(F.expr("try_cast(number AS INT)").alias("buyer"), F.col("name"))
joined = paid.join(customers, F.col("customer_id") == F.col("buyer"), "inner").drop("buyer")

joined.write.mode("append").partitionBy("day").parquet(args["target"])
joined.drop("day").write.mode("append").saveAsTable("main.shop.paid_orders")
