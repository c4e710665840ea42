import argparse
import logging
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

logging.basicConfig()
logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)
logger.info("reading")
orders = spark.read.table("main.sales.orders")
logger.warning("rows: " + str(orders.count()))
orders.write.mode("append").parquet("s3://lake/logged/")
