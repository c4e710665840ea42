"""The compute of a Glue job: a job cluster on classic and standard compute, an environment on serverless.

AWS: add-job (worker types, DPU), release-notes (versions). Databricks: Jobs API, ClusterSpec. `NumberOfWorkers` counts
the driver; Glue runs one executor on each worker, as Databricks does.
"""

import re
from typing import Any

from glue2lakehouse.domain import Compute, Severity
from glue2lakehouse.tools.jobs.bundle.draft import Context, Draft, Variable, identifier
from glue2lakehouse.tools.jobs.bundle.spark_conf import spark_conf_of
from glue2lakehouse.tools.jobs.facts import known_version
from glue2lakehouse.tools.jobs.model import GlueJob
from glue2lakehouse.tools.jobs.values import shown

SPARK_3 = "16.4.x-scala2.12"
SPARK_4 = "17.3.x-scala2.13"
NODE_TYPES = {
    "Standard": "m5d.xlarge", "G.025X": "m5d.large", "G.1X": "m5d.xlarge", "G.2X": "m5d.2xlarge",
    "G.4X": "m5d.4xlarge", "G.8X": "m5d.8xlarge", "G.12X": "m5d.12xlarge", "G.16X": "m5d.16xlarge",
    "R.1X": "r5d.xlarge", "R.2X": "r5d.2xlarge", "R.4X": "r5d.4xlarge", "R.8X": "r5d.8xlarge",
}  # fmt: skip
_OLD = ("0.9", "1.0", "2.0")
_SAME_LINE = ("3.0", "4.0", "5.0", "5.1")
LEGACY_CONF = {
    "spark.sql.legacy.timeParserPolicy": "LEGACY",
    "spark.sql.storeAssignmentPolicy": "LEGACY",
    "spark.sql.legacy.parquet.datetimeRebaseModeInRead": "LEGACY",
}
ENVIRONMENT = "default"
_SINGLE_NODE = {"spark.databricks.cluster.profile": "singleNode", "spark.master": "local[*]"}
_ANSI_CONF = "spark.sql.ansi.enabled"
_NTZ_CONF = "spark.sql.parquet.inferTimestampNTZ.enabled"
_CATALOG_CONF = "spark.databricks.sql.initial.catalog.namespace"


def glue_version(job: GlueJob, context: Context) -> str:
    """Return the job's Glue version, or the settings' where the definition states none."""
    return known_version(job.glue_version) or context.settings.glue_version


def add_compute(draft: Draft, job: GlueJob, context: Context, task: dict[str, Any], key: str) -> None:
    """Put the task on its compute, under `key`, and the compute into the draft."""
    _check_version(job, context)
    if context.settings.compute is Compute.SERVERLESS:
        _add_environment(draft, job, context, task, key)
        return
    task["job_cluster_key"] = key
    clusters = draft.job.setdefault("job_clusters", [])
    at = ("job_clusters", len(clusters), "new_cluster")
    clusters.append({"job_cluster_key": key, "new_cluster": _cluster(draft, job, context, at)})


def _check_version(job: GlueJob, context: Context) -> None:
    version = glue_version(job, context)
    if version != job.glue_version:
        context.tell(
            job, "job-runtime", f"its Glue version is not in the source; {version} of the settings was taken",
            "state glue_version in glue2lakehouse.yaml, or GlueVersion in the definition",
        )  # fmt: skip
    if version in _OLD and job.command.name != "pythonshell":
        context.tell(
            job, "job-runtime", f"Glue {version} runs Spark 2: no Databricks runtime has it, legacy settings stand in for it",
            "compare the results of both sides; dates before 1582, casts on insert and date patterns differ most",
        )  # fmt: skip
    elif version == "6.0":
        context.tell(
            job, "job-runtime", "Glue 6.0 runs Spark 4.1; the long-term runtime 17.3 runs Spark 4.0",
            "choose a newer runtime in spark_version where one is offered", severity=Severity.INFO,
        )  # fmt: skip
    elif version not in (*_OLD, *_SAME_LINE):
        context.tell(job, "job-runtime", f"Glue version '{version}' is not known", "choose spark_version yourself")
    if job.command.python_version == "2":
        context.tell(
            job, "job-runtime", "its script is Python 2", "run it through 2to3 first", severity=Severity.BLOCKER
        )


