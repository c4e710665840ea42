"""What operations of AWS services have in Databricks, as data: how bad it is where a call stays, and what to do instead.

A blocker where the job would go wrong quietly: what it asks for is frozen with the migration, or what it changes is not what it
works on any more. A warning where it would do something useless, or fail. Operations that are not here do what they did.
"""

import re

from glue2lakehouse.domain import Severity

_LOOK_UP = "Unity Catalog holds the tables: spark.catalog, DESCRIBE, or information_schema"
_CHANGE = "the tables are in Unity Catalog: CREATE, ALTER and DROP TABLE through spark.sql"
_PARTITIONS = "Delta tables find their partitions themselves; drop the call"
_PARTITION_MOVED = "Unity Catalog has no folder of its own for a partition: write the rows into the table"
_CRAWLER = (
    "Unity Catalog needs no crawler; drop the call, and read new files with Auto Loader; partitions of a table that registers them "
    "(nonDelta.partitionLog.enabled) come by MSCK REPAIR TABLE"
)
_RUNS = "the runs are runs of Databricks jobs: WorkspaceClient().jobs.list_runs, get_run and cancel_run"
_JOBS = "the jobs are Databricks jobs, defined in the bundle: WorkspaceClient().jobs.get, list and update"
_TRIGGERS = "triggers and workflows are schedules and tasks in the bundle: WorkspaceClient().jobs.run_now starts a job"
_BOOKMARK = "bookmarks are Glue's; keep a watermark or a checkpoint"
_QUALITY = "rules run with the converted EvaluateDataQuality or as expectations; results are in the table that they are written to"
_STATISTICS = "ANALYZE TABLE … COMPUTE STATISTICS, through spark.sql; DESCRIBE EXTENDED tells them"
_TAGS = "tags of tables are Unity Catalog's: ALTER TABLE … SET TAGS, information_schema.table_tags"
_VERSIONS = "DESCRIBE HISTORY tells the versions of a Delta table"
_ELSEWHERE = "see whether the job needs it at all: what takes Glue's place does not look there"
_CONNECTION = "read the connection's values from a secret scope: dbutils.secrets.get"
_FILES = "under a volume: dbutils.fs.ls and dbutils.fs.rm"
_SECRET = "dbutils.secrets.get(scope, key) needs no AWS credentials: name the scope and the key in `aws_secrets`"
_ATHENA = "run the statement with spark.sql, where its tables are: Athena sees the Glue catalog, not Unity Catalog"
_RIGHTS = "rights on the tables are Unity Catalog's: GRANT, REVOKE, row filters and column masks, through spark.sql"
_LOGS = "a Databricks run writes no log there: get_run_output, or the log delivery of its compute, has what it prints"
_METRICS = "a Databricks run has no metrics of Glue: its job and query metrics are in the system tables"
_MACHINE = "see which jobs the state machine starts: Glue jobs among them would run again beside the migrated ones"
_FUNCTION = "see what the function does: a Glue job, crawler or table that it works on is the old one"
_SCHEDULE = (
    "schedule the Databricks job in the bundle: what is scheduled here is the Glue job, crawler or workflow in AWS"
)
_SPICE = "see what the data set reads: through Athena or Glue it is frozen with the migration"


def _all(service: str, severity: Severity, instead: str, names: str) -> dict[str, tuple[Severity, str]]:
    return {f"{service}.{name}": (severity, instead) for name in names.split()}


_BLOCKER, _WARNING, _INFO = Severity.BLOCKER, Severity.WARNING, Severity.INFO

