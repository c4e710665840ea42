"""Other names that a module gives to Glue's classes (`AM = ApplyMapping`): the statement goes where nothing uses the name any more."""

import ast
import re
from collections.abc import Iterator

from glue2lakehouse.tools.rewrite.code import Code
from glue2lakehouse.tools.rewrite.editing.tidy import shared
from glue2lakehouse.tools.rewrite.kinds import stubs
from glue2lakehouse.tools.rewrite.rule import Place
from glue2lakehouse.tools.rewrite.work import Work


def is_renamed(place: Place, node: ast.AST) -> bool:
    """Whether a class of Glue is only given another name here."""
    parent = place.parents.get(node)
    if not isinstance(parent, ast.Assign) or len(parent.targets) != 1 or not isinstance(parent.targets[0], ast.Name):
        return False
    above = place.parents.get(parent)
    if isinstance(above, ast.ClassDef) and above.bases:
        # What an Enum or a model holds is looked at by more than its name.
        return False
    held = place.kind(node)
    return node is parent.value and held.tag == "class" and stubs.is_glue(held.name)


def is_gone(work: Work, node: ast.expr) -> bool:
    """Drop the statement where neither the new code nor another module uses the name that it gives."""
    statement = work.place.statement(node)
    assert isinstance(statement, ast.Assign)
    assert isinstance(statement.targets[0], ast.Name)
    name = statement.targets[0].id
    bound = sum(each.id == name and isinstance(each.ctx, ast.Store) for each in work.place.nodes.of(ast.Name))
    if bound != 1 or shared(work.place, name) or _is_used(work, name):
        return False
    work.uses_glue = True
    work.edits.statements[statement] = []
    return True


def _is_used(work: Work, name: str) -> bool:
    """Whether what stays of the module, or what comes into it, may read the name."""
    word = re.compile(rf"(?<![\w.]){re.escape(name)}\b")
    if any(isinstance(part, str) and word.search(part) for content in _made(work) for part in content.parts):
        return True
    texts = (each.value for each in work.place.nodes.of(ast.Constant) if isinstance(each.value, str))
    if name in texts or any(word in work.place.module.source for word in ("eval(", "exec(", "globals(", "locals(")):
        return True
    reads: list[ast.Name | ast.Attribute] = [each for each in work.place.nodes.of(ast.Name) if each.id == name]
    reads += [each for each in work.place.nodes.of(ast.Attribute) if each.attr == name]
    return any(isinstance(each.ctx, ast.Load) and not _is_replaced(work, each) for each in reads)


def _made(work: Work) -> Iterator[Code]:
    yield from work.edits.expressions.values()
    for lines in work.edits.statements.values():
        yield from (line if isinstance(line, Code) else Code((line,)) for line in lines)


def _is_replaced(work: Work, node: ast.AST) -> bool:
    """Whether a node stands in what is replaced, and is no part of what comes in its place."""
    edits, path, above = work.edits, [node], node
    while True:
        made: list[Code] | None = None
        if isinstance(above, ast.stmt) and above in edits.statements:
            made = [line for line in edits.statements[above] if isinstance(line, Code)]
        elif above in edits.expressions:
            made = [edits.expressions[above]]
        if made is not None and not any(part is each for content in made for part in content.parts for each in path):
            return True
        if above not in work.place.parents:
            return False
        above = work.place.parents[above]
        path.append(above)
