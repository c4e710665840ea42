"""Approve once, apply everywhere: what a person approved for one statement, offered for the others with the same finding.

A project rule is one statement as the rules left it and as it was approved. Names and texts that stand in both are its holes; all
else has to be equal. It is kept only if it makes its own example, and it changes nothing by itself: an offer is a proposal that
goes through the checks and a person's hand (`Queue.answer(thread, "edit", …)`) like any other.
"""

import ast
import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from glue2lakehouse.agents.sections import Section, line_map, replace_section
from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.errors import StoreError
from glue2lakehouse.graphs.queue import Waiting

FILE_NAME = "project_rules.jsonl"
_PARTS = re.compile(r"([./])")
Statement = ast.Assign | ast.Expr


class ProjectRule(BaseModel):
    """One approved change; `before` and `after` are assignments to one name, or two calls."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    finding: str = Field(description="name of the rule whose finding it answers")
    before: str
    after: str
    imports: tuple[str, ...] = ()
    origin: str = Field(description="path:line of the example")
    approved_by: str
    project_id: str = Field(default="", description="project that it belongs to")

    def __str__(self) -> str:
        return f"[{self.finding}] {self.before}\n -> {self.after}\n    ({self.origin}, approved by {self.approved_by})"


class Offer(BaseModel):
    """A rule's proposal for a file that waits: the whole text, with every statement changed that it answers."""

    model_config = ConfigDict(frozen=True)

    thread: str
    path: str
    rule: ProjectRule
    code: str


def learn(item: Waiting, finding: Finding, by: str) -> ProjectRule | None:
    """Return the rule behind the code of a file as it was approved, for one finding.

    None where what settles it is not one statement in place of another, or does not make its own example.
    """
    approved, old = item.code, _doubtful(item, finding)
    new = _counterpart(item.draft, approved, old) if old is not None else None
    if old is None or new is None or ast.unparse(old) == ast.unparse(new):
        return None
    used = {node.id for node in ast.walk(new) if isinstance(node, ast.Name)}
    rule = ProjectRule(
        finding=finding.rule,
        before=ast.unparse(old),
        after=ast.unparse(new),
        imports=tuple(_imports_of(approved, used)),
        origin=f"{finding.path}:{finding.line}",
        approved_by=by,
        project_id=item.project_id,
    )
    return rule if _made(rule, old) == rule.after else None


def keep(rule: ProjectRule, home: Path) -> None:
    """Add a rule to those of a home folder; the same rule is kept once."""
    if rule not in kept(home):
        home.mkdir(parents=True, exist_ok=True)
        with (home / FILE_NAME).open("a", encoding="utf-8") as file:
            file.write(rule.model_dump_json() + "\n")


def kept(home: Path) -> list[ProjectRule]:
    """Return the rules of a home folder, oldest first. Raises StoreError for a line that is none."""
    file = home / FILE_NAME
    if not file.is_file():
        return []
    try:
        return [ProjectRule.model_validate_json(line) for line in file.read_text(encoding="utf-8").splitlines() if line]
    except ValidationError as error:
        raise StoreError(
            f"{file}: holds a line that is no rule: {error.errors()[0]['msg']}; delete that line"
        ) from error


def offers(rules: Sequence[ProjectRule], waiting: Iterable[Waiting]) -> Iterator[Offer]:
    """Yield what the rules propose for the files that wait, the newest rule first for each file."""
    for item in waiting:
        for rule in reversed(rules):
            code = _applied(rule, item) if rule.project_id in ("", item.project_id) else None
            if code is not None:
                yield Offer(thread=item.thread, path=item.path, rule=rule, code=code)


def _applied(rule: ProjectRule, item: Waiting) -> str | None:
    code, changed = item.code, False
    for finding in item.findings:
        if finding.rule != rule.finding or finding.severity is not Severity.BLOCKER:
            continue
        old = _doubtful(item, finding)
        made = _made(rule, old) if old is not None else None
        place = _place(code, old) if old is not None else None
        if made is None or place is None:
            continue
        first, last = place.lineno, place.end_lineno or place.lineno
        lines = "\n".join(code.split("\n")[first - 1 : last])
        code, changed = replace_section(code, Section("", first, last, lines), made, rule.imports), True
    return code if changed else None


