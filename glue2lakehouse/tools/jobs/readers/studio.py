"""The JSON that Glue Studio writes to a Git repository (`jobConfig`, `dag`, `script`), as a job of the Glue API.

AWS: edit-job-add-source-control-integration. Its names differ from the API's; what has no counterpart is kept under its own name,
so that the table of fields sees it.
"""

from typing import Any

_FIELDS = {
    "name": "Name", "description": "Description", "role": "Role", "version": "GlueVersion", "timeout": "Timeout",
    "workerType": "WorkerType", "numberOfWorkers": "NumberOfWorkers", "maxRetries": "MaxRetries",
    "maintenanceWindow": "MaintenanceWindow", "maxCapacity": "MaxCapacity",
}  # fmt: skip
_ARGUMENTS = {
    "temporaryDirectory": "--TempDir", "bookmark": "--job-bookmark-option", "sparkPath": "--spark-event-logs-path",
    "pythonPath": "--extra-py-files", "dependentPath": "--extra-jars", "referencedPath": "--extra-files",
}  # fmt: skip
_SWITCHES = {
    "metrics": "--enable-metrics", "observabilityMetrics": "--enable-observability-metrics", "spark": "--enable-spark-ui",
    "logging": "--enable-continuous-cloudwatch-log", "glueHiveMetastore": "--enable-glue-datacatalog",
    "etlAutoScaling": "--enable-auto-scaling", "etlAutoTuning": "--enable-job-insights",
}  # fmt: skip
_OF_THE_EDITOR = frozenset(
    {"command", "scriptName", "scriptLocation", "language", "maxConcurrentRuns", "flexExecution", "jobParameters", "tags",
     "connectionsList", "jobMode", "security", "sparkConfiguration", "pythonShell", "existing", "serverEncryption"}
)  # fmt: skip


def studio_job(document: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a Studio document under the names of the Glue API."""
    config: dict[str, Any] = document["jobConfig"]
    folder = str(config.get("scriptLocation") or "").rstrip("/")
    name = str(config.get("scriptName") or "")
    job: dict[str, Any] = {target: config[key] for key, target in _FIELDS.items() if config.get(key) not in (None, "")}
    job["Command"] = {
        "Name": config.get("command") or "glueetl",
        "ScriptLocation": folder if folder.endswith(name) and name else f"{folder}/{name}",
    }
    if config.get("maxConcurrentRuns") is not None:
        job["ExecutionProperty"] = {"MaxConcurrentRuns": config["maxConcurrentRuns"]}
    if config.get("flexExecution") is not None:
        job["ExecutionClass"] = "FLEX" if config["flexExecution"] else "STANDARD"
    if config.get("connectionsList"):
        job["Connections"] = {"Connections": config["connectionsList"]}
    if config.get("security") not in (None, "", "none"):
        job["SecurityConfiguration"] = config["security"]
    job["DefaultArguments"] = _arguments(config)
    tags = {str(tag.get("key")): str(tag.get("value", "")) for tag in config.get("tags") or [] if isinstance(tag, dict)}
    if tags:
        job["Tags"] = tags
    if isinstance(document.get("dag"), dict):
        job["CodeGenConfigurationNodes"] = document["dag"]
    answered = {*_FIELDS, *_ARGUMENTS, *_SWITCHES, *_OF_THE_EDITOR}
    return job | {
        key: value for key, value in config.items() if key not in answered and value not in (None, "", [], False)
    }


def _arguments(config: dict[str, Any]) -> dict[str, str]:
    found = {target: str(config[key]) for key, target in _ARGUMENTS.items() if config.get(key)}
    found |= {target: "true" for key, target in _SWITCHES.items() if config.get(key) is True}
    if str(config.get("language", "")).startswith("scala"):
        found["--job-language"] = "scala"
    if config.get("serverEncryption") is True:
        found["--encryption-type"] = "sse-s3"
    for item in config.get("jobParameters") or []:
        if isinstance(item, dict) and item.get("key"):
            found[str(item["key"])] = str(item.get("value", ""))
    return found
