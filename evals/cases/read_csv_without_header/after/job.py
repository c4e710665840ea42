import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

rows = spark.read.options(quote="'", escape="'").csv("s3://landing/bare/").fillna("")
named = rows.selectExpr(
    "try_cast(_c0 AS int) AS id",
    "try_cast(_c1 AS string) AS note",
)
named.write.mode("append").parquet("s3://lake/bare/")
