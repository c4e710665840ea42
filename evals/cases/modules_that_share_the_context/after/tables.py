"""Reads and writes of all jobs."""


def read_table(glue_context, database, table):
    return glue_context.read.table(f"main.{database}.{table}")


def write_table(glue_context, frame, path):
    frame.write.mode("append").parquet(path)
