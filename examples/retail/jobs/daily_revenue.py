"""Revenue of one month by day and store, appended to the warehouse.

Optional arguments: --month (all months when absent) and --currency.
"""

import sys

from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from pyspark.sql import functions as F

args = getResolvedOptions(sys.argv, ["JOB_NAME", "year"])
if "--month" in sys.argv:
    args.update(getResolvedOptions(sys.argv, ["month"]))
currency = getResolvedOptions(sys.argv, ["currency"])["currency"] if "--currency" in sys.argv else "EUR"

glueContext = GlueContext(SparkContext.getOrCreate())
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args["JOB_NAME"], args)

predicate = f"order_year = '{args['year']}'"
if "month" in args:
    predicate += f" and order_month = '{args['month']}'"

orders = glueContext.create_dynamic_frame.from_catalog(
    database="retail_curated",
    table_name="orders",
    push_down_predicate=predicate,
    transformation_ctx="orders",
)

orders.toDF().createOrReplaceTempView("month_orders")
revenue = spark.sql(
    """
    SELECT o.order_date, s.store_id, s.region, sum(o.amount) AS revenue, count(*) AS orders
    FROM month_orders o
    LEFT JOIN retail_curated.stores s ON o.store_id = s.store_id
    WHERE o.status = 'PAID'
    GROUP BY o.order_date, s.store_id, s.region
    """
).withColumn("currency", F.lit(currency))

glueContext.write_dynamic_frame.from_jdbc_conf(
    frame=DynamicFrame.fromDF(revenue, glueContext, "revenue"),
    catalog_connection="retail-warehouse",
    connection_options={"dbtable": "daily_revenue", "database": "analytics"},
    transformation_ctx="warehouse",
)
job.commit()
