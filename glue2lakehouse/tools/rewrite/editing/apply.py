"""Put edits into a module with libcst, so that every byte outside them stays."""

import ast
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import libcst as cst

from glue2lakehouse.tools.rewrite.code import Source
from glue2lakehouse.tools.rewrite.editing.anchors import EXPRESSIONS, Mismatch, anchors, bare_name, cst_label, label
from glue2lakehouse.tools.rewrite.editing.edits import Edits
from glue2lakehouse.tools.rewrite.editing.leftovers import Gone, comments, without_emptied, without_gone
from glue2lakehouse.tools.source.text import lines_of

_SPACE = frozenset({cst.SimpleWhitespace, cst.ParenthesizedWhitespace, cst.TrailingWhitespace, cst.EmptyLine, cst.Newline,
                    cst.Comment, cst.Comma, cst.Dot, cst.AssignEqual, cst.LeftParen, cst.RightParen, cst.LeftSquareBracket,
                    cst.RightSquareBracket, cst.LeftCurlyBrace, cst.RightCurlyBrace, cst.Colon, cst.Semicolon,
                    cst.SimpleString, cst.Integer, cst.Float})  # fmt: skip
"""Nodes with nothing inside to edit, which the walk leaves out."""


def apply_edits(text: str, tree: ast.Module, parents: Mapping[ast.AST, ast.AST], source: Source, edits: Edits) -> str:
    """Return the module with the edits applied. Raises Mismatch or cst.ParserSyntaxError where libcst cannot do it."""
    module = cst.parse_module(text)
    replaced, around = _replaced(edits, parents)
    found = anchors(tree, replaced, around)
    texts = {node: _replacement(node, edits, source) for node, _ in found if node in replaced}
    for node in replaced:
        if node not in texts and not any(above in replaced for above in _above(node, parents)):
            raise Mismatch(f"{type(node).__name__} cannot be replaced by itself")
    applier = _Applier(found, texts, module, _hash_lines(text))
    changed = module.visit(applier)
    if applier.position != len(found):
        raise Mismatch(f"{applier.position} of {len(found)} anchors met")
    if edits.imports and edits.imports_at is None:
        changed = _with_imports(changed, edits.imports)
    after = changed.code
    if not _outside_stays(text, after, edits) and module.code != text:
        raise Mismatch("libcst does not give the file back as it was")
    return after


def _outside_stays(before: str, after: str, edits: Edits) -> bool:
    """Whether every line outside of what is edited is there again; lines that only moved may make it say no."""
    inside: set[int] = set()
    for node in (*edits.statements, *edits.expressions, *edits.lifted, *edits.decorators):
        inside.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))  # type: ignore[attr-defined]
    lines = [line for number, line in enumerate(_rows(before), 1) if line and number not in inside]
    tails = (text[len(text.rstrip()) :] for text in (before, after))
    return len(set(tails)) == 1 and not Counter(lines) - Counter(_rows(after))


def _rows(text: str) -> list[str]:
    """Return the lines without their ends, and without the form feeds before them, which libcst leaves out."""
    return [line.rstrip("\r\n").lstrip("\f") for line in lines_of(text)]


@dataclass(slots=True)
class _Replacement:
    """New text for an anchor; `lines` for a statement, else an expression.

    An expression without a text is a decorator that goes.
    """

    lines: list[str]
    indent: str
    statement: bool


def _replaced(edits: Edits, parents: Mapping[ast.AST, ast.AST]) -> tuple[set[ast.AST], set[ast.AST]]:
    """Return the anchors that have another text, and what is around them."""
    anchored = (node for node in edits.expressions if isinstance(node, EXPRESSIONS) or not isinstance(node, ast.expr))
    replaced: set[ast.AST] = {*edits.statements, *edits.lifted, *edits.decorators, *anchored}
    around: set[ast.AST] = set()
    for node in replaced:
        for above in _above(node, parents):
            if above in around:
                break
            around.add(above)
    return replaced, around


