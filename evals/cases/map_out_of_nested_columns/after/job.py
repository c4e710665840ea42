import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

events = spark.read.table("main.sales.events")
flat = events.selectExpr(
    "try_cast(id AS bigint) AS event_id",
    "try_cast(`user`.name AS string) AS user_name",
    "try_cast(`user`.age AS int) AS user_age",
)
flat.write.mode("append").parquet("s3://lake/flat/")