def _cluster(draft: Draft, job: GlueJob, context: Context, at: tuple[str | int, ...]) -> dict[str, Any]:
    version = glue_version(job, context)
    cluster: dict[str, Any] = {"spark_version": SPARK_4 if version == "6.0" else SPARK_3}
    draft.note((*at, "spark_version"), f"GlueVersion {version}", job, "GlueVersion")
    _size(cluster, draft, job, context, at)
    standard = context.settings.compute is Compute.STANDARD
    cluster["data_security_mode"] = "USER_ISOLATION" if standard else "SINGLE_USER"
    cluster["runtime_engine"] = "${var.runtime_engine}"
    draft.comments[(*at, "runtime_engine")] = (
        "Photon is a switch, off for the comparison run: it may add up floats in another order"
    )
    flex = job.execution_class == "FLEX"
    cluster["aws_attributes"] = (
        {"availability": "SPOT_WITH_FALLBACK", "first_on_demand": 1} if flex else {"availability": "ON_DEMAND"}
    )
    draft.note((*at, "aws_attributes"), f"ExecutionClass {job.execution_class}", job, "ExecutionClass")
    conf, notes = spark_conf_of(job, context)
    legacy = LEGACY_CONF if version in _OLD else {}
    before = {} if job.command.name == "pythonshell" else _as_before(version)
    single = _SINGLE_NODE if cluster.get("num_workers") == 0 else {}
    cluster["spark_conf"] = {_CATALOG_CONF: "${var.catalog}", **before, **legacy, **single, **conf}
    for name in before.keys() - conf.keys():
        draft.comments[(*at, "spark_conf", name)] = _WHY[name]
    draft.comments[(*at, "spark_conf", _CATALOG_CONF)] = "names of two parts mean this catalog"
    for name, note in notes.items():
        draft.comments[(*at, "spark_conf", name)] = note
    _environment_variables(cluster, draft, job, context, at)
    return cluster


def _as_before(version: str) -> dict[str, str]:
    """Return what Spark has to be told to read and compute as the Spark of a Glue version does."""
    ansi = {_ANSI_CONF: "false"} if version != "6.0" else {}
    return ansi | ({_NTZ_CONF: "false"} if version in (*_OLD, "3.0", "4.0") else {})


_WHY = {
    _ANSI_CONF: "off in Glue before 6.0; on by default from runtime 17",
    _NTZ_CONF: "Parquet's times without a zone are timestamp in Glue before 5.0",
}


def _size(cluster: dict[str, Any], draft: Draft, job: GlueJob, context: Context, at: tuple[str | int, ...]) -> None:
    shell = job.command.name == "pythonshell"
    worker = "Standard" if shell else job.worker_type or "G.1X"
    if worker not in NODE_TYPES:
        context.tell(
            job, "job-workers", f"worker type '{worker}' has no known node type; m5d.xlarge stands in for it",
            "set node_type_id in the bundle", field="WorkerType",
        )  # fmt: skip
    name = _node_variable(worker, context)
    cluster["node_type_id"] = cluster["driver_node_type_id"] = f"${{var.{name}}}"
    draft.note(
        (*at, "node_type_id"),
        f"WorkerType {worker}" if job.worker_type else f"no WorkerType: as {worker}",
        job,
        "WorkerType",
    )
    if shell:
        cluster |= {"num_workers": 0, "custom_tags": {"ResourceClass": "SingleNode"}}
        draft.comments[(*at, "num_workers")] = "pythonshell: plain Python, one node"
        return
    count, source = workers(job, context)
    draft_workers = max(count - 1, 1)
    scales = any(
        job.arguments.get(name, "").lower() == "true"
        for name in ("--enable-auto-scaling", "--auto-scale-within-microbatch")
    )
    if scales and draft_workers > 1:
        cluster["autoscale"] = {"min_workers": 1, "max_workers": draft_workers}
        draft.note((*at, "autoscale"), f"--enable-auto-scaling, {source} less the driver", job, "DefaultArguments")
    else:
        cluster["num_workers"] = draft_workers
        draft.note((*at, "num_workers"), f"{source} less the driver", job, source.split(" ")[0])


def _node_variable(worker: str, context: Context) -> str:
    name = "node_type_" + identifier(shown(worker))
    default = NODE_TYPES.get(worker, "m5d.xlarge")
    context.variables.setdefault(
        name, Variable(f"Node type that takes the place of Glue's {shown(worker)} workers", default)
    )
    return name


