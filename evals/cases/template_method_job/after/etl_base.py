from pyspark.sql import SparkSession


class GlueJob:
    def __init__(self):
        self.glue_context = SparkSession.builder.getOrCreate()

    def transform(self, frame):
        return frame

    def run(self):
        frame = self.glue_context.read.table(".".join(["main", self.database, self.table]))
        result = self.transform(frame)
        result.write.mode("append").parquet(self.target)
