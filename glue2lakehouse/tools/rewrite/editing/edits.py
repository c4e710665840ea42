"""What is to change in a module: collected while the rules answer, put into the text in the end."""

import ast
from dataclasses import dataclass, field

from glue2lakehouse.tools.rewrite.code import Code


@dataclass(slots=True)
class Edits:
    """What to put where: code for expressions, lines for statements (none: the statement goes), imports to add.

    `inside` has the edits of the statements that go as well, for code that takes an expression out of one of them.
    `decorators` are the expressions of decorators that go; `lifted` are the anchors around edited literals, which are no
    anchors themselves.
    """

    expressions: dict[ast.AST, Code] = field(default_factory=dict)
    inside: dict[ast.AST, Code] = field(default_factory=dict)
    statements: dict[ast.stmt, list[str | Code]] = field(default_factory=dict)
    imports: list[str] = field(default_factory=list)
    imports_at: ast.stmt | None = None
    lifted: dict[ast.expr, None] = field(default_factory=dict)
    decorators: dict[ast.expr, None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.expressions or self.statements or self.imports or self.decorators)
