"""Evidence 0 and 1 of a conversion, from the two texts alone: it parses, and it resolves.

Shares nothing with the rewrite rules: it is the net that catches their mistakes. It reads no file, starts nothing, and takes
a few milliseconds for a file.
"""

import ast
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from glue2lakehouse.domain import Evidence, Finding, Issue, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import names as scoping
from glue2lakehouse.tools.checks.aliases import spell_out
from glue2lakehouse.tools.checks.compute_limits import refused
from glue2lakehouse.tools.checks.control import moved
from glue2lakehouse.tools.checks.glue_left import glue_left
from glue2lakehouse.tools.checks.glue_surface import STAR_EXPORTS
from glue2lakehouse.tools.checks.modules import modules_of
from glue2lakehouse.tools.checks.operands import taken_apart
from glue2lakehouse.tools.checks.project_imports import COMPAT, bad_imports
from glue2lakehouse.tools.checks.syntax import walk
from glue2lakehouse.tools.checks.units import Alignment, Unit, align, cut
from glue2lakehouse.tools.checks.vanished import compare, covered

PARSES = "check-parses"
GLUE_LEFT = "check-glue-left"
UNDEFINED = "check-undefined-name"
IMPORTS = "check-import"
VANISHED = "check-vanished"
APPEARED = "check-appeared"
COMPUTE = "check-compute"
RULES = (PARSES, GLUE_LEFT, UNDEFINED, IMPORTS, VANISHED, APPEARED, COMPUTE)
"""The rule names of all findings that this package makes."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What the texts prove: `none`, `parsed` or `resolved`; the findings, at lines of the source; the same as issues."""

    evidence: Evidence
    findings: tuple[Finding, ...]
    issues: tuple[Issue, ...]


def check(
    before: str,
    after: str,
    path: str,
    project_before: Mapping[str, str],
    project_after: Mapping[str, str],
    findings: Sequence[Finding],
    settings: Settings,
    glue_catalogs: frozenset[str] = frozenset(),
) -> CheckResult:
    """Compare a source file with its conversion.

    `path` is the file's key in both projects (path -> text, relative, forward slashes); `findings` are what the
    conversion already reported for this file, `glue_catalogs` the names that the jobs' settings give to Glue's catalog.
    `resolved` needs no blocker of ours and nothing of Glue's left, not even where a blocker of the conversion stands.
    """
    tree, error = _parse(after, path)
    if tree is None:
        return _result(Evidence.NONE, [error] if error else [])
    source = tree if before == after else _tree(before)
    old = cut(source, before) if source is not None else []
    new = cut(tree, after)
    one = _Conversion(
        before, after, path, old, new, align(old, new), tuple(f for f in findings if f.path in (path, ""))
    )
    found = [*_left(one, project_after), *_names(one, project_before, project_after)]
    found += _imports(one, project_before, project_after)
    if source is not None and before != after:
        spell_out(source)
        found += _lost(one, settings, glue_catalogs)
    found += _compute(one, settings, project_after)
    stopped = any(finding.severity is Severity.BLOCKER for finding in found)
    glue = any(finding.rule == GLUE_LEFT for finding in found)
    found = [finding for finding in found if finding.rule != COMPUTE or not one.says(finding)]
    return _result(Evidence.PARSED if stopped or glue else Evidence.RESOLVED, found)


@dataclass(frozen=True)
class _Conversion:
    before: str
    after: str
    path: str
    old: list[Unit]
    new: list[Unit]
    alignment: Alignment
    findings: tuple[Finding, ...]

    @cached_property
    def lines(self) -> dict[int, tuple[int, int]]:
        """The lines of the source that each line of the conversion answers for."""
        return self.alignment.old_lines()

    def find(self, rule: str, severity: Severity, line: int, message: str, action: str) -> Finding:
        return Finding(rule=rule, severity=severity, path=self.path, line=line, message=message, action=action)

    def says(self, finding: Finding) -> bool:
        """Whether a blocker of the conversion at the same line names the same thing."""
        what = finding.message.split("'")[1].strip("_").lower()
        return any(
            f.severity is Severity.BLOCKER and f.line == finding.line and what in f.message.lower()
            for f in self.findings
        )

    def blocked(self, first: int, last: int) -> bool:
        return any(f.severity is Severity.BLOCKER and (f.line == 0 or first <= f.line <= last) for f in self.findings)


