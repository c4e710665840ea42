import argparse
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

left = spark.read.table("main.sales.left_side")
right = spark.read.table("main.sales.right_side")
joined = (
    left.alias("l")
    .join(right.alias("r"), F.col("l.id") == F.col("r.id"))
    .select("l.*", F.col("r.id").alias(".id"), "r.extra")
)
joined.write.mode("append").parquet("s3://lake/joined/")
