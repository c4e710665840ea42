import argparse
from pyspark.sql import SparkSession
from glue_compat import match_table

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

rows = spark.read.json("s3://landing/raw/")
resolved = match_table(rows, "main.sales.target")
resolved.write.mode("append").parquet("s3://lake/matched/")
