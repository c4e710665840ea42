"""Written in a hurry: reads a frame that nobody made."""

from awsglue.context import GlueContext
from pyspark.context import SparkContext

glueContext = GlueContext(SparkContext.getOrCreate())

orders.toDF().write.parquet("s3://lake/broken")  # noqa: F821
