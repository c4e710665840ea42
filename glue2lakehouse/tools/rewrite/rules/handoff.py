"""What Databricks has no counterpart for, each with what to do instead.

Glue: aws-glue-programming-etl-*; a table of names, because there is nothing to rewrite and everything to say.
"""

from glue2lakehouse.tools.rewrite.kinds.stubs import DATA_SINK, DATA_SOURCE, READER, STREAMING_SOURCE, WRITER
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.rule import Answer, GlueCall, Rule, Use

_ML = "the model behind it lives in AWS"
_OBJECT = "it wraps an object of Glue's JVM"
_BASE = "the class derives from Glue's base class of transforms"
_BLUEPRINT = "a blueprint lays out a Glue workflow"
_DEVELOPMENT = "it manages Glue jobs from a development endpoint"
_MAINTENANCE = "it is a maintenance script of Glue's own library"

REASONS: dict[str, tuple[str, str]] = {
    f"{GLUE_CONTEXT}.transition_table": ("it changes the storage class of files", "set an S3 lifecycle rule"),
    f"{GLUE_CONTEXT}.transition_s3_path": ("it changes the storage class of files", "set an S3 lifecycle rule"),
    f"{GLUE_CONTEXT}.getSampleStreamingDynamicFrame": (
        "it samples a stream for interactive work",
        "write the stream to a memory table and query that",
    ),
    f"{GLUE_CONTEXT}.get_catalog_schema_as_spark_schema": (
        "it returns a JVM object",
        "use spark.read.table(name).schema",
    ),
    f"{GLUE_CONTEXT}.getStreamingSource": (
        "the records of the stream are parsed by a schema that Glue infers",
        "read it with spark.readStream and parse the value with from_json and a schema",
    ),
    f"{STREAMING_SOURCE}.setFormat": (_OBJECT, "read the stream with spark.readStream"),
    f"{STREAMING_SOURCE}.getFrame": (_OBJECT, "read the stream with spark.readStream"),
    STREAMING_SOURCE: (_OBJECT, "read the stream with spark.readStream"),
    DATA_SOURCE: (_OBJECT, "hand the DataFrame on, not the source"),
    DATA_SINK: (_OBJECT, "hand the DataFrame on, and write it with df.write"),
    READER: (_OBJECT, "use spark.read"),
    WRITER: (_OBJECT, "use df.write"),
    f"{GLUE_CONTEXT}.tables": (
        "SQLContext.tables lists tables in columns of its own",
        "use spark.catalog.listTables, whose entries have name and isTemporary",
    ),
    "awsglue.dynamicframe.ResolveOption": (
        "it says how choice types become columns",
        "cast the column where the frame is read (try_cast)",
    ),
    "awsglue.transforms.GlueTransform": (_BASE, "make it a function of DataFrames"),
    "awsglue.transforms.GlueTransform.apply": (_BASE, "make it a function of DataFrames and call that"),
    "awsglue.blueprint.workflow.Workflow": (_BLUEPRINT, "write the workflow as an Asset Bundle template"),
    "awsglue.blueprint.workflow.Entities": (_BLUEPRINT, "write the workflow as an Asset Bundle template"),
    "awsglue.blueprint.job.Job": (_BLUEPRINT, "write the job as a resource of an Asset Bundle"),
    "awsglue.blueprint.crawler.Crawler": (
        _BLUEPRINT,
        "Unity Catalog needs no crawler; read new files with Auto Loader",
    ),
    **{
        f"awsglue.devutils.{name}": (_DEVELOPMENT, "use the Databricks SDK or an Asset Bundle")
        for name in ("GlueJobUtils", "Job", "Command", "Connections", "ExecutionProperty")
    },
    **{
        f"awsglue.scripts.{name}": (_MAINTENANCE, "drop it; Unity Catalog has no crawlers to undo")
        for name in (
            "crawler_undo",
            "crawler_redo_from_backup",
            "scripts_utils",
            "activate_etl_connector",
            "connector_activation_util",
        )
    },
    "awsglueml.transforms.FindMatches.apply": (_ML, "match records with Splink or Zingg"),
    "awsglueml.transforms.FindIncrementalMatches.apply": (_ML, "match records with Splink or Zingg"),
    "awsglueml.transforms.FillMissingValues.apply": (_ML, "fill with a model of your own"),
    "awsglueml.transforms.EntityDetector": (_ML, "classify with Unity Catalog, or detect with Presidio"),
    "awsglueml.transforms.EntityDetector.detect": (_ML, "mask columns with Unity Catalog, or detect with Presidio"),
    "awsglueml.transforms.EntityDetector.classify_columns": (_ML, "classify with Unity Catalog, or with Presidio"),
    "awsglueml.transforms.EntityDetector.classifyColumns": (_ML, "classify with Unity Catalog, or with Presidio"),
}


class HandOff(Rule):
    """The line stays as it is, with the reason and what to do."""

    name = "hand-off"
    glue = tuple(REASONS)
    example = None

    def rewrite(self, call: GlueCall) -> Answer:
        """Say why, and what to do."""
        call.drop_everything()
        return self.refer(call)

    def refer(self, use: Use) -> Answer:
        """Say why, and what to do."""
        why, action = REASONS[use.name]
        return use.blocker(f"`{use.leaf}`: {why}", action)
