"""Bring the stock counts of two systems together; one sends counts as text, the other as numbers."""

from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.transforms import DropFields, ResolveChoice
from pyspark.context import SparkContext

from retail_etl.frames import read_landing_csv, read_landing_json, write_parquet
from retail_etl.options import resolve_options

COUNTS = [
    ("sku", "string", "sku", "string"),
    ("store_id", "int", "store_id", "int"),
    ("on_hand", "long", "on_hand", "long"),
]


def main():
    args = resolve_options(["JOB_NAME"], optional={"target_folder": "inventory"})
    glueContext = GlueContext(SparkContext.getOrCreate())
    job = Job(glueContext)
    job.init(args["JOB_NAME"], args)

    shops = read_landing_json(glueContext, "inventory_shops", "shops")
    shops = ResolveChoice.apply(frame=shops, specs=[("on_hand", "cast:long")], transformation_ctx="counts")
    shops = DropFields.apply(frame=shops, paths=["counted_by"])

    depots = read_landing_csv(glueContext, "inventory_depots", "depots")
    both = shops.apply_mapping(COUNTS).union(
        depots.apply_mapping(
            [
                ("item", "string", "sku", "string"),
                ("depot", "string", "store_id", "int"),
                ("count", "string", "on_hand", "long"),
            ]
        )
    )

    write_parquet(glueContext, both.coalesce(1), args["target_folder"], transformation_ctx="inventory")
    job.commit()


if __name__ == "__main__":
    main()