def _above(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    while (above := parents.get(node)) is not None:
        yield above
        node = above


def _replacement(node: ast.AST, edits: Edits, source: Source) -> _Replacement:
    every = edits.inside or edits.expressions
    if node in edits.expressions:
        return _Replacement([source.render(node, every)], source.indent(node), False)
    if isinstance(node, ast.stmt):
        added = edits.imports if node is edits.imports_at else []
        lines = edits.statements[node]
        spelled = [line if isinstance(line, str) else source.fill(line, edits.expressions) for line in lines]
        return _Replacement([*added, *spelled], source.indent(node), True)
    if node in edits.decorators:
        return _Replacement([], source.indent(node), False)
    return _Replacement([source.render_inside(node, every)], source.indent(node), False)


class _Applier(cst.CSTTransformer):
    """Walks libcst's tree in the order of the text, counting anchors, and replaces those that have a new text."""

    def __init__(
        self,
        found: Sequence[tuple[ast.AST, bool]],
        texts: Mapping[ast.AST, _Replacement],
        module: cst.Module,
        hash_lines: Sequence[int],
    ) -> None:
        super().__init__()
        self._found = found
        self._texts = texts
        self._module = module
        self._hash_lines = hash_lines
        self._first: dict[int, int] = {}
        self._bare: set[int] = set()
        self._due: dict[int, _Replacement] = {}
        self.position = 0

    def on_visit(self, node: cst.CSTNode) -> bool:
        kind = type(node)
        if kind in _SPACE or isinstance(node, cst.MatchPattern):
            return False
        if id(node) in self._bare:
            self._bare.discard(id(node))
            return False
        if kind is cst.SimpleStatementLine:
            return self._changes(node)  # type: ignore[arg-type]
        if (child := bare_name(node)) is not None:
            self._bare.add(id(child))
        name = cst_label(node)
        return name is None or self._count(node, name)

    def _changes(self, line: cst.SimpleStatementLine) -> bool:
        """Whether anything in a line changes; what does not is left out of the walk, which costs most."""
        first, following = self.position, self.position + len(line.body)
        if any(entered or node in self._texts for node, entered in self._found[first:following]):
            self._first[id(line)] = first
            return True
        if any(label(node) != "statement" for node, _ in self._found[first:following]) or following > len(self._found):
            raise Mismatch(f"anchor {first}: a line of statements")
        self.position = following
        return False

    def _count(self, node: cst.CSTNode, name: str) -> bool:
        if self.position >= len(self._found):
            raise Mismatch(f"anchor {self.position}: {name}")
        anchor, entered = self._found[self.position]
        if label(anchor) != name:
            raise Mismatch(f"anchor {self.position}: {name}")
        self.position += 1
        if anchor in self._texts:
            self._due[id(node)] = self._texts[anchor]
        return entered

    def on_visit_attribute(self, node: cst.CSTNode, attribute: str) -> None:
        """Look for no methods by attribute; there are none, and the search costs a fifth of the walk."""

    def on_leave_attribute(self, original_node: cst.CSTNode, attribute: str) -> None:
        """See `on_visit_attribute`."""

    def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> cst.CSTNode:  # type: ignore[override]
        kind = type(original_node)
        if kind is cst.SimpleStatementLine:
            if id(original_node) not in self._first:
                return updated_node
            return self._commented(original_node, self._line(original_node, updated_node))  # type: ignore[arg-type]
        if kind is cst.IndentedBlock or kind is cst.Module:
            return without_gone(updated_node)  # type: ignore[arg-type]
        if kind is cst.Try or kind is cst.If:
            updated_node = without_emptied(updated_node)  # type: ignore[arg-type]
        if kind is cst.SimpleStatementSuite:
            return self._suite(original_node, updated_node)  # type: ignore[arg-type]
        if kind is cst.Decorator and (due := self._due.get(id(original_node.decorator))):  # type: ignore[attr-defined]
            return updated_node if due.lines else cst.RemovalSentinel.REMOVE  # type: ignore[return-value]
        replacement = self._due.get(id(original_node))
        if replacement is None or not (replacement.lines or replacement.statement):
            return updated_node
        if not replacement.statement:
            return self._expression(original_node, replacement)
        if isinstance(original_node, cst.BaseCompoundStatement):
            return self._compound(original_node, replacement)
        return updated_node

    def _compound(self, original: cst.BaseCompoundStatement, replacement: _Replacement) -> cst.CSTNode:
        lines = self._statements(replacement)
        if not lines:
            return Gone(body=[cst.Pass()], leading_lines=original.leading_lines)
        lines[0] = lines[0].with_changes(leading_lines=original.leading_lines)
        return cst.FlattenSentinel(lines)  # type: ignore[return-value]

    def _expression(self, original: cst.CSTNode, replacement: _Replacement) -> cst.BaseExpression:
        if "\n" not in replacement.lines[0] or _is_closed(replacement.lines[0]):
            lpar, rpar = getattr(original, "lpar", ()), getattr(original, "rpar", ())
            return _Text(replacement.lines[0], lpar=lpar, rpar=rpar)
        line = self._parse(f"({replacement.lines[0]}\n)", replacement.indent)[0]
        assert isinstance(line, cst.SimpleStatementLine)
        value = cst.ensure_type(line.body[0], cst.Expr).value
        outer = getattr(original, "lpar", ())
        own = value.lpar[1:], value.rpar[:-1]
        if not outer and not own[0]:
            return value
        return value.with_changes(lpar=[*outer, *own[0]], rpar=[*own[1], *getattr(original, "rpar", ())])

    def _parse(self, text: str, indent: str) -> Sequence[cst.BaseStatement]:
        """Parse statements as they would stand at an indentation, so that the lines inside them keep theirs."""
        if not indent:
            return cst.parse_module(text + "\n", self._module.config_for_parsing).body
        parsed = cst.parse_module(f"if 1:\n{indent}{text}\n", self._module.config_for_parsing)
        return cst.ensure_type(cst.ensure_type(parsed.body[0], cst.If).body, cst.IndentedBlock).body

    def _statements(self, replacement: _Replacement) -> list[cst.BaseStatement]:
        return [s for line in replacement.lines for s in self._statement(line, replacement.indent)]

    def _statement(self, text: str, indent: str) -> Sequence[cst.BaseStatement]:
        if _COMPOUND.match(text):
            return self._parse(text, indent)
        return [cst.SimpleStatementLine([cst.Expr(_Text(text))])]

    def _line(self, original: cst.SimpleStatementLine, updated: cst.SimpleStatementLine) -> cst.CSTNode:
        if not any(id(small) in self._due and self._due[id(small)].statement for small in original.body):
            return updated
        lines: list[cst.BaseStatement] = []
        for before, after in zip(original.body, updated.body, strict=True):
            due = self._due.get(id(before))
            if due is not None and due.statement:
                lines.extend(self._statements(due))
            else:
                plain = after.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
                lines.append(cst.SimpleStatementLine([plain]))
        if not lines:
            return Gone(body=[cst.Pass()], leading_lines=updated.leading_lines)
        lines[0] = lines[0].with_changes(leading_lines=updated.leading_lines)
        if isinstance(lines[-1], cst.SimpleStatementLine):
            lines[-1] = lines[-1].with_changes(trailing_whitespace=updated.trailing_whitespace)
        return cst.FlattenSentinel(lines)  # type: ignore[return-value]

    def _commented(self, original: cst.SimpleStatementLine, made: cst.CSTNode) -> cst.CSTNode:
        """Put comments between the parts of what is replaced above the statement; a removed line takes its own along."""
        if made is original or isinstance(made, Gone) or not self._may_have_comments(self._first[id(original)]):
            return made
        before = self._module.code_for_node(original)
        lines: list[cst.CSTNode] = list(made.nodes) if isinstance(made, cst.FlattenSentinel) else [made]
        kept = Counter(comments("".join(map(self._module.code_for_node, lines))))
        lost = [comment for comment in comments(before) if not kept[comment] or kept.subtract([comment])]
        if lost:
            above = [*getattr(lines[0], "leading_lines", ()), *(cst.EmptyLine(comment=cst.Comment(c)) for c in lost)]
            lines[0] = lines[0].with_changes(leading_lines=above)
        return cst.FlattenSentinel(lines) if len(lines) > 1 else lines[0]  # type: ignore[return-value]

    def _may_have_comments(self, position: int) -> bool:
        """Whether a line of the statements from an anchor to where the walk stands has a hash."""
        statements = [node for node, _ in self._found[position : self.position]]
        first, last = statements[0].lineno, max(node.end_lineno for node in statements)  # type: ignore[attr-defined]
        following = bisect_left(self._hash_lines, first)
        return following < len(self._hash_lines) and self._hash_lines[following] <= last

    def _suite(self, original: cst.SimpleStatementSuite, updated: cst.SimpleStatementSuite) -> cst.CSTNode:
        body: list[cst.BaseSmallStatement] = []
        for before, after in zip(original.body, updated.body, strict=True):
            due = self._due.get(id(before))
            if due is None or not due.statement:
                body.append(after)
                continue
            for statement in self._statements(due):
                if not isinstance(statement, cst.SimpleStatementLine):
                    raise Mismatch("a block cannot stand on one line")
                body.extend(statement.body)
        return updated.with_changes(body=body or [cst.Pass()])


def _hash_lines(text: str) -> list[int]:
    return [number for number, line in enumerate(lines_of(text), 1) if "#" in line]


class _Text(cst.Name):
    """Text to be written out as it is, unparsed: what comes out is parsed as a whole in the end."""

    def _validate(self) -> None:
        """Take any text."""


_COMPOUND = re.compile(r"#|@|(async|class|def|for|if|match|try|while|with)\b|.*;")
_CLOSED = (ast.Call, ast.Attribute, ast.Subscript, ast.List, ast.Dict, ast.Name, ast.Set, ast.ListComp, ast.DictComp)


def _is_closed(text: str) -> bool:
    """Whether an expression over several lines needs no parentheses; libcst would take ten times as long to tell."""
    try:
        return isinstance(ast.parse(f"({text}\n)", mode="eval").body, _CLOSED)
    except SyntaxError:
        return False


def _with_imports(module: cst.Module, imports: Sequence[str]) -> cst.Module:
    """Add imports after the docstring and the `__future__` imports."""
    position = 0
    for index, statement in enumerate(module.body):
        if not isinstance(statement, cst.SimpleStatementLine):
            break
        first = statement.body[0]
        docstring = index == 0 and isinstance(first, cst.Expr) and isinstance(first.value, cst.SimpleString)
        future = (
            isinstance(first, cst.ImportFrom)
            and isinstance(first.module, cst.Name)
            and first.module.value == "__future__"
        )
        if not docstring and not future:
            break
        position = index + 1
    added = [cst.parse_statement(line) for line in imports]
    if position < len(module.body) and position == 0 and module.header:
        return module.with_changes(body=[*added, *module.body])
    return module.with_changes(body=[*module.body[:position], *added, *module.body[position:]])
