"""The parameters of Glue's calls, in order, so that positional arguments are compared like named ones.

Source: AWS Glue developer guide, signatures of the PySpark extensions and transforms.
"""

import ast

_TAIL = "transformation_ctx info stageThreshold totalThreshold"
_CATALOG = "database table_name redshift_tmp_dir transformation_ctx push_down_predicate additional_options catalog_id"
_OPTIONS = "connection_type connection_options format format_options transformation_ctx push_down_predicate"
_SINK = "frame connection_type connection_options format format_options transformation_ctx"
_SINK_CATALOG = "frame database table_name redshift_tmp_dir transformation_ctx additional_options catalog_id"
_SINK_JDBC = "frame catalog_connection connection_options redshift_tmp_dir transformation_ctx catalog_id"

SIGNATURES = {
    "ApplyMapping": f"frame mappings case_sensitive {_TAIL}",
    "ApplyMapping:method": f"mappings case_sensitive {_TAIL}",
    "Coalesce": f"frame num_partitions shuffle {_TAIL}",
    "DropFields": f"frame paths {_TAIL}",
    "DropFields:method": f"paths {_TAIL}",
    "DropNullFields": f"frame {_TAIL}",
    "ErrorsAsDynamicFrame": "frame",
    "Filter": f"frame f {_TAIL}",
    "method_filter": f"f {_TAIL}",
    "FlatMap": "dfc BaseTransform frame_name transformation_ctx",
    "Join": "frame1 frame2 keys1 keys2 transformation_ctx",
    "method_join": f"paths1 paths2 frame2 {_TAIL}",
    "Map": f"frame f preservesPartitioning {_TAIL}",
    "method_map": f"f preservesPartitioning {_TAIL}",
    "MapToCollection": "dfc callable transformation_ctx",
    "Relationalize": f"frame staging_path name options {_TAIL}",
    "Relationalize:method": f"name staging_path options {_TAIL}",
    "RenameField": f"frame old_name new_name {_TAIL}",
    "RenameField:method": f"old_name new_name {_TAIL}",
    "Repartition": f"frame num_partitions {_TAIL}",
    "ResolveChoice": f"frame specs choice database table_name {_TAIL} catalog_id",
    "ResolveChoice:method": f"specs choice database table_name {_TAIL} catalog_id",
    "SelectFields": f"frame paths {_TAIL}",
    "SelectFields:method": f"paths {_TAIL}",
    "SelectFromCollection": "dfc key transformation_ctx",
    "Spigot": "frame path options transformation_ctx",
    "Spigot:method": f"path options {_TAIL}",
    "SplitFields": f"frame paths name1 name2 {_TAIL}",
    "SplitFields:method": f"paths name1 name2 {_TAIL}",
    "SplitRows": f"frame comparison_dict name1 name2 {_TAIL}",
    "SplitRows:method": f"comparison_dict name1 name2 {_TAIL}",
    "Unbox": f"frame path format {_TAIL}",
    "Unbox:method": f"path format {_TAIL}",
    "Union": f"frame1 frame2 {_TAIL}",
    "method_union": f"frame2 {_TAIL}",
    "UnnestFrame": f"frame {_TAIL}",
    "UnnestFrame:method": _TAIL,
    "from_df": "frame glue_ctx name",
    "merge": f"stage_dynamic_frame primary_keys transformation_ctx options {_TAIL}",
    "errors": "",
    "errors_count": "",
    "stage_errors_count": "",
    "EvaluateDataQuality": "frame ruleset publishing_options additional_options",
    "read_from_catalog": _CATALOG,
    "read_from_options": _OPTIONS,
    "read_get_source": "connection_type format transformation_ctx push_down_predicate",
    "read_sample_catalog": f"database table_name num sample_options {_CATALOG[20:]}",
    "read_sample_options": "connection_type connection_options num sample_options format format_options "
    "transformation_ctx push_down_predicate",
    "write_from_options": _SINK,
    "write_from_catalog": _SINK_CATALOG,
    "write_from_jdbc_conf": _SINK_JDBC,
    "method_write": _SINK.removeprefix("frame "),
    "write_frame": "frame info",
    "write_data_frame": "frame glue_context info",
    "sink": "connection_type format transformation_ctx",
    "set_format": "format",
    "set_catalog_info": "database table_name catalog_id",
    "for_each_batch": "frame batch_function options",
    "purge": "target options transformation_ctx catalog_id",
    "purge_table": "database table_name options transformation_ctx catalog_id",
    "connection": "catalog_connection catalog_id",
}
"""Call -> its parameters in order; what is named and not listed counts as an option of the source or sink."""

