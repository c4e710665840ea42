import argparse
from pyspark.sql import SparkSession
from glue_compat import relationalize

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

baskets = spark.read.table("main.sales.baskets")
tables = relationalize(baskets, "root")
root = tables["root"]
lines = tables["root_lines"]
root.write.mode("append").parquet("s3://lake/root/")
lines.write.mode("append").parquet("s3://lake/lines/")
