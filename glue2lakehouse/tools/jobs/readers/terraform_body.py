"""The body of a Terraform resource as plain values, with its nested and dynamic blocks, and the line of each of them."""

from typing import Any

from glue2lakehouse.tools.jobs.readers.hcl import evaluate
from glue2lakehouse.tools.jobs.readers.hcl_blocks import Block
from glue2lakehouse.tools.jobs.readers.hcl_functions import Unknown
from glue2lakehouse.tools.jobs.readers.terraform_scope import Scope, expand

_META = frozenset({"count", "for_each", "provider", "depends_on", "lifecycle", "timeouts", "region"})


def body(block: Block, scope: Scope) -> tuple[dict[str, Any], dict[str, int]]:
    """Return what a block says, without what is for Terraform itself."""
    raw: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for name, attribute in block.attributes.items():
        if name in _META:
            continue
        raw[name] = plain(evaluate(attribute.expression, scope.look_up), scope)
        lines[name] = attribute.line
    for inner in block.blocks:
        if inner.type in _META:
            continue
        name, contents = (inner.labels[0], _dynamic(inner, scope)) if inner.type == "dynamic" else (inner.type, None)
        if contents is None:
            contained, inner_lines = body(inner, scope)
            contents = [contained]
            lines |= {f"{name}.{key}": line for key, line in inner_lines.items()}
        if not contents:
            continue
        lines.setdefault(name, inner.line)
        raw.setdefault(name, [])
        if isinstance(raw[name], list):
            raw[name] += contents
    return raw, lines


def _dynamic(block: Block, scope: Scope) -> list[Any]:
    content = next((inner for inner in block.blocks if inner.type == "content"), None)
    if content is None:
        return []
    named = block.attributes.get("iterator")
    iterator = evaluate(named.expression, lambda path: path[0]) if named else block.labels[0]
    return [body(content, instance.scope)[0] for instance in expand(block, scope, iterator=str(iterator))]


def plain(value: Any, scope: Scope) -> Any:
    """Return a value with each unknown as an open reference."""
    if isinstance(value, Unknown):
        scope.note(value)
        return value.marker
    if isinstance(value, dict):
        return {key: plain(item, scope) for key, item in value.items()}
    return [plain(item, scope) for item in value] if isinstance(value, list) else value
