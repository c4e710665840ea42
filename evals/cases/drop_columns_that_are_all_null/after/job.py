import argparse
from pyspark.sql import SparkSession
from glue_compat import drop_null_fields

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

rows = spark.read.json("s3://landing/sparse/")
kept = drop_null_fields(rows, untyped=True)
kept.write.mode("append").parquet("s3://lake/dense/")
