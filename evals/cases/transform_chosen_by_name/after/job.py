import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.sales.typed")
TRANSFORMS = {
    "DropFields": lambda frame, paths: frame.drop(*paths),
    "SelectFields": lambda frame, paths: frame.select(*paths),
}
for name, options in (("DropFields", {"paths": ["status"]}), ("SelectFields", {"paths": ["id", "amount"]})):
    orders = TRANSFORMS[name](orders, **options)
orders.write.mode("append").parquet("s3://lake/stepped/")
