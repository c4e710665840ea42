"""Terraform in JSON syntax (`*.tf.json`, what CDKTF synthesises) as the blocks that HCL gives.

HashiCorp: Terraform language, JSON Configuration Syntax. Below the labels every property is an attribute, nested blocks too: the
reader of definitions takes both.
"""

from collections.abc import Iterator
from typing import Any

from glue2lakehouse.tools.jobs.readers.hcl_blocks import Attribute, Block, JsonValue
from glue2lakehouse.tools.jobs.readers.template import Lines, load_template

_LABELS = {
    "resource": 2,
    "data": 2,
    "module": 1,
    "variable": 1,
    "output": 1,
    "provider": 1,
    "locals": 0,
    "terraform": 0,
}


def parse_json(text: str) -> Block:
    """Return a file as a nameless block. Raises yaml.YAMLError where it is not JSON."""
    data, lines = load_template(text)
    blocks = [block for type_, held in _pairs(data) for block in _blocks(type_, held, (), (type_,), lines)]
    return Block("", (), {}, tuple(blocks), 1)


def _pairs(held: Any) -> Iterator[tuple[str, Any]]:
    """Yield the properties of an object; `//` is a comment."""
    for each in held if isinstance(held, list) else [held]:
        if isinstance(each, dict):
            yield from ((str(key), value) for key, value in each.items() if key != "//")


def _blocks(type_: str, held: Any, labels: tuple[str, ...], path: tuple[str, ...], lines: Lines) -> Iterator[Block]:
    if type_ not in _LABELS:
        return
    if len(labels) < _LABELS[type_]:
        for label, inner in _pairs(held):
            yield from _blocks(type_, inner, (*labels, label), (*path, label), lines)
        return
    for body in held if isinstance(held, list) else [held]:
        if isinstance(body, dict):
            yield _block(type_, labels, body, path, lines)


def _block(type_: str, labels: tuple[str, ...], body: dict[str, Any], path: tuple[str, ...], lines: Lines) -> Block:
    start = lines.get(path, 1)
    attributes: dict[str, Attribute] = {}
    inner: list[Block] = []
    for name, value in _pairs(body):
        line = lines.get((*path, name), start)
        if name == "dynamic":
            inner += [_dynamic(label, each, line) for label, held in _pairs(value) for each in _listed(held)]
        elif name == "default_tags":
            inner += [_block(name, (), each, (*path, name), lines) for each in _listed(value)]
        else:
            attributes[name] = Attribute(name, JsonValue(value), line)
    return Block(type_, labels, attributes, tuple(inner), start)


def _dynamic(label: str, body: dict[str, Any], line: int) -> Block:
    content = {name: Attribute(name, JsonValue(value), line) for name, value in _pairs(body.get("content"))}
    outer = {
        name: Attribute(name, JsonValue(value), line)
        for name, value in _pairs(body)
        if name not in ("content", "iterator")
    }
    return Block("dynamic", (label,), outer, (Block("content", (), content, (), line),), line)


def _listed(held: Any) -> list[dict[str, Any]]:
    return [each for each in (held if isinstance(held, list) else [held]) if isinstance(each, dict)]
