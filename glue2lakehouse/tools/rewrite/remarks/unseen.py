"""What may be Glue's without being seen as such: unknown frames, code and names made of text.

Nothing is rewritten here; each of these is a finding, because the converted file would otherwise claim to be whole.
"""

import ast
import re
from collections.abc import Callable, Iterator

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.kinds import stubs
from glue2lakehouse.tools.rewrite.rule import Place

_UNSEEN = frozenset({"toDF"})
_UNLIKE = frozenset({"union"})
"""Methods that both kinds of frame have, that take the same arguments, and that do not do the same."""
_RUN = frozenset({"eval", "exec", "compile"})
_LOAD = frozenset({"import_module", "__import__", "run_path", "run_module"})
_FRAME_KEYWORDS = frozenset({"frame", "frame1", "dfc"})
_GLUE_WORDS = re.compile(
    r"\b(awsglue\w*|GlueContext|DynamicFrame\w*|toDF|fromDF|resolveChoice|relationalize|apply_mapping|getResolvedOptions|"
    r"\w*_dynamic_frame\w*|" + "|".join(sorted(stubs.TRANSFORMS)) + r")\b"
)
Removed = Callable[[ast.AST], bool]


def unseen(place: Place, answered: set[ast.AST], removed: Removed) -> Iterator[Finding]:
    """Yield findings for what the module may do with Glue out of the analysis' sight."""
    for node in place.nodes.of(ast.Attribute, ast.Call):
        if isinstance(node, ast.Attribute):
            if node.attr in _UNSEEN and node not in answered and not removed(node):
                yield from _handed_on(place, node)
            continue
        if not isinstance(node, ast.Call) or node.func in answered or removed(node):
            continue
        if isinstance(node.func, ast.Attribute) and not place.kind(node.func.value).known:
            yield from _method(place, node, node.func)
        leaf = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if leaf in _RUN and isinstance(node.func, ast.Name) and node.args:
            yield from _text(place, node, leaf)
        elif leaf == "getattr" and len(node.args) > 1 and not place.kind(node).known:
            yield from _by_name(place, node)
        elif leaf in _LOAD and node.args:
            yield from _module(place, node)
        elif leaf == "methodcaller" and node.args:
            yield from _method_by_name(place, node)
        elif not place.kind(node.func).known and node not in place.world.callees:
            yield from _transform(place, node, leaf)


def _method(place: Place, call: ast.Call, func: ast.Attribute) -> Iterator[Finding]:
    """Report Glue's methods on what nothing is known of."""
    owner = ast.unparse(func.value)[:60]
    severity = Severity.BLOCKER if _is_given(place, func.value) else Severity.WARNING
    if func.attr in _UNLIKE and len(call.args) == 1:
        yield _finding(
            place, func, "unknown-frame", severity,
            f"`{owner}` may be a DynamicFrame, whose union goes by name and not by position",
            f"annotate {owner} with its class (DynamicFrame, DataFrame, set), then convert again",
        )  # fmt: skip
    if func.attr == "schema" and not call.args and not call.keywords and not _is_unbound(place, func.value):
        yield _finding(
            place, func, "unknown-frame", severity,
            f"`{owner}` may be a DynamicFrame, whose schema is called; a DataFrame's is not",
            f"annotate {owner} with its class (DynamicFrame), then convert again",
        )  # fmt: skip
    function = call.args and (isinstance(call.args[0], ast.Lambda) or place.kind(call.args[0]).tag == "function")
    if func.attr == "filter" and function:
        yield _finding(
            place, func, "unknown-frame", severity,
            f"`{owner}` may be a DynamicFrame, whose filter takes a function; a DataFrame's takes a column",
            f"annotate {owner} with its class (DynamicFrame, DataFrame, RDD), then convert again",
        )  # fmt: skip
    if func.attr in _UNSEEN and not call.args and not _is_unbound(place, func.value):
        yield _finding(
            place, func, "unknown-frame", Severity.BLOCKER,
            f"`{owner}` may be a DynamicFrame, but nothing tells what it is",
            "drop `.toDF()` if it is a DynamicFrame, or annotate where it comes from",
        )  # fmt: skip


def _handed_on(place: Place, node: ast.Attribute) -> Iterator[Finding]:
    """Report `frame.toDF` without a call, where nothing is known of the frame."""
    parent = place.parents.get(node)
    if getattr(parent, "func", None) is node or place.kind(node.value).known or _is_unbound(place, node.value):
        return
    yield _finding(
        place, node, "unknown-frame", Severity.BLOCKER,
        f"`{ast.unparse(node)[:60]}` is used as a value, and may be a DynamicFrame's; a DataFrame's needs names",
        "hand the frame itself on where it is a DynamicFrame's, or annotate where it comes from",
    )  # fmt: skip


def _is_given(place: Place, owner: ast.expr) -> bool:
    """Whether the owner is a parameter without annotation, in a module that has frames of Glue: nothing else will tell."""
    if not isinstance(owner, ast.Name):
        return False
    node: ast.AST | None = owner
    while node is not None and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        node = place.parents.get(node)
    if node is None or isinstance(node, ast.Lambda):
        return False
    arguments = node.args
    given = [each for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs) if each.arg == owner.id]
    imports = (each for each in place.nodes.of(ast.ImportFrom))
    return bool(given) and given[0].annotation is None and any(stubs.is_glue(each.module or "") for each in imports)


