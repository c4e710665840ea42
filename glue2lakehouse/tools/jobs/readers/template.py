"""A CloudFormation template as plain values with line numbers: YAML tags become their long form.

AWS: cloudformation/intrinsic-function-reference.
"""

from typing import Any

import yaml

_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Lines = dict[tuple[str, ...], int]


def load_template(text: str) -> tuple[Any, Lines]:
    """Return the value and the 1-based line of each key. Raises yaml.YAMLError where the text is not YAML or JSON."""
    node = yaml.compose(text.replace("\t", "  "), Loader=_LOADER)
    lines: Lines = {}
    return (_value(node, (), lines) if node is not None else None), lines


def _value(node: yaml.Node, path: tuple[str, ...], lines: Lines) -> Any:
    plain = _plain(node, path, lines)
    if not node.tag.startswith("!"):
        return plain
    name = node.tag[1:]
    if name in ("Ref", "Condition"):
        return {name: plain}
    if name == "GetAtt" and isinstance(plain, str):
        plain = plain.split(".", 1)
    return {f"Fn::{name}": plain}


def _plain(node: yaml.Node, path: tuple[str, ...], lines: Lines) -> Any:
    if isinstance(node, yaml.MappingNode):
        mapping = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            lines[(*path, key)] = key_node.start_mark.line + 1
            mapping[key] = _value(value_node, (*path, key), lines)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            lines[(*path, str(index))] = item.start_mark.line + 1
        return [_value(item, (*path, str(index)), lines) for index, item in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    if node.tag.startswith("!"):
        return str(node.value)
    text = str(node.value)
    if node.tag == "tag:yaml.org,2002:int":
        # AWS reads versions and account numbers as text where a string is wanted: keep what int() would change.
        return int(text) if text.lstrip("-").isdigit() and str(int(text)) == text else text
    if node.tag == "tag:yaml.org,2002:float":
        return text
    if node.tag == "tag:yaml.org,2002:bool":
        return text.lower() == "true" if text.lower() in ("true", "false") else text
    return None if node.tag == "tag:yaml.org,2002:null" else text
