"""CloudFormation intrinsic functions, evaluated with the parameters' defaults.

AWS: cloudformation/intrinsic-function-reference. What only a deployment knows becomes an open reference.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from glue2lakehouse.tools.jobs.model import OpenReference, Place
from glue2lakehouse.tools.jobs.readers.template import Lines

_PSEUDO = {"AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}
_NAMES = {
    "AWS::S3::Bucket": "BucketName",
    "AWS::IAM::Role": "RoleName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Glue::Classifier": "",
}
_DROP = object()
# A name, or the name of an export; every other expression has signs that the name of a variable cannot hold.
_NAMED = re.compile(r"(ImportValue )?[\w.:/⟦⟧-]+")
_LONGEST = 60


class Intrinsics:
    """The values of one template. `references` grows with every value that it does not hold, `defaults` with every default taken.

    `inputs` are the parameters that a parent stack gives.
    """

    def __init__(
        self, template: dict[str, Any], lines: Lines, path: str, inputs: Mapping[str, Any] | None = None
    ) -> None:
        self.template = template
        self.lines = lines
        self.path = path
        self.inputs = inputs or {}
        self.references: dict[str, OpenReference] = {}
        self.defaults: dict[str, Any] = {}

    def resolve(self, value: Any) -> Any:
        """Return the value without intrinsic functions; None where AWS::NoValue removes it."""
        found = self._value(value)
        return None if found is _DROP else found

    def condition(self, name: str) -> bool | None:
        """Return whether a condition holds with the defaults; None when the defaults do not say."""
        conditions = self.template.get("Conditions") or {}
        try:
            return self._truth(conditions.get(name)) if name in conditions else None
        except (TypeError, ValueError, KeyError, IndexError, AttributeError):
            return None

    def _value(self, value: Any) -> Any:
        if isinstance(value, list):
            return [item for item in map(self._value, value) if item is not _DROP]
        if isinstance(value, str):
            return self._dynamic(value)
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (name, argument), *_ = value.items()
            if name == "Ref":
                return self._ref(str(argument))
            if name.startswith("Fn::"):
                return self._function(name[4:], argument)
        resolved = {key: self._value(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not _DROP}

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _DROP
        if name in _PSEUDO:
            return _PSEUDO[name]
        parameters = self.template.get("Parameters") or {}
        if isinstance(parameters.get(name), dict):
            return self._parameter(name, parameters[name])
        resource = (self.template.get("Resources") or {}).get(name)
        if isinstance(resource, dict):
            return self._resource_name(name, resource)
        return self._open(name)

    def _parameter(self, name: str, parameter: dict[str, Any]) -> Any:
        if name in self.inputs:
            return self.inputs[name]
        from_store = str(parameter.get("Type", "")).startswith("AWS::SSM::")
        if "Default" not in parameter or from_store or parameter["Default"] == "":
            secret = str(parameter.get("NoEcho", "")).lower() == "true"
            return self._open(name, ("Parameters", name), secret=secret)
        default = self.defaults[name] = parameter["Default"]
        if "List" in str(parameter.get("Type", "")) and isinstance(default, str):
            return [item.strip() for item in default.split(",")]
        return default

    def _resource_name(self, name: str, resource: dict[str, Any]) -> Any:
        kind = str(resource.get("Type", ""))
        properties = resource.get("Properties") or {}
        if kind == "AWS::Glue::Database":
            properties = properties.get("DatabaseInput") or {}
        if kind == "AWS::Glue::Connection":
            properties = properties.get("ConnectionInput") or {}
        if kind == "AWS::Glue::Table":
            properties = properties.get("TableInput") or {}
        field = _NAMES.get(kind, "Name" if kind.startswith("AWS::Glue::") else "")
        if field and properties.get(field) is not None:
            return self._value(properties[field])
        return name if kind.startswith("AWS::Glue::") else self._open(name, ("Resources", name))

    def _function(self, name: str, argument: Any) -> Any:
        handler = getattr(self, f"_fn_{re.sub(r'(?<!^)(?=[A-Z][a-z])', '_', name).lower()}", None)
        if handler is None:
            return self._open(f"{name} {json.dumps(argument, default=str)}")
        try:
            return handler(argument)
        except (TypeError, ValueError, KeyError, IndexError, AttributeError):
            return self._open(f"{name} {json.dumps(argument, default=str)}")

    def _fn_sub(self, argument: Any) -> Any:
        text, extra = (argument, {}) if isinstance(argument, str) else (argument[0], argument[1])

        def put(match: re.Match[str]) -> str:
            name = match.group(1).strip()
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in extra:
                return self._text(self._value(extra[name]))
            return self._text(self._fn_get_att(name) if "." in name else self._ref(name))

        return self._dynamic(re.sub(r"\$\{([^}]+)\}", put, str(text)))

    def _dynamic(self, text: str) -> str:
        """What CloudFormation looks up in a store when it deploys is a value that only the deployment knows."""

        def put(match: re.Match[str]) -> str:
            return self._open(f"{match[1]}:{match[2]}", secret=match[1] != "ssm")

        return re.sub(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):([^{}]+)\}\}", put, text)

    def _fn_get_att(self, argument: Any) -> Any:
        parts = argument.split(".", 1) if isinstance(argument, str) else [str(part) for part in argument]
        resource = (self.template.get("Resources") or {}).get(parts[0], {})
        if resource.get("Type") == "AWS::S3::Bucket" and parts[-1] == "Arn":
            return f"arn:aws:s3:::{self._text(self._ref(parts[0]))}"
        return self._open(".".join(parts), ("Resources", parts[0]))

    def _fn_join(self, argument: Any) -> Any:
        items = self._value(argument[1])
        if not isinstance(items, list):
            return self._open(f"Join {json.dumps(argument, default=str)}")
        return str(argument[0]).join(self._text(item) for item in items)

    def _fn_split(self, argument: Any) -> Any:
        text = self._text(self._value(argument[1]))
        if "⟦" in text:
            # What is open may hold the delimiter, or be the piece in which it stands only in part.
            return self._open(f"Split {json.dumps(argument, default=str)}")
        return text.split(str(argument[0]))

    def _fn_select(self, argument: Any) -> Any:
        index, items = self._value(argument[0]), self._value(argument[1])
        if isinstance(items, str) and "⟦" not in items:
            items = [item.strip() for item in items.split(",")]
        if isinstance(items, list) and str(index).isdigit() and int(index) < len(items):
            return items[int(index)]
        return self._open(f"Select {json.dumps(argument, default=str)}")

    def _fn_find_in_map(self, argument: Any) -> Any:
        keys = [self._text(self._value(part)) for part in argument[:3]]
        held: Any = self.template.get("Mappings") or {}
        for key in keys:
            held = held.get(key) if isinstance(held, dict) else None
        known = not any("⟦" in key for key in keys)
        if held is None and known and len(argument) > 3 and isinstance(argument[3], dict):
            return self._value(argument[3].get("DefaultValue"))
        return self._open(f"FindInMap {'.'.join(keys)}") if held is None else self._value(held)

    def _fn_if(self, argument: Any) -> Any:
        truth = self.condition(str(argument[0]))
        if truth is None:
            return self._open(f"If {json.dumps(argument, default=str)}", ("Conditions", str(argument[0])))
        return self._value(argument[1] if truth else argument[2])

    def _fn_base64(self, argument: Any) -> Any:
        return base64.b64encode(self._text(self._value(argument)).encode()).decode()

    def _fn_to_json_string(self, argument: Any) -> Any:
        return json.dumps(self._value(argument), ensure_ascii=False, separators=(",", ":"))

    def _fn_length(self, argument: Any) -> Any:
        items = self._value(argument)
        return len(items) if isinstance(items, list) else self._open(f"Length {json.dumps(argument, default=str)}")

    def _fn_import_value(self, argument: Any) -> Any:
        return self._open(f"ImportValue {self._text(self._value(argument))}")

    def _truth(self, condition: Any) -> bool | None:
        if not isinstance(condition, dict) or len(condition) != 1:
            return None
        (name, argument), *_ = condition.items()
        if name == "Condition":
            return self.condition(str(argument))
        if name == "Fn::Not":
            inner = self._truth(argument[0])
            return None if inner is None else not inner
        if name == "Fn::Equals":
            return self._equal(argument[0], argument[1])
        parts = [self._truth(part) for part in argument] if name in ("Fn::And", "Fn::Or") else [None]
        decisive = bool(name == "Fn::Or")
        if decisive in parts:
            return decisive
        return None if None in parts else not decisive

    def _equal(self, left: Any, right: Any) -> bool | None:
        sides = [self._plain_side(left), self._plain_side(right)]
        if any("⟦" in side for side in sides):
            return None
        return bool(sides[0] == sides[1])

    def _plain_side(self, side: Any) -> str:
        if isinstance(side, dict) and isinstance(name := side.get("Ref"), str):
            parameter = (self.template.get("Parameters") or {}).get(name)
            if name not in self.inputs and isinstance(parameter, dict) and parameter.get("Default") == "":
                self.defaults[name] = ""
                return ""
        return self._text(self._value(side))

    def _text(self, value: Any) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, list):
            return ",".join(self._text(item) for item in value)
        return "" if value in (None, _DROP) else str(value)

    def _open(self, text: str, where: tuple[str, ...] = (), *, secret: bool = False) -> str:
        name = reference_name(text)
        if not _NAMED.fullmatch(text) and not re.search(r"_[0-9a-f]{8}$", name):
            name = f"{name[: _LONGEST - 7].strip('_')}_{hashlib.sha256(text.encode()).hexdigest()[:6]}"
        if name in self.references and self.references[name].text != text:
            # `Role.Arn` and `RoleArn` would have one name.
            name = f"{name[: _LONGEST - 7].strip('_')}_{hashlib.sha256(text.encode()).hexdigest()[:6]}"
        place = Place(path=self.path, line=self.lines.get(where, 0))
        self.references.setdefault(name, OpenReference(name=name, text=text, place=place, secret=secret))
        return f"⟦{name}⟧"


def reference_name(text: str) -> str:
    """Return a bundle variable's name for an expression: lower snake case, at most 60 characters, a letter first.

    What the name cannot hold (its end, letters of other scripts) goes into a hash, so that two expressions do not share it.
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    name = re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")
    if len(name) > _LONGEST or not name or not text.isascii():
        name = f"{name[: _LONGEST - 9].strip('_')}_{hashlib.sha256(text.encode()).hexdigest()[:8]}".strip("_")
    return name if name[0].isalpha() else f"value_{name}"