def _is_unbound(place: Place, owner: ast.expr) -> bool:
    """Whether the owner is a name that nothing in the module binds: the line fails in the original, and as it stands."""
    if not isinstance(owner, ast.Name):
        return False
    bound = place.memory.get("bound")
    if bound is None:
        bound = place.memory["bound"] = set(_bound(place))
    assert isinstance(bound, set)
    return owner.id not in bound and "*" not in bound


def _bound(place: Place) -> Iterator[str]:
    for node in place.nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
            yield node.name or ""
        elif isinstance(node, ast.Global | ast.Nonlocal):
            yield from node.names
        elif isinstance(node, ast.Import):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            known = stubs.is_glue(node.module or "") or (node.module or "").startswith("pyspark.sql.")
            yield from (alias.asname or alias.name for alias in node.names if alias.name != "*" or not known)


def _text(place: Place, call: ast.Call, leaf: str) -> Iterator[Finding]:
    """Report code in texts: a blocker where Glue is in it, a warning where it is put together at run time."""
    given = call.args[0]
    texts = [part.value for part in ast.walk(given) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    if isinstance(given, ast.Name) and place.kind(given).tag == "text":
        texts.append(place.kind(given).name)
    found = next((match[0] for text in texts for match in [_GLUE_WORDS.search(text)] if match), None)
    found = found or next(
        (word for text in texts for word in re.findall(r"[A-Za-z_]\w*", text) if _holds(place, word)), None
    )
    if found is not None:
        yield _finding(
            place, call, "code-in-text", Severity.BLOCKER,
            f"a text that {leaf} runs uses `{found}` of Glue, and texts are not converted",
            f"write the code out instead of {leaf}, then convert again",
        )  # fmt: skip
    elif not isinstance(given, ast.Constant):
        yield _finding(
            place, call, "code-in-text", Severity.WARNING,
            f"{leaf} runs a text that is only known at run time; Glue in it is not converted",
            "see that no such text names Glue or a DynamicFrame",
        )  # fmt: skip


def _by_name(place: Place, call: ast.Call) -> Iterator[Finding]:
    """Report a member of a Glue object whose name is only known at run time."""
    if any(
        member.tag in ("instance", "class") and stubs.is_glue(member.name)
        for member in place.kind(call.args[0]).members()
    ):
        yield _finding(
            place, call, "called-through-value", Severity.BLOCKER,
            f"`{ast.unparse(call)[:60]}` picks a member of a Glue object by a name that is only known at run time",
            "write the members out, one branch each, then convert again",
        )  # fmt: skip


def _method_by_name(place: Place, call: ast.Call) -> Iterator[Finding]:
    """Report `operator.methodcaller("toDF")`."""
    name = call.args[0].value if isinstance(call.args[0], ast.Constant) else ""
    if name in _UNSEEN | _UNLIKE | {"schema"} or name in stubs.TELLING_METHODS:
        yield _finding(
            place, call, "called-through-value", Severity.BLOCKER,
            f"`{ast.unparse(call)[:60]}` calls a method by its name on what may be a DynamicFrame",
            "write a lambda that calls the method, then convert again",
        )  # fmt: skip


def _holds(place: Place, name: str) -> bool:
    """Whether a global of the module is a Glue object."""
    held = place.module.scope.get(name)
    return held is not None and any(stubs.is_glue(member.name) for member in held.members())


def _module(place: Place, call: ast.Call) -> Iterator[Finding]:
    """Report modules that are loaded by name: a blocker for Glue's own, a warning for a name known at run time only."""
    name = place.kind(call.args[0])
    if name.tag == "text" and stubs.is_glue(name.name):
        yield _finding(
            place, call, "loaded-by-name", Severity.BLOCKER,
            f"Glue's module `{name.name}` is loaded by name, so that nothing tells what is used of it",
            "import it with an import statement, then convert again",
        )  # fmt: skip
    elif name.tag != "text" and call in place.world.loaded:
        paths = place.world.loaded[call]
        yield _finding(
            place, call, "loaded-by-name", Severity.INFO,
            f"`{ast.unparse(call.args[0])[:60]}` names one of {len(paths)} modules of the project, which are followed",
            f"see that no module is loaded from elsewhere: {', '.join(paths[:5])}{', …' if len(paths) > 5 else ''}",
        )  # fmt: skip
    elif name.tag != "text":
        yield _finding(
            place, call, "loaded-by-name", Severity.WARNING,
            f"`{ast.unparse(call.args[0])[:60]}` names a module at run time; what is passed to it is not followed",
            "see that the modules loaded here take DataFrames, and convert them with the project",
        )  # fmt: skip


def _transform(place: Place, call: ast.Call, leaf: str) -> Iterator[Finding]:
    """Report calls that only make sense for a transform of Glue, on what nothing is known of; a mock's asserts do not."""
    if leaf.startswith("assert_"):
        return
    given = {keyword.arg for keyword in call.keywords}
    if "transformation_ctx" in given or (leaf == "apply" and given & _FRAME_KEYWORDS):
        yield _finding(
            place, call, "unknown-transform", Severity.BLOCKER,
            f"`{ast.unparse(call.func)[:60]}` is called like a transform of Glue, but nothing tells which one it is",
            "call the transform by its own name, then convert again",
        )  # fmt: skip


def _finding(place: Place, node: ast.AST, rule: str, severity: Severity, message: str, action: str) -> Finding:
    line = getattr(node, "lineno", 0)
    return Finding(rule=rule, severity=severity, path=place.module.path, line=line, message=message, action=action)
