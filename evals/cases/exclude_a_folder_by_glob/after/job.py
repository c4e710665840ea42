import argparse
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

rows = (
    spark.read.option("recursiveFileLookup", True)
    .json("s3://landing/mixedfiles/")
    .where(~F.col("_metadata.file_path").contains("/mixedfiles/tmp/"))
)
rows.write.mode("append").parquet("s3://lake/kept/")
