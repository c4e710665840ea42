import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

sensors = spark.read.table("main.sales.sensors")
mapped = sensors.selectExpr(
    "try_cast(`temp.c` AS double) AS temperature",
    "try_cast(id AS bigint) AS `sensor.id`",
)
mapped.write.mode("append").parquet("s3://lake/sensors/")
