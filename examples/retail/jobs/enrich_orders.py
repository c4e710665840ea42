"""Join paid orders with customers and part the large ones from the rest."""

import sys

from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

from retail_etl.frames import write_parquet

LARGE_ORDER = 100


def is_paid(record):
    return record["status"] == "PAID" and record["amount"] is not None and record["amount"] > 0


def add_channel(record):
    record["channel"] = "shop" if record["store_id"] else "web"
    return record


args = getResolvedOptions(sys.argv, ["JOB_NAME"])
glueContext = GlueContext(SparkContext())
job = Job(glueContext)
job.init(args["JOB_NAME"], args)

orders = glueContext.create_dynamic_frame.from_catalog(
    database="retail_curated", table_name="orders", transformation_ctx="orders"
)
customers = glueContext.create_dynamic_frame.from_catalog(
    database="retail_curated", table_name="customers", transformation_ctx="customers"
)

paid = Filter.apply(frame=orders, f=is_paid, transformation_ctx="paid")
with_channel = Map.apply(frame=paid, f=add_channel, transformation_ctx="with_channel")

buyers = SelectFields.apply(frame=customers, paths=["customer_id", "name", "segment"])
buyers = RenameField.apply(frame=buyers, old_name="customer_id", new_name="buyer_id")
joined = Join.apply(with_channel, buyers, "customer_id", "buyer_id").drop_fields(["buyer_id"])

enriched = joined.apply_mapping(
    [
        ("order_id", "long", "order_id", "long"),
        ("customer_id", "long", "customer_id", "long"),
        ("name", "string", "customer_name", "string"),
        ("segment", "string", "segment", "string"),
        ("amount", "double", "amount", "double"),
        ("channel", "string", "channel", "string"),
    ]
)

by_size = SplitRows.apply(enriched, {"amount": {">=": LARGE_ORDER}}, "large", "small", transformation_ctx="by_size")
write_parquet(glueContext, SelectFromCollection.apply(dfc=by_size, key="large"), "orders_large")
write_parquet(glueContext, SelectFromCollection.apply(dfc=by_size, key="small"), "orders_small", ["channel"])

job.commit()
