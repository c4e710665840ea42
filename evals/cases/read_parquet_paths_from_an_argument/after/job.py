import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
parser.add_argument("--source_path", required=True)
parser.add_argument("--target_path", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

rows = spark.read.parquet(args["source_path"])
rows.write.mode("append").partitionBy("country").parquet(args["target_path"])
