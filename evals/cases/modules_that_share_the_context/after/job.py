import argparse
from pyspark.sql import SparkSession

from tables import read_table, write_table

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
parser.add_argument("--target", required=True)
args = vars(parser.parse_known_args()[0])
glue_context = SparkSession.builder.getOrCreate()

orders = read_table(glue_context, "sales", "orders")
write_table(glue_context, orders.withColumnRenamed("day", "order_day"), args["target"])
