import sys

from awsglue.context import GlueContext
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

wanted = ["JOB_NAME", "status"]
if "--limit" in sys.argv:
    wanted.append("limit")
args = getResolvedOptions(sys.argv, wanted)
glueContext = GlueContext(SparkContext.getOrCreate())
limit = int(args.get("limit", 100))

orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="typed")
orders.toDF().where(f"status = '{args['status']}'").orderBy("id").limit(limit).write.parquet("s3://lake/limited/")
