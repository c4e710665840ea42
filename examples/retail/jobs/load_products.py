"""Products: one row for each product, without the columns that no supplier fills."""

from awsglue.transforms import DropNullFields

from retail_etl.catalog_job import CatalogJob
from retail_etl.frames import without_duplicates


class LoadProducts(CatalogJob):
    """Clean the product master."""

    mappings = [
        ("sku", "string", "sku", "string"),
        ("title", "string", "title", "string"),
        ("list_price", "double", "list_price", "decimal(10,2)"),
        ("category", "string", "category", "string"),
        ("discontinued", "boolean", "discontinued", "boolean"),
    ]

    def execute(self, dynamic_frame):
        current = dynamic_frame.filter(lambda row: not row["discontinued"])
        single = without_duplicates(self.glue_context, current, ["sku"], "single")
        return DropNullFields.apply(frame=single, transformation_ctx="drop_nulls")


if __name__ == "__main__":
    LoadProducts()
