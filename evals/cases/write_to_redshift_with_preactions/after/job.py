import argparse
from databricks.sdk.runtime import dbutils
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.sales.typed")
orders.write.mode("append").format("redshift").options(url=dbutils.secrets.get("redshift", "url"), user=dbutils.secrets.get("redshift", "user"), password=dbutils.secrets.get("redshift", "password"), dbtable="public.orders", preactions="DELETE FROM public.orders WHERE day = current_date", postactions="CALL public.refresh_orders()", tempdir="s3://lake/tmp/", forward_spark_s3_credentials="true").save()
