import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

rows = (
    spark.read.schema("_id int, title string")
    .options(rowTag="book", ignoreSurroundingSpaces=False)
    .format("xml")
    .load("s3://landing/books/")
)
rows.write.mode("append").parquet("s3://lake/books/")