METHODS = {
    "apply_mapping": "ApplyMapping:method",
    "applyMapping": "ApplyMapping:method",
    "drop_fields": "DropFields:method",
    "select_fields": "SelectFields:method",
    "rename_field": "RenameField:method",
    "resolveChoice": "ResolveChoice:method",
    "relationalize": "Relationalize:method",
    "spigot": "Spigot:method",
    "split_fields": "SplitFields:method",
    "split_rows": "SplitRows:method",
    "unbox": "Unbox:method",
    "unnest": "UnnestFrame:method",
    "fromDF": "from_df",
    "mergeDynamicFrame": "merge",
    "errorsAsDynamicFrame": "errors",
    "errorsCount": "errors_count",
    "stageErrorsCount": "stage_errors_count",
    "create_dynamic_frame_from_catalog": "read_from_catalog",
    "create_data_frame_from_catalog": "read_from_catalog",
    "create_dynamic_frame_from_options": "read_from_options",
    "create_data_frame_from_options": "read_from_options",
    "create_sample_dynamic_frame_from_catalog": "read_sample_catalog",
    "create_sample_dynamic_frame_from_options": "read_sample_options",
    "getSource": "read_get_source",
    "getStreamingSource": "read_get_source",
    "write_dynamic_frame_from_options": "write_from_options",
    "write_from_options": "write_from_options",
    "write_dynamic_frame_from_catalog": "write_from_catalog",
    "write_data_frame_from_catalog": "write_from_catalog",
    "write_dynamic_frame_from_jdbc_conf": "write_from_jdbc_conf",
    "write_from_jdbc_conf": "write_from_jdbc_conf",
    "writeFrame": "write_frame",
    "writeDataFrame": "write_data_frame",
    "getSink": "sink",
    "setFormat": "set_format",
    "setCatalogInfo": "set_catalog_info",
    "forEachBatch": "for_each_batch",
    "purge_s3_path": "purge",
    "purge_table": "purge_table",
    "process_rows": "EvaluateDataQuality",
    "extract_jdbc_conf": "connection",
}
"""Method -> its signature."""

_ALIASES = {
    "tableName": "table_name",
    "s3_path": "target",
    "connection_name": "catalog_connection",
    "name_space": "database",
    "catalogDatabase": "database",
    "catalogTableName": "table_name",
    "catalogId": "catalog_id",
    "frame_or_dfc": "frame",
    "other_frame": "frame2",
    "dataframe": "frame",
    "dynamic_frame": "frame",
    "dynamic_frame_or_dfc": "frame",
    "root_table_name": "name",
    "oldName": "old_name",
    "newName": "new_name",
    "redshiftTmpDir": "redshift_tmp_dir",
}
_OPEN = frozenset({"sink", "set_format", "read_get_source", "Unbox", "Unbox:method"})


def bind(signature: str, call: ast.Call) -> dict[str, ast.expr]:
    """Return parameter -> argument; options given by name come as `**name`, an unpacked dictionary as `**`."""
    parameters = signature.split()
    bound = dict(zip(parameters, (a for a in call.args if not isinstance(a, ast.Starred)), strict=False))
    for keyword in call.keywords:
        name = _ALIASES.get(keyword.arg or "", keyword.arg or "")
        if not name:
            bound["unpacked"] = keyword.value
        else:
            bound[name if name in parameters or not _takes_options(signature) else f"**{name}"] = keyword.value
    return bound


def _takes_options(signature: str) -> bool:
    return any(SIGNATURES[name] == signature for name in _OPEN)