def workers(job: GlueJob, context: Context) -> tuple[int, str]:
    """Return the number of workers with the driver, and the field that says so."""
    if isinstance(job.number_of_workers, int):
        return job.number_of_workers, f"NumberOfWorkers {job.number_of_workers}"
    for name, value in (("MaxCapacity", job.max_capacity), ("AllocatedCapacity", job.allocated_capacity)):
        if isinstance(value, int | float):
            return max(int(value), 2), f"{name} {value:g} DPU"
    given = next(
        (v for v in (job.number_of_workers, job.max_capacity, job.allocated_capacity) if isinstance(v, str)), None
    )
    if given is not None:
        context.tell(
            job, "job-workers", f"its number of workers is not in the source ({given.strip('⟦⟧')}); 10 were taken",
            "set num_workers in the bundle: Glue's number less one, since Glue counts the driver", field="NumberOfWorkers",
        )  # fmt: skip
    return 10, "NumberOfWorkers not given, Glue's default 10"


def _environment_variables(
    cluster: dict[str, Any], draft: Draft, job: GlueJob, context: Context, at: tuple[str | int, ...]
) -> None:
    found: dict[str, str] = {}
    for name in ("--customer-driver-env-vars", "--customer-executor-env-vars"):
        for key, value in _pairs(job.arguments.get(name, "")):
            if found.get(key, value) != value:
                context.tell(
                    job, "job-environment", f"{key} differs between driver and executors; one value serves both",
                    "set it in the script where it matters", field=f"DefaultArguments.{name}",
                )  # fmt: skip
            found[key] = context.text(value)
    if found:
        cluster["spark_env_vars"] = found
        draft.note(
            (*at, "spark_env_vars"), "--customer-driver-env-vars, --customer-executor-env-vars", job, "DefaultArguments"
        )


def _pairs(text: str) -> list[tuple[str, str]]:
    """Return the variables of `A=1,B="two, three"`: a comma in quotes belongs to the value."""
    found = re.findall(r"""\s*([^=,]+)=\s*("[^"]*"|'[^']*'|[^,]*)""", text)
    return [(key.strip(), value.strip().strip("\"'")) for key, value in found]


def _add_environment(draft: Draft, job: GlueJob, context: Context, task: dict[str, Any], key: str) -> None:
    task["environment_key"] = key
    version = "4" if glue_version(job, context) == "6.0" else "2"
    environments = draft.job.setdefault("environments", [])
    at = ("environments", len(environments), "spec")
    environments.append({"environment_key": key, "spec": {"environment_version": version}})
    draft.note(
        (*at, "environment_version"),
        f"GlueVersion {glue_version(job, context)}: Python 3.1{2 if version == '4' else 1}",
        job,
    )
    target = "STANDARD" if job.execution_class == "FLEX" else "PERFORMANCE_OPTIMIZED"
    draft.job["performance_target"] = target
    source = workers(job, context)[1] if job.command.name != "pythonshell" else "pythonshell"
    draft.note(
        ("performance_target",),
        f"ExecutionClass {job.execution_class}; serverless sizes itself ({source}, {job.worker_type})",
        job,
    )
    context.tell(
        job, "job-serverless", f"serverless sizes itself: {source} of type {job.worker_type or 'not given'} is not written",
        "none; use classic or standard compute to keep the size", field="NumberOfWorkers", severity=Severity.INFO,
    )  # fmt: skip
    if job.command.name == "gluestreaming":
        context.tell(
            job, "job-serverless", "serverless runs streams only with Trigger.AvailableNow, so a continuous one fails there",
            "use classic or standard compute, or availableNow with a schedule", field="Command.Name", severity=Severity.WARNING,
        )  # fmt: skip
    conf, _ = spark_conf_of(job, context)
    legacy = LEGACY_CONF if glue_version(job, context) in _OLD else {}
    settings = {**_as_before(glue_version(job, context)), **legacy, **conf}
    if settings and job.command.name != "pythonshell":
        context.tell(
            job, "job-serverless", f"serverless takes no spark_conf: {', '.join(f'{k}={v}' for k, v in sorted(settings.items()))}",
            "set them with spark.conf.set at the head of the script; serverless refuses all but a few", field="DefaultArguments.--conf",
        )  # fmt: skip
    for name in ("--customer-driver-env-vars", "--customer-executor-env-vars", "--extra-jars"):
        if name in job.arguments:
            context.tell(
                job, "job-serverless", f"{name} has no place on serverless compute",
                "use classic or standard compute for this job", field=f"DefaultArguments.{name}",
            )  # fmt: skip
