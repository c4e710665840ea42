import argparse
from pyspark.sql import SparkSession


def MyTransform(glueContext, dfc) -> dict:
    frame = dfc[list(dfc.keys())[0]]
    large = frame.where(frame["amount"] > 10)
    return {"CustomTransform0": large}


parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

Orders_node1 = spark.read.table("main.sales.typed")
Custom_node2 = MyTransform(spark, {"Orders_node1": Orders_node1})
Selected_node3 = Custom_node2[list(Custom_node2.keys())[0]]
Selected_node3.write.mode("append").json("s3://lake/large/")
