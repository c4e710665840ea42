"""What Glue is called: the names of its classes, functions, methods and arguments.

An own list, apart from the rewrite rules' on purpose: this package is the net under them. Source: AWS Glue developer
guide, PySpark extensions and transforms.
"""

TRANSFORMS = frozenset(
    "ApplyMapping Coalesce DropFields DropNullFields ErrorsAsDynamicFrame Filter FlatMap Join Map MapToCollection "
    "Relationalize RenameField Repartition ResolveChoice SelectFields SelectFromCollection Spigot SplitFields SplitRows "
    "Unbox Union UnnestFrame EvaluateDataQuality EvaluateDataQualityMultiframe EntityDetector FindMatches "
    "FindIncrementalMatches FillMissingValues".split()
)

CLASSES = frozenset(
    "GlueContext DynamicFrame DynamicFrameCollection DynamicFrameReader DynamicFrameWriter DynamicRecord GlueTransform "
    "ResolveOption GlueArgumentError getResolvedOptions".split()
)

STAR_EXPORTS = TRANSFORMS | CLASSES

METHODS = frozenset(
    "create_dynamic_frame create_dynamic_frame_from_rdd create_dynamic_frame_from_catalog "
    "create_dynamic_frame_from_options create_sample_dynamic_frame_from_catalog "
    "create_sample_dynamic_frame_from_options create_data_frame create_data_frame_from_catalog "
    "create_data_frame_from_options write_dynamic_frame write_dynamic_frame_from_options write_from_options "
    "write_dynamic_frame_from_catalog write_data_frame write_data_frame_from_catalog "
    "write_dynamic_frame_from_jdbc_conf write_from_jdbc_conf get_catalog_schema_as_spark_schema extract_jdbc_conf "
    "purge_table purge_s3_path transition_table transition_s3_path getSampleStreamingDynamicFrame forEachBatch "
    "add_ingestion_time_columns start_transaction commit_transaction cancel_transaction begin_transaction "
    "abort_transaction getSink getSource getStreamingSource setCatalogInfo setAccumulableSize writeFrame "
    "writeDataFrame with_frame_schema fromDF unbox drop_fields select_fields split_fields split_rows rename_field "
    "relationalize unnest unnest_ddb_json simplify_ddb_json applyMapping apply_mapping resolveChoice "
    "mergeDynamicFrame errorsAsDynamicFrame errorsCount stageErrorsCount assertErrorThreshold spigot "
    "getResolvedOptions spark_session mapPartitionsWithIndex".split()
)
"""Attributes that nothing but Glue has."""

STUDIO_PREFIX = "gs_"
"""How the methods begin that Studio's helper modules attach to frames; their arguments' names mean nothing to Spark."""

PLUMBING = frozenset(
    "gluecontext glue_context gluecontext_ sc spark sparkcontext spark_context sparksession spark_session job sqlcontext "
    "gluecntx gc awsglue context getorcreate builder glue_ctx newjob gluejob init commit sys argv logger get_logger "
    "getlogger fromdf todf apply glue".split()
)
"""Identifiers that carry the Glue session and hold no data: a conversion may drop or rename them."""

DROPPED_ARGUMENTS = {
    "transformation_ctx": "names a bookmark or a metric; it has no effect on the data",
    "info": "text for error messages",
    "glue_ctx": "the session",
    "glueContext": "the session",
    "accumulator_size": "bounds collected error records",
    "callSite": "text for error messages",
    "preservesPartitioning": "hint for the shuffle",
    "numSlices": "how many slices a local list is cut into",
}
"""Argument -> why a conversion may drop it without a word."""

ZERO_DEFAULTS = frozenset({"stageThreshold", "totalThreshold"})
"""Arguments that mean nothing when 0 (no error limit)."""
