import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

totals = spark.sql("SELECT o.customer, o.amount FROM main.sales.typed o WHERE o.status = 'PAID'")
totals.write.mode("overwrite").parquet("s3://lake/paid/")
