"""Compare what the original touches with what the conversion touches: what vanished, and what appeared from nowhere."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks.facts import COUNTED, Fact, Facts
from glue2lakehouse.tools.checks.mapped_texts import is_told
from glue2lakehouse.tools.checks.merged_options import held_in_variables
from glue2lakehouse.tools.checks.names import binds
from glue2lakehouse.tools.checks.options import TYPES
from glue2lakehouse.tools.checks.syntax import sql_comparisons, walk
from glue2lakehouse.tools.checks.touch import Touch
from glue2lakehouse.tools.checks.touches import TouchReader, session_names
from glue2lakehouse.tools.checks.units import Alignment, Group, Unit

_TOKEN = re.compile(r"[\w.]+|[^\w\s`]")
_WORD = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?")
_KEYWORDS = frozenset("and or not in is null like between true false select from where as".split())
_CONFIGURED = re.compile(
    r"spark\.sql\.catalog\.(\w+)\.(?:catalog-impl\W+org\.apache\.iceberg\.aws\.glue\.GlueCatalog|type\W+glue\b)"
)
"""Names that a session's settings give to the Glue Data Catalog."""
_NEVER = r"(?!)"
_KINDS = frozenset(TYPES.values()) | {"string", "date", "timestamp", "double", "binary", "int", "long"}


@dataclass(slots=True)
class _Compared:
    """One group: what its old units touch, what its new units hold, and what of that is spoken for."""

    group: Group
    touches: list[Touch]
    facts: Facts
    used: Counter[Fact]

    def take(self, fact: Fact) -> bool:
        held = self.facts.counts.get(fact, 0)
        if fact[0] in COUNTED:
            held -= self.used[fact]
        if held <= 0:
            return False
        self.used[fact] += 1
        return True

    def spare(self, fact: Fact) -> bool:
        """Take a fact that no touch of the group's own needed."""
        if fact[0] not in COUNTED and self.used[fact]:
            return False
        return self.take(fact)


def compare(
    alignment: Alignment,
    old: Sequence[Unit],
    settings: Settings,
    before: str,
    after: str,
    helpers: frozenset[str],
    glue_catalogs: frozenset[str] = frozenset(),
) -> tuple[list[Touch], list[tuple[int, str]]]:
    """Return the touches that vanished, and (line of the new text, what) for what appeared."""
    reader = TouchReader(settings, session_names(old), before, after, held_in_variables(old))
    catalogs = re.compile(
        rf"\b(?:{'|'.join([_NEVER, *_CONFIGURED.findall(before), *sorted(glue_catalogs)])})\.(?=[\w`{{])|\{{\}}\.(?=(?:\{{\}}|\w+)\.)",
        re.I,
    )
    compared = [
        _Compared(
            group,
            [_of_any_catalog(t, catalogs) for unit in group.old for t in reader.read(unit)],
            Facts(group.new, helpers),
            _functions_called(group.old),
        )
        for group in alignment.groups
    ]
    bound = {name for one in compared for name in one.facts.bound} | _bound(unit for unit, _ in alignment.same)
    pending: list[tuple[Touch, _Compared]] = []
    lost: list[Touch] = []
    for one in compared:
        for touch in one.touches:
            if touch.name and _gone(touch.name, touch.scope, reader.bound, bound):
                continue
            if touch.kind.startswith("pair:") and _other_type(touch, one.facts):
                lost.append(touch)
            elif not _here(touch, one, settings):
                pending.append((touch, one))
    lost.extend(touch for touch, own in pending if not _elsewhere(touch, own, compared, settings))
    return sorted(lost, key=lambda touch: touch.line), [*_appeared(compared, before)]


def _functions_called(units: Iterable[Unit]) -> Counter[Fact]:
    """Return the calls of functions that were there before: none of them is what a method has become."""
    return Counter(
        ("function", node.func.id.lower())
        for unit in units
        for part in unit.parts
        for node in walk(part)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    )


def _of_any_catalog(touch: Touch, catalogs: re.Pattern[str]) -> Touch:
    """Leave out of a text's names the level that stands for Glue's catalog; a variable that fills it is a touch of its own."""
    return replace(touch, text=catalogs.sub("", touch.text)) if touch.text else touch


def _gone(name: str, scope: str, old: set[tuple[str, str]], new: set[tuple[str, str]]) -> bool:
    """Whether the variable that a name meant in a scope is no more: its definition was checked where it stood."""
    while True:
        if (scope, name) in old:
            return (scope, name) not in new
        if not scope:
            return False
        scope = scope.rpartition(".")[0]


def _bound(units: Iterable[Unit]) -> set[tuple[str, str]]:
    names: set[tuple[str, str]] = set()
    for unit in units:
        names.update((unit.scope, name) for name in binds(unit))
        node = unit.node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            arguments = node.args
            every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
            names.update((unit.inner, argument.arg) for argument in every)
        elif isinstance(node, ast.Assign):
            names.update(("", target.attr) for target in node.targets if isinstance(target, ast.Attribute))
    return names


