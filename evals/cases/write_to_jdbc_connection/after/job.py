import argparse
from databricks.sdk.runtime import dbutils
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.sales.typed")
orders.write.mode("append").format("jdbc").options(url=dbutils.secrets.get("warehouse", "url"), user=dbutils.secrets.get("warehouse", "user"), password=dbutils.secrets.get("warehouse", "password"), dbtable="orders").save()