def _made(rule: ProjectRule, candidate: Statement) -> str | None:
    """Return the rule's answer to a statement, None where it has none."""
    before, after = ast.parse(rule.before).body[0], ast.parse(rule.after).body[0]
    said = [text for text in map(_text, ast.walk(after)) if text]
    # A single character (a separator) stands in too many texts to be the same thing in both.
    texts = {part for text in said for part in (text, *_PARTS.split(text)) if len(part) > 1}
    names: dict[str, str] = {}
    held: dict[str, str] = {}
    if not _match(before, candidate, texts, names, held):
        return None
    return ast.unparse(_Fill(names, held).visit(after))


def _match(left: object, right: object, texts: set[str], names: dict[str, str], held: dict[str, str]) -> bool:
    if isinstance(left, ast.Name) and isinstance(right, ast.Name):
        return names.setdefault(left.id, right.id) == right.id
    text, other = _text(left), _text(right)
    if text is not None and text in texts and other is not None:
        return held.setdefault(text, other) == other
    if type(left) is not type(right):
        return False
    if isinstance(left, ast.AST) and isinstance(right, ast.AST):
        return all(_match(getattr(left, n, None), getattr(right, n, None), texts, names, held) for n in left._fields)
    if isinstance(left, list) and isinstance(right, list):
        pairs = zip(left, right, strict=False)
        return len(left) == len(right) and all(_match(a, b, texts, names, held) for a, b in pairs)
    return left == right


class _Fill(ast.NodeTransformer):
    def __init__(self, names: dict[str, str], held: dict[str, str]) -> None:
        self._names, self._held = names, held

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(self._names.get(node.id, node.id), node.ctx)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if not isinstance(node.value, str):
            return node
        if node.value in self._held:
            return ast.Constant(self._held[node.value])
        return ast.Constant("".join(self._held.get(part, part) for part in _PARTS.split(node.value)))


def _text(node: object) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _tree(code: str) -> ast.Module:
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return ast.Module([], [])


def _statements(code: str) -> list[Statement]:
    found = [node for node in ast.walk(_tree(code)) if isinstance(node, ast.Assign | ast.Expr)]
    wanted = [node for node in found if _target(node) or isinstance(node.value, ast.Call)]
    return sorted(wanted, key=lambda node: node.lineno)


def _doubtful(item: Waiting, finding: Finding) -> Statement | None:
    """Return the statement of the rules' draft that a finding is about."""
    return _statement_at(item.draft, line_map(item.source, item.draft).get(finding.line, 0))


def _statement_at(code: str, line: int) -> Statement | None:
    found = [node for node in _statements(code) if node.lineno <= line <= (node.end_lineno or node.lineno)]
    return found[0] if len(found) == 1 else None


def _counterpart(source: str, approved: str, old: Statement) -> Statement | None:
    """Return what a statement became: the assignment to the same name, or the call that stands in its place."""
    if _target(old):
        return _assignment_to(approved, _target(old))
    before, after = _statements(source), _statements(approved)
    texts = [ast.unparse(node) for node in before], [ast.unparse(node) for node in after]
    at = next(index for index, node in enumerate(before) if node.lineno == old.lineno)
    for word, i1, i2, j1, j2 in difflib.SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        if word == "replace" and i1 <= at < i2 and i2 - i1 == j2 - j1:
            new = after[j1 + at - i1]
            return None if _target(new) else new
    return None


def _place(code: str, old: Statement) -> Statement | None:
    """Return where a statement of the draft stands in the code; None where somebody has changed it, or it stands twice."""
    if _target(old) and _assignment_to(code, _target(old)) is None:
        return None
    same = [node for node in _statements(code) if ast.unparse(node) == ast.unparse(old)]
    return same[0] if len(same) == 1 else None


def _assignment_to(code: str, name: str) -> Statement | None:
    """Return the only assignment to a name; where there are several, nobody can tell which is meant."""
    found = [node for node in _statements(code) if _target(node) == name]
    return found[0] if len(found) == 1 else None


def _target(node: Statement) -> str:
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return ""
    return node.targets[0].id if isinstance(node.targets[0], ast.Name) else ""


def _imports_of(code: str, used: set[str]) -> Iterator[str]:
    for node in _tree(code).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound = {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
            if bound & used:
                yield ast.unparse(node)
