"""Baskets of the web shop are nested JSON: one flat table for the baskets and one for each array."""

import sys

from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.transforms import Relationalize
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

from retail_etl.frames import LAKE, read_landing_json

args = getResolvedOptions(sys.argv, ["JOB_NAME", "TempDir"])
glueContext = GlueContext(SparkContext.getOrCreate())
logger = glueContext.get_logger()
job = Job(glueContext)
job.init(args["JOB_NAME"], args)

baskets = read_landing_json(glueContext, "baskets", "baskets")
baskets.printSchema()

tables = Relationalize.apply(
    frame=baskets, staging_path=args["TempDir"], name="baskets", transformation_ctx="relationalize"
)

for table in tables.keys():
    df = tables.select(table).toDF()
    for column in df.columns:
        df = df.withColumnRenamed(column, column.replace(".", "_"))
    logger.info(f"{table}: {len(df.columns)} columns")
    df.write.mode("append").parquet(f"{LAKE}/{table}/")

job.commit()
