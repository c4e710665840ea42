import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

source = {"database": "sales", "table_name": "typed"}
orders = spark.read.table(f"main.{source['database']}.{source['table_name']}")
orders.write.mode("append").parquet("s3://lake/read/")
