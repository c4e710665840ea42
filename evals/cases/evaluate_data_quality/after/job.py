import argparse
from pyspark.sql import SparkSession
from glue_compat import QualityRule, quality_outcomes

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()

orders = spark.read.table("main.sales.typed")
verdicts = quality_outcomes(orders, [
    QualityRule('IsComplete "id"', "Column.id.Completeness", lambda value: value == 1, rows="`id` IS NOT NULL"),
    QualityRule('ColumnValues "amount" > 0', "Column.amount.ColumnValues.Compliance", lambda value: value == 1, rows="try_cast(`amount` AS DOUBLE) > 0", empty=1.0),
])
verdicts.write.mode("append").parquet("s3://lake/verdicts/")
