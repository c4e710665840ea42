"""DQDL, the static subset: parse `Rules = [ ... ]` into rules, members and conditions."""

import re
from dataclasses import dataclass, field
from typing import Any

from glue2lakehouse.tools.glue_runtime.refusals import NotAvailableLocally, refuse

STATIC = ("ColumnExists", "ColumnCount", "RowCount", "IsComplete", "Completeness", "IsUnique", "IsPrimaryKey",
          "Uniqueness", "UniqueValueRatio", "DistinctValuesCount", "ColumnValues", "ColumnLength", "Mean", "Sum",
          "StandardDeviation", "CustomSql", "ColumnDataType", "Entropy")  # fmt: skip
_TOKEN = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[\[\](),]|!=|>=|<=|=|>|<|[A-Za-z_][\w.]*|[+-]?\d+(?:\.\d+)?)""")  # fmt: skip


class DqdlError(ValueError):
    """A ruleset that cannot be parsed."""


@dataclass(frozen=True)
class Condition:
    """A comparison: `op` is one of = != > >= < <= in between matches and their negations."""

    op: str
    operands: tuple[Any, ...]


@dataclass(frozen=True)
class Rule:
    """One rule, or several joined by `and` or `or` (then `members` holds them)."""

    text: str
    kind: str = ""
    arguments: tuple[str, ...] = ()
    condition: Condition | None = None
    threshold: Condition | None = None
    where: str = ""
    joined_by: str = ""
    members: tuple["Rule", ...] = field(default_factory=tuple)


def parse_ruleset(text: str) -> list[Rule]:
    """Return the rules of a ruleset; NotAvailableLocally for rules that need history, models or files."""
    text = re.sub(r"(?m)^\s*#.*$", "", text)
    body = re.search(r"Rules\s*=\s*\[(.*)\]", text, re.S)
    if not body:
        raise DqdlError("ruleset: expected `Rules = [ ... ]`")
    if re.search(r"\bAnalyzers\s*=", text):
        body = re.search(r"Rules\s*=\s*\[(.*?)\]\s*Analyzers", text, re.S) or body
    return [parse_rule(part) for part in _split(body[1]) if part.strip()]


def _split(text: str) -> list[str]:
    parts, depth, quote = [""], 0, ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "[(":
            depth += 1
        elif char in "])":
            depth -= 1
        if char == "," and depth == 0 and not quote:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def parse_rule(text: str) -> Rule:
    """Parse one rule or a composite of bracketed rules."""
    text = " ".join(text.split())
    if text.startswith("("):
        members, joiner = _composite(text)
        if len(members) == 1:
            return members[0]
        return Rule(text, joined_by=joiner, members=tuple(members))
    return _Reader(text).rule()


def _composite(text: str) -> tuple[list[Rule], str]:
    members: list[Rule] = []
    joiner = ""
    rest = text
    while rest:
        end = _closing(rest)
        members.append(parse_rule(rest[1:end].strip()))
        rest = rest[end + 1 :].strip()
        found = re.match(r"(and|or)\s*(?=\()", rest, re.I)
        if rest and not found:
            raise DqdlError(f"rule {text!r}: expected `and` or `or` before {rest!r}")
        if found:
            if joiner and joiner != found[1].lower():
                raise DqdlError(f"rule {text!r}: mixes and and or; bracket them")
            joiner = found[1].lower()
            rest = rest[found.end() :]
    return members, joiner


def _closing(text: str) -> int:
    depth = 0
    for at, char in enumerate(text):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth == 0:
            return at
    raise DqdlError(f"rule {text!r}: a bracket is not closed")


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _TOKEN.findall(text)

    def peek(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def take(self) -> str:
        if not self.tokens:
            raise DqdlError(f"rule {self.text!r} ends too early")
        return str(self.tokens.pop(0))

    def rule(self) -> Rule:
        kind = self.take()
        if kind not in STATIC:
            refuse(f"DQDL rule {kind}", f"evaluated here: {', '.join(STATIC)}")
        arguments = []
        while self.peek()[:1] in "\"'" and self.peek():
            arguments.append(self.take()[1:-1])
        condition = self.condition() if self.peek() and self.peek().lower() not in ("with", "where") else None
        threshold, where = None, ""
        while self.tokens:
            word = self.take().lower()
            if word == "with" and self.take().lower() == "threshold":
                threshold = self.condition()
            elif word == "where":
                where = self.take()[1:-1]
            else:
                raise DqdlError(f"rule {self.text!r}: unexpected {word!r}")
        return Rule(self.text, kind, tuple(arguments), condition, threshold, where)

    def condition(self) -> Condition:
        op = self.take().lower()
        if op == "not":
            op = "not " + self.take().lower()
        bare = op.removeprefix("not ")
        if bare == "in":
            return Condition(op, tuple(self.listed()))
        if bare == "between":
            low = self.value()
            if self.take().lower() != "and":
                raise DqdlError(f"rule {self.text!r}: between needs `and`")
            return Condition(op, (low, self.value()))
        if bare == "matches" or op in ("=", "!=", ">", ">=", "<", "<="):
            return Condition(op, (self.value(),))
        raise DqdlError(f"rule {self.text!r}: unknown comparison {op!r}")

    def listed(self) -> list[Any]:
        if self.take() != "[":
            raise DqdlError(f"rule {self.text!r}: in needs [ ... ]")
        found = []
        while self.peek() != "]":
            if self.peek() == ",":
                self.take()
            else:
                found.append(self.value())
        self.take()
        return found

    def value(self) -> Any:
        token = self.take()
        if token[0] in "\"'":
            return token[1:-1]
        if re.fullmatch(r"[+-]?\d+(\.\d+)?", token):
            return float(token)
        if token.upper() in ("NULL", "EMPTY", "WHITESPACES_ONLY"):
            return Keyword(token.upper())
        if token.lower() == "last":
            depth = 0
            while self.tokens:
                depth += {"(": 1, ")": -1}.get(self.take(), 0)
                if depth == 0:
                    break
            return 0.0
        raise NotAvailableLocally(
            f"DQDL expression {token}", "only numbers, texts, keywords and last() are evaluated here"
        )


@dataclass(frozen=True)
class Keyword:
    """NULL, EMPTY or WHITESPACES_ONLY in a list of values."""

    name: str
