"""Templates of a source tree as stacks: which one nests which, with what parameters, and the loops among their resources.

AWS: AWS::CloudFormation::Stack, AWS::Serverless::Application; Fn::ForEach of AWS::LanguageExtensions.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.readers.cloudformation import looks_like_template, odd_resource, read_template
from glue2lakehouse.tools.jobs.readers.intrinsics import Intrinsics
from glue2lakehouse.tools.jobs.readers.template import Lines

NESTING = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}
_LOOP = "Fn::ForEach::"
_DEEPEST = 8


@dataclass(frozen=True)
class Template:
    """One parsed template and its lines."""

    path: str
    data: dict[str, Any]
    lines: Lines


def sound(data: dict[str, Any]) -> dict[str, Any]:
    """Return a template whose sections have the shape that CloudFormation asks for; what has another is left out."""
    shaped = {**data, "Resources": {str(name): item for name, item in data["Resources"].items()}}
    for section in ("Parameters", "Mappings", "Conditions"):
        held = data.get(section)
        shaped[section] = {str(name): item for name, item in held.items()} if isinstance(held, dict) else {}
    shaped["Parameters"] = {name: item for name, item in shaped["Parameters"].items() if isinstance(item, dict)}
    return shaped


def sound_resource(item: dict[str, Any]) -> dict[str, Any]:
    """Return a resource with a type and properties, empty where it has none of the right shape."""
    kind, properties = item.get("Type"), item.get("Properties")
    return {
        **item,
        "Type": kind if isinstance(kind, str) else "",
        "Properties": properties if isinstance(properties, dict) else {},
    }


def nests(data: Any) -> bool:
    """Say whether a value is a template with nested stacks in it."""
    resources = data.get("Resources") if isinstance(data, dict) else None
    return isinstance(resources, dict) and any(
        isinstance(item, dict) and str(item.get("Type")) in NESTING for item in resources.values()
    )


def read_stacks(templates: Mapping[str, Template], texts: Mapping[str, str]) -> Definitions:
    """Read every template that no other one nests; a nested one is read with what its parent gives it, once for each parent."""
    found = Definitions()
    nested = {
        child
        for template in templates.values()
        for _, resource in _stacks(template)
        if (child := _child(template.path, _location(resource), templates)) and child != template.path
    }
    for path, template in templates.items():
        if path not in nested:
            _read(found, template, {}, templates, texts, 0)
    return found


def _read(
    found: Definitions,
    template: Template,
    inputs: Mapping[str, Any],
    templates: Mapping[str, Template],
    texts: Mapping[str, str],
    depth: int,
) -> None:
    values = Intrinsics(template.data, template.lines, template.path, inputs)
    resources, odd = _unrolled(template.data["Resources"], values)
    resources = {name: sound_resource(item) for name, item in resources.items()}
    found.findings += [odd_resource(template.path, template.lines, name) for name in odd]
    values.template = {**template.data, "Resources": resources}
    if looks_like_template(values.template):
        found.add(read_template(values, texts))
    for logical_id, resource in _stacks(Template(template.path, values.template, template.lines)):
        child = _child(template.path, _location(resource), templates)
        if child is None or depth > _DEEPEST:
            if looks_like_template(values.template) or "glue" in f"{logical_id} {_location(resource)}".lower():
                found.findings.append(_absent(template, logical_id, _location(resource)))
            continue
        given = values.resolve(resource["Properties"].get("Parameters") or {})
        found.references |= values.references
        _read(found, templates[child], given if isinstance(given, dict) else {}, templates, texts, depth + 1)


def _stacks(template: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    for logical_id, resource in template.data["Resources"].items():
        if isinstance(resource, dict) and str(resource.get("Type")) in NESTING:
            yield logical_id, sound_resource(resource)


def _location(resource: dict[str, Any]) -> str:
    """Return where a stack's template lies, without what only a deployment knows."""
    held = resource["Properties"].get(NESTING[resource["Type"]], "")
    while isinstance(held, dict | list):
        inner = list(held.values()) if isinstance(held, dict) else held
        held = next((item for item in reversed(inner) if isinstance(item, str | list | dict)), "")
    return re.sub(r"\$\{[^}]*\}", "", str(held))


def _child(parent: str, location: str, templates: Mapping[str, Template]) -> str | None:
    """Return the template that a relative path names, or the only one whose path ends as a URL does."""
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(parent), location))
    if beside in templates:
        return beside
    steps = [step for step in location.split("?")[0].split("/") if step]
    for length in range(len(steps), 0, -1):
        tail = "/".join(steps[-length:])
        fitting = [path for path in templates if path == tail or path.endswith(f"/{tail}")]
        if fitting:
            return fitting[0] if len(fitting) == 1 else None
    return None


def _unrolled(resources: dict[str, Any], values: Intrinsics) -> tuple[dict[str, Any], list[str]]:
    """Return the resources with each `Fn::ForEach` written out, and the names of those that cannot be."""
    plain: dict[str, Any] = {}
    odd: list[str] = []
    for name, held in resources.items():
        if name.startswith(_LOOP) and isinstance(held, list) and len(held) == 3 and isinstance(held[2], dict):
            items = values.resolve(held[1])
            if isinstance(items, list) and all(isinstance(item, str | int) for item in items):
                for item in items:
                    inner, left = _unrolled(_put(held[2], str(held[0]), str(item)), values)
                    line = values.lines.get(("Resources", name), 0)
                    values.lines.update({("Resources", key): line for key in inner})
                    plain |= inner
                    odd += left
                continue
        if isinstance(held, dict) and not name.startswith("Fn::"):
            plain[name] = held
        else:
            odd.append(name)
    return plain, odd


def _put(value: Any, name: str, text: str) -> Any:
    if isinstance(value, str):
        return value.replace("${" + name + "}", text).replace("&{" + name + "}", re.sub(r"\W", "", text))
    if isinstance(value, list):
        return [_put(item, name, text) for item in value]
    if isinstance(value, dict):
        if value == {"Ref": name}:
            return text
        return {_put(key, name, text): _put(item, name, text) for key, item in value.items()}
    return value


def _absent(template: Template, logical_id: str, location: str) -> Finding:
    return Finding(
        rule="template-nested",
        severity=Severity.WARNING,
        path=template.path,
        line=template.lines.get(("Resources", logical_id), 0),
        message=f"nested stack '{logical_id}': its template {location or '(computed)'} is not in the source, so what it defines is not known",
        action="add the template to the source, or export the deployed jobs with `aws glue get-jobs`",
    )
