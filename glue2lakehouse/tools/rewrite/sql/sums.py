"""SQL that is put together with `+`: `"select * from " + db + ".orders"` as one text with a way back, as `literals` has it.

What stands between two literals is a hole; its source begins with the quote that closes one and ends with the one that opens the
next, so that a name around it can be changed where it is written.
"""

import ast
import re

from glue2lakehouse.tools.rewrite.literals import HOLE, Text, read_literal

_OPENS = re.compile(r"[A-Za-z]*('''|\"\"\"|'|\")")


def operands(node: ast.expr) -> list[ast.expr]:
    """Return what a sum adds up, in its order; another expression is its only operand."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*operands(node.left), *operands(node.right)]
    return [node]


def is_literal(node: ast.expr) -> bool:
    """Whether an operand is a text that is written out, with or without holes."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def read_sum(source: str) -> Text | None:
    """Return the text of a sum that begins with a literal; None where it cannot be read, or holds no literal.

    >>> read_sum('"a." + b').text.replace(HOLE, "_")
    'a.____'
    """
    whole = ast.parse(f"({source}\n)", mode="eval").body
    parts = operands(whole)
    if len(parts) < 2 or not is_literal(parts[0]) or not source.isascii():
        return None
    lines = [0]
    for line in f"({source}\n)".splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    text: list[str] = []
    places: list[int] = []
    closed, between = 0, False
    for part in parts:
        if not is_literal(part):
            between = True
            continue
        start = lines[part.lineno - 1] + part.col_offset - 1
        end = lines[(part.end_lineno or 0) - 1] + (part.end_col_offset or 0) - 1
        opened = _OPENS.match(source[start:end])
        read = read_literal(source[start:end])
        if opened is None or (read is None and end - start > len(opened[0]) + len(opened[1])):
            return None
        if between:
            _add_hole(text, places, closed, start + len(opened[0]))
        text += read.text if read is not None else ""
        places += [start + place for place in read.places] if read is not None else []
        closed, between = end - len(_closing_quote(source[start:end])), False
    if between:
        _add_hole(text, places, closed, len(source))
    return Text("".join(text), source, tuple(places))


def _add_hole(text: list[str], places: list[int], start: int, end: int) -> None:
    text += HOLE * (end - start)
    places += range(start, end)


def _closing_quote(literal: str) -> str:
    return literal[-3:] if literal.endswith(("'''", '"""')) and len(literal) >= 6 else literal[-1:]


_HOLE = re.compile(r"(?P<close>['\"]{1,3})\s*\+\s*(?P<inner>.*?)\s*(?:\+\s*(?P<open>[A-Za-z]*['\"]{1,3}))?", re.DOTALL)


def filler(literal: ast.expr, hole: str) -> ast.expr | None:
    """Return the operand that fills a hole of a sum, None where several do or it is not plain which."""
    shown = _HOLE.fullmatch(hole)
    try:
        spelled = ast.unparse(ast.parse(shown["inner"], mode="eval").body) if shown is not None else ""
    except SyntaxError:
        return None
    return next((part for part in operands(literal) if not is_literal(part) and ast.unparse(part) == spelled), None)


def called_between(helper: str, levels: list[list[str]]) -> str | None:
    """Return the call of a helper between two literals, for a name of which each level is pieces of text and holes.

    None where the holes are of another kind than a sum's, or parentheses and comments reach beyond one.
    """
    holes = [shown for level in levels for piece in level if (shown := _HOLE.fullmatch(piece)) is not None]
    plain = all(re.fullmatch(r"[\w-]+", piece) or _HOLE.fullmatch(piece) for level in levels for piece in level)
    if not holes or not plain:
        return None
    arguments = [
        " + ".join(shown["inner"] if (shown := _HOLE.fullmatch(piece)) is not None else f'"{piece}"' for piece in level)
        for level in levels
    ]
    called, opened = f"{helper}({', '.join(arguments)})", holes[-1]["open"]
    try:
        for expression in (called, *(shown["inner"] for shown in holes)):
            ast.parse(expression, mode="eval")
    except SyntaxError:
        return None
    return f"{holes[0]['close']} + {called}" + (f" + {opened}" if opened else "")
