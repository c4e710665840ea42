from pyspark.sql import functions as F
from etl_base import GlueJob


class PaidOrders(GlueJob):
    database = "sales"
    table = "typed"
    target = "s3://lake/paid/"

    def transform(self, frame):
        return frame.filter(F.col("status") == "PAID")


PaidOrders().run()
