"""What a rule is: it answers for Glue callables, looks at one use of them, and returns a rewrite or findings.

A rule accounts for every argument that a call gives: it reads it, or drops it with a reason. What it leaves out makes the
engine refuse the rewrite, so that an argument cannot vanish.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from glue2lakehouse.domain import Certainty, Finding, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite.code import Code, Piece, Source, code
from glue2lakehouse.tools.rewrite.constants import Constants
from glue2lakehouse.tools.rewrite.kinds.binding import Bound
from glue2lakehouse.tools.rewrite.kinds.project import ModuleInfo
from glue2lakehouse.tools.rewrite.kinds.tree import Nodes
from glue2lakehouse.tools.rewrite.kinds.values import UNKNOWN, FrameFacts, Kind
from glue2lakehouse.tools.rewrite.kinds.world import World

FUNCTIONS = "from pyspark.sql import functions as F"
NOT_LITERAL = object()


@dataclass(frozen=True, slots=True)
class Example:
    """A rewrite to show and to test: whole modules before and after."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class JobFacts:
    """What the job's definition says; None where no definition was found.

    `connectors` are the project's Glue connections for connectors: className and secretId, by the connection's name.
    `defined` says that a definition of the project runs the script, so that the bundle has a job for it.
    `bookmarks_paused` says that a run may read by a bookmark without moving it on.
    `glue_catalogs` are the names, in lower case, under which the settings of jobs have the Glue Data Catalog.
    `bookmarks_elsewhere` is what the project's job definitions say where some of its jobs run with bookmarks: all do, or not all.
    """

    glue_version: str | None = None
    bookmarks_enabled: bool | None = None
    bookmarks_elsewhere: Literal["", "all", "some"] = ""
    defined: bool = False
    bookmarks_paused: bool = False
    connectors: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    glue_catalogs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What becomes of a use: other code in its place, other statements, or nothing at all.

    `code` replaces the expression, `others` other expressions of the module with their new code, `statements` the whole simple statement it stands in (`remove` for none). `imports` are
    the import lines that the new code needs, `import_after` one that has to come right after a statement, `compat` the names it uses from `glue_compat`, `condition` what has to hold
    for a conditional rewrite to be exact.
    """

    code: Code | None = None
    others: tuple[tuple[ast.expr, Code], ...] = ()
    statements: tuple[Code, ...] = ()
    remove: bool = False
    certainty: Certainty = Certainty.EXACT
    condition: str = ""
    imports: tuple[str, ...] = ()
    import_after: tuple[ast.stmt, str] | None = None
    compat: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


Answer = Rewrite | Finding | Sequence[Finding]


@dataclass(slots=True)
class Place:
    """The module that a use stands in: its text, what is known of its expressions, and the run's settings."""

    module: ModuleInfo
    world: World
    source: Source
    settings: Settings
    facts: JobFacts
    nodes: Nodes
    parents: dict[ast.AST, ast.AST]
    functions: str = "F"
    rule: str = ""
    memory: dict[str, object] = field(default_factory=dict)

    @property
    def glue_version(self) -> tuple[int, int]:
        """The Glue version of the job as (major, minor)."""
        major, _, minor = (self.facts.glue_version or self.settings.glue_version).partition(".")
        return int(major), int(minor or 0)

    def kind(self, node: ast.AST | None) -> Kind:
        """Return the kind of an expression."""
        return self.world.kinds.get(node, UNKNOWN) if node is not None else UNKNOWN

    def statement(self, node: ast.AST) -> ast.stmt:
        """Return the statement that an expression stands in."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def finding(self, node: ast.AST, severity: Severity, message: str, action: str = "") -> Finding:
        """Return a finding of the current rule at a node's line."""
        return Finding(
            rule=self.rule,
            severity=severity,
            path=self.module.path,
            line=getattr(node, "lineno", 0),
            message=message,
            action=action,
        )


