import argparse
from pyspark.sql import DataFrame, SparkSession


def sparkSqlQuery(glueContext, query, mapping, transformation_ctx) -> DataFrame:
    for alias, frame in mapping.items():
        frame.createOrReplaceTempView(alias)
    result = spark.sql(query)
    return result


parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

# Script generated for node Orders
Orders_node1 = spark.read.table("main.sales.typed")

# Script generated for node Totals
SqlQuery0 = """
select customer, sum(amount) as total from orders group by customer
"""
Totals_node2 = sparkSqlQuery(spark, query=SqlQuery0, mapping={"orders": Orders_node1}, transformation_ctx="Totals_node2")

# Script generated for node Target
Target_node3 = Totals_node2.write.mode("append").option("compression", "snappy").parquet("s3://lake/totals/")
