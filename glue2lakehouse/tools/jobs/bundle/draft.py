"""A job of the bundle while it is being written: plain values, and for each of them where it comes from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as Path_
from typing import Any

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.jobs.bundle.script_arguments import (
    RUN_PROPERTIES,
    Asked,
    asked_by,
    maps_paths,
    modules_look_up_properties,
)
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.model import Definition, GlueJob
from glue2lakehouse.tools.jobs.values import open_references, shown, with_variables

Path = tuple[str | int, ...]


@dataclass
class Variable:
    """A variable of the bundle; without a default, a deployment has to give it."""

    description: str
    default: str | None = None


@dataclass
class Context:
    """What every part of the writer needs: the definitions, the settings, and the names that were given out."""

    definitions: Definitions
    settings: Settings
    files: frozenset[str] = frozenset()
    packages: Mapping[str, str] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    used: dict[str, str] = field(default_factory=dict)
    with_compat: frozenset[str] = frozenset()
    with_snowflake: frozenset[str] = frozenset()
    converted: Path_ | None = None
    _asked: dict[str, Asked] = field(default_factory=dict)
    _maps: dict[str, bool] = field(default_factory=dict)

    def argument(self, value: str, job: GlueJob) -> str:
        """Return the value of a job's argument: a path is mapped where the script does not do that itself."""
        if job.script not in self._maps:
            script = self._script(job)
            self._maps[job.script] = bool(script and self.converted and maps_paths(script, self.converted))
        return self.text(value, moves=not self._maps[job.script])

    def _script(self, job: GlueJob) -> Path_ | None:
        script = self.converted / f"{job.script.rpartition('.')[0]}.py" if self.converted and job.script else None
        return script if script and script.is_file() else None

    def script_of(self, job: GlueJob) -> str:
        """Return the text of the job's converted script; an empty text where it is not there."""
        script = self._script(job)
        return script.read_text(encoding="utf-8", errors="replace") if script else ""

    def asked_by(self, job: GlueJob) -> Asked:
        """Return the arguments that the job's converted script asks for; nothing where it is not there."""
        if job.script not in self._asked:
            script, held = self._script(job), self.script_of(job)
            asked = asked_by(held)
            if held and script and self.converted and modules_look_up_properties(script, self.converted):
                asked = Asked(asked.required, asked.optional | {RUN_PROPERTIES})
            self._asked[job.script] = asked
        return self._asked[job.script]

    def text(self, value: str, *, moves: bool = True) -> str:
        """Return a text of the source as the bundle has it: mapped paths, open references as variables."""
        moved = self.settings.path_for(value) if moves and value.lower().startswith("s3") else value
        for name in open_references(moved):
            self.open(name)
        return with_variables(moved)

    def open(self, name: str) -> None:
        """Declare the variable of an open reference."""
        reference = self.definitions.references.get(name)
        places = ", ".join(map(str, (reference.place, *reference.also))) if reference else ""
        source = f"{reference.text} in {places}" if reference else name
        hint = "; a secret: put it into a secret scope instead" if reference and reference.secret else ""
        self.variables.setdefault(name, Variable(f"Not in the source: {source}{hint}"))

    def tell(
        self,
        definition: Definition,
        rule: str,
        message: str,
        action: str,
        *,
        field: str = "",
        severity: Severity = Severity.WARNING,
    ) -> None:
        """Add a finding at a field of a definition."""
        self.findings.append(
            Finding(
                rule=rule, severity=severity, path=definition.place.path, line=definition.at(field),
                message=shown(f"{definition.kind} '{definition.name}': {message}"), action=action,
            )
        )  # fmt: skip

    def key_of(self, definition: Definition) -> str:
        """Return the resource key of a definition: an identifier, and nobody else's."""
        if id(definition) not in self.keys:
            self.keys[id(definition)] = self.new_key(definition.name)
        return self.keys[id(definition)]

    def new_key(self, name: str, suffix: str = "") -> str:
        """Return a key that is not taken: the name itself, with the suffix, or with a number."""
        base, taken = identifier(name), set(self.keys.values())
        numbered = (f"{base}{suffix}_{number}" for number in range(2, len(taken) + 3))
        return next(key for key in (base, base + suffix, *numbered) if key not in taken)


def identifier(name: str) -> str:
    """Return a name as a resource or task key: letters, digits and underscores, and a letter first: `${…}` refers to no other."""
    key = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_").lower() or "unnamed"
    return (f"n{key}" if key[0].isdigit() else key)[:90].strip("_")


@dataclass
class Draft:
    """One job of the bundle, its comments by path, and how it came to be."""

    key: str
    source: Definition
    job: dict[str, Any]
    comments: dict[Path, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    scripts: tuple[str, ...] = ()
    loud: dict[str, str] = field(default_factory=dict)

    def note(self, path: Path, text: str, definition: Definition | None = None, name: str = "") -> None:
        """Say at a value where it comes from."""
        where = ""
        if definition is not None:
            line = definition.at(name)
            where = f", {definition.place.path}:{line}" if line else f", {definition.place.path}"
        self.comments[path] = shown(f"{text}{where}")
