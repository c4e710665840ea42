import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

source = spark.read.table("main.sales.source_rows")
staged = spark.read.table("main.sales.staged_rows")
merged = source.join(staged, "id", "left_anti").unionByName(staged)
merged.write.mode("append").parquet("s3://lake/merged/")
