"""Lake Formation transactions around one write: a Delta write is one by itself, so that such a transaction may go.

Glue: aws-glue-api-crawler-pyspark-extensions-glue-context (start_transaction). One that spans more than one write, or that is
committed or cancelled by what happens after the write, has no equal.
"""

import ast
from dataclasses import dataclass, field

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.kinds.stubs import DATA_SINK, FRAME_READER, FRAME_WRITER, READER, WRITER
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.options import Options
from glue2lakehouse.tools.rewrite.rule import Place, Use

STARTS = (f"{GLUE_CONTEXT}.start_transaction", f"{GLUE_CONTEXT}.begin_transaction")
COMMITS = (f"{GLUE_CONTEXT}.commit_transaction",)
CANCELS = (f"{GLUE_CONTEXT}.cancel_transaction", f"{GLUE_CONTEXT}.abort_transaction")
_READS = frozenset(
    {
        *(f"{owner}.from_catalog" for owner in (READER, FRAME_READER)),
        f"{GLUE_CONTEXT}.create_dynamic_frame_from_catalog",
        f"{GLUE_CONTEXT}.create_data_frame_from_catalog",
    }
)
_WRITES = frozenset(
    {
        *(f"{owner}.from_catalog" for owner in (WRITER, FRAME_WRITER)),
        f"{GLUE_CONTEXT}.write_dynamic_frame_from_catalog",
        f"{GLUE_CONTEXT}.write_data_frame_from_catalog",
    }
)
_SINK = f"{GLUE_CONTEXT}.getSink"
_OPTION, _UNDO = "transactionId", "callDeleteObjectsOnCancel"


@dataclass(slots=True)
class Transaction:
    """What is done with the id that a start gives; `problem` says why it has no equal, and is empty where it has one."""

    start: ast.Call
    problem: str = ""
    commits: list[ast.Call] = field(default_factory=list)
    cancels: list[ast.Call] = field(default_factory=list)
    reads: list[ast.Call] = field(default_factory=list)
    writes: list[ast.Call] = field(default_factory=list)


def transaction_at(use: Use) -> Transaction | None:
    """Return the transaction that a start, commit or cancel belongs to."""
    return next((each for each in _known(use.place) if use.node in (each.start, *each.commits, *each.cancels)), None)


def drop_transaction(use: Use, options: Options) -> tuple[Finding, ...]:
    """Account for the id of a transaction that goes, and return what there is to say of it."""
    given = options.values.get(_OPTION)
    if not isinstance(given, ast.Name):
        return ()
    carriers = ((each, call) for each in _known(use.place) for call in (*each.reads, *each.writes))
    if not any(not each.problem and _inside(use.place, given, call) for each, call in carriers):
        return ()
    gone = " and ".join(key for key in (_OPTION, _UNDO) if options.given(key))
    options.take(_OPTION, _UNDO)
    return (use.info(f"{gone} goes with the transaction: a write of a Delta table is one by itself", "", given),)


def _known(place: Place) -> list[Transaction]:
    if "transactions" not in place.memory:
        starts = [node for node in place.nodes.of(ast.Call) if place.world.callees.get(node) in STARTS]
        place.memory["transactions"] = [_transaction(place, start) for start in starts]
    found = place.memory["transactions"]
    assert isinstance(found, list)
    return found


def _transaction(place: Place, start: ast.Call) -> Transaction:
    made, parent = Transaction(start), place.parents[start]
    if not (isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name)):
        made.problem = "its id is not held in a variable"
        return made
    named = [node for node in place.nodes.of(ast.Name) if node.id == parent.targets[0].id]
    if sum(not isinstance(node.ctx, ast.Load) for node in named) > 1:
        made.problem = "its id is held in a variable that is set more than once"
        return made
    for node in named:
        if isinstance(node.ctx, ast.Load):
            _sort(place, node, made)
    made.problem = made.problem or _order(place, parent, made)
    return made


def _sort(place: Place, node: ast.Name, made: Transaction) -> None:
    """Put the call that an id is given to where it belongs."""
    parent = place.parents[node]
    call = parent if isinstance(parent, ast.Call) else place.parents.get(parent)
    callee = place.world.callees.get(call, "") if isinstance(call, ast.Call) else ""
    if isinstance(call, ast.Call) and callee in COMMITS:
        made.commits.append(call)
        return
    if isinstance(call, ast.Call) and callee in CANCELS:
        made.cancels.append(call)
        return
    keyed = isinstance(parent, ast.keyword) and parent.arg == _OPTION
    if isinstance(parent, ast.Dict):
        keyed = any(
            value is node and isinstance(key, ast.Constant) and key.value == _OPTION
            for key, value in zip(parent.keys, parent.values, strict=True)
        )
        call = place.parents.get(call) if isinstance(call, ast.keyword) else call
        callee = place.world.callees.get(call, "") if isinstance(call, ast.Call) else ""
    if keyed and isinstance(call, ast.Call) and callee in _READS:
        made.reads.append(call)
    elif keyed and isinstance(call, ast.Call) and callee in (*_WRITES, _SINK):
        made.writes.append(call)
    else:
        made.problem = f"its id is used otherwise in line {node.lineno}"


def _order(place: Place, start: ast.Assign, made: Transaction) -> str:
    """Return why the order of the statements is not: start, reads, one write, and at once the commit."""
    if len(made.writes) > 1:
        return f"it spans {len(made.writes)} writes, and on Databricks each is atomic by itself only"
    parents = [place.parents[call] for call in (*made.commits, *made.cancels)]
    ends = [end for end in parents if isinstance(end, ast.Expr)]
    if len(made.commits) != 1 or len(ends) < len(parents):
        return "it is not committed by one plain statement"
    commit = ends[0]
    around = place.parents[commit]
    body = next((block for block in _blocks(around) if commit in block), [])
    guard = around if isinstance(around, ast.Try) and body is around.body else None
    if place.parents[start] is not (place.parents[guard] if guard is not None else around) and start not in body:
        return "it is started and committed in different blocks"
    for end in ends[1:]:
        handler = place.parents[end]
        if guard is None or handler not in guard.handlers:
            return "it is cancelled elsewhere than where its write has failed"
    if made.writes and not _writes(place, body[body.index(commit) - 1], made.writes[0]):
        return "something is done between its write and its commit, which may fail"
    return ""


def _blocks(node: ast.AST) -> list[list[ast.stmt]]:
    return [block for name in ("body", "orelse", "finalbody") if isinstance(block := getattr(node, name, None), list)]


def _writes(place: Place, statement: ast.stmt, carrier: ast.Call) -> bool:
    """Whether a statement is the write that the id is given to, or writes to the sink that it is given to."""
    called = statement.value if isinstance(statement, ast.Expr) else None
    if called is carrier:
        return True
    if not isinstance(called, ast.Call) or not place.world.callees.get(called, "").startswith(f"{DATA_SINK}.write"):
        return False
    sink, held = getattr(called.func, "value", None), place.parents[carrier]
    assigned = held.targets[0] if isinstance(held, ast.Assign) and len(held.targets) == 1 else None
    return isinstance(sink, ast.Name) and isinstance(assigned, ast.Name) and sink.id == assigned.id


def _inside(place: Place, node: ast.AST | None, call: ast.Call) -> bool:
    while node is not None and node is not call:
        node = place.parents.get(node)
    return node is call
