"""What two equal runs over a few rows do not show: code that they may pass by, and steps that only other rows would tell from none."""

import ast
import builtins
import re
from collections import Counter
from collections.abc import Iterable, Iterator

_LIKE = (
    ("limit", "head", "take", "tail", "sample", "spigot", "sampleQuery", "sampleBy", "randomSplit", "tablesample"),
    ("distinct", "dropDuplicates", "drop_duplicates", "groupBy", "mergeDynamicFrame", "merge_dynamic_frames"),
    ("where", "filter", "push_down_predicate", "catalogPartitionPredicate", "partitionPredicate", "having", "rlike"),
    ("join", "crossJoin", "intersect", "intersectAll", "subtract", "exceptAll"),
    ("fillna", "fill", "dropna", "na", "coalesce", "nvl", "ifnull", "try_cast", "DropNullFields", "drop_null_fields"),
    ("dropMalformed", "permissive", "ignoreCorruptFiles", "ignoreMissingFiles", "badRecordsPath"),
    ("exclusions", "pathGlobFilter", "modifiedAfter", "modifiedBefore"),
    ("when", "case"),
    ("if", "elif", "while", "match"),
    ("except", "suppress"),
)
"""Words of Python, Spark, SQL and Glue that stand for one another: one of them more than before is a step more."""
_HOLDERS = ast.stmt | ast.ExceptHandler | ast.IfExp | ast.BoolOp
_MAIN = "__name__ == '__main__'"
_LOOPS = ast.For | ast.AsyncFor | ast.While
_BUILTIN = frozenset({"*", *dir(builtins)})


def added_steps(old: str, new: str) -> list[str]:
    """Return what `new` has more than `old` of steps that leave rows, nulls, branches or errors out, as words for a person."""
    try:
        before, after = ast.parse(old), ast.parse(new)
    except (SyntaxError, ValueError, RecursionError):
        return []
    had, has = _words(before), _words(after)
    found = []
    for group in _LIKE:
        words = [word.lower() for word in group]
        if sum(has[word] for word in words) > sum(had[word] for word in words):
            found += [word for word in words if has[word] > had[word]]
    return found + [f"import {name}" for name in sorted((_imported(after) - _imported(before)) & _BUILTIN)]


def may_be_passed_by(source: str, line: int, others: Iterable[str] = ()) -> bool:
    """Return whether a run of `source` may end without this line: in a branch or handler, behind a way out, where nothing leads to.

    `others` are the project's texts, in which a function that its own file does not name may be called.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return True
    return not _leads_to(tree, line, others, frozenset())


def _words(tree: ast.Module) -> Counter[str]:
    """Count the words of a code without its comments, those in its texts too: SQL has them there."""
    return Counter(word.lower() for word in re.findall(r"\w+", ast.unparse(tree)))


def _imported(tree: ast.Module) -> set[str]:
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom | ast.Import))
    return {alias.asname or alias.name for node in imports for alias in node.names}


def _leads_to(tree: ast.Module, line: int, others: Iterable[str], seen: frozenset[str]) -> bool:
    around = [node for node in ast.walk(tree) if _holds(node, line)]
    functions = [node for node in around if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    if any(_is_passed_by(node, line) for node in around) or _may_have_ended((tree, *functions)[-1], line):
        return False
    return all(_is_called(tree, function, others, seen) for function in functions)


def _holds(node: ast.AST, line: int) -> bool:
    return isinstance(node, _HOLDERS) and node.lineno <= line <= (node.end_lineno or node.lineno)


def _is_passed_by(node: ast.AST, line: int) -> bool:
    if isinstance(node, ast.If | ast.While):
        return node.body[0].lineno <= line and ast.unparse(node.test) != _MAIN
    if isinstance(node, ast.IfExp | ast.BoolOp):
        return True
    return isinstance(node, ast.ExceptHandler) or (isinstance(node, ast.Match) and node.lineno < line)


def _may_have_ended(scope: ast.AST, line: int) -> bool:
    """Whether a statement above the line ends the function, the run, or this round of a loop; what always does leaves dead code."""
    above = [node for node in _own(scope) if isinstance(node, ast.stmt) and node.lineno < line]
    rounds = [part for node in above if isinstance(node, _LOOPS) and _holds(node, line) for part in _own(node)]
    return any(_ends(node) for node in above) or any(
        isinstance(node, ast.Break | ast.Continue) and node.lineno < line for node in rounds
    )


def _ends(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return ast.unparse(node.value.func).rpartition(".")[2] in ("exit", "_exit", "quit")
    return isinstance(node, ast.Return)


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield what lies in a scope, without what lies in the functions in it."""
    for node in ast.iter_child_nodes(scope):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
            yield from _own(node)


def _is_called(
    tree: ast.Module, function: ast.FunctionDef | ast.AsyncFunctionDef, others: Iterable[str], seen: frozenset[str]
) -> bool:
    name = function.name
    if name in seen:
        return False
    places = [line for line in _places_of(tree, name) if not _holds(function, line)]
    if places:
        return any(_leads_to(tree, line, others, seen | {name}) for line in places)
    return name.startswith("__") or any(re.search(rf"\b{re.escape(name)}\b", text) for text in others)


def _places_of(tree: ast.Module, name: str) -> list[int]:
    """Return the lines that name a function or method."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute)]
    return [node.lineno for node in nodes if (node.id if isinstance(node, ast.Name) else node.attr) == name]
