"""What a script says about the job that runs it: session magics of a notebook, or the settings in a Studio file."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

# Magic or key -> field, in the spellings of notebooks (`%worker_type`), `%%configure` and Studio's `jobConfig`.
_FIELDS = {
    "glue_version": "glue_version",
    "version": "glue_version",
    "glueversion": "glue_version",
    "worker_type": "worker_type",
    "workertype": "worker_type",
    "number_of_workers": "number_of_workers",
    "numberofworkers": "number_of_workers",
    "min_workers": "min_workers",
    "idle_timeout": "idle_timeout",
    "timeout": "timeout",
    "connections": "connections",
    "connectionslist": "connections",
    "extra_py_files": "extra_py_files",
    "--extra-py-files": "extra_py_files",
    "pythonpath": "extra_py_files",
    "additional_python_modules": "additional_python_modules",
    "--additional-python-modules": "additional_python_modules",
    "extra_jars": "extra_jars",
    "--extra-jars": "extra_jars",
    "dependentpath": "extra_jars",
    "iam_role": "iam_role",
    "role": "iam_role",
    "region": "region",
    "security_configuration": "security_configuration",
    "security_config": "security_configuration",
    "name": "name",
    "spark_conf": "spark_conf",
    "--conf": "spark_conf",
}
_LISTS = ("connections", "extra_py_files", "additional_python_modules", "extra_jars")
_NUMBERS = ("number_of_workers", "min_workers", "idle_timeout", "timeout")
_SESSION_TYPES = {"etl": "glueetl", "streaming": "gluestreaming", "glue_ray": "glueray", "glueetl": "glueetl"}


class JobFacts(BaseModel):
    """Settings of a job, as far as its script states them; times in minutes. Empty and None mean: not stated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    command: str = ""
    glue_version: str = ""
    worker_type: str = ""
    number_of_workers: int | None = None
    min_workers: int | None = None
    idle_timeout: int | None = None
    timeout: int | None = None
    connections: tuple[str, ...] = ()
    extra_py_files: tuple[str, ...] = ()
    additional_python_modules: tuple[str, ...] = ()
    extra_jars: tuple[str, ...] = ()
    iam_role: str = ""
    region: str = ""
    security_configuration: str = ""
    spark_conf: str = ""
    arguments: dict[str, str] = {}

    def with_setting(self, name: str, value: Any) -> "JobFacts":
        """Return the facts with one setting more; a name that no field answers for becomes an argument."""
        key = name.lower()
        if key in _SESSION_TYPES and not value:
            return self.model_copy(update={"command": _SESSION_TYPES[key]})
        field = _FIELDS.get(key)
        number = _number(value) if field in _NUMBERS else None
        if field is None or (field in _NUMBERS and number is None):
            return self.model_copy(update={"arguments": self.arguments | {name: _plain(value)}})
        if field in _LISTS:
            listed = dict.fromkeys((*getattr(self, field), *_items(value)))
            return self.model_copy(update={field: tuple(listed)})
        return self.model_copy(update={field: _plain(value) if number is None else number})

    def with_settings(self, settings: Mapping[str, Any]) -> "JobFacts":
        """Return the facts with these settings added; nothing is added for null or empty values."""
        facts = self
        for name, value in settings.items():
            if value not in (None, "", [], {}):
                facts = facts.with_setting(name, value)
        return facts


NO_FACTS = JobFacts()


def _items(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else str(value).replace('"', "").replace("'", "").split(",")
    return [str(part).strip() for part in parts if str(part).strip()]


def _number(value: Any) -> int | None:
    try:
        return int(str(value).strip().strip("\"'"))
    except ValueError:
        return None


def _plain(value: Any) -> str:
    return value.strip().strip("\"'") if isinstance(value, str) else json.dumps(value)
