"""HCL expressions, evaluated over the syntax tree of python-hcl2.

HashiCorp: Terraform language, Expressions. A value that the files do not hold evaluates to `Unknown`, with its text.
"""

import functools
import re
from collections.abc import Callable
from typing import Any

from glue2lakehouse.tools.jobs.readers.hcl_blocks import JsonValue, parse
from glue2lakehouse.tools.jobs.readers.hcl_directives import with_directives
from glue2lakehouse.tools.jobs.readers.hcl_functions import FUNCTIONS, Unknown, is_known
from glue2lakehouse.tools.jobs.readers.hcl_values import combined, inverted, joined, pick, to_text, whole

Names = Callable[[list[str | int]], Any]
"""Looks a dotted reference up: `["var", "env"]`, `["aws_glue_job", "etl", 0, "name"]`."""

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def evaluate(node: Any, names: Names) -> Any:
    """Return the value of an expression; what cannot be known is an `Unknown`."""
    return _RULES[node.data](node, names) if node.data in _RULES else Unknown(node.data)


def _where(node: Any, names: Names) -> str:
    """Name the place, and the element for which it is read: what is not known is another value in each."""
    keys = [names(["each", "key"]), names(["count", "index"])]
    return " ".join(map(str, (getattr(getattr(node, "meta", None), "line", 0), *filter(is_known, keys))))


def template(text: str, names: Names) -> Any:
    """Return a template's text with its `${…}` filled in and its directives (`%{…}`) followed."""
    if "%{" in text.replace("%%{", ""):
        done = with_directives(text, names, _expression, _scope)
        return done if isinstance(done, Unknown) else joined(done)
    pieces: list[Any] = []
    position = 0
    while (start := text.find("${", position)) >= 0:
        if start and text[start - 1] == "$":
            pieces.append(text[position : start - 1] + "${")
            position = start + 2
            continue
        end = _closing(text, start + 2)
        pieces += [text[position:start], _expression(text[start + 2 : end], names)]
        position = end + 1
    return joined([*pieces, text[position:]])


def _closing(text: str, position: int) -> int:
    depth = 1
    for index in range(position, len(text)):
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        if depth == 0:
            return index
    return len(text)


def _expression(text: str, names: Names) -> Any:
    from lark.exceptions import LarkError

    try:
        block = parse(f"x = {text.strip().strip('~')}\n")
    except LarkError:
        return Unknown(text)
    return evaluate(block.attributes["x"].expression, names)


def parts(node: Any) -> list[Any]:
    """Return the children of a node that are syntax, without tokens and line ends."""
    return [child for child in node.children if hasattr(child, "data") and child.data != "new_line_or_comment"]


def _term(node: Any, names: Names) -> Any:
    return evaluate(parts(node)[0], names)


def _string(node: Any, names: Names) -> Any:
    pieces: list[Any] = []
    for part in parts(node):
        inner = part.children[0]
        if getattr(inner, "data", "") == "interpolation":
            pieces.append(evaluate(parts(inner)[0], names))
        elif hasattr(inner, "data"):
            return Unknown(f"string with template directives at {_where(node, names)}")
        else:
            pieces.append(_unescape(str(inner)))
    return joined(pieces) if pieces else ""


def _unescape(text: str) -> str:
    text = text.replace("$${", "${").replace("%%{", "%{")
    return re.sub(r"\\(?:([nrt\"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))", _character, text)


def _character(match: re.Match[str]) -> str:
    return _ESCAPES[match[1]] if match[1] else chr(int(match[2] or match[3], 16))


def _heredoc(node: Any, names: Names) -> Any:
    rows = str(node.children[0]).rstrip("\n").split("\n")
    body = rows[1:-1]
    if rows[0].startswith("<<-"):
        margin = min((len(row) - len(row.lstrip()) for row in body if row.strip()), default=0)
        body = [row[margin:] for row in body]
    return template("".join(row + "\n" for row in body), names)


def _object(node: Any, names: Names) -> Any:
    found: dict[str, Any] = {}
    for element in parts(node):
        key_node, value_node = parts(element)[0], element.children[-1]
        found[to_text(key_of(key_node, names))] = evaluate(value_node, names)
    return found


def key_of(node: Any, names: Names) -> Any:
    """Return the key of an object's element; a bare word stands for itself."""
    inner = node.children[0]
    if inner.data == "keyword":
        return str(inner.children[0])
    if inner.data == "expr_term" and getattr(inner.children[0], "data", "") == "identifier":
        return str(inner.children[0].children[0])
    return evaluate(inner, names)


def _literal(node: Any, names: Names) -> Any:
    return {"true": True, "false": False, "null": None}[str(node.children[0])]


def _identifier(node: Any, names: Names) -> Any:
    return names([str(node.children[0])])


def _reference(node: Any) -> list[Any] | None:
    """Return the steps of `a.b[0].c`, with syntax trees for computed indexes; None where its base is an expression."""
    if node.data == "expr_term" and len(parts(node)) == 1 and str(node.children[0]) != "(":
        return _reference(parts(node)[0])
    if node.data == "identifier":
        return [str(node.children[0])]
    if node.data == "get_attr_expr_term":
        base = _reference(node.children[0])
        return None if base is None else [*base, str(parts(node.children[1])[0].children[0])]
    if node.data == "index_expr_term":
        base = _reference(node.children[0])
        return None if base is None else [*base, node.children[1]]
    return None


def _access(node: Any, names: Names) -> Any:
    steps = _reference(node)
    if steps is not None:
        path = [step if isinstance(step, str) else _index(step, names) for step in steps]
        return names(path) if all(is_known(step) for step in path) else Unknown(_path_text(path))
    base = evaluate(node.children[0], names)
    step = node.children[1]
    return pick(base, str(parts(step)[0].children[0]) if step.data == "get_attr" else _index(step, names))


