"""AWS calls through boto3: they stay and need credentials; those with a counterpart in Databricks are told with it.

AWS: the boto3 clients. On Databricks a job has no IAM role by itself: it gets one from an instance profile or from a Unity
Catalog service credential.
"""

import ast

from glue2lakehouse.domain import Certainty, Severity
from glue2lakehouse.tools.rewrite.aws_around import catches_glue, said
from glue2lakehouse.tools.rewrite.aws_upkeep import secret, upkeep
from glue2lakehouse.tools.rewrite.compute import shown
from glue2lakehouse.tools.rewrite.kinds.stubs import BOTO3_MAKERS, LOOK_UPS
from glue2lakehouse.tools.rewrite.names import quote_name, table_code
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Piece, Rewrite, Rule, Use, code
from glue2lakehouse.tools.rewrite.views import views_of

_LOOK_UP = "Unity Catalog holds the tables: spark.catalog, DESCRIBE, or information_schema"
_CHANGE = "the tables are in Unity Catalog: CREATE, ALTER and DROP TABLE through spark.sql"
_PARTITIONS = "Delta tables find their partitions themselves; drop the call"
_PARTITIONS_GONE = "rows leave a Delta table by DELETE FROM … WHERE, through spark.sql"
_CRAWLER = "Unity Catalog needs no crawler; drop the call, and read new files with Auto Loader"
_RUNS = "the runs are runs of Databricks jobs: WorkspaceClient().jobs.list_runs, get_run and cancel_run"
_FILES = "under a volume: dbutils.fs.ls and dbutils.fs.rm"
_SECRET = "dbutils.secrets.get(scope, key) needs no AWS credentials: name the scope and the key in `aws_secrets`"
_ATHENA = "run the statement with spark.sql, where its tables are: Athena sees the Glue catalog, not Unity Catalog"

# A blocker where the job would go wrong quietly: what it asks for is frozen with the migration, or what it changes is not what it
# works on any more. A warning where it would do something useless, or fail.
COUNTERPARTS: dict[str, tuple[Severity, str]] = {
    **{f"glue.{name}": (Severity.WARNING, _CRAWLER) for name in (
        "start_crawler", "get_crawler", "get_crawlers", "create_crawler", "update_crawler", "stop_crawler")},
    **{f"glue.{name}": (Severity.WARNING, _LOOK_UP) for name in ("get_database", "search_tables")},
    "glue.get_partition": (Severity.BLOCKER, _LOOK_UP),
    **{f"glue.{name}": (Severity.WARNING, _CHANGE) for name in ("create_table", "create_database")},
    **{f"glue.{name}": (Severity.BLOCKER, _CHANGE) for name in (
        "update_table", "delete_table", "batch_delete_table", "delete_database")},
    **{f"glue.{name}": (Severity.WARNING, _PARTITIONS) for name in (
        "create_partition", "batch_create_partition", "update_partition", "batch_update_partition")},
    **{f"glue.{name}": (Severity.BLOCKER, _PARTITIONS_GONE) for name in ("delete_partition", "batch_delete_partition")},
    **{f"glue.{name}": (Severity.BLOCKER, _RUNS) for name in (
        "get_job_runs", "batch_stop_job_run", "get_workflow_run", "get_workflow_runs", "resume_workflow_run")},
    "glue.get_job_bookmark": (Severity.WARNING, "bookmarks are Glue's; keep a watermark or a checkpoint"),
    "glue.reset_job_bookmark": (Severity.BLOCKER, "delete the watermark or the checkpoint that took the bookmark's place"),
    "glue.get_connection": (Severity.WARNING, "read the connection's values from a secret scope: dbutils.secrets.get"),
    "athena.start_query_execution": (Severity.BLOCKER, _ATHENA),
    **{f"s3.{name}": (Severity.INFO, _FILES) for name in (
        "list_objects", "list_objects_v2", "delete_object", "delete_objects")},
    "secretsmanager.get_secret_value": (Severity.INFO, _SECRET),
    "ssm.get_parameter": (Severity.INFO, _SECRET),
}  # fmt: skip
"""What a call has in Databricks; a warning where the job would do something else, or nothing useful, without it."""


