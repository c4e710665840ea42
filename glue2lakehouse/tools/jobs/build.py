"""One definition from the fields that a reader found, whatever case and shape they were written in."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic.alias_generators import to_pascal

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.model import MODELS, Definition, Kind, Origin, Place
from glue2lakehouse.tools.jobs.values import shown

MASK = "(masked)"
_FREE_KEYS = frozenset(
    {
        "DefaultArguments", "NonOverridableArguments", "Arguments", "Tags", "DefaultRunProperties",
        "ConnectionProperties", "SparkProperties", "AthenaProperties", "PythonProperties",
        "CodeGenConfigurationNodes", "Configuration", "ParameterSpec", "Parameters", "WorkflowRunProperties",
    }
)  # fmt: skip
_RENAMED = {
    "RoleArn": "Role",
    "RoleName": "Role",
    "CloudwatchEncryption": "CloudWatchEncryption",
    "CloudwatchEncryptionMode": "CloudWatchEncryptionMode",
    "XmlClassifier": "XMLClassifier",
    "S3Target": "S3Targets",
    "JdbcTarget": "JdbcTargets",
    "DynamodbTarget": "DynamoDBTargets",
    "MongodbTarget": "MongoDBTargets",
    "CatalogTarget": "CatalogTargets",
    "DeltaTarget": "DeltaTargets",
    "IcebergTarget": "IcebergTargets",
    "HudiTarget": "HudiTargets",
}
_TARGETS = frozenset(name for name in _RENAMED.values() if name.endswith("Targets"))
_SECRET = re.compile(r"passw|secret(?!_?id|_?arn)|token|private_?key|credential", re.IGNORECASE)
_SINGLE = frozenset(
    {"Command", "ExecutionProperty", "NotificationProperty", "Predicate", "EventBatchingCondition", "EncryptionConfiguration",
     "CloudWatchEncryption", "JobBookmarksEncryption", "PhysicalConnectionRequirements", "SchemaChangePolicy",
     "RecrawlPolicy", "LineageConfiguration", "LakeFormationConfiguration", "SourceControlDetails", "CsvClassifier",
     "GrokClassifier", "JsonClassifier", "XMLClassifier", "AuthenticationConfiguration"}
)  # fmt: skip


def build(
    kind: Kind,
    raw: Mapping[str, Any],
    place: Place,
    origin: Origin,
    *,
    address: str = "",
    lines: Mapping[str, int] | None = None,
) -> Definition | Finding:
    """Return the definition, or the finding that says why these fields are not one.

    A field of the wrong shape is set aside, so that it does not take the rest with it.
    """
    fields = _reshape(kind, _renamed(dict(raw)))
    renamed_lines = {_path(name): line for name, line in (lines or {}).items()}
    name = fields.get("Name")
    if not isinstance(name, str) or not name:
        fields["Name"] = address.rpartition(".")[2] or f"unnamed_{kind.replace(' ', '_')}"
    known: dict[str, Any] = {
        "kind": kind, "place": place, "origin": origin, "address": address, "lines": renamed_lines, "set_aside": {},
    }  # fmt: skip
    while True:
        try:
            return MODELS[kind].model_validate({**fields, **known})
        except ValidationError as error:
            first = error.errors()[0]
            field, why = str(first["loc"][0]), f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        name = _given(kind, field, fields)
        if name is None:
            return _unreadable(kind, str(fields["Name"]), why, place)
        del fields[name]
        known["set_aside"][name] = why


def _given(kind: Kind, field: str, fields: Mapping[str, Any]) -> str | None:
    """Return the name under which a field of the model was given, None for what no definition can be without."""
    alias = MODELS[kind].model_fields[field].alias if field in MODELS[kind].model_fields else field
    return next((name for name in (alias, field) if name in fields and name != "Name"), None)


def _unreadable(kind: Kind, name: str, why: str, place: Place) -> Finding:
    return Finding(
        rule="definition-unreadable",
        severity=Severity.BLOCKER,
        path=place.path,
        line=place.line,
        message=f"{kind} '{shown(name)}': {why}",
        action="correct the definition, or write this job of the bundle by hand",
    )


def _path(dotted: str) -> str:
    head, dot, rest = dotted.partition(".")
    name = _name(head)
    return name + dot + (rest if name in _FREE_KEYS else _path(rest)) if dot else name


def _name(key: str) -> str:
    pascal = to_pascal(key) if "_" in key or key.islower() else key[:1].upper() + key[1:]
    return _RENAMED.get(pascal, pascal)


def _renamed(value: Any) -> Any:
    """Put structure keys in the Glue API's spelling; what is a free map (arguments, tags) keeps its keys."""
    if isinstance(value, list):
        return [_renamed(item) for item in value]
    if not isinstance(value, dict):
        return value
    named: dict[str, Any] = {}
    for key, item in value.items():
        name = _name(str(key))
        if item is None:
            continue
        inner = item if name in _FREE_KEYS else _renamed(item)
        named[name] = _shaped(name, inner)
    return named


def _shaped(name: str, value: Any) -> Any:
    if name in _SINGLE and isinstance(value, list) and len(value) == 1:
        return value[0]
    if name in _TARGETS and isinstance(value, dict):
        return [value]
    if name == "Tags" and isinstance(value, list):
        return {str(tag.get("Key")): tag.get("Value") for tag in value if isinstance(tag, dict)}
    if name in _FREE_KEYS and isinstance(value, dict):
        return {str(key): item for key, item in value.items() if item is not None}
    return value


def _reshape(kind: Kind, fields: dict[str, Any]) -> dict[str, Any]:
    if kind is Kind.JOB and isinstance(fields.get("Connections"), list):
        fields["Connections"] = {"Connections": fields["Connections"]}
    if kind is Kind.CONNECTION:
        fields |= fields.pop("ConnectionInput", {})
        _mask(fields)
    if kind is Kind.TRIGGER and isinstance(fields.get("Actions"), dict):
        fields["Actions"] = [fields["Actions"]]
    predicate = fields.get("Predicate")
    if kind is Kind.TRIGGER and isinstance(predicate, dict) and isinstance(predicate.get("Conditions"), dict):
        predicate["Conditions"] = [predicate["Conditions"]]
    if kind is Kind.CRAWLER:
        loose = {name: fields.pop(name) for name in sorted(_TARGETS & fields.keys())}
        if loose:
            fields["Targets"] = {**fields.get("Targets", {}), **loose}
    if kind is Kind.CLASSIFIER and "Name" not in fields:
        inner = next(
            (item for key, item in fields.items() if key.endswith("Classifier") and isinstance(item, dict)), {}
        )
        fields["Name"] = inner.get("Name")
    return fields


def _mask(fields: dict[str, Any]) -> None:
    for name in ("ConnectionProperties", "SparkProperties", "AthenaProperties", "PythonProperties"):
        held = fields.get(name)
        if isinstance(held, dict):
            fields[name] = {
                key: MASK if _SECRET.search(key) and "⟦" not in str(item) else item for key, item in held.items()
            }
