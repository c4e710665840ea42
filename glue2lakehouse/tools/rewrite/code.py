"""Code to be written: text with holes for expressions of the original, rendered with the edits inside them applied."""

import ast
import string
from collections.abc import Mapping
from dataclasses import dataclass

from glue2lakehouse.tools.rewrite.kinds.tree import below, children
from glue2lakehouse.tools.source.text import lines_of


@dataclass(frozen=True, slots=True)
class Code:
    """Text and expressions of the original module, in order."""

    parts: tuple["str | ast.expr", ...]


Piece = str | ast.expr | Code
_ATOMS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant, ast.List, ast.Dict, ast.Set, ast.ListComp,
          ast.DictComp, ast.SetComp, ast.JoinedStr)  # fmt: skip
_BRACKETED = (ast.NamedExpr, ast.Yield, ast.YieldFrom)


def code(template: str, **holes: Piece) -> Code:
    """Fill the `{holes}` of a template; `Source.fill` keeps an expression together that the text beside it would take apart.

    >>> code("{frame}.drop({names})", frame="df", names='"a"').parts
    ('df', '.drop(', '"a"', ')')
    """
    parts: list[str | ast.expr] = []
    pieces = list(string.Formatter().parse(template))
    for position, (before, name, _, _) in enumerate(pieces):
        if before:
            parts.append(before)
        if name is None:
            continue
        following = pieces[position + 1][0] if position + 1 < len(pieces) else ""
        parts.extend(_guarded(holes[name], following))
    return Code(tuple(parts))


def _guarded(piece: Piece, following: str) -> tuple[str | ast.expr, ...]:
    if not isinstance(piece, Code):
        return (piece,)
    if len(piece.parts) < 2 or not following.startswith(_ACCESS) or holds_together(piece, {}):
        return piece.parts
    return "(", *piece.parts, ")"


_ACCESS = (".", "[", "(")
_OPENING, _CLOSING = ("(", "[", "{", ",", "=", ":", ";", "\n"), (")", "]", "}", ",", ":", ";", "\n", "#")
_COMPARING = ("==", "!=", "<=", ">=")


def _comes_apart(part: ast.expr, before: str, after: str) -> bool:
    """Whether what stands beside a hole binds to a part of what is put there; brackets, commas and ends of code do not."""
    if isinstance(part, _BRACKETED):
        return True
    if _is_number(part):
        return after.startswith(".")
    before, after = before.rstrip(" "), after.lstrip(" ")
    opens = not before or (before.endswith(_OPENING) and not before.endswith(_COMPARING))
    # Texts that are added to a text need no brackets.
    opens |= before.endswith("+") and isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add)
    return not opens or not (not after or after.startswith(_CLOSING))


def _is_number(part: ast.expr) -> bool:
    return isinstance(part, ast.Constant) and isinstance(part.value, int | float | complex)


def shape(content: Code) -> ast.expr | None:
    """Return the expression that code is, with a name in place of each hole; None where it is a statement or a piece."""
    text = "".join(part if isinstance(part, str) else "x" for part in content.parts)
    try:
        return ast.parse(f"({text.strip()}\n)", mode="eval").body
    except SyntaxError:
        return None


def holds_together(content: Code, edits: Mapping[ast.AST, Code]) -> bool:
    """Whether code is a name, call, text, display or in brackets, so that nothing beside it takes it apart.

    >>> [holds_together(Code((text,)), {}) for text in ("a.b(c)", "a or b", "(a or b)", "(a) or (b)")]
    [True, False, True, False]
    """
    while len(content.parts) == 1 and isinstance(part := content.parts[0], ast.expr):
        if part not in edits:
            return isinstance(part, _ATOMS)
        content = edits[part]
    made = shape(content)
    if made is None or made.col_offset > 1:
        return True
    return made.col_offset == 1 and isinstance(made, (*_ATOMS, ast.Tuple, ast.GeneratorExp))


