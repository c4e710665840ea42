"""Customers: whatever the crawler made of the postal codes, we want text."""

from retail_etl.catalog_job import CatalogJob


class LoadCustomers(CatalogJob):
    """Clean the customer master."""

    mappings = [
        ("customer_id", "bigint", "customer_id", "bigint"),
        ("full_name", "string", "name", "string"),
        ("email", "string", "email", "string"),
        ("segment", "string", "segment", "string"),
        ("postal_code", "string", "address.postal_code", "string"),
        ("city", "string", "address.city", "string"),
        ("signup_date", "string", "signup_date", "date"),
    ]

    def prepare(self, dynamic_frame):
        return dynamic_frame.resolveChoice(specs=[("postal_code", "cast:string"), ("customer_id", "cast:long")])

    def execute(self, dynamic_frame):
        return dynamic_frame.filter(f=lambda row: row["customer_id"] is not None)


if __name__ == "__main__":
    LoadCustomers()
