import argparse
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from glue_compat import drop_null_fields, narrow_integers

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

rows = narrow_integers(spark.read.option("mode", "DROPMALFORMED").json("s3://landing/raw/"))
resolved = rows.withColumns({"price": F.expr("try_cast(price AS double)"), "code": F.expr("try_cast(code AS int)")})
slim = drop_null_fields(resolved, untyped=True, typed=["code", "price"])
slim.write.mode("append").parquet("s3://lake/slim/")
