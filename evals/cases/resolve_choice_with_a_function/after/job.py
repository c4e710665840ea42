import argparse
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

specs = []
for name in ("amount", "id"):
    specs.append((name, F.col(name).try_cast("string")))
orders = spark.read.table("main.sales.typed")
resolved = orders.withColumns(dict(specs))
resolved.write.mode("append").parquet("s3://lake/texts/")
