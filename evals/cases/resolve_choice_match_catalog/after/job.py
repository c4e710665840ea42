import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

rows = spark.read.schema("id int, v string").json("s3://landing/raw/")
resolved = rows
resolved.write.mode("append").parquet("s3://lake/matched/")
