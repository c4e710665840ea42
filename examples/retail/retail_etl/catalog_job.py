"""The template of a job that moves one catalog table to another one."""

import sys
from abc import ABC, abstractmethod

from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext


class CatalogJob(ABC):
    """Read a catalog table, let the subclass change it, append the result to the target table.

    Making an instance runs the job, so a script is a subclass and one line.
    """

    mappings = []

    def __init__(self):
        self.args = getResolvedOptions(
            sys.argv, ["JOB_NAME", "source_database", "source_table", "target_database", "target_table"]
        )
        self.glue_context = GlueContext(SparkContext.getOrCreate())
        self.logger = self.glue_context.get_logger()
        self.job = Job(self.glue_context)
        self.job.init(self.args["JOB_NAME"], self.args)

        frame = self.prepare(self.read())
        mapped = frame.apply_mapping(self.mappings)
        self.write(self.execute(mapped))
        self.job.commit()

    def read(self):
        """Read the source table."""
        return self.glue_context.create_dynamic_frame.from_catalog(
            database=self.args["source_database"],
            table_name=self.args["source_table"],
            transformation_ctx="source",
        )

    def prepare(self, dynamic_frame):
        """Settle what the mappings cannot; nothing by default."""
        return dynamic_frame

    @abstractmethod
    def execute(self, dynamic_frame):
        """Return the frame that is to be written."""

    def write(self, dynamic_frame):
        """Append to the target table."""
        self.logger.info(f"writing {self.args['target_database']}.{self.args['target_table']}")
        self.glue_context.write_dynamic_frame.from_catalog(
            frame=dynamic_frame,
            database=self.args["target_database"],
            table_name=self.args["target_table"],
            transformation_ctx="target",
        )
