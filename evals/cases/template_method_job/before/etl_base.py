from awsglue.context import GlueContext
from pyspark.context import SparkContext


class GlueJob:
    def __init__(self):
        self.glue_context = GlueContext(SparkContext.getOrCreate())

    def transform(self, frame):
        return frame

    def run(self):
        frame = self.glue_context.create_dynamic_frame.from_catalog(database=self.database, table_name=self.table)
        result = self.transform(frame)
        self.glue_context.write_dynamic_frame.from_options(
            frame=result, connection_type="s3", connection_options={"path": self.target}, format="parquet"
        )
