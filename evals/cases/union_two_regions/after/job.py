import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

north = spark.read.table("main.sales.north")
south = spark.read.table("main.sales.south")
both = north.unionByName(south, allowMissingColumns=True)
both.write.mode("append").parquet("s3://lake/both/")
