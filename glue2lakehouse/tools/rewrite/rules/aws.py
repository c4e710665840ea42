"""AWS calls through boto3: they stay and need credentials; those with a counterpart in Databricks are told with it.

AWS: the boto3 clients. On Databricks a job has no IAM role by itself: it gets one from an instance profile or from a Unity
Catalog service credential.
"""

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.rewrite.kinds.stubs import BOTO3_MAKERS
from glue2lakehouse.tools.rewrite.rule import Answer, GlueCall, Rule, Use
from glue2lakehouse.tools.rewrite.views import views_of

_LOOK_UP = "Unity Catalog holds the tables: spark.catalog, DESCRIBE, or information_schema"
_CHANGE = "the tables are in Unity Catalog: CREATE, ALTER and DROP TABLE through spark.sql"
_PARTITIONS = "Delta tables find their partitions themselves; drop the call"
_CRAWLER = "Unity Catalog needs no crawler; drop the call, and read new files with Auto Loader"
_JOBS = "run the Databricks job: WorkspaceClient().jobs.run_now, or a task that depends on this one"
_VALUES = "take it from an argument ({{job.parameters.NAME}} in the bundle); hand it on with dbutils.jobs.taskValues"
_FILES = "under a volume: dbutils.fs.ls and dbutils.fs.rm"
_SECRET = "dbutils.secrets.get(scope, key) needs no AWS credentials"

COUNTERPARTS: dict[str, tuple[Severity, str]] = {
    **{f"glue.{name}": (Severity.WARNING, _CRAWLER) for name in (
        "start_crawler", "get_crawler", "get_crawlers", "create_crawler", "update_crawler", "stop_crawler")},
    **{f"glue.{name}": (Severity.WARNING, _LOOK_UP) for name in (
        "get_table", "get_tables", "get_database", "get_databases", "get_partition", "get_partitions", "search_tables")},
    **{f"glue.{name}": (Severity.WARNING, _CHANGE) for name in (
        "create_table", "update_table", "delete_table", "batch_delete_table", "create_database", "delete_database")},
    **{f"glue.{name}": (Severity.WARNING, _PARTITIONS) for name in (
        "create_partition", "batch_create_partition", "update_partition", "delete_partition", "batch_delete_partition")},
    **{f"glue.{name}": (Severity.WARNING, _JOBS) for name in (
        "start_job_run", "get_job_run", "get_job_runs", "batch_stop_job_run", "start_workflow_run", "get_workflow_run")},
    # No run of Databricks is a run of a Glue workflow: the call always fails there.
    **{f"glue.{name}": (Severity.BLOCKER, _VALUES) for name in (
        "get_workflow_run_properties", "put_workflow_run_properties")},
    **{f"glue.{name}": (Severity.WARNING, "bookmarks are Glue's; keep a watermark or a checkpoint") for name in (
        "get_job_bookmark", "reset_job_bookmark")},
    "glue.get_connection": (Severity.WARNING, "read the connection's values from a secret scope: dbutils.secrets.get"),
    "athena.start_query_execution": (Severity.WARNING, "Athena sees the Glue catalog, not Unity Catalog: spark.sql"),
    **{f"s3.{name}": (Severity.INFO, _FILES) for name in (
        "list_objects", "list_objects_v2", "delete_object", "delete_objects")},
    "secretsmanager.get_secret_value": (Severity.INFO, _SECRET),
    "ssm.get_parameter": (Severity.INFO, "a job parameter or dbutils.secrets.get needs no AWS credentials"),
}  # fmt: skip
"""What a call has in Databricks; a warning where the job would do something else, or nothing useful, without it."""


class AwsCalls(Rule):
    """The call stays; what takes its place is said once for each call and file."""

    name = "aws-calls"
    glue = tuple(f"boto3.{name}" for name in COUNTERPARTS)
    example = None

    def rewrite(self, call: GlueCall) -> Answer:
        """One finding."""
        call.drop_everything()
        if not views_of(call.place.world).uses_glue or _said(call, call.name):
            return ()
        service, _, method = call.name.removeprefix("boto3.").partition(".")
        severity, counterpart = COUNTERPARTS[f"{service}.{method}"]
        return call.place.finding(
            call.node, severity, f"`{method}` of the AWS service {service} is called", counterpart
        )

    def refer(self, use: Use) -> Answer:
        """A method that is handed on is not a call yet."""
        return ()


class AwsClients(Rule):
    """A client stays; which credentials it needs is said once for each service and file."""

    name = "aws-clients"
    glue = tuple(BOTO3_MAKERS)
    example = None

    def rewrite(self, call: GlueCall) -> Answer:
        """One finding."""
        given = call.node.args[0] if call.node.args else next(
            (k.value for k in call.node.keywords if k.arg == "service_name"), None)  # fmt: skip
        service = call.literal(given)
        call.drop_everything()
        shown = f"the AWS service {service}" if isinstance(service, str) else "an AWS service"
        if not views_of(call.place.world).uses_glue or _said(call, shown):
            return ()
        return call.info(
            f"{shown} is called, with the credentials of whoever runs the job",
            "give the compute an instance profile, or use a Unity Catalog service credential that may call it",
        )

    def refer(self, use: Use) -> Answer:
        """The function itself needs nothing."""
        return ()


def _said(call: GlueCall, key: str) -> bool:
    said = call.place.memory.setdefault("aws", set())
    assert isinstance(said, set)
    before = key in said
    said.add(key)
    return before
