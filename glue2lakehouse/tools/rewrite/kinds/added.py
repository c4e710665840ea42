"""What is known of the members that a project adds to Glue's classes."""

import ast
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Mode = Literal["method", "property"]
Key = tuple[str, str]
"""The class and the name of a member."""


class Refused(Exception):
    """Why a member that is added, or a use of it, is not understood."""


@dataclass(frozen=True, slots=True)
class Extension:
    """A member `name` of the Glue class `owner`, added in line `line` of the module `path`.

    It is the global `spelled` of the module `home`, whose kind is `function`; `named` says that it has the name already and is
    not given it in place of the patch. `replaces` says that Glue has a member of that name as well.
    """

    owner: str
    name: str
    path: str
    line: int
    mode: Mode
    function: str
    home: str
    spelled: str
    named: bool = True
    replaces: bool = False

    @property
    def key(self) -> Key:
        """The class and the name."""
        return self.owner, self.name


class Patch(NamedTuple):
    """What becomes of a line that adds a member: the statement around `node` goes, it binds a name, or a decorator goes."""

    path: str
    node: ast.expr
    action: Literal["remove", "bind", "undecorate"]
    extension: Extension


@dataclass(slots=True)
class Found:
    """All that a finished world has of it.

    `refused` has the reason for each patch that is not understood, `lost` the places of those whose member has a name, `uses`
    what is to be said of a use of one, `kept` the expressions that keep Glue's class.
    """

    extensions: dict[Key, Extension] = field(default_factory=dict)
    patches: list[Patch] = field(default_factory=list)
    refused: dict[ast.AST, str] = field(default_factory=dict)
    lost: dict[Key, str] = field(default_factory=dict)
    uses: dict[ast.AST, str] = field(default_factory=dict)
    kept: list[ast.expr] = field(default_factory=list)
