from awsglue.context import GlueContext
from pyspark.context import SparkContext

glueContext = GlueContext(SparkContext())
rows = glueContext.create_dynamic_frame.from_catalog(database=“sales”, table_name=“orders”)
