import sys

from pyspark.sql import SparkSession
from glue_compat import resolved_options

wanted = ["JOB_NAME", "status"]
if "--limit" in sys.argv:
    wanted.append("limit")
args = resolved_options(sys.argv, wanted)
spark = SparkSession.builder.getOrCreate()
limit = int(args.get("limit", 100))

orders = spark.read.table("main.sales.typed")
orders.where(f"status = '{args['status']}'").orderBy("id").limit(limit).write.parquet("s3://lake/limited/")
