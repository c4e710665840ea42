"""The variables of one Serverless service: `${self:…}`, `${file(…)}`, `${opt:…}` and their defaults, as far as the source knows them.

Serverless: framework/docs/guides/variables.
"""

import enum
import posixpath
import re
from collections.abc import Mapping
from typing import Any

import yaml

from glue2lakehouse.tools.jobs.model import OpenReference, Place
from glue2lakehouse.tools.jobs.readers.intrinsics import reference_name
from glue2lakehouse.tools.jobs.readers.template import load_template

_SOURCES = "self|opt|env|file|ssm|cf|s3|sls|param|aws|strToBool|git|terraform|vault"
_VARIABLE = re.compile(rf"\$\{{((?:{_SOURCES})[:(.][^${{}}]*)\}}")
_FILE = re.compile(r"file\(([^)]*)\)(?::(.+))?")
_READ = (".yml", ".yaml", ".json")
_STAGE = "opt:stage, self:provider.stage, 'dev'"


class _Is(enum.Enum):
    OPEN = "only a deployment knows it"


def has_variables(text: str) -> bool:
    """Say whether a text has variables of the Serverless Framework in it."""
    return _VARIABLE.search(text) is not None


class Variables:
    """Fills in what a service says of itself; `data` is None where the service is not in the source.

    `references` holds what stays open, `files` what a value was taken from, `defaults` what was taken for an option
    or a variable of the environment.
    """

    def __init__(self, path: str, data: dict[str, Any] | None, texts: Mapping[str, str]) -> None:
        self.references: dict[str, OpenReference] = {}
        self.files: set[str] = set()
        self.defaults: dict[str, str] = {}
        self._path, self._data, self._texts = path, data, texts
        self._asked: dict[str, Any] = {}
        self._loaded: dict[str, Any] = {}
        self._inside: list[int] = []

    def filled(self, value: Any) -> Any:
        """Return a value with the variables in it filled in; one that is a whole text keeps its own type."""
        value = self._shallow(value)
        if not isinstance(value, dict | list):
            return value
        if id(value) in self._inside:
            return self._open("${self:}")
        self._inside.append(id(value))
        made: Any = (
            {key: self.filled(item) for key, item in value.items()}
            if isinstance(value, dict)
            else [self.filled(item) for item in value]
        )
        self._inside.pop()
        return made

    def _shallow(self, value: Any) -> Any:
        """Return what a text comes to; what is inside the map or list that it may stand for is left as it is."""
        while isinstance(value, str) and (match := _VARIABLE.search(value)):
            found = self._ask(match[1])
            if match[0] == value:
                return self._open(value) if found is _Is.OPEN or found is None else found
            text = _spelled(found) if isinstance(found, str | int | float) else self._open(match[0])
            value = value[: match.start()] + text + value[match.end() :]
        return value

    def _ask(self, expression: str) -> Any:
        """Return what the first source with a value says; one that goes round in a circle stays open."""
        if expression not in self._asked:
            self._asked[expression] = _Is.OPEN
            self._asked[expression] = self._shallow(self._first(expression))
        return self._asked[expression]

    def _first(self, expression: str) -> Any:
        chosen = ""
        for source in (part.strip() for part in re.split(r",(?![^()]*\))", expression)):
            value = self._source(source)
            if value is _Is.OPEN:
                if source.partition(":")[0] not in ("opt", "env"):
                    return _Is.OPEN
                chosen = chosen or source
            elif value is not None:
                if chosen and "⟦" not in str(value):
                    self.defaults[chosen] = _spelled(value)
                return value
        return _Is.OPEN if chosen else None

    def _source(self, source: str) -> Any:
        """Return what one source says: None where it says nothing, open where only a deployment knows."""
        if "⟦" in source:
            return _Is.OPEN
        if literal := re.fullmatch(r"'([^']*)'|\"([^\"]*)\"", source):
            return literal[1] if literal[1] is not None else literal[2]
        if source in ("true", "false"):
            return source == "true"
        if re.fullmatch(r"-?\d+", source):
            return int(source)
        if source.startswith("self:"):
            return self._within(self._data, source.removeprefix("self:"))
        if source == "sls:stage":
            return self._ask(_STAGE)
        if file := _FILE.fullmatch(source):
            return self._within(self._of_file(file[1].strip()), file[2] or "")
        return _Is.OPEN

    def _within(self, value: Any, path: str) -> Any:
        """Return what stands at a path; open where the way to it is, and where there is no service to look in."""
        if value is None:
            return _Is.OPEN
        for part in filter(None, path.strip().split(".")):
            value = self._shallow(value)
            if isinstance(value, list) and part.isdigit() and int(part) < len(value):
                value = value[int(part)]
            elif isinstance(value, dict):
                value = value.get(part)
            else:
                return _Is.OPEN if isinstance(value, str) and "⟦" in value else None
        return self._shallow(value)

    def _of_file(self, name: str) -> Any:
        """Return what a file holds; None for one that is not in the source, or that code would have to be run for."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self._path), name))
        if path not in self._loaded:
            text = self._texts.get(path) if self._data is not None else None
            value: Any = text if path.endswith((*_READ, ".txt", ".sql")) else None
            if text is not None and path.endswith(_READ):
                try:
                    value = load_template(text)[0]
                    self.files.add(path)
                except yaml.YAMLError:
                    value = None
            self._loaded[path] = value
        return self._loaded[path]

    def _open(self, text: str) -> str:
        key = reference_name(re.sub(r"[⟦⟧]", "", text))
        self.references.setdefault(key, OpenReference(name=key, text=text, place=Place(path=self._path)))
        return f"⟦{key}⟧"


def _spelled(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
