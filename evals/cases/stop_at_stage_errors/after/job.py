import argparse
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from glue_compat import stage_errors_count

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.sales.typed")
large = orders.filter(F.col("amount") > 10)
if stage_errors_count(large) > 0:
    raise RuntimeError("rows failed")
large.write.mode("append").parquet("s3://lake/large/")
