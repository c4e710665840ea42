import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

class TeamContext:
    def __init__(self, spark):
        self.spark = spark

    def table(self, name):
        return self.spark.read.table(f"main.sales.{name}")


context = TeamContext(spark)
orders = context.table("typed")
orders.write.mode("append").parquet("s3://lake/read/")