def _path_text(path: list[Any]) -> str:
    return ".".join(step.text if isinstance(step, Unknown) else str(step) for step in path)


def _index(node: Any, names: Names) -> Any:
    if node.data == "short_index":
        return int(str(node.children[-1]))
    return evaluate(parts(node)[0], names)


def _splat(node: Any, names: Names) -> Any:
    base = evaluate(node.children[0], names)
    if isinstance(base, Unknown):
        return Unknown(f"{base.text}[*]")
    items = base if isinstance(base, list) else [base]
    for step in parts(node.children[1]):
        name = str(parts(step)[0].children[0]) if step.data == "get_attr" else _index(step, names)
        items = [pick(item, name) for item in items]
    return items


def _conditional(node: Any, names: Names) -> Any:
    condition, yes, no = parts(node)
    truth = evaluate(condition, names)
    if not isinstance(truth, bool):
        branches = " : ".join(to_text(evaluate(branch, names)) for branch in (yes, no))
        return Unknown(f"conditional on {to_text(truth)} ? {branches}")
    return evaluate(yes if truth else no, names)


def _binary(node: Any, names: Names) -> Any:
    left, term = parts(node)[:2]
    operator, right = parts(term)[:2]
    return combined(str(operator.children[0]), evaluate(left, names), evaluate(right, names))


def _unary(node: Any, names: Names) -> Any:
    return inverted(str(node.children[0]), evaluate(parts(node)[0], names))


def _call(node: Any, names: Names) -> Any:
    name = str(parts(node)[0].children[0])
    arguments = next((part for part in parts(node) if part.data == "arguments"), None)
    nodes = parts(arguments) if arguments is not None else []
    values = [evaluate(item, names) for item in nodes]
    if arguments is not None and str(arguments.children[-1]) == "..." and isinstance(values[-1], list):
        values = [*values[:-1], *values[-1]]
    if name in ("file", "templatefile", "fileset", "filebase64"):
        return names(["(function)", name, *values])
    function = FUNCTIONS.get(name)
    if function is None:
        return Unknown(f"{name}({', '.join(to_text(value) for value in values)})")
    try:
        return function(*values)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError, re.error):
        return Unknown(f"{name}({', '.join(to_text(value) for value in values)})")


def _loop(node: Any, names: Names) -> tuple[list[Names], list[Any]] | Unknown:
    """Return the scope of each turn of a `for`, those that its `if` lets through, and the result expressions."""
    inside = parts(node)
    intro, condition = inside[0], next((part for part in inside if part.data == "for_cond"), None)
    variables = [str(part.children[0]) for part in parts(intro) if part.data == "identifier"]
    source = evaluate(parts(intro)[-1], names)
    if isinstance(source, dict):
        pairs: list[tuple[Any, Any]] = sorted(source.items())
    elif isinstance(source, list):
        pairs = list(enumerate(source))
    else:
        return Unknown(f"for over {to_text(source)} at {_where(node, names)}")
    scopes = [
        _scope(names, dict(zip(variables, pair if len(variables) == 2 else pair[1:], strict=False))) for pair in pairs
    ]
    if condition is not None:
        verdicts = [evaluate(parts(condition)[0], scope) for scope in scopes]
        if not all(isinstance(verdict, bool) for verdict in verdicts):
            return Unknown(f"for with an unknown condition at {_where(node, names)}")
        scopes = [scope for scope, verdict in zip(scopes, verdicts, strict=True) if verdict]
    return scopes, [part for part in inside[1:] if part.data != "for_cond"]


def _scope(names: Names, local: dict[str, Any]) -> Names:
    def look_up(path: list[str | int]) -> Any:
        if path[0] in local:
            return functools.reduce(pick, path[1:], local[str(path[0])])
        return names(path)

    return look_up


def _for_tuple(node: Any, names: Names) -> Any:
    loop = _loop(node, names)
    if isinstance(loop, Unknown):
        return loop
    scopes, (result,) = loop
    return [evaluate(result, scope) for scope in scopes]


def _for_object(node: Any, names: Names) -> Any:
    loop = _loop(node, names)
    if isinstance(loop, Unknown):
        return loop
    scopes, (key, value) = loop
    if any(str(child) == "..." for child in node.children):
        return Unknown(f"for with grouping at {_where(node, names)}")
    return {to_text(evaluate(key, scope)): evaluate(value, scope) for scope in scopes}


def _json_value(node: JsonValue, names: Names) -> Any:
    value = node.value
    if isinstance(value, str):
        return template(value, names)
    if isinstance(value, list):
        return [evaluate(JsonValue(item), names) for item in value]
    if isinstance(value, dict):
        return {to_text(template(key, names)): evaluate(JsonValue(item), names) for key, item in value.items()}
    return value


_RULES: dict[str, Callable[[Any, Names], Any]] = {
    "json": _json_value,
    "expr_term": _term,
    "string": _string,
    "int_lit": lambda node, names: int(str(node.children[0])),
    "float_lit": lambda node, names: whole(float(str(node.children[0]))),
    "literal_value": _literal,
    "identifier": _identifier,
    "tuple": lambda node, names: [evaluate(part, names) for part in parts(node)],
    "object": _object,
    "heredoc_template": _heredoc,
    "heredoc_template_trim": _heredoc,
    "get_attr_expr_term": _access,
    "index_expr_term": _access,
    "attr_splat_expr_term": _splat,
    "full_splat_expr_term": _splat,
    "conditional": _conditional,
    "binary_op": _binary,
    "unary_op": _unary,
    "function_call": _call,
    "for_tuple_expr": _for_tuple,
    "for_object_expr": _for_object,
}
