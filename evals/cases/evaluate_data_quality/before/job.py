import sys

from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME"])
glueContext = GlueContext(SparkContext.getOrCreate())
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args["JOB_NAME"], args)

from awsgluedq.transforms import EvaluateDataQuality

orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="typed")
verdicts = EvaluateDataQuality.apply(
    frame=orders,
    ruleset="""Rules = [ IsComplete "id", ColumnValues "amount" > 0 ]""",
    publishing_options={"dataQualityEvaluationContext": "orders", "enableDataQualityResultsPublishing": False},
)
glueContext.write_dynamic_frame.from_options(
    frame=verdicts,
    connection_type="s3",
    connection_options={"path": "s3://lake/verdicts/"},
    format="parquet",
)

job.commit()
