import argparse
from pyspark.sql import SparkSession
from glue_compat import errors_as_frame, errors_count, map_records_counted, next_stage, read_json_counted, stage_errors_count

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
args = vars(parser.parse_known_args()[0])
spark = SparkSession.builder.getOrCreate()


def with_rate(record):
    record["rate"] = record["clicks"] / record["views"]
    return record


events = read_json_counted(spark, "s3://landing/events/", recursiveFileLookup=True)
if stage_errors_count(events) > 3:
    raise RuntimeError("too many events are broken")
rated = map_records_counted(events, with_rate)
mapped = next_stage(rated.selectExpr(
    "try_cast(id AS int) AS id",
    "try_cast(rate AS double) AS rate",
), rated)
print(f"{errors_count(mapped)} events were set aside")
errors = errors_as_frame(mapped).select("error.callsite.site", "error.msg", "error.dynamicRecord.id")
next_stage(errors).write.mode("append").parquet("s3://lake/broken/")
mapped.write.mode("append").parquet("s3://lake/events/")

