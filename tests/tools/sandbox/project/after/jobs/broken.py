from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
orders.write.parquet("s3://lake/broken")  # noqa: F821
