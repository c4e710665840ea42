"""Reads and writes of all jobs."""


def read_table(glue_context, database, table):
    return glue_context.create_dynamic_frame.from_catalog(database=database, table_name=table)


def write_table(glue_context, frame, path):
    glue_context.write_dynamic_frame.from_options(
        frame=frame, connection_type="s3", connection_options={"path": path}, format="parquet"
    )
