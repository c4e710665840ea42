"""HCL expressions, evaluated over the syntax tree of python-hcl2.

HashiCorp: Terraform language, Expressions. A value that the files do not hold evaluates to `Unknown`, with its text.
"""

import functools
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from glue2lakehouse.tools.jobs.readers.hcl_directives import with_directives
from glue2lakehouse.tools.jobs.readers.hcl_functions import FUNCTIONS, Missing, Unknown, is_known, overridden, shown

Names = Callable[[list[str | int]], Any]
"""Looks a dotted reference up: `["var", "env"]`, `["aws_glue_job", "etl", 0, "name"]`."""

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


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
        return done if isinstance(done, Unknown) else _glue(done)
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
    return _glue([*pieces, text[position:]])


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


def _glue(pieces: list[Any]) -> Any:
    kept = [piece for piece in pieces if piece != ""]
    if len(kept) == 1:
        return kept[0]
    return "".join(to_text(piece) for piece in kept)


def to_text(value: Any) -> str:
    """Return a value as Terraform writes it into a string; an unknown becomes its open reference."""
    if isinstance(value, Unknown):
        return value.marker
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | dict):
        return shown(value)
    return "" if value is None else str(value)


def whole(number: float) -> int | float:
    """Return a number as Terraform has it, which tells 1.0 from 1 no more than 2 / 2."""
    return int(number) if float(number).is_integer() else number


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
    return _glue(pieces) if pieces else ""


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


def pick(base: Any, step: Any) -> Any:
    """Return one element of a list or map, `Missing` where there is none."""
    if isinstance(base, Unknown):
        return Unknown(f"{base.text}.{step}")
    if isinstance(base, dict) and overridden(base, str(step)):
        return Unknown(f"element {step} of {shown(base)}")
    if isinstance(base, dict) and str(step) in base:
        return base[str(step)]
    if isinstance(base, list) and isinstance(step, int) and -len(base) <= step < len(base):
        return base[step]
    return Missing(f"element {step}")


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
    left_node, term = parts(node)[:2]
    operator = str(parts(term)[0].children[0])
    left, right = evaluate(left_node, names), evaluate(parts(term)[1], names)
    if operator in ("&&", "||"):
        decisive = operator == "||"
        left, right = (_WORDS.get(side, side) if isinstance(side, str) else side for side in (left, right))
        if left is decisive or right is decisive:
            return decisive
    if not (is_known(left) and is_known(right)):
        return Unknown(f"{to_text(left)} {operator} {to_text(right)}".replace("⟦", "").replace("⟧", ""))
    return _OPERATORS[operator](left, right)


def _arithmetic(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def apply(left: Any, right: Any) -> Any:
        try:
            made = operation(*(float(side) if isinstance(side, str) else side for side in (left, right)))
            return made if isinstance(made, bool) else whole(made)
        except (TypeError, ValueError, ZeroDivisionError):
            return Unknown(f"arithmetic with {to_text(left)} and {to_text(right)}")

    return apply


def _equal(left: Any, right: Any) -> bool:
    """Values of two types are never equal, and true is not 1."""
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


def _logic(left: Any, right: Any) -> Any:
    """What is left once neither side has decided: both are the same, where they are true or false at all."""
    return (
        left if isinstance(left, bool) and isinstance(right, bool) else Unknown(f"{to_text(left)} and {to_text(right)}")
    )


_WORDS = {"true": True, "false": False}
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": _equal,
    "!=": lambda left, right: not _equal(left, right),
    "&&": _logic,
    "||": _logic,
    "<": _arithmetic(lambda left, right: left < right),
    ">": _arithmetic(lambda left, right: left > right),
    "<=": _arithmetic(lambda left, right: left <= right),
    ">=": _arithmetic(lambda left, right: left >= right),
    "+": _arithmetic(lambda left, right: left + right),
    "-": _arithmetic(lambda left, right: left - right),
    "*": _arithmetic(lambda left, right: left * right),
    "/": _arithmetic(lambda left, right: left / right),
    "%": _arithmetic(math.fmod),
}


def _unary(node: Any, names: Names) -> Any:
    value = evaluate(parts(node)[0], names)
    if isinstance(value, Missing):
        return value
    if not is_known(value):
        return Unknown(f"{'not' if str(node.children[0]) == '!' else 'minus'} {to_text(value)}")
    if str(node.children[0]) == "!":
        return not value if isinstance(value, bool) else Unknown("not")
    return -value if isinstance(value, int | float) else Unknown("minus")


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


@dataclass(frozen=True)
class JsonValue:
    """A value of Terraform's JSON syntax, where every text is a template."""

    value: Any
    data: str = "json"


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
