"""What becomes of every field of every Glue definition, and of every special argument of a job.

Facts: botocore's Glue service model; AWS, aws-glue-programming-etl-glue-arguments. `mapped` names the bundle field;
`dropped` gives the reason; `asked` is a finding, since a person has to decide. A field that is not here is a finding too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.model import Definition, GlueJob, Kind
from glue2lakehouse.tools.jobs.values import shown


class Outcome(StrEnum):
    """The three things that can happen to a field, and the one that must not go unseen."""

    MAPPED = "mapped"
    DROPPED = "dropped"
    ASKED = "asked"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Fate:
    """What becomes of a field: the bundle field, the reason, or what a person has to do."""

    outcome: Outcome
    note: str
    severity: Severity = Severity.INFO


def mapped(target: str) -> Fate:
    """The field is written to `target`."""
    return Fate(Outcome.MAPPED, target)


def dropped(reason: str) -> Fate:
    """The field is left out, for this reason."""
    return Fate(Outcome.DROPPED, reason)


def asked(what: str, severity: Severity = Severity.INFO) -> Fate:
    """A person has to do this."""
    return Fate(Outcome.ASKED, what, severity)


_HISTORY = dropped("history of the object in AWS")
_TELEMETRY = dropped("telemetry: the job's page, the Spark UI and the cluster's logs take its place")
_COMMITTER = dropped("an S3 committer of Glue; Delta commits atomically")
_IAM = asked(
    "grant what this IAM role may do to the job's run_as principal in Unity Catalog, and to a storage credential"
)
_KMS = asked("set customer-managed keys on the workspace and bucket encryption in AWS; they are not part of a bundle")
_WARNING = Severity.WARNING

JOB: dict[str, Fate] = {
    "Name": mapped("resources.jobs.<key>.name"),
    "Description": mapped("description"),
    "Role": _IAM,
    "JobMode": dropped("where the script was edited; the script itself is converted"),
    "JobRunQueuingEnabled": mapped("queue.enabled"),
    "LogUri": dropped("reserved by AWS, without effect"),
    "CreatedOn": _HISTORY,
    "LastModifiedOn": _HISTORY,
    "ExecutionProperty.MaxConcurrentRuns": mapped("max_concurrent_runs"),
    "Command.Name": mapped("the kind of task and its compute; continuous for gluestreaming"),
    "Command.ScriptLocation": mapped("tasks[].spark_python_task.python_file"),
    "Command.PythonVersion": dropped("the Databricks runtime decides the Python version; see GlueVersion"),
    "Command.Runtime": asked(
        "a Ray runtime: start Ray on a Databricks cluster (ray.util.spark) by hand", Severity.BLOCKER
    ),
    "DefaultArguments": mapped("parameters and tasks[].spark_python_task.parameters"),
    "NonOverridableArguments": mapped("literals in tasks[].spark_python_task.parameters"),
    "Connections.Connections": asked(
        "give the job a secret scope or a Unity Catalog connection, and the network path", _WARNING
    ),
    "MaxRetries": mapped("tasks[].max_retries, with retry_on_timeout false"),
    "AllocatedCapacity": mapped("new_cluster.num_workers (DPU)"),
    "Timeout": mapped("timeout_seconds"),
    "MaxCapacity": mapped("new_cluster.num_workers (DPU)"),
    "WorkerType": mapped("new_cluster.node_type_id and driver_node_type_id"),
    "NumberOfWorkers": mapped("new_cluster.num_workers or autoscale.max_workers, less the driver"),
    "SecurityConfiguration": _KMS,
    "NotificationProperty.NotifyDelayAfter": mapped("health.rules RUN_DURATION_SECONDS"),
    "GlueVersion": mapped("new_cluster.spark_version or the environment's version"),
    "CodeGenConfigurationNodes": dropped("the diagram from which Studio generated the script; the script is converted"),
    "ExecutionClass": mapped("new_cluster.aws_attributes or performance_target"),
    "SourceControlDetails": asked("the bundle deploys the converted files; set git_source if jobs shall run from Git"),
    "MaintenanceWindow": mapped("continuous.maintenance_window"),
    "ProfileName": dropped("a usage profile limits who may choose what in AWS; use a cluster policy"),
    "AutoUpgradeMetadata": dropped("state of Glue's own upgrade assistant"),
    "Tags": mapped("tags"),
    "TagsRefused": asked("allow glue:GetTags and scan again: the tags are missing", _WARNING),
    "Id": _HISTORY,
}
TRIGGER: dict[str, Fate] = {
    "Name": mapped("the name and comment of the job that takes its place"),
    "WorkflowName": mapped("the job that the workflow became"),
    "Id": _HISTORY,
    "Type": mapped("schedule, depends_on, trigger.file_arrival, or nothing for ON_DEMAND"),
    "State": mapped("pause_status"),
    "StartOnCreation": mapped("pause_status"),
    "Description": mapped("description"),
    "Schedule": mapped("schedule.quartz_cron_expression"),
    "Actions.JobName": mapped("tasks[].run_job_task.job_id"),
    "Actions.Arguments": mapped("tasks[].run_job_task.job_parameters, or the parameters of a task of its own"),
    "Actions.Timeout": mapped("tasks[].timeout_seconds"),
    "Actions.SecurityConfiguration": _KMS,
    "Actions.NotificationProperty.NotifyDelayAfter": mapped("tasks[].health.rules RUN_DURATION_SECONDS"),
    "Actions.CrawlerName": mapped("a task that says what replaces the crawler"),
    "Predicate.Logical": mapped("tasks[].run_if"),
    "Predicate.Conditions.LogicalOperator": dropped("EQUALS is its only value"),
    "Predicate.Conditions.JobName": mapped("tasks[].depends_on"),
    "Predicate.Conditions.State": mapped("tasks[].run_if, or a condition_task on the state"),
    "Predicate.Conditions.CrawlerName": mapped("tasks[].depends_on of the task that replaces the crawler"),
    "Predicate.Conditions.CrawlState": mapped("tasks[].run_if"),
    "EventBatchingCondition.BatchSize": mapped("trigger.file_arrival; more than 1 is a finding"),
    "EventBatchingCondition.BatchWindow": mapped("trigger.file_arrival.wait_after_last_change_seconds"),
    "Tags": mapped("tags of the job that takes its place"),
    "TagsRefused": JOB["TagsRefused"],
}
WORKFLOW: dict[str, Fate] = {
    "Name": mapped("resources.jobs.<key>.name"),
    "Description": mapped("description"),
    "DefaultRunProperties": mapped("parameters of the job"),
    "CreatedOn": _HISTORY,
    "LastModifiedOn": _HISTORY,
    "LastRun": _HISTORY,
    "Graph": dropped("drawn from the triggers, which are read themselves"),
    "MaxConcurrentRuns": mapped("max_concurrent_runs"),
    "BlueprintDetails": dropped("the blueprint made it once; the workflow stands on its own"),
    "Tags": mapped("tags"),
    "TagsRefused": JOB["TagsRefused"],
}
_CRAWLED = "replace the crawler: Auto Loader into a Delta table, or CREATE TABLE … LOCATION; "
CRAWLER: dict[str, Fate] = {
    "Name": mapped("the task, where a trigger starts it; else a finding"),
    "Role": _IAM,
    "Targets": asked(_CRAWLED + "JDBC targets become a foreign catalog (Lakehouse Federation)", _WARNING),
    "DatabaseName": asked("the tables go to the schema that this database maps to"),
    "Description": dropped("no object of Databricks takes the crawler's place"),
    "Classifiers": asked("give their patterns to the reader options of the job that loads the files", _WARNING),
    "RecrawlPolicy": asked("Auto Loader reads new files only; a full crawl is a full refresh"),
    "SchemaChangePolicy": asked("choose cloudFiles.schemaEvolutionMode to match this policy", _WARNING),
    "LineageConfiguration": dropped("Unity Catalog records lineage"),
    "State": _HISTORY,
    "TablePrefix": asked("keep this prefix in the names of the tables that the crawler made"),
    "Schedule": asked("schedule the job that replaces the crawler", _WARNING),
    "CrawlElapsedTime": _HISTORY,
    "CreationTime": _HISTORY,
    "LastUpdated": _HISTORY,
    "LastCrawl": _HISTORY,
    "Version": _HISTORY,
    "Configuration": asked("keep its grouping and partition settings in the table's definition"),
    "CrawlerSecurityConfiguration": _KMS,
    "LakeFormationConfiguration": asked("grant in Unity Catalog what Lake Formation granted", _WARNING),
    "CatalogId": dropped("the account of the Data Catalog; Unity Catalog takes its place"),
    "Tags": dropped("no object of Databricks takes the crawler's place"),
    "TagsRefused": JOB["TagsRefused"],
}
_SECRETS = "put these into a secret scope, or make a Unity Catalog CONNECTION of them"
CONNECTION: dict[str, Fate] = {
    "Name": asked("name the secret scope for it under `secrets` in glue2lakehouse.yaml"),
    "Description": dropped("no object of the bundle takes the connection's place"),
    "ConnectionType": asked(_SECRETS),
    "MatchCriteria": dropped("used by the Glue console only"),
    "ConnectionProperties": asked(_SECRETS, _WARNING),
    "SparkProperties": asked(_SECRETS, _WARNING),
    "AthenaProperties": dropped("used by Athena only"),
    "PythonProperties": asked(_SECRETS, _WARNING),
    "PhysicalConnectionRequirements": asked(
        "open the way from the workspace's network (VPC peering, NCC) to this subnet", _WARNING
    ),
    "CreationTime": _HISTORY,
    "LastUpdatedTime": _HISTORY,
    "LastUpdatedBy": _HISTORY,
    "Status": _HISTORY,
    "StatusReason": _HISTORY,
    "LastConnectionValidationTime": _HISTORY,
    "AuthenticationConfiguration": asked(_SECRETS, _WARNING),
    "ConnectionSchemaVersion": _HISTORY,
    "CompatibleComputeEnvironments": _HISTORY,
    "CatalogId": CRAWLER["CatalogId"],
    "ValidateCredentials": dropped("checked once, when the connection was made"),
    "ValidateForComputeEnvironments": dropped("checked once, when the connection was made"),
    "Tags": dropped("no object of the bundle takes the connection's place"),
}
_OPTIONS = "give this to the options of the reader that loads these files"
CLASSIFIER: dict[str, Fate] = {
    "Name": dropped("the name is used by crawlers only"),
    "CsvClassifier": asked(_OPTIONS + " (sep, quote, header, schema)", _WARNING),
    "GrokClassifier": asked(_OPTIONS + " (regexp_extract on spark.read.text)", _WARNING),
    "JsonClassifier": asked(_OPTIONS + " (explode what the path selects)", _WARNING),
    "XMLClassifier": asked(_OPTIONS + " (rowTag)", _WARNING),
}
BLUEPRINT: dict[str, Fate] = {
    "Name": asked("a blueprint generates workflows: write a bundle template for new ones; those that it made are read themselves", _WARNING),
    "BlueprintLocation": asked("its layout code is the source for the bundle template"),
    "ParameterSpec": asked("its parameters become databricks_template_schema.json"),
    **dict.fromkeys(("Description", "CreatedOn", "LastModifiedOn", "BlueprintServiceLocation", "Status", "ErrorMessage",
                     "LastActiveDefinition"), _HISTORY),
}  # fmt: skip
SECURITY: dict[str, Fate] = {
    "Name": dropped("the name is used by jobs and crawlers only"),
    "CreatedTimeStamp": _HISTORY,
    "EncryptionConfiguration": _KMS,
}
_DDL = dropped("the work of `tools/ddl`, which writes the table's Unity Catalog DDL")
_ORDER = mapped("a job with one task for each step")
FIELDS: dict[Kind, dict[str, Fate]] = {
    Kind.JOB: JOB,
    Kind.TRIGGER: TRIGGER,
    Kind.WORKFLOW: WORKFLOW,
    Kind.CRAWLER: CRAWLER,
    Kind.CONNECTION: CONNECTION,
    Kind.CLASSIFIER: CLASSIFIER,
    Kind.BLUEPRINT: BLUEPRINT,
    Kind.SECURITY_CONFIGURATION: SECURITY,
    Kind.TABLE: {"*": _DDL},
    Kind.DATABASE: {"*": _DDL},
    Kind.CHAIN: {"*": _ORDER},
}

_ANYWHERE: dict[str, Fate] = {
    "Provisioner": asked("Terraform ran this command when it made the resource; nothing runs it now", _WARNING),
    "Arn": _HISTORY,
    "Connection": asked("part of a Terraform provisioner, which nothing runs now", _WARNING),
}

_TASK = "tasks[].spark_python_task.parameters"
ARGUMENTS: dict[str, Fate] = {
    "--job-language": dropped("python; a Scala job is a finding of its own"),
    "--scriptLocation": dropped("the script is named by Command.ScriptLocation"),
    "--class": dropped("entry class of a Scala job, which is a finding of its own"),
    "--extra-py-files": mapped("tasks[].libraries or the environment's dependencies"),
    "--additional-python-modules": mapped("tasks[].libraries[].pypi or the environment's dependencies"),
    "--python-modules-installer-option": asked("give this pip option in a requirements file", _WARNING),
    "--extra-jars": mapped("tasks[].libraries[].jar"),
    "--user-jars-first": asked("a jar that shadows one of the runtime's needs an init script", _WARNING),
    "--extra-files": asked(
        "put these files on a volume and read them from there; Glue copied them to the working folder", _WARNING
    ),
    "--job-bookmark-option": mapped("the conversion's policy for bookmarks; a finding where they are on"),
    "--job-bookmark-from": asked("a run range of a paused bookmark has no counterpart", _WARNING),
    "--job-bookmark-to": asked("a run range of a paused bookmark has no counterpart", _WARNING),
    "--TempDir": mapped(_TASK),
    "--enable-glue-datacatalog": dropped("Unity Catalog is the metastore of every Databricks job"),
    "--enable-hive-metastore": dropped("Unity Catalog is the metastore of every Databricks job"),
    "--datalake-formats": mapped("nothing for delta and iceberg, which the runtime brings; a finding for hudi"),
    "--conf": mapped("new_cluster.spark_conf"),
    "--enable-auto-scaling": mapped("new_cluster.autoscale"),
    "--auto-scale-within-microbatch": mapped("new_cluster.autoscale"),
    "--executor-cores": dropped("Databricks runs one executor on each worker, with all its cores"),
    "--enable-metrics": _TELEMETRY,
    "--enable-observability-metrics": _TELEMETRY,
    "--enable-job-insights": _TELEMETRY,
    "--enable-continuous-cloudwatch-log": _TELEMETRY,
    "--enable-continuous-log-filter": _TELEMETRY,
    "--continuous-log-logGroup": _TELEMETRY,
    "--continuous-log-logStreamPrefix": _TELEMETRY,
    "--continuous-log-conversionPattern": _TELEMETRY,
    "--continuous-log-logLevel": _TELEMETRY,
    "--custom-logGroup-prefix": _TELEMETRY,
    "--custom-logStream-prefix": _TELEMETRY,
    "--enable-spark-ui": _TELEMETRY,
    "--spark-event-logs-path": _TELEMETRY,
    "--spark-ui-event-logs-path": _TELEMETRY,
    "--enable-spark-ui-legacy-path": _TELEMETRY,
    "--enable-s3-parquet-optimized-committer": _COMMITTER,
    "--enable-rename-algorithm-v2": _COMMITTER,
    "--enable-lakeformation-fine-grained-access": asked("grant in Unity Catalog what Lake Formation granted", _WARNING),
    "--disable-proxy": asked("the way to AWS services goes through the workspace's network", _WARNING),
    "--disable-proxy-v2": asked("the way to AWS services goes through the workspace's network", _WARNING),
    "--use-postgres-driver": dropped("the runtime brings a PostgreSQL driver"),
    "--encryption-type": asked("set the bucket's default encryption: Databricks does not set it per job"),
    "--customer-driver-env-vars": mapped("new_cluster.spark_env_vars"),
    "--customer-executor-env-vars": mapped("new_cluster.spark_env_vars"),
    "--enable-data-lineage": dropped("Unity Catalog records lineage"),
    "--python-virtual-env": asked("rebuild this virtual environment as the job's environment", _WARNING),
    "--write-shuffle-files-to-s3": dropped("shuffle storage of Glue; Databricks uses the workers' disks"),
    "--write-shuffle-spills-to-s3": dropped("shuffle storage of Glue; Databricks uses the workers' disks"),
    "library-set": asked("name the libraries of Python shell's analytics set as the task's libraries", _WARNING),
    # AWS says not to set these, but where a definition does, its script may read them.
    "--mode": mapped(_TASK),
    "--debug": mapped(_TASK),
    "--endpoint": mapped(_TASK),
    "--JOB_NAME": mapped(f"{_TASK}, always given, as Glue gives it"),
    "--JOB_RUN_ID": mapped(f"{_TASK}, as {{{{job.run_id}}}}"),
    "--JOB_ID": mapped(f"{_TASK}, as {{{{job.id}}}}"),
}
USER_ARGUMENT = mapped("parameters and tasks[].spark_python_task.parameters")


@dataclass(frozen=True)
class Accounted:
    """One field of one definition, and what became of it."""

    field: str
    line: int
    outcome: Outcome
    note: str
    severity: Severity


def account(definition: Definition) -> list[Accounted]:
    """Return what becomes of each field that the source sets, in its order."""
    rows = [_row(definition, path, fate) for path, fate in _fated(definition)]
    for name, why in definition.set_aside.items():
        rows.append(
            _row(
                definition, name, Fate(Outcome.UNKNOWN, f"has not the shape that AWS asks for: {why}", Severity.BLOCKER)
            )
        )
    if isinstance(definition, GlueJob):
        for field in ("DefaultArguments", "NonOverridableArguments"):
            names = definition.fields().get(field) or {}
            rows += [_row(definition, f"{field}.{name}", _argument(name)) for name in names]
    return rows


def _argument(name: str) -> Fate:
    if "⟦" in name:
        return asked(
            "a whole map of arguments is not known: give it in this definition, or add it to the job's parameters",
            Severity.BLOCKER,
        )
    if not name.startswith("--") and name not in ARGUMENTS:
        return asked("an argument of Glue starts with two dashes; this one reaches no script", _WARNING)
    return ARGUMENTS.get(name, USER_ARGUMENT)


def _row(definition: Definition, path: str, fate: Fate) -> Accounted:
    return Accounted(path, definition.at(path), fate.outcome, fate.note, fate.severity)


def _fated(definition: Definition) -> Iterator[tuple[str, Fate]]:
    table = FIELDS[definition.kind]
    for path in _paths(definition.fields(), table):
        known = table.get("*") or table.get(path) or _ANYWHERE.get(path)
        yield (
            path,
            known or Fate(Outcome.UNKNOWN, "this field is not known to the tool; nothing was written for it", _WARNING),
        )


def _paths(value: dict[str, Any], table: dict[str, Fate], prefix: str = "") -> Iterator[str]:
    for name, item in value.items():
        path = f"{prefix}{name}"
        inside = any(known.startswith(path + ".") for known in table)
        if path in table or not inside:
            yield path
            continue
        seen: dict[str, None] = {}
        for part in item if isinstance(item, list) else [item]:
            if isinstance(part, dict):
                seen |= dict.fromkeys(_paths(part, table, path + "."))
        yield from seen


def field_findings(definition: Definition) -> list[Finding]:
    """Return the findings of the fields that a person has to look at, and of those that nobody knows."""
    return [
        Finding(
            rule="glue-field" if row.outcome is Outcome.ASKED else "glue-field-unknown",
            severity=row.severity,
            path=definition.place.path,
            line=row.line,
            message=shown(f"{definition.kind} '{definition.name}': {row.field} is not written to the bundle"),
            action=row.note,
        )
        for row in account(definition)
        if row.outcome in (Outcome.ASKED, Outcome.UNKNOWN)
    ]
