import argparse
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = (
    spark.read.option("multiLine", "true")
    .json("s3://landing/orders/")
    .select(F.explode("orders").alias("order"))
    .select("order.*")
    .withColumn("order_id", F.col("order_id").cast("int"))
)
orders.select("order_id", "amount").write.mode("overwrite").parquet("s3://lake/orders/")
