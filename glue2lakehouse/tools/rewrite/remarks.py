"""Plain Spark code beside Glue's that behaves otherwise on Databricks: it stays, and is told.

Databricks: structured streaming triggers, libraries, secrets. Spark: the text of a type got brackets with 3.3 (Glue 4.0).
"""

import ast
import re
from collections.abc import Callable, Iterator

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.rule import Place
from glue2lakehouse.tools.rewrite.views import views_of

_TYPE = re.compile(r"[A-Z]\w*Type")
_PASSWORDS = frozenset({"password", "sfpassword"})


def remarks(place: Place) -> Iterator[Finding]:
    """Yield what is to be said about a module of a project that uses Glue."""
    if not views_of(place.world).uses_glue:
        return
    for node in place.nodes:
        if isinstance(node, ast.Compare):
            yield from _type_text(place, node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            look = _CALLS.get(node.func.attr)
            if look is not None:
                yield from look(place, node)


def _remark(place: Place, node: ast.AST, rule: str, severity: Severity, message: str, action: str) -> Finding:
    place.rule = rule
    return place.finding(node, severity, message, action)


def _type_text(place: Place, node: ast.Compare) -> Iterator[Finding]:
    """`str(field.dataType) == "NullType"` held until Spark 3.2, and never does from 3.3 on."""
    sides = (node.left, *node.comparators)
    texts = [side.value for side in sides if isinstance(side, ast.Constant) and isinstance(side.value, str)]
    spelled = [
        side
        for side in sides
        if isinstance(side, ast.Call) and isinstance(side.func, ast.Name) and side.func.id == "str" and len(side.args) == 1
        and isinstance(side.args[0], ast.Attribute) and side.args[0].attr == "dataType"
    ]  # fmt: skip
    if spelled and texts and _TYPE.fullmatch(texts[0]):
        held_before = place.glue_version < (4, 0)
        yield _remark(
            place, node, "type-text", Severity.BLOCKER if held_before else Severity.INFO,
            f"the text of a type is compared with '{texts[0]}', and Spark spells it '{texts[0]}()' from 3.3 on",
            f"compare with isinstance(field.dataType, {texts[0]})",
        )  # fmt: skip


def _trigger(place: Place, node: ast.Call) -> Iterator[Finding]:
    if any(keyword.arg == "continuous" for keyword in node.keywords):
        yield _remark(
            place, node, "continuous-trigger", Severity.WARNING,
            "continuous processing is experimental, and serverless compute refuses it",
            "use trigger(processingTime=...) or trigger(availableNow=True)",
        )  # fmt: skip


def _config(place: Place, node: ast.Call) -> Iterator[Finding]:
    first = node.args[0] if node.args else None
    if isinstance(first, ast.Constant) and first.value in ("spark.jars.packages", "spark.jars"):
        yield _remark(
            place, node, "jars-of-a-session", Severity.WARNING,
            f"{first.value} has no effect on the session that is there already",
            "name the library in the task of the bundle",
        )  # fmt: skip


def _password(place: Place, node: ast.Call) -> Iterator[Finding]:
    given = [(k.arg, k.value) for k in node.keywords]
    if len(node.args) == 2 and isinstance(node.args[0], ast.Constant):
        given.append((str(node.args[0].value), node.args[1]))
    for _, value in tuple(given):
        if isinstance(value, ast.Dict):
            pairs = zip(value.keys, value.values, strict=True)
            given += [(str(key.value), item) for key, item in pairs if isinstance(key, ast.Constant)]
    for name, value in given:
        if (name or "").lower() in _PASSWORDS and isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield _remark(
                place, value, "written-out-password", Severity.WARNING,
                "a password stands in the source", "put it into a secret scope and read it from there",
            )  # fmt: skip


_CALLS: dict[str, Callable[[Place, ast.Call], Iterator[Finding]]] = {
    "trigger": _trigger,
    "config": _config,
    "option": _password,
    "options": _password,
    "jdbc": _password,
}