class AwsCalls(Rule):
    """What only keeps the Glue catalog up to date goes, a secret that has a scope comes from there; other calls stay.

    What takes the place of one that stays is said once for each call and file.
    """

    name = "aws-calls"
    glue = tuple(f"boto3.{name}" for name in COUNTERPARTS)
    example = Example(
        before="import boto3\nfrom awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
        'glue = boto3.client("glue")\nspark.table("sales.orders").show()\nglue.start_crawler(Name="orders")\n',
        after="import boto3\nfrom pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n"
        'spark.table("main.sales.orders").show()\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """A crawler that is waited for stays: its state is asked for elsewhere."""
        call.drop_everything()
        if not views_of(call.place.world).uses_glue:
            return ()
        if call.name.startswith("boto3.s3.") and _moved(call):
            return ()
        instead = upkeep(call) or secret(call)
        if instead is not None or said(call, call.name):
            return instead or ()
        service, _, method = call.name.removeprefix("boto3.").partition(".")
        severity, counterpart = COUNTERPARTS[f"{service}.{method}"]
        return call.place.finding(
            call.node, severity, f"`{method}` of the AWS service {service} is called", counterpart
        )

    def refer(self, use: Use) -> Answer:
        """A method that is handed on is not a call yet."""
        return ()


_TABLE = {"get_table": "Name", "get_partitions": "TableName"}
_PAGES = {"MaxResults", "NextToken", "PaginationConfig"}


class CatalogLookUps(Rule):
    """Tables and schemas are looked up in Unity Catalog, through helpers that answer in the shape of Glue's client."""

    name = "catalog-look-ups"
    glue = (
        "boto3.glue.get_paginator",
        *(f"boto3.glue.{name}" for name in LOOK_UPS),
        *(f"boto3.glue.pages.{name}.paginate" for name in LOOK_UPS),
    )
    example = Example(
        before="import boto3\nfrom awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
        'glue = boto3.client("glue")\n'
        'table = glue.get_table(DatabaseName="sales", Name="orders")["Table"]\n'
        'names = [each["Name"] for each in glue.get_tables(DatabaseName="sales")["TableList"]]\n'
        'spark.table("sales.orders").show()\n',
        after="import boto3\nfrom pyspark.sql import SparkSession\nfrom glue_compat import get_table, get_tables\n\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        'table = get_table("main.sales.orders")["Table"]\n'
        'names = [each["Name"] for each in get_tables("main.sales")["TableList"]]\n'
        'spark.table("main.sales.orders").show()\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Another account's catalog, an expression to filter by, and an error of Glue's that is caught are handed back."""
        call.drop_everything()
        if not views_of(call.place.world).uses_glue:
            return ()
        if call.leaf == "get_paginator":
            return self._paginator(call)
        paged = call.leaf == "paginate"
        name = call.name.split(".")[3 if paged else 2]
        given = {keyword.arg: keyword.value for keyword in call.node.keywords}
        wanted = {
            "get_table": {"DatabaseName", "Name"},
            "get_tables": {"DatabaseName"},
            "get_databases": set[str](),
            "get_partitions": {"DatabaseName", "TableName"},
        }[name]
        if call.node.args or not wanted <= set(given) <= wanted | _PAGES or catches_glue(call):
            severity = Severity.BLOCKER if name == "get_partitions" else Severity.WARNING
            return call.place.finding(call.node, severity, f"`{name}` of the AWS service glue is called", _LOOK_UP)
        where: Piece = quoted(quote_name(call.settings.catalog))
        if name in ("get_table", "get_partitions"):
            where = table_code(call, given["DatabaseName"], given[_TABLE[name]])[0]
        elif name == "get_tables":
            where = _schema(call, given["DatabaseName"])
        template = "[{name}({where})]" if paged else "{name}({where})"
        return Rewrite(
            code(template, name=name, where=where),
            certainty=Certainty.CONDITIONAL,
            condition="the code asks for the values of partitions that hold rows only"
            if name == "get_partitions"
            else "Unity Catalog has the tables, and the code asks for names, types, keys and locations only",
            imports=(f"from glue_compat import {name}",),
            compat=(name,),
            findings=(call.info(f"`{shown(call)}` looks in Unity Catalog now", ""),),
        )

    def _paginator(self, call: GlueCall) -> Answer:
        operation = call.literal(call.node.args[0]) if call.node.args else None
        if operation in LOOK_UPS:
            return call.info(f"`{shown(call)}`: its pages are one look into Unity Catalog", "")
        severity, counterpart = COUNTERPARTS.get(f"glue.{operation}", (None, ""))
        if severity is None or said(call, f"boto3.glue.{operation}"):
            return ()
        return call.place.finding(call.node, severity, f"`{operation}` of the AWS service glue is called", counterpart)

    def refer(self, use: Use) -> Answer:
        """A method that is handed on is not a call yet."""
        return ()


def _moved(call: GlueCall) -> dict[str, str]:
    """Return the S3 prefixes that the settings map to somewhere else."""
    paths = call.settings.paths.items()
    return {
        prefix: place for prefix, place in paths if prefix.startswith("s3") and prefix.rstrip("/") != place.rstrip("/")
    }


def _schema(call: GlueCall, database: ast.expr) -> Piece:
    if isinstance(database, ast.Constant) and isinstance(database.value, str):
        schema = call.settings.schema_for(database.value)
        return quoted(f"{quote_name(call.settings.catalog)}.{quote_name(schema)}")
    return table_code(call, database, None)[0]


_ON_VOLUMES = {"client": "S3OnVolumes", "resource": "S3ResourceOnVolumes"}


class AwsClients(Rule):
    """A client stays; which credentials it needs is said once for each service and file.

    Where the settings say that S3 prefixes have moved into volumes, a helper around the client finds their objects there.
    """

    name = "aws-clients"
    glue = tuple(BOTO3_MAKERS)
    example = None

    def rewrite(self, call: GlueCall) -> Answer:
        """A prefix that has moved to somewhere else than a volume is a warning: the client asks S3 for it."""
        given = call.node.args[0] if call.node.args else next(
            (k.value for k in call.node.keywords if k.arg == "service_name"), None)  # fmt: skip
        service = call.literal(given)
        call.drop_everything()
        where = f"the AWS service {service}" if isinstance(service, str) else "an AWS service"
        if not views_of(call.place.world).uses_glue:
            return ()
        if service == "s3" and (moved := _moved(call)):
            return self._on_volumes(call, moved)
        if said(call, where):
            return ()
        call.place.memory.setdefault("clients told", set()).add(call.node)  # type: ignore[attr-defined]
        named = {keyword.arg for keyword in call.node.keywords} & {"region_name", None}
        region = (
            ""
            if named or service == "s3" or len(call.node.args) > 1 or "Session" in call.name
            else "; set AWS_DEFAULT_REGION there"
        )
        return call.info(
            f"{where} is called (`{shown(call)}`), with the credentials of whoever runs the job",
            f"give the compute an instance profile, or use a Unity Catalog service credential that may call it{region}",
        )

    def _on_volumes(self, call: GlueCall, moved: dict[str, str]) -> Answer:
        in_volumes = {prefix: place for prefix, place in moved.items() if place.startswith("/Volumes/")}
        notes = tuple(
            call.warning(
                f"objects of {prefix} are in {place} now, and `{shown(call)}` asks S3 for them", "ask the new place"
            )
            for prefix, place in moved.items()
            if prefix not in in_volumes
        )
        around = call.place.parents.get(call.node)
        name = _ON_VOLUMES[call.leaf]
        if not in_volumes or (isinstance(around, ast.Call) and ast.unparse(around.func) == name):
            return notes
        mapping = ", ".join(f"{quoted(prefix)}: {quoted(place)}" for prefix, place in in_volumes.items())
        made = code("{name}({client}, {{{mapping}}})", name=name, client=call.text(call.node), mapping=mapping)
        told = call.info(f"`{shown(call)}` finds objects of {', '.join(in_volumes)} in volumes now", "")
        return Rewrite(
            made,
            certainty=Certainty.CONDITIONAL,
            condition="the code asks for names, sizes, times and contents of objects only, and no key ends with a slash",
            imports=(f"from glue_compat import {name}",),
            compat=(name,),
            findings=(told, *notes),
        )

    def refer(self, use: Use) -> Answer:
        """The function itself needs nothing."""
        return ()