def joined(separator: str, pieces: list[Piece]) -> Code:
    """Return the pieces with a separator between them."""
    parts: list[str | ast.expr] = []
    for position, piece in enumerate(pieces):
        if position:
            parts.append(separator)
        parts.extend(piece.parts if isinstance(piece, Code) else (piece,))
    return Code(tuple(parts))


class Source:
    """The text of a module, and the text of its expressions with edits applied to them."""

    def __init__(self, text: str) -> None:
        self._lines = [line.encode() for line in lines_of(text)] or [b""]

    def between(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """Return the text from one (line, byte column) to another, as `ast` counts them."""
        first, last = start[0] - 1, end[0] - 1
        if first == last:
            return self._lines[first][start[1] : end[1]].decode()
        middle = self._lines[first + 1 : last]
        return b"".join([self._lines[first][start[1] :], *middle, self._lines[last][: end[1]]]).decode()

    def of(self, node: ast.AST) -> str:
        """Return the original text of a node."""
        return self.between(_start(node), _end(node))

    def indent(self, node: ast.AST) -> str:
        """Return the white space at the start of the node's first line."""
        line = self._lines[_start(node)[0] - 1].decode()
        return line[: len(line) - len(line.lstrip(" \t\f"))]

    def render(self, node: ast.AST, edits: Mapping[ast.AST, Code]) -> str:
        """Return the text of a node with the edits inside it applied, outermost first."""
        if node in edits:
            return self.fill(edits[node], edits)
        return self.render_inside(node, edits)

    def render_inside(self, node: ast.AST, edits: Mapping[ast.AST, Code]) -> str:
        """Return the text of a node with the edits of what is below it applied."""
        inside = _outermost(node, edits)
        if not inside:
            return self.of(node)
        if any(isinstance(child, ast.JoinedStr) and _inside_text(child, edits) for child in below(node)):
            return _unparsed(node, edits, self)
        pieces, position = [], _start(node)
        for child in sorted(inside, key=_start):
            pieces += [self.between(position, _start(child)), self.render(child, edits)]
            position = _end(child)
        return "".join([*pieces, self.between(position, _end(node))])

    def fill(self, content: Code, edits: Mapping[ast.AST, Code]) -> str:
        """Return the text of a piece of code."""
        texts = [part if isinstance(part, str) else self._hole(part, edits) for part in content.parts]
        for position, part in enumerate(content.parts):
            if isinstance(part, str) or (holds_together(Code((part,)), edits) and not _is_number(part)):
                continue
            before, after = "".join(texts[:position])[-2:], "".join(texts[position + 1 :])
            displayed = isinstance(part, ast.Tuple | ast.GeneratorExp) and texts[position].startswith("(")
            if not displayed and _comes_apart(part, before, after):
                texts[position] = f"({texts[position]})"
        return "".join(texts)

    def _hole(self, node: ast.expr, edits: Mapping[ast.AST, Code]) -> str:
        if not hasattr(node, "lineno"):
            return ast.unparse(node)
        return self.render(node, edits)


def _start(node: ast.AST) -> tuple[int, int]:
    return node.lineno, node.col_offset  # type: ignore[attr-defined]


def _end(node: ast.AST) -> tuple[int, int]:
    return node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]


def _outermost(node: ast.AST, edits: Mapping[ast.AST, Code]) -> list[ast.AST]:
    found: list[ast.AST] = []
    for child in children(node):
        if child in edits:
            found.append(child)
        else:
            found.extend(_outermost(child, edits))
    return found


def _inside_text(node: ast.JoinedStr, edits: Mapping[ast.AST, Code]) -> bool:
    return any(child in edits for child in below(node)[1:])


def _unparsed(node: ast.AST, edits: Mapping[ast.AST, Code], source: Source) -> str:
    """Render without positions: before Python 3.12 the nodes inside an f-string do not know theirs."""

    class Replace(ast.NodeTransformer):
        def visit(self, child: ast.AST) -> ast.AST:
            if child in edits:
                return ast.parse(source.fill(edits[child], edits), mode="eval").body
            return self.generic_visit(child)

    import copy

    memo: dict[int, object] = {id(key): key for key in edits}
    return ast.unparse(Replace().visit(copy.deepcopy(node, memo)))
