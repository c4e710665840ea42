"""A team's own rules: from the entry point group `glue2lakehouse.rules`, and from the folders that the settings name.

They use the same base class and come before ours, so that a team may answer for a Glue callable, or for a callable of its own
library, in its own way.
"""

import importlib.util
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from glue2lakehouse.domain import Finding
from glue2lakehouse.errors import PluginError
from glue2lakehouse.tools.rewrite.rule import Answer, GlueCall, Rewrite, Rule, Use

GROUP = "glue2lakehouse.rules"
_MISTAKES = (
    ImportError, SyntaxError, AttributeError, NameError, TypeError, ValueError, LookupError, ArithmeticError,
    AssertionError, OSError, RuntimeError, SystemExit,
)  # fmt: skip


class _Guarded(Rule):
    """A plugin's rule whose mistakes are told as such, with the rule and the line that it failed on."""

    def __init__(self, rule: Rule, origin: str) -> None:
        self._rule, self._origin = rule, origin
        self.name, self.glue, self.example = rule.name, rule.glue, rule.example  # type: ignore[misc]
        self.__doc__ = rule.__doc__

    def rewrite(self, call: GlueCall) -> Answer:
        """Answer as the plugin does."""
        return self._asked(self._rule.rewrite, call)

    def refer(self, use: Use) -> Answer:
        """Answer as the plugin does."""
        return self._asked(self._rule.refer, use)

    def _asked(self, ask: Callable[[Any], Answer], use: Use) -> Answer:
        where = f"{use.place.module.path}:{getattr(use.node, 'lineno', 0)}"
        try:
            answer = ask(use)
        except _MISTAKES as error:
            raise PluginError(
                f"{self._origin}: the rule `{self.name}` failed on {where}: {type(error).__name__}: {error}"
            ) from error
        if wrong := _wrong_with(answer):
            raise PluginError(f"{self._origin}: the rule `{self.name}` answered {where} {wrong}")
        return answer


def _wrong_with(answer: object) -> str:
    """Return what is wrong with what a plugin answers; empty when nothing is."""
    if isinstance(answer, Rewrite):
        lists = ("others", "statements", "imports", "compat", "findings")
        wrong = [name for name in lists if not isinstance(getattr(answer, name), tuple)]
        return f"with a Rewrite whose `{wrong[0]}` is no tuple; write ({wrong[0][:-1]},)" if wrong else ""
    found = [answer] if isinstance(answer, Finding) else answer
    if isinstance(found, list | tuple) and all(isinstance(item, Finding) for item in found):
        return ""
    return f"with {answer!r:.80}; it has to be a Rewrite, a Finding or several"


@cache
def plugin_rules(folders: tuple[str, ...]) -> tuple[Rule, ...]:
    """Return the rules of installed plugins, then of the folders in order. Raises PluginError for a broken one."""
    found: list[Rule] = []
    claimed: dict[str, str] = {}
    for kind, origin in (*_installed(), *(pair for folder in folders for pair in _in_folder(Path(folder)))):
        rule = _made(kind, origin)
        for name in rule.glue:
            if name in claimed:
                raise PluginError(f"{origin}: `{rule.name}` answers for {name}, which {claimed[name]} does already")
            claimed[name] = f"`{rule.name}` of {origin}"
        found.append(rule)
    return tuple(found)


def _installed() -> Iterator[tuple[type[Rule], str]]:
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        yield _loaded(point), f"entry point {point.name}"


def _loaded(point: EntryPoint) -> type[Rule]:
    try:
        kind = point.load()
    except _MISTAKES as error:
        raise PluginError(
            f"entry point {point.name}: cannot be loaded: {type(error).__name__}: {error}; mend or uninstall it"
        ) from error
    if not (isinstance(kind, type) and issubclass(kind, Rule)):
        raise PluginError(f"entry point {point.name}: {point.value} is no subclass of Rule")
    return kind


def _in_folder(folder: Path) -> Iterator[tuple[type[Rule], str]]:
    if not folder.is_dir():
        raise PluginError(f"{folder}: no such folder; `plugins` in glue2lakehouse.yaml names folders with rules")
    for file in sorted(folder.glob("*.py")):
        module = _executed(file)
        kinds = [
            item
            for item in vars(module).values()
            if isinstance(item, type) and issubclass(item, Rule) and item.__module__ == module.__name__
        ]
        yield from ((kind, str(file)) for kind in kinds)


def _executed(file: Path) -> ModuleType:
    name = "glue2lakehouse_plugin_" + re.sub(r"\W", "_", str(file.resolve()))
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise PluginError(f"{file}: cannot be loaded as Python")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except _MISTAKES as error:
        raise PluginError(
            f"{file}: cannot be loaded: {type(error).__name__}: {error}; mend it or take it out"
        ) from error
    return module


def _made(kind: type[Rule], origin: str) -> Rule:
    name, glue = getattr(kind, "name", None), getattr(kind, "glue", None)
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise PluginError(f"{origin}: the rule {kind.__name__} needs a `name` in lower case with hyphens")
    if not isinstance(glue, tuple) or not glue or not all(isinstance(item, str) for item in glue):
        raise PluginError(
            f"{origin}: the rule `{name}` needs `glue`, a tuple of the qualified names that it answers for"
        )
    if kind.rewrite is Rule.rewrite and kind.refer is Rule.refer:
        raise PluginError(f"{origin}: the rule `{name}` needs a method `rewrite(self, call)`, or `refer(self, use)`")
    try:
        return _Guarded(kind(), origin)
    except _MISTAKES as error:
        raise PluginError(f"{origin}: the rule `{name}` cannot be made: {error}") from error
