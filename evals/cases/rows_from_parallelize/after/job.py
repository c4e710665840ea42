import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

limits = spark.createDataFrame([("gold", 100), ("silver", 50)], ["segment", "limit"])
limits.write.mode("append").parquet("s3://lake/limits/")
