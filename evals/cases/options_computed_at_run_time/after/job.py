import argparse
from pyspark.sql import SparkSession
from glue_compat import read_source

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
parser.add_argument("--source", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

import json

config = json.loads(args["source"])
rows = read_source(spark, config["type"], config["options"], config["format"])
rows.write.mode("append").parquet("s3://lake/any/")
