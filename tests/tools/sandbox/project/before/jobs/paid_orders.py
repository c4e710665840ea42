import sys

from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.transforms import Filter, Join
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from shop_lib.rules import is_large

args = getResolvedOptions(sys.argv, ["JOB_NAME", "target"])
glueContext = GlueContext(SparkContext.getOrCreate())
job = Job(glueContext)
job.init(args["JOB_NAME"], args)

orders = glueContext.create_dynamic_frame.from_catalog(database="shop", table_name="orders").apply_mapping(
    [
        ("id", "bigint", "order_id", "bigint"),
        ("customer", "string", "customer_id", "int"),
        ("amount", "double", "amount", "double"),
        ("status", "string", "status", "string"),
        ("day", "string", "day", "string"),
    ]
)
paid = Filter.apply(frame=orders, f=lambda row: row["status"] == "PAID" and is_large(row["amount"]))
customers = glueContext.create_dynamic_frame.from_options(
    "s3", {"paths": ["s3://landing/customers/"]}, format="csv", format_options={"withHeader": True}
).apply_mapping([("number", "string", "buyer", "int"), ("name", "string", "name", "string")])
joined = Join.apply(paid, customers, "customer_id", "buyer").drop_fields(["buyer"])

glueContext.write_dynamic_frame.from_options(
    frame=joined,
    connection_type="s3",
    connection_options={"path": args["target"], "partitionKeys": ["day"]},
    format="parquet",
)
glueContext.write_dynamic_frame.from_catalog(
    frame=joined.drop_fields(["day"]), database="shop", table_name="paid_orders"
)
job.commit()
