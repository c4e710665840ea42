import sys

from awsglue.context import GlueContext
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

from tables import read_table, write_table

args = getResolvedOptions(sys.argv, ["JOB_NAME", "target"])
glue_context = GlueContext(SparkContext.getOrCreate())

orders = read_table(glue_context, "sales", "orders")
write_table(glue_context, orders.rename_field("day", "order_day"), args["target"])