class Use:
    """One use of a Glue name that a rule has to answer: a reference to it, or a call (see `GlueCall`)."""

    def __init__(self, place: Place, node: ast.expr, name: str) -> None:
        self.place = place
        self.node: ast.expr = node
        self.name = name

    @property
    def settings(self) -> Settings:
        """The run's settings."""
        return self.place.settings

    def connection(self, name: object) -> dict[str, str]:
        """Return what the settings say of a Glue connection's connector, else what its definition says."""
        told = self.place.settings.connections.get(str(name)) or self.place.facts.connectors.get(str(name), {})
        return dict(told)

    @property
    def leaf(self) -> str:
        """The last part of the name without `apply`: `from_catalog`, `ApplyMapping`."""
        return self.name.removesuffix(".apply").rsplit(".", 1)[-1]

    def kind(self, node: ast.AST | None) -> Kind:
        """Return the kind of an expression."""
        return self.place.kind(node)

    def text(self, node: ast.AST) -> str:
        """Return the original text of an expression."""
        return self.place.source.of(node)

    def blocker(self, message: str, action: str, node: ast.AST | None = None) -> Finding:
        """Return a finding that keeps the output from being called converted."""
        return self.place.finding(node or self.node, Severity.BLOCKER, message, action)

    def warning(self, message: str, action: str = "", node: ast.AST | None = None) -> Finding:
        """Return a finding to look at."""
        return self.place.finding(node or self.node, Severity.WARNING, message, action)

    def info(self, message: str, action: str = "", node: ast.AST | None = None) -> Finding:
        """Return a finding that is good to know."""
        return self.place.finding(node or self.node, Severity.INFO, message, action)

    @property
    def stands_alone(self) -> bool:
        """Whether the value is not used: the call is a statement by itself."""
        return isinstance(self.place.parents.get(self.node), ast.Expr)

    @property
    def assigned(self) -> ast.Name | None:
        """The one name that the value is assigned to by the statement, if that is all that it does."""
        parent = self.place.parents.get(self.node)
        if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
            return parent.targets[0]
        return None

    def value_of(self, node: ast.expr | None, depth: int = 3) -> ast.expr | None:
        """Return the expression a name stands for where the module assigns it exactly once and never changes it."""
        while isinstance(node, ast.Name) and depth:
            depth -= 1
            node = _single_value(self.place, node)
        return node

    def literal(self, node: ast.expr | None) -> object:
        """Return the value of a written-out expression (or of a name for one), else `NOT_LITERAL`."""
        if node is None:
            return NOT_LITERAL
        held = self.kind(node)
        if held.tag == "text":
            return held.name
        found = self.item(node) if isinstance(node, ast.Subscript) else self.value_of(node)
        try:
            return ast.literal_eval(found) if found is not None else NOT_LITERAL
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return NOT_LITERAL

    def item(self, node: ast.Subscript) -> ast.expr | None:
        """Return what stands under a written-out key of a dict that is written out and never changed."""
        held, key = self.value_of(node.value), node.slice
        if not isinstance(held, ast.Dict) or not isinstance(key, ast.Constant) or None in held.keys:
            return None
        values = [v for k, v in zip(held.keys, held.values, strict=True) if self.literal(k) == key.value]
        return self.value_of(values[-1]) if values else None


class GlueCall(Use):
    """One call, its arguments bound to Glue's signature.

    `frame` is the DynamicFrame that it works on (the argument of a transform, the receiver of a method).
    """

    node: ast.Call

    def __init__(self, place: Place, node: ast.Call, name: str, bound: Bound) -> None:
        super().__init__(place, node, name)
        self.bound = bound
        self._seen: set[str] = set()

    @property
    def receiver(self) -> ast.expr:
        """The expression that the method is called on."""
        func = self.node.func
        return func.value if isinstance(func, ast.Attribute) else func

    @property
    def frame(self) -> ast.expr:
        """The frame that the call works on."""
        for name in ("frame", "dataframe", "frame1"):
            if name in self.bound.arguments:
                self._seen.add(name)
                return self.bound.arguments[name]
        return self.receiver

    @property
    def frame_facts(self) -> FrameFacts:
        """What is known of the frame's columns."""
        return self.kind(self.frame).frame or FrameFacts()

    def argument(self, *names: str) -> ast.expr | None:
        """Return the expression given for a parameter, under the first of its names that is given; counts as read."""
        for name in names:
            self._seen.add(name)
        for name in names:
            if name in self.bound.arguments:
                return self.bound.arguments[name]
            if name in self.bound.extra:
                return self.bound.extra[name]
        return None

    def constant(self, *names: str) -> object:
        """Return the literal value given for a parameter, else `NOT_LITERAL` (also where it is not given)."""
        return self.literal(self.argument(*names))

    def drop(self, *names: str) -> None:
        """Account for parameters that have no effect on the data in Spark; the rule's docstring says why."""
        self._seen |= set(names)

    def drop_everything(self) -> None:
        """Account for all arguments: the call goes as a whole, or is handed off as a whole."""
        self._seen |= {*self.bound.arguments, *self.bound.extra}
        self.bound.surplus.clear()
        self.bound.starred.clear()

    def unaccounted(self) -> list[str]:
        """Return the arguments that the rule has neither read nor dropped."""
        given = [*self.bound.arguments, *self.bound.extra]
        rest = [name for name in given if name not in self._seen]
        rest += ["*" + ast.unparse(node) for node in (*self.bound.surplus, *self.bound.starred)]
        return rest


class Rule:
    """One deterministic rewrite. Subclasses are stateless; their docstring is their page in `explain`.

    `glue` are the qualified names that it answers for. `rewrite` gets a `GlueCall`, `refer` a `Use` that is no call.
    """

    name: ClassVar[str]
    glue: ClassVar[tuple[str, ...]]
    example: ClassVar[Example | None] = None

    def rewrite(self, call: GlueCall) -> Answer:
        """Answer for a call."""
        raise NotImplementedError

    def refer(self, use: Use) -> Answer:
        """Answer for a name that is not called, for instance in an annotation."""
        return use.blocker(f"`{use.text(use.node)}` is used as a value", "rewrite this line by hand")


def _single_value(place: Place, name: ast.Name) -> ast.expr | None:
    constants = place.memory.get("constants")
    if constants is None:
        constants = place.memory["constants"] = Constants(place.module, place.world, place.nodes, place.parents)
    assert isinstance(constants, Constants)
    return constants.value(name)


__all__ = ["FUNCTIONS", "NOT_LITERAL", "Answer", "Code", "Example", "GlueCall", "JobFacts", "Piece", "Place", "Rewrite",
           "Rule", "Use", "code"]  # fmt: skip
