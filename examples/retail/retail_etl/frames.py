"""Reading and writing on the lake, the way all retail jobs do it."""

from awsglue.dynamicframe import DynamicFrame

LANDING = "s3://retail-landing"
LAKE = "s3://retail-lake"


def read_landing_csv(glueContext, folder, transformation_ctx):
    """Read a landing folder of CSV files with a header; every column is a string."""
    return glueContext.create_dynamic_frame.from_options(
        connection_type="s3",
        connection_options={"paths": [f"{LANDING}/{folder}/"], "recurse": True},
        format="csv",
        format_options={"withHeader": True, "separator": ","},
        transformation_ctx=transformation_ctx,
    )


def read_landing_json(glueContext, folder, transformation_ctx):
    """Read a landing folder of JSON lines."""
    return glueContext.create_dynamic_frame.from_options(
        connection_type="s3",
        connection_options={"paths": [f"{LANDING}/{folder}/"]},
        format="json",
        transformation_ctx=transformation_ctx,
    )


def write_parquet(glueContext, frame, folder, partition_keys=None, transformation_ctx=""):
    """Append a frame to a folder of the lake as Parquet."""
    glueContext.write_dynamic_frame.from_options(
        frame=frame,
        connection_type="s3",
        connection_options={"path": f"{LAKE}/{folder}/", "partitionKeys": partition_keys or []},
        format="parquet",
        transformation_ctx=transformation_ctx,
    )


def without_duplicates(glueContext, frame, keys, name):
    """Keep one row for each key."""
    return DynamicFrame.fromDF(frame.toDF().dropDuplicates(keys), glueContext, name)
