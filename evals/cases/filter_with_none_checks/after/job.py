import argparse
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

def keep(record):
    return record["amount"] is not None and record["amount"] > 10 and record["status"] == "PAID"


orders = spark.read.table("main.sales.typed")
kept = orders.filter(F.col("amount").isNotNull() & (F.col("amount") > 10) & (F.col("status") == "PAID"))
kept.write.mode("append").parquet("s3://lake/kept/")