def _other_type(touch: Touch, facts: Facts) -> bool:
    """Whether the same column goes to the same target with a type that was not asked for."""
    wanted = touch.kind.partition(":")[2]
    pairs = {fact[1:3] for fact in touch.alternatives if fact[0] == "pair"}
    found = {fact[3] for fact in facts.counts if fact[0] == "pair" and fact[1:3] in pairs and fact[3]}
    known = {kind for kind in found if kind.partition("(")[0] in _KINDS or kind.startswith("decimal")}
    if wanted == "decimal" and "decimal(10,2)" in known:
        # What Glue means by a bare decimal.
        return False
    return bool(wanted and known and wanted not in known)


def _here(touch: Touch, one: _Compared, settings: Settings) -> bool:
    if any(one.take(fact) for fact in touch.alternatives):
        # Its other forms in this statement are the same thing, and not to spare for another.
        one.used.update(fact for fact in touch.alternatives if fact[0] not in COUNTED)
        return True
    if touch.kind == "table":
        return all(("low", word) in one.facts.counts for word in touch.text.lower().split())
    if not touch.text:
        return False
    if is_told(touch.text, one.facts.strings, settings):
        return True
    if re.fullmatch(r"[\w`]+(\.[\w`]+)+", touch.text):
        return all(("word", part.strip("`")) in one.facts.counts for part in touch.text.split("."))
    return _as_columns(touch.text, one.facts)


def _elsewhere(touch: Touch, own: _Compared, compared: list[_Compared], settings: Settings) -> bool:
    others = [one for one in compared if one is not own]
    if any(one.spare(fact) for fact in touch.alternatives for one in others):
        return True
    if touch.kind == "table":
        words = touch.text.lower().split()
        return any(not one.touches and all(("low", w) in one.facts.counts for w in words) for one in others)
    several = len(_TOKEN.findall(touch.text.replace(".", " "))) > 1
    return several and any(is_told(touch.text, one.facts.strings, settings) for one in others)


def _as_columns(text: str, facts: Facts) -> bool:
    """Whether a SQL predicate was written out as column expressions."""
    compared = list(sql_comparisons(text))
    if not compared or not all(("cmp", *one) in facts.counts for one in compared):
        return False
    words = list(_WORD.findall(text))
    for junction in ("and", "or"):
        if facts.counts.get(("op", junction), 0) < sum(word.lower() == junction for word in words):
            return False
    return all(("word", word) in facts.counts for word in words if word.lower() not in _KEYWORDS)


def _appeared(compared: list[_Compared], before: str) -> Iterable[tuple[int, str]]:
    for name in ("write", "overwrite"):
        surplus = 0
        worst: _Compared | None = None
        for one in compared:
            new = one.facts.counts.get(("op", name), 0)
            more = new - sum(1 for touch in one.touches if ("op", name) in touch.alternatives)
            if name == "overwrite" and new:
                more -= sum(1 for touch in one.touches if touch.what == "text 'overwrite'")
            surplus += more
            if more > 0 and one.group.new:
                worst = one
        if surplus > 0 and worst is not None:
            yield worst.group.new[0].start, f"a write in {name} mode" if name == "overwrite" else "a write"
    for one in compared:
        if one.group.new and any(touch.kind.startswith("pair:") for touch in one.touches):
            for fact in one.facts.counts:
                if fact[0] == "target" and fact[1] and fact[1].rpartition(".")[2] not in before:
                    yield one.group.new[0].start, f"a column {fact[1]!r}"
        reads = one.facts.counts.get(("op", "read"), 0)
        if reads > sum(1 for touch in one.touches if ("op", "read") in touch.alternatives) and one.group.new:
            for text in one.facts.strings:
                if ("://" in text or re.fullmatch(r"\w+\.\w+\.\w+", text)) and _leaf(text) not in before.lower():
                    yield one.group.new[0].start, f"a read of {text!r}"


def _leaf(text: str) -> str:
    return re.split(r"[./]", text.rstrip("/").lower())[-1]


def covered(touch: Touch, findings: Iterable[Finding]) -> bool:
    """Whether a finding answers for a touch: a blocker at its statement, or any finding there that names it."""
    first, last = touch.span
    for finding in findings:
        if finding.line and not first <= finding.line <= last:
            continue
        if finding.severity is Severity.BLOCKER:
            return True
        told = f"{finding.rule} {finding.message} {finding.action}".lower()
        if any(_is_told(mention.lower(), told) for mention in touch.mentions):
            return True
    return False


def _is_told(mention: str, told: str) -> bool:
    """Whether a finding's text has a word; a single letter counts in the code that it quotes only."""
    if len(mention) > 1:
        return mention in told
    return any(re.search(rf"\b{re.escape(mention)}\b", quoted) for quoted in re.findall(r"`([^`]*)`", told))
