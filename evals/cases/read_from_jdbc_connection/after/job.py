import argparse
from databricks.sdk.runtime import dbutils
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

rows = spark.read.format("jdbc").options(url=dbutils.secrets.get("warehouse", "url"), user=dbutils.secrets.get("warehouse", "user"), password=dbutils.secrets.get("warehouse", "password"), dbtable="accounts").load()
rows.write.mode("append").parquet("s3://lake/accounts/")
