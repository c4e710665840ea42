import argparse
from pyspark.sql import SparkSession
from glue_compat import commit_bookmarks, narrow_integers, read_new_files, start_bookmarks

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()
start_bookmarks("main.default.glue_bookmarks", args["JOB_NAME"])

orders = narrow_integers(read_new_files(spark.read.option("recursiveFileLookup", True), "json", "s3://raw/orders/", "orders", recurse=True))
orders = orders.selectExpr(
    "try_cast(id AS int) AS id",
    "try_cast(amount AS double) AS amount",
    "try_cast(region AS string) AS region",
)
orders.write.mode("append").parquet("s3://lake/orders/")

# Without a transformation_ctx a source has no bookmark: every run reads all of it.
regions = spark.read.options(header=True, escape='"').csv("s3://raw/regions/").fillna("")
regions.write.mode("append").parquet("s3://lake/regions/")

commit_bookmarks()
