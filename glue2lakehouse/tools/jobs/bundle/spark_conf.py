"""The `--conf` argument of a Glue job: one string of settings, `a=b --conf c=d`, split and filtered.

AWS: aws-glue-programming-etl-glue-arguments. Kept is what changes results or speed of the job itself; left out, with a
finding, is what sizes Glue's machines or names Glue's catalogs.
"""

import re

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.jobs.bundle.draft import Context
from glue2lakehouse.tools.jobs.model import GlueJob

_LEFT_OUT: tuple[tuple[str, str, Severity], ...] = (
    (r"spark\.sql\.catalog\..*|spark\.sql\.catalogImplementation|spark\.sql\.defaultCatalog|spark\.sql\.extensions", "Unity Catalog holds all catalogs and Databricks brings Delta and Iceberg", Severity.WARNING),
    (r"spark\.hadoop\.(hive\.metastore|hive\.imetastore|aws\.glue).*|spark\.sql\.hive\.metastore.*|hive\.metastore.*", "Unity Catalog is the metastore", Severity.INFO),
    (r"spark\.(hadoop\.)?fs\.s3.*|spark\.hadoop\.mapreduce\.fileoutputcommitter.*|spark\.sql\.(parquet\.output\.committer|sources\.commitProtocol).*", "S3 access and committers are Databricks' own", Severity.INFO),
    (r"spark\.(executor|driver)\.(memory.*|cores|instances|extraJavaOptions|maxResultSize)|spark\.dynamicAllocation\..*|spark\.shuffle\.(service|glue).*|spark\.yarn\..*|spark\.memory\..*", "it sizes Glue's machines; Databricks sizes its own by the node type", Severity.WARNING),
    (r"spark\.jars.*|spark\.submit.*|spark\.(driver|executor)\.extraClassPath|spark\.files|spark\.archives", "jars and files are libraries of the task", Severity.WARNING),
    (r"spark\.(glue|emr|eventLog|ui|metrics|history)\..*|spark\.extraListeners", "telemetry and platform of Glue", Severity.INFO),
    (r"spark\.serializer", "Databricks sets it; it changes no result", Severity.INFO),
)  # fmt: skip


def split_conf(text: str) -> tuple[dict[str, str], list[str]]:
    """Return the settings of a chained `--conf` string, and the pieces that are none."""
    settings: dict[str, str] = {}
    odd: list[str] = []
    for piece in re.split(r"(?:^|\s+)--conf(?:\s+|=)", text.strip()):
        name, equals, value = piece.strip().partition("=")
        if equals and re.fullmatch(r"[\w.\-⟦⟧]+", name.strip()):
            settings[name.strip()] = value.strip().strip("\"'")
        elif piece.strip():
            odd.append(piece.strip())
    return settings, odd


def spark_conf_of(job: GlueJob, context: Context) -> tuple[dict[str, str], dict[str, str]]:
    """Return what goes to spark_conf, and a comment for each; tell what does not."""
    field = "NonOverridableArguments" if "--conf" in job.non_overridable_arguments else "DefaultArguments"
    settings, odd = split_conf(job.arguments.get("--conf", ""))
    kept: dict[str, str] = {}
    for piece in odd:
        context.tell(
            job, "job-conf", f"--conf: '{piece}' is no setting (name=value)",
            "give it in spark_conf", field=f"{field}.--conf",
        )  # fmt: skip
    for name, value in settings.items():
        reason = next(((why, severity) for pattern, why, severity in _LEFT_OUT if re.fullmatch(pattern, name)), None)
        if reason is None:
            kept[name] = context.text(value)
            continue
        context.tell(
            job,
            "job-conf",
            f"--conf: {name}={value} was left out",
            reason[0],
            field=f"{field}.--conf",
            severity=reason[1],
        )
    return kept, dict.fromkeys(kept, f"--conf, {job.place.path}:{job.at(f'{field}.--conf')}")
