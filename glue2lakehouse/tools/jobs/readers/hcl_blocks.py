"""The blocks and attributes of a Terraform file, as python-hcl2 reads it; what an attribute holds stays a syntax tree."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Attribute:
    """`name = expression`."""

    name: str
    expression: Any
    line: int


@dataclass(frozen=True)
class Block:
    """`type "label" … { attributes and blocks }`."""

    type: str
    labels: tuple[str, ...]
    attributes: Mapping[str, Attribute]
    blocks: tuple["Block", ...]
    line: int


@dataclass(frozen=True)
class JsonValue:
    """A value of Terraform's JSON syntax, where every text is a template."""

    value: Any
    data: str = "json"


@functools.cache
def _parser() -> Any:
    from hcl2.parser import parser

    return parser()


def parse(text: str) -> Block:
    """Return a file as a nameless block. Raises lark.exceptions.LarkError where it is not HCL."""
    tree = _parser().parse(text if text.endswith("\n") else text + "\n")
    return _body(tree.children[0], "", (), 1)


def _body(body: Any, type_: str, labels: tuple[str, ...], line: int) -> Block:
    attributes: dict[str, Attribute] = {}
    blocks: list[Block] = []
    for child in body.children:
        if child.data == "attribute":
            name = _word(child.children[0])
            attributes[name] = Attribute(name, child.children[-1], child.meta.line)
        elif child.data == "block":
            heads = [_word(part) for part in child.children if _is_head(part)]
            inner = next(part for part in child.children if getattr(part, "data", "") == "body")
            blocks.append(_body(inner, heads[0], tuple(heads[1:]), child.meta.line))
    return Block(type_, labels, attributes, tuple(blocks), line)


def _is_head(node: Any) -> bool:
    return getattr(node, "data", "") in ("identifier", "keyword", "string", "literal_value")


def _word(node: Any) -> str:
    if node.data == "string":
        return "".join(str(part.children[0]) for part in node.children if getattr(part, "data", "") == "string_part")
    return str(node.children[0])
