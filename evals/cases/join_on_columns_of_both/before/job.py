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

trackers = ApplyMapping.apply(
    frame=glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="trackers"),
    mappings=[
        ("id", "string", "id", "long"),
        ("name", "string", "name", "string"),
        ("status", "string", "status", "string"),
        ("category_id", "string", "category_id", "long"),
    ],
)
categories = ApplyMapping.apply(
    frame=glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="categories"),
    mappings=[
        ("id", "string", "id", "long"),
        ("name", "string", "name", "string"),
        ("status", "string", "status", "string"),
    ],
)
joined = Join.apply(
    frame1=trackers,
    frame2=RenameField.apply(categories, "id", "key"),
    keys1=["category_id"],
    keys2=["key"],
    transformation_ctx="joined",
)
published = Filter.apply(frame=joined, f=lambda row: row["status"] == "Published")
glueContext.write_dynamic_frame.from_options(
    frame=SelectFields.apply(frame=published, paths=["id", "name", "`.name`", "`.status`"]),
    connection_type="s3",
    connection_options={"path": "s3://lake/published/"},
    format="parquet",
)

job.commit()
