"""Unit tests that stand in for Glue with mocks: the converted code does not call what is mocked.

A mock takes any call, so that such a test may go on passing and prove nothing, above all where it asserts that something was
not called. What the converted code calls instead depends on its rules, so that no other mock is put in place: each statement
is a blocker. So is each call of Glue's service that moto answers: converted, it would work on Unity Catalog itself.
"""

import ast
import re
from collections.abc import Iterator

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.kinds import stubs
from glue2lakehouse.tools.rewrite.kinds.tree import below
from glue2lakehouse.tools.rewrite.rule import Place
from glue2lakehouse.tools.rewrite.sql.views import views_of
from glue2lakehouse.tools.rewrite.work import Work

_MAKERS = frozenset(
    "Mock MagicMock AsyncMock NonCallableMock NonCallableMagicMock PropertyMock create_autospec".split()
)
_ASKED = frozenset(
    "return_value side_effect called call_count call_args call_args_list mock_calls method_calls configure_mock reset_mock "
    "assert_called assert_called_once assert_called_with assert_called_once_with assert_any_call assert_has_calls "
    "assert_not_called".split()
)
_MEMBERS = frozenset(stubs.TELLING_METHODS) | {"fromDF", "toDF", "spark_session"}
_READS = frozenset({"from_options", "from_catalog", "from_jdbc_conf", "from_rdd"})
_TEXTS = re.compile(r"mock|monkeypatch|assert_(called|not_called|any_call|has_calls)|return_value|side_effect")
"""Of these a file that stands in for anything holds one, also where its mocks are fixtures of another file."""
_MOTO = re.compile(r"^\s*(?:from|import) moto\b", re.MULTILINE)
_TEST = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$")
_NAMES = re.compile(r"(^|\.)(awsglue(\..*)?|GlueContext|DynamicFrame|DynamicFrameCollection|getResolvedOptions)$")


def stand_ins(work: Work) -> None:
    """Report the statements that mock Glue, and keep the rules from them."""
    place = work.place
    moto = _under_moto(place)
    if not moto and not _TEXTS.search(place.module.source):
        return
    told: set[ast.AST] = set()
    for node in place.nodes:
        nodes = (moto and _asked_of_moto(place, node)) or _mocked(place, node)
        if not nodes:
            continue
        work.uses_glue = True
        work.answered.update(nodes)
        statement = place.statement(node)
        above = node if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else statement
        if above not in told:
            told.add(above)
            work.findings.append(_finding(place, node))


def _under_moto(place: Place) -> bool:
    """Whether moto answers the AWS calls of a file: it imports moto, or is a test and another file of the project does."""
    if _MOTO.search(place.module.source):
        return True
    return bool(_TEST.search(place.module.path)) and any(
        _MOTO.search(module.source) for module in place.world.modules.values()
    )


def _asked_of_moto(place: Place, node: ast.AST) -> list[ast.AST]:
    """Return the nodes of a call of Glue's service."""
    if isinstance(node, ast.Call) and place.world.callees.get(node, "").startswith("boto3.glue."):
        return [node, *below(node.func)]
    return []


def _mocked(place: Place, node: ast.AST) -> list[ast.AST]:
    """Return the nodes that a mock of Glue consists of; none where the node is no such thing."""
    known = _MEMBERS | _READS if views_of(place.world).uses_glue else _READS
    if isinstance(node, ast.Attribute) and node.attr in known:
        above = _outermost(place, node)
        if _is_asked(node, above) or (node.attr in _MEMBERS and _is_replaced(place, above)):
            parent = place.parents.get(above)
            return [*below(above), *([parent] if isinstance(parent, ast.Call) and parent.func is above else ())]
    if isinstance(node, ast.Call) and any(_NAMES.search(text) for text in _patched(node)):
        return [node.func]
    return []


def _outermost(place: Place, node: ast.Attribute) -> ast.Attribute:
    parent = place.parents.get(node)
    while isinstance(parent, ast.Attribute) and parent.value is node:
        node, parent = parent, place.parents.get(parent)
    return node


def _is_asked(member: ast.Attribute, above: ast.Attribute) -> bool:
    """Whether the chain of attributes around a member of Glue has one that only a mock has."""
    part: ast.expr = above
    while isinstance(part, ast.Attribute | ast.Call):
        if isinstance(part, ast.Attribute) and part.attr in _ASKED:
            # A member that is called on what a mock returns (`mock.return_value.toDF()`) is one of a mock, too.
            return True
        part = part.value if isinstance(part, ast.Attribute) else part.func
    return False


def _is_replaced(place: Place, above: ast.Attribute) -> bool:
    """Whether a mock is put in the place of a member: `context.write_dynamic_frame = Mock()`."""
    parent = place.parents.get(above)
    if not isinstance(parent, ast.Assign) or above not in parent.targets:
        return False
    value = parent.value
    return _is_made(value) or (isinstance(value, ast.Name) and _holds_mock(place, value.id))


def _is_made(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).rsplit(".", 1)[-1] in _MAKERS


def _holds_mock(place: Place, name: str) -> bool:
    return any(
        _is_made(node.value) and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
        for node in place.nodes.of(ast.Assign)
    )


def _patched(call: ast.Call) -> Iterator[str]:
    """Yield the names that `patch`, `patch.object` or pytest's `setattr` put something in the place of."""
    called = ast.unparse(call.func)
    if called.rsplit(".", 1)[-1] != "patch" and not re.search(
        r"(\bpatch\.(object|multiple)|monkeypatch\.setattr)$", called
    ):
        return
    for given in call.args[:2]:
        last = given.values[-1] if isinstance(given, ast.JoinedStr) and given.values else given
        if isinstance(last, ast.Constant) and isinstance(last.value, str):
            yield last.value


def _finding(place: Place, node: ast.AST) -> Finding:
    shown = " ".join(place.source.of(node).split())[:80]
    if _asked_of_moto(place, node):
        message = f"`{shown}` is answered by moto: converted, it would work on Unity Catalog itself"
        action = "keep this test with the Glue job, or write it against a schema that is there for tests only"
    else:
        message = (
            f"`{shown}` stands in for Glue: the converted code calls Spark and never meets the mock, so that this test fails, "
            "or passes and proves nothing"
        )
        action = (
            "write the test against Spark: call the converted function with a local SparkSession and small files under tmp_path "
            "and compare the rows it returns or writes; keep this one with the Glue job"
        )
    return Finding(
        rule="mocks",
        severity=Severity.BLOCKER,
        path=place.module.path,
        line=getattr(node, "lineno", 0),
        message=message,
        action=action,
    )
