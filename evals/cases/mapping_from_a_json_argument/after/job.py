import argparse
from pyspark.sql import SparkSession
from glue_compat import apply_mapping

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
parser.add_argument("--mapping", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

import json

mapping = [tuple(item) for item in json.loads(args["mapping"])]
orders = spark.read.table("main.sales.typed")
mapped = apply_mapping(orders, mapping)
mapped.write.mode("append").parquet("s3://lake/mapped/")
