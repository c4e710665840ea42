"""The names that a script asks its run for: job arguments, run properties of the workflow, Glue connections."""

import ast
import re
from collections.abc import Iterable

from glue2lakehouse.tools.sandbox.script_constants import called


def required_arguments(texts: Iterable[str]) -> dict[str, str]:
    """Return the job arguments that `getResolvedOptions` asks for -> how they are used (`bucket` or empty)."""
    names: dict[str, str] = {}
    for text in texts:
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, (ast.List, ast.Tuple)):
                words = [
                    item.value for item in node.elts if isinstance(item, ast.Constant) and isinstance(item.value, str)
                ]
                if "JOB_NAME" in words:
                    names |= {word: names.get(word, "") for word in words}
            if isinstance(node, ast.Call) and called(node) == "getResolvedOptions" and len(node.args) > 1:
                for item in ast.walk(node.args[1]):
                    if isinstance(item, ast.Constant) and isinstance(item.value, str):
                        names.setdefault(item.value, "")
        for match in re.finditer(
            r"s3[an]?://\{\s*\w+\[['\"](\w+)['\"]\]\s*\}|s3[an]?://['\"]\s*\+\s*\w+\[['\"](\w+)['\"]\]", text
        ):
            name = match[1] or match[2]
            if name in names:
                names[name] = "bucket"
    return names


def run_property_names(text: str) -> list[str]:
    """Return the run properties of its workflow that a script looks up."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return []
    holders = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and re.search("RunProperties|workflow_run_properties", ast.unparse(node.value))
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    names = [
        node.slice.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
        and (ast.unparse(node.value) in holders or "RunProperties" in ast.unparse(node.value))
    ]
    return [name for name in dict.fromkeys(names) if name != "RunProperties"]


def connection_names(text: str) -> list[str]:
    """Return the Glue connections that a script names, written out or held by a variable."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return []
    held = {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    named = [value for node in ast.walk(tree) for value in _named_connections(node)]
    found = (held.get(node.id) if isinstance(node, ast.Name) else getattr(node, "value", None) for node in named)
    return list(dict.fromkeys(name for name in found if isinstance(name, str) and name))


def _named_connections(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return [value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "connectionName"]
    if not isinstance(node, ast.Call):
        return []
    place = _CONNECTION_ARGUMENT.get(called(node))
    given = [
        item.value for item in node.keywords if item.arg in ("catalog_connection", "connection_name", "connectionName")
    ]
    return given or ([node.args[place]] if place is not None and len(node.args) > place else [])


_CONNECTION_ARGUMENT = {
    "from_jdbc_conf": 1, "write_dynamic_frame_from_jdbc_conf": 1, "write_from_jdbc_conf": 1, "extract_jdbc_conf": 0,
}  # fmt: skip
"""Call -> position of the connection's name."""
