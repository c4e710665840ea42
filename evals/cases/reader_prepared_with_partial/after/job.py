import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

from functools import partial



def read_table(database, table_name):
    return spark.read.table(f"main.{database}.{table_name}")


read = partial(read_table, database="sales")
orders = read(table_name="typed")
orders.write.mode("append").parquet("s3://lake/read/")
