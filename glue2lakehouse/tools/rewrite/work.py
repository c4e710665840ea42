"""What is collected while one module is converted."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.editing.edits import Edits
from glue2lakehouse.tools.rewrite.rule import Place, Rewrite, Rule


@dataclass(slots=True)
class Work:
    """Edits, findings and what else the rules answered over one module; `answered` are the nodes that are done with."""

    place: Place
    edits: Edits = field(default_factory=Edits)
    applied: list[tuple[ast.AST, Rule, Rewrite]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    compat: set[str] = field(default_factory=set)
    imports: dict[str, None] = field(default_factory=dict)
    imports_after: dict[ast.stmt, dict[str, None]] = field(default_factory=dict)
    answered: set[ast.AST] = field(default_factory=set)
    uses_glue: bool = False

    def removed(self, node: ast.AST) -> bool:
        """Whether the statement around the node goes or is replaced as a whole."""
        return bool(self.edits.statements) and self.place.statement(node) in self.edits.statements


def finished(findings: Iterable[Finding]) -> bool:
    """Whether nothing among the findings keeps a conversion from being called one."""
    return all(found.severity is not Severity.BLOCKER for found in findings)
