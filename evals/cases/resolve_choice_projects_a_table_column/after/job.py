import argparse
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

medicare = spark.read.table("main.payments.medicare").fillna("")
providers = medicare.withColumn("discharges", F.expr("try_cast(discharges AS int)"))
providers.write.mode("append").json("s3://lake/providers/")
