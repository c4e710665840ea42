from pyspark.sql import SparkSession
from pyspark.sql import functions as F

spark = SparkSession.builder.getOrCreate()
orders = spark.read.table("main.shop.orders")
orders.withColumn("loaded_at", F.current_timestamp()).write.mode("append").parquet("s3://lake/stamped")
