import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()


def save(frame, path):
    frame.write.mode("append").parquet(path)


orders = spark.read.table("main.sales.typed")
save(orders, "s3://lake/saved/")
