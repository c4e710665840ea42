from awsglue.context import GlueContext
from pyspark.context import SparkContext
from pyspark.sql import functions as F

glueContext = GlueContext(SparkContext.getOrCreate())
orders = glueContext.create_dynamic_frame.from_catalog(database="shop", table_name="orders").toDF()
orders.withColumn("loaded_at", F.current_timestamp()).write.mode("append").parquet("s3://lake/stamped")