COUNTERPARTS: dict[str, tuple[Severity, str]] = {
    **_all("glue", _WARNING, _CRAWLER, "start_crawler get_crawler get_crawlers batch_get_crawlers list_crawlers list_crawls "
           "create_crawler update_crawler delete_crawler stop_crawler get_crawler_metrics start_crawler_schedule "
           "stop_crawler_schedule update_crawler_schedule create_classifier update_classifier delete_classifier get_classifier "
           "get_classifiers"),
    **_all("glue", _BLOCKER, _LOOK_UP, "batch_get_partition search_tables search_assets get_catalog get_catalogs "
           "get_unfiltered_partition_metadata get_unfiltered_partitions_metadata get_unfiltered_table_metadata"),
    **_all("glue", _BLOCKER, _CHANGE, "update_database create_catalog update_catalog delete_catalog"),
    **_all("glue", _WARNING, _PARTITIONS, "create_partition_index delete_partition_index get_partition_indexes"),
    **_all("glue", _BLOCKER, _PARTITION_MOVED, "update_partition batch_update_partition"),
    **_all("glue", _BLOCKER, _RUNS, "get_job_runs batch_stop_job_run get_workflow_run resume_workflow_run "
           "get_dataflow_graph get_system_logs_for_job_run get_dashboard_url"),
    **_all("glue", _BLOCKER, _JOBS, "get_job get_jobs batch_get_jobs list_jobs create_job update_job delete_job "
           "update_job_from_source_control update_source_control_from_job"),
    **_all("glue", _BLOCKER, _TRIGGERS, "start_trigger stop_trigger get_trigger get_triggers batch_get_triggers list_triggers "
           "create_trigger update_trigger delete_trigger get_workflow batch_get_workflows list_workflows create_workflow "
           "update_workflow delete_workflow start_blueprint_run get_blueprint_run get_blueprint_runs create_blueprint "
           "update_blueprint delete_blueprint get_blueprint batch_get_blueprints list_blueprints"),
    **_all("glue", _BLOCKER, _BOOKMARK, "get_job_bookmark"),
    "glue.reset_job_bookmark": (_BLOCKER, "delete the watermark or the checkpoint that took the bookmark's place"),
    **_all("glue", _WARNING, _CONNECTION, "get_connection get_connections create_connection update_connection "
           "delete_connection batch_delete_connection test_connection"),
    **_all("glue", _BLOCKER, _QUALITY, "start_data_quality_ruleset_evaluation_run get_data_quality_ruleset_evaluation_run "
           "batch_get_data_quality_ruleset_evaluation_run list_data_quality_ruleset_evaluation_runs get_data_quality_result "
           "get_data_quality_result_v2 batch_get_data_quality_result batch_get_data_quality_result_v2 list_data_quality_results "
           "list_data_quality_results_v2 get_data_quality_ruleset list_data_quality_rulesets list_data_quality_statistics "
           "get_data_quality_model get_data_quality_model_result get_data_quality_rule_recommendation_run "
           "start_data_quality_rule_recommendation_run list_data_quality_rule_recommendation_runs"),
    **_all("glue", _WARNING, _QUALITY, "create_data_quality_ruleset update_data_quality_ruleset delete_data_quality_ruleset "
           "cancel_data_quality_ruleset_evaluation_run cancel_data_quality_rule_recommendation_run "
           "publish_data_quality_result_v2 put_data_quality_profile_annotation batch_put_data_quality_statistic_annotation "
           "list_data_quality_statistic_annotations create_data_quality_evaluation_config get_data_quality_evaluation_config "
           "update_data_quality_evaluation_config delete_data_quality_evaluation_config list_data_quality_evaluation_configs"),
    **_all("glue", _BLOCKER, _STATISTICS, "get_column_statistics_for_table get_column_statistics_for_partition"),
    **_all("glue", _WARNING, _STATISTICS, "update_column_statistics_for_table update_column_statistics_for_partition "
           "delete_column_statistics_for_table delete_column_statistics_for_partition start_column_statistics_task_run "
           "stop_column_statistics_task_run get_column_statistics_task_run get_column_statistics_task_runs "
           "list_column_statistics_task_runs start_column_statistics_task_run_schedule get_column_statistics_task_settings "
           "stop_column_statistics_task_run_schedule create_column_statistics_task_settings "
           "update_column_statistics_task_settings delete_column_statistics_task_settings"),
    **_all("glue", _BLOCKER, _TAGS, "get_tags"),
    **_all("glue", _WARNING, _TAGS, "tag_resource untag_resource"),
    **_all("glue", _BLOCKER, _VERSIONS, "get_table_version get_table_versions"),
    **_all("glue", _WARNING, _VERSIONS, "delete_table_version batch_delete_table_version"),
    **_all("glue", _WARNING, _ELSEWHERE, "create_user_defined_function update_user_defined_function delete_user_defined_function "
           "get_user_defined_function get_user_defined_functions create_table_optimizer update_table_optimizer "
           "delete_table_optimizer get_table_optimizer batch_get_table_optimizer list_table_optimizer_runs "
           "create_security_configuration delete_security_configuration get_security_configuration get_security_configurations "
           "put_data_catalog_encryption_settings get_data_catalog_encryption_settings put_data_catalog_export_configuration "
           "get_data_catalog_export_configuration create_dev_endpoint update_dev_endpoint delete_dev_endpoint get_dev_endpoint "
           "get_dev_endpoints batch_get_dev_endpoints list_dev_endpoints create_session delete_session stop_session get_session "
           "get_session_endpoint get_system_logs_for_session list_sessions run_statement get_statement cancel_statement "
           "list_statements create_ml_transform update_ml_transform delete_ml_transform get_ml_transform get_ml_transforms "
           "list_ml_transforms get_ml_task_run get_ml_task_runs cancel_ml_task_run start_ml_evaluation_task_run "
           "start_ml_labeling_set_generation_task_run start_import_labels_task_run start_export_labels_task_run create_script "
           "get_mapping get_plan import_catalog_to_glue get_catalog_import_status create_usage_profile update_usage_profile "
           "delete_usage_profile get_usage_profile list_usage_profiles start_job_upgrade_analysis get_job_upgrade_analysis "
           "stop_job_upgrade_analysis start_materialized_view_refresh_task_run stop_materialized_view_refresh_task_run "
           "get_materialized_view_refresh_task_run list_materialized_view_refresh_task_runs create_custom_entity_type "
           "get_custom_entity_type batch_get_custom_entity_types delete_custom_entity_type list_custom_entity_types"),
    **_all("glue", _BLOCKER, _RIGHTS, "put_resource_policy delete_resource_policy get_resource_policy get_resource_policies"),
    **_all("athena", _BLOCKER, _ATHENA, "start_query_execution get_table_metadata list_table_metadata get_database "
           "list_databases"),
    **_all("lakeformation", _BLOCKER, _RIGHTS, "revoke_permissions batch_revoke_permissions create_data_cells_filter "
           "update_data_cells_filter delete_data_cells_filter add_lf_tags_to_resource remove_lf_tags_from_resource "
           "create_lf_tag_expression update_lf_tag delete_lf_tag deregister_resource list_permissions "
           "get_effective_permissions_for_path get_resource_lf_tags search_tables_by_lf_tags search_databases_by_lf_tags "
           "put_data_lake_settings list_data_cells_filter get_data_cells_filter"),
    **_all("lakeformation", _WARNING, _RIGHTS, "grant_permissions batch_grant_permissions register_resource update_resource "
           "create_lf_tag"),
    **_all("lakeformation", _BLOCKER, _CHANGE, "start_transaction commit_transaction cancel_transaction extend_transaction "
           "describe_transaction update_table_objects get_table_objects delete_objects_on_cancel start_query_planning "
           "get_work_units get_work_unit_results update_table_storage_optimizer"),
    **_all("logs", _BLOCKER, _LOGS, "get_log_events filter_log_events start_query start_live_tail describe_log_streams "
           "create_export_task put_subscription_filter put_metric_filter"),
    **_all("cloudwatch", _BLOCKER, _METRICS, "get_metric_statistics get_metric_data list_metrics put_metric_alarm "
           "get_metric_widget_image"),
    **_all("stepfunctions", _WARNING, _MACHINE, "start_execution start_sync_execution"),
    **_all("lambda", _WARNING, _FUNCTION, "invoke invoke_async"),
    "events.put_targets": (_BLOCKER, _SCHEDULE),
    **_all("scheduler", _BLOCKER, _SCHEDULE, "create_schedule update_schedule"),
    "quicksight.create_ingestion": (_WARNING, _SPICE),
    **_all("s3", _INFO, _FILES, "list_objects list_objects_v2 delete_object delete_objects"),
    **_all("secretsmanager", _INFO, _SECRET, "get_secret_value"),
    **_all("ssm", _INFO, _SECRET, "get_parameter"),
}  # fmt: skip

UNTOUCHED = frozenset(
    (
        "create_registry update_registry delete_registry get_registry list_registries create_schema update_schema delete_schema "
        "get_schema list_schemas get_schema_version list_schema_versions get_schema_by_definition get_schema_versions_diff "
        "register_schema_version delete_schema_versions check_schema_version_validity put_schema_version_metadata "
        "query_schema_version_metadata remove_schema_version_metadata "
        "describe_connection_type list_connection_types register_connection_type delete_connection_type describe_entity list_entities "
        "get_entity_records"
    ).split()
)
"""Operations of Glue on what no migration moves: the schema registry and what connectors reach."""

LOOKED_UP = _LOOK_UP

# What tells a call apart where only some of an operation's calls are meant: words of the arguments.
ONLY_FOR: dict[str, re.Pattern[str]] = {
    "logs": re.compile(r"aws-glue", re.IGNORECASE),
    "cloudwatch": re.compile(r"\bGlue\b|glue\.(driver|ALL|\d|error|succeed)"),
    "events": re.compile(r":glue:"),
    "scheduler": re.compile(r":glue:"),
}
