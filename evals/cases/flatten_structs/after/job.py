import argparse
from pyspark.sql import SparkSession
from glue_compat import unnest

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.sales.nested")
flat = unnest(orders)
flat.write.mode("append").parquet("s3://lake/flat/")