def _parse(text: str, path: str) -> tuple[ast.Module | None, Finding | None]:
    try:
        with warnings.catch_warnings():
            # Invalid escapes in somebody else's strings are not our warning to give.
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
            compile(text, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", 0) or 0
        message = f"the conversion does not parse: {getattr(error, 'msg', error)}"
        action = "correct the line by hand, or take the original's"
        return None, Finding(
            rule=PARSES, severity=Severity.BLOCKER, path=path, line=line, message=message, action=action
        )
    return tree, None


def _tree(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _left(one: _Conversion, project_after: Mapping[str, str]) -> Iterator[Finding]:
    """Report what is left of Glue: an info where the conversion stopped at it knowingly, else a blocker."""
    lines = one.lines
    units = {line: unit for unit in one.old for line in range(unit.start, unit.end + 1)}
    any_blocker = any(f.severity is Severity.BLOCKER for f in one.findings)
    seen: set[tuple[int, str]] = set()
    for line, what in glue_left(one.after, one.new, one.old, one.alignment, modules_of(project_after)):
        first, last = lines.get(line, (0, 0))
        if (first, what) in seen:
            continue
        seen.add((first, what))
        unit = units.get(first)
        known = one.blocked(unit.start if unit else first, unit.end if unit and first == last else last)
        # What carries the session stays for the sake of the statements that were handed off.
        carries = any_blocker and (what.startswith("an import") or (unit is not None and _makes_session(unit)))
        severity = Severity.INFO if known or carries else Severity.BLOCKER
        at = _named_at(one.before, first, last, what)
        yield one.find(GLUE_LEFT, severity, at, f"Glue is left: {what}", "convert it by hand, or add a rule for it")


def _named_at(source: str, first: int, last: int, what: str) -> int:
    """Return the line of a rewritten block that names what is left of Glue, `first` where none or several do."""
    name = re.search(r"'(\w+)'", what)
    lines = source.split("\n")[first - 1 : last] if first and name else []
    named = [first + number for number, line in enumerate(lines) if name and re.search(rf"\b{name[1]}\b", line)]
    return named[0] if len(named) == 1 else first


def _makes_session(unit: Unit) -> bool:
    value = getattr(unit.node, "value", None)
    text = unit.text
    return isinstance(value, (ast.Call, ast.Attribute)) and any(
        word in text for word in ("GlueContext(", "Job(", "spark_session", "SparkContext", ".init(", ".commit(")
    )


def _names(one: _Conversion, project_before: Mapping[str, str], project_after: Mapping[str, str]) -> Iterator[Finding]:
    stars = list(scoping.star_imports(one.new))
    missing, opaque = scoping.undefined(one.after, stars, one.path, modules_of(project_after))
    lines = one.lines
    if missing:
        bound, looked_up = scoping.scopes(one.before) if one.old else (frozenset[str](), frozenset[str]())
        old_stars = list(scoping.star_imports(one.old))
        already, hidden = (
            scoping.undefined(one.before, old_stars, one.path, modules_of(project_before))
            if one.old
            else (missing, False)
        )
        glue_star = any(star.startswith("awsglue") for star in old_stars)
        for name in sorted(missing):
            old_one = name in already and not (glue_star and name in STAR_EXPORTS)
            line = _first_line(one.new, name, lines)
            if old_one and opaque and hidden:
                continue
            if old_one:
                message = f"'{name}' is not defined in the original either"
                yield one.find(UNDEFINED, Severity.INFO, line, message, "define it, or run the file as a notebook")
            elif opaque and name not in bound and name not in looked_up:
                message = f"'{name}' is defined nowhere here; a star import may bring it"
                yield one.find(UNDEFINED, Severity.WARNING, line, message, "import the name itself")
            elif not one.blocked(line, line):
                message = f"'{name}' is used and the conversion does not define it"
                yield one.find(UNDEFINED, Severity.BLOCKER, line, message, "define or import it before its first use")
    changed = [unit for group in one.alignment.groups for unit in group.new]
    early = list(scoping.too_early(one.new, changed, one.after))
    before = {name for _, name in scoping.too_early(one.old, one.old, one.before)} if early else set()
    for line, name in early:
        if name not in before:
            message = f"'{name}' is used before the conversion defines it"
            yield one.find(UNDEFINED, Severity.BLOCKER, lines.get(line, (0, 0))[0], message, "move its definition up")


def _first_line(units: Iterable[Unit], name: str, lines: Mapping[int, tuple[int, int]]) -> int:
    for unit in units:
        if name in unit.text:
            for part in unit.parts:
                for node in walk(part):
                    if isinstance(node, ast.Name) and node.id == name:
                        return lines.get(node.lineno, (0, 0))[0]
    return 0


def _imports(
    one: _Conversion, project_before: Mapping[str, str], project_after: Mapping[str, str]
) -> Iterator[Finding]:
    lines = one.lines
    for bad in bad_imports(one.new, one.old, one.path, modules_of(project_before), modules_of(project_after)):
        line = lines.get(bad.line, (0, 0))[0]
        if not one.blocked(line, line):
            yield one.find(IMPORTS, bad.severity, line, bad.message, "add it to the project, or take the import away")


def _lost(one: _Conversion, settings: Settings, glue_catalogs: frozenset[str]) -> Iterator[Finding]:
    helpers = frozenset(
        name
        for unit in one.new
        if isinstance(unit.node, (ast.Import, ast.ImportFrom))
        for alias in unit.node.names
        if alias.name.endswith(COMPAT) or COMPAT in (getattr(unit.node, "module", "") or "")
        for name in [alias.asname or alias.name]
    )
    lost, appeared = compare(one.alignment, one.old, settings, one.before, one.after, helpers, glue_catalogs)
    for touch in lost:
        if not covered(touch, one.findings):
            action = "put it back, or say in a finding at this line why it may go"
            yield one.find(VANISHED, touch.severity, touch.line, f"vanished: {touch.what}", action)
    for unit, what in moved(one.alignment):
        if not one.blocked(unit.start, unit.end):
            action = "put the line back where it stood"
            yield one.find(VANISHED, Severity.BLOCKER, unit.start, f"vanished: {what}", action)
    for unit, what in taken_apart(one.alignment):
        if not one.blocked(unit.start, unit.end):
            action = "put brackets around what stood together"
            yield one.find(VANISHED, Severity.BLOCKER, unit.start, f"vanished: {what}", action)
    lines = one.lines
    for new_line, what in appeared:
        first, last = lines.get(new_line, (0, 0))
        if not one.blocked(first, last):
            message = f"the conversion has {what} that the original has not"
            yield one.find(APPEARED, Severity.BLOCKER, first, message, "take it away, or review it here")
    yield from _bookmark(one, settings)


def _bookmark(one: _Conversion, settings: Settings) -> Iterator[Finding]:
    """With bookmarks on, `job.commit()` saves state: it may not go without a word."""
    told = any("bookmark" in f"{f.rule} {f.message} {f.action}".lower() for f in one.findings)
    saved = "job.commit" in one.after or "commit_bookmarks()" in one.after
    if settings.bookmarks_enabled and "job.commit" in one.before and not saved and not told:
        line = next((unit.start for unit in one.old if "job.commit" in unit.text), 0)
        message = "vanished: the job bookmark that job.commit() saves"
        yield one.find(VANISHED, Severity.BLOCKER, line, message, "choose a bookmark policy in glue2lakehouse.yaml")


def _compute(one: _Conversion, settings: Settings, project: Mapping[str, str]) -> Iterator[Finding]:
    lines = one.lines
    for line, what, instead, stops in refused(one.after, one.new, settings.compute, project.values()):
        at = lines.get(line, (0, 0))[0]
        severity = Severity.BLOCKER if stops else Severity.WARNING
        message = f"'{what}' does not run on {settings.compute} compute"
        if not stops:
            message = f"'{what}' runs on classic compute only"
        yield one.find(COMPUTE, severity, at, message, instead)


_ISSUE_SEVERITY = {Severity.BLOCKER: "critical", Severity.WARNING: "warning", Severity.INFO: "info"}


def _result(evidence: Evidence, findings: Iterable[Finding]) -> CheckResult:
    unique = tuple(dict.fromkeys(findings))
    issues = tuple(
        Issue.model_validate(
            {
                "type": finding.rule,
                "severity": _ISSUE_SEVERITY[finding.severity],
                "message": finding.message,
                "line": finding.line,
                "recommendation": finding.action,
            }
        )
        for finding in unique
    )
    return CheckResult(evidence, unique, issues)
