import argparse
from pyspark.sql import SparkSession
from glue_compat import unbox_json

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

boxed = spark.read.table("main.sales.boxed")
opened = unbox_json(boxed, "payload")
opened.write.mode("append").parquet("s3://lake/opened/")
