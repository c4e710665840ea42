import argparse

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

trackers = spark.read.table("main.sales.trackers").select(
    F.expr("try_cast(id AS BIGINT)").alias("id"),
    F.col("name").alias(".name"),
    F.col("status").alias(".status"),
    F.expr("try_cast(category_id AS BIGINT)").alias("category_id"),
)
categories = spark.read.table("main.sales.categories").select(
    F.expr("try_cast(id AS BIGINT)").alias("key"), "name", "status"
)
joined = trackers.join(categories, F.col("category_id") == F.col("key"))
published = joined.filter(F.col("status") == "Published")
published.select("id", "name", "`.name`", "`.status`").write.mode("append").parquet("s3://lake/published/")
