import argparse

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

members = spark.read.table("main.parliament.members")
organizations = spark.read.table("main.parliament.organizations").select(
    F.col("id").alias("org_id"), F.col("name").alias("org_name"), "seats"
)
history = organizations.join(members, F.col("org_id") == F.col("organization_id")).drop("org_id")
history.write.mode("append").parquet("s3://lake/history/")
