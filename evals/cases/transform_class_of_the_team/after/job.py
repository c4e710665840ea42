import argparse
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()


def keep_paid(frame):
    return frame.filter(F.col("status") == "PAID")


orders = spark.read.table("main.sales.typed")
paid = keep_paid(orders)
paid.write.mode("append").parquet("s3://lake/paid/")
