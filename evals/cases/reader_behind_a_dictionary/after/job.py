import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

READERS = {
    "catalog": lambda database, table_name: spark.read.table(f"main.{database}.{table_name}"),
    "files": lambda path: spark.read.json(path),
}
orders = READERS["catalog"](database="sales", table_name="typed")
orders.write.mode("append").parquet("s3://lake/read/")
