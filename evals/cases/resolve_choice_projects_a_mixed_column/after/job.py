import argparse
from pyspark.sql import SparkSession
from glue_compat import read_json_choices, resolve_json_choices

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

rows = read_json_choices(spark, "s3://landing/mixed/", ["price"], lines=True)
resolved = resolve_json_choices(rows, [("price", "project:int")])
resolved.write.mode("append").parquet("s3://lake/projected/")
