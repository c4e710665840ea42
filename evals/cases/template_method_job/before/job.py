from etl_base import GlueJob


class PaidOrders(GlueJob):
    database = "sales"
    table = "typed"
    target = "s3://lake/paid/"

    def transform(self, frame):
        return frame.filter(lambda row: row["status"] == "PAID")


PaidOrders().run()
