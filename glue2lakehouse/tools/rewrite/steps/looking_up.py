"""Helpers that look paths and names up in the settings' mapping when a job runs, around what is computed."""

import ast
import re

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.code import Code
from glue2lakehouse.tools.rewrite.rule import Rewrite, Rule
from glue2lakehouse.tools.rewrite.rules.paths import MappedPaths
from glue2lakehouse.tools.rewrite.rules.table_names import TableNames
from glue2lakehouse.tools.rewrite.steps.moving import map_paths
from glue2lakehouse.tools.rewrite.work import Work

_RULES: dict[str, Rule] = {"mapped_path": MappedPaths(), "uc_name": TableNames(), "uc_schema": TableNames()}
_CALLED = re.compile(r"\b(mapped_path|uc_name|uc_schema)\(")


def look_up(work: Work) -> dict[ast.expr, str]:
    """Map the paths, add the imports, and return the expressions that go into a helper, with its name, for `wrap`."""
    named = work.place.memory.get("wrapped", {})
    assert isinstance(named, dict)
    wrapped: dict[ast.expr, str] = {**dict.fromkeys(map_paths(work), "mapped_path"), **named}
    work.findings += _mapped_again(work, wrapped)
    for helper in sorted({*wrapped.values(), *_called(work)}):
        work.imports[f"from glue_compat import {helper}"] = None
        work.compat.add(helper)
    return wrapped


def _mapped_again(work: Work, wrapped: dict[ast.expr, str]) -> list[Finding]:
    """Say once that what is looked up has to be a name of the source, where the mapping has it on both sides."""
    names, places = work.place.settings.mapped_again
    found = []
    for again, helpers in ((names, ("uc_name", "uc_schema")), (places, ("mapped_path",))):
        node = next((node for node, helper in wrapped.items() if helper in helpers), None)
        if again and (node is not None or set(helpers) & _called(work)):
            work.place.rule = _RULES[helpers[0]].name
            message = f"the mapping leads to {again}, and from there to elsewhere: what comes from the target is mapped twice here"
            action = "look names and paths up only where they come from the source, not from SHOW TABLES, listTables or inputFiles"
            found.append(work.place.finding(node or work.place.module.tree, Severity.WARNING, message, action))
    return found


def _called(work: Work) -> set[str]:
    """Return the helpers that a rule has put around what it wrote: a path in a dict of options, a name in SQL text."""
    edits = work.edits
    made = (*edits.expressions.values(), *(line for lines in edits.statements.values() for line in lines))
    parts = (part for each in made for part in (each.parts if isinstance(each, Code) else (each,)))
    return {name for part in parts if isinstance(part, str) for name in _CALLED.findall(part)}


def wrap(work: Work, nodes: dict[ast.expr, str]) -> None:
    """Put expressions into their helpers, with all other edits inside them."""
    for node, helper in nodes.items():
        text = work.place.source.render(node, work.edits.expressions)
        work.edits.expressions[node] = Code((f"{helper}({text})",))
        work.applied.append((node, _RULES[helper], Rewrite()))
