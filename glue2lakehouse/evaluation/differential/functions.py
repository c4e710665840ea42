"""Record functions out of a grammar: predicates for Filter and bodies for Map, as people write them and at their edges."""

import keyword
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from glue2lakehouse.evaluation.differential.tables import Columns

HELPERS = """
def clean(value):
    return value.strip().lower() if value else None


def as_int(value, default=0):
    try:
        return int(value)
    except (TypeError, ValueError):
        return default


LIMIT, CITIES, PREFIX = 5, ["a", "Ann", "5"], "a"
"""
_WHOLE = frozenset({"int", "bigint", "smallint", "tinyint"})
_FLOAT = frozenset({"double", "float"})
_TEXTS = ('"a"', '"Ann"', '""', '"5"', '"abc"', '" "', '","', '"é"', '"2020-01-01"', '"None"', "PREFIX")
_NUMBERS = (
    "0",
    "1",
    "2",
    "-1",
    "5",
    "7",
    "-7",
    "1.5",
    "0.0",
    "-2.5",
    "100",
    "3000000000",
    "LIMIT",
    "0.1",
    "2**31",
    "1e16",
)
_ORDER = ("<", "<=", ">", ">=", "==", "!=")


class Function(NamedTuple):
    """The text that defines a function (empty for a lambda), how it is passed, and the columns that come out."""

    definition: str
    passed: str
    columns: Columns


class Grammar:
    """Draws expressions over the fields of a record; a `plain` one what the rules know."""

    plain = False

    def __init__(self, rng: Random, columns: Columns, record: str = "r") -> None:
        self.rng = rng
        self.columns = columns
        self.record = record

    def _of(self, kinds: frozenset[str] | None) -> str | None:
        names = [name for name, kind in self.columns.items() if kinds is None or kind.partition("(")[0] in kinds]
        return self.rng.choice(names) if names else None

    def read(self, name: str) -> str:
        """Read a field in one of the ways that Python has."""
        drawn = self.rng.random()
        if drawn < 0.12 and name.isidentifier() and not keyword.iskeyword(name) and not hasattr(dict, name):
            return f"{self.record}.{name}"
        if drawn < 0.24:
            return f"{self.record}.get({name!r})"
        if drawn < 0.28:
            return f"{self.record}.get({name!r}, {self.rng.choice(('0', 'None', repr('x')))})"
        return f"{self.record}[{name!r}]"

    def text(self, depth: int = 2) -> str:
        """Return an expression that is a text, or fails."""
        name = self._of(frozenset({"string"}))
        source = self.read(name) if name else f"str({self.any_value(0)})"
        if depth <= 0 or self.rng.random() < 0.35:
            return source
        inner = self.text(depth - 1)
        made: tuple[Callable[[], str], ...] = (
            lambda: (
                f"{inner}.{self.rng.choice(('strip()', 'lower()', 'upper()', 'title()', 'lstrip()', 'rstrip()', 'capitalize()'))}"
            ),
            lambda: f"{inner}.replace({self._text_constant()}, {self._text_constant()})",
            lambda: f"{inner}.split({self.rng.choice((repr(','), repr(' '), ''))})[{self.rng.choice((0, 1, -1))}]",
            lambda: f"{inner}[{self.rng.choice(('0', '-1', ':2', '1:', '-2:', '::-1', '1:3'))}]",
            lambda: f"({inner} or {self._text_constant()})",
            lambda: f"({inner} if {self.condition(0)} else {self._text_constant()})",
            lambda: f"str({self.any_value(0)})",
            lambda: f"({inner} + {self._text_constant()})",
            lambda: 'f"{' + self.any_value(0, quote="'") + "}-{" + self.any_value(0, quote="'") + '}"',
            lambda: f"'%s' % ({self.any_value(0)},)",
            lambda: f"'{{}}_{{}}'.format({self.any_value(0)}, {self.any_value(0)})",
            lambda: f"clean({inner})",
            lambda: f"{inner}.zfill(5)",
            lambda: f"'-'.join([{inner}, {self._text_constant()}])",
            lambda: f"{inner}.{self.rng.choice(('strip', 'lstrip', 'rstrip'))}({self._text_constant()})",
        )
        return self.rng.choice(made)()

    def number(self, depth: int = 2) -> str:
        """Return an expression that is a number, or fails."""
        name = self._of(_WHOLE | _FLOAT | {"decimal"} if self.rng.random() < 0.3 else _WHOLE | _FLOAT)
        source = self.read(name) if name else f"len({self.text(0)})"
        if depth <= 0 or self.rng.random() < 0.35:
            return source
        inner, constant = self.number(depth - 1), self.rng.choice(_NUMBERS)
        operator = self.rng.choice(
            ("+", "-", "*", "/", "//", "%", "+", "-", "*", "**" if constant in ("2", "0") else "+")
        )
        made: tuple[Callable[[], str], ...] = (
            lambda: f"({inner} {operator} {constant})",
            lambda: f"({inner} {operator} {self.number(0)})",
            lambda: f"({constant} {self.rng.choice(('-', '/', '//', '%', '*'))} {inner})",
            lambda: f"int({inner})",
            lambda: f"float({self.rng.choice((inner, self.text(0)))})",
            lambda: f"int({self.text(0)})",
            lambda: f"len({self.text(depth - 1)})",
            lambda: f"round({inner}{self.rng.choice(('', ', 1', ', 2'))})",
            lambda: f"abs({inner})",
            lambda: f"({inner} or {constant})",
            lambda: f"({inner} if {self.condition(0)} else {constant})",
            lambda: f"-{inner}",
            lambda: f"{self.rng.choice(('min', 'max'))}({inner}, {constant})",
            lambda: f"as_int({self.any_value(0)})",
        )
        return self.rng.choice(made)()

    def _text_constant(self) -> str:
        return self.rng.choice(_TEXTS)

    def constant(self) -> str:
        """Return a constant."""
        return self.rng.choice((*_TEXTS, *_NUMBERS, "None", "True", "False"))

    def any_value(self, depth: int = 1, quote: str = '"') -> str:
        """Return an expression of any type."""
        if depth > 0:
            return self.rng.choice((self.text, self.number, self.other))(depth)
        name = self._of(None)
        return self.read(name) if name else "0"

    def other(self, depth: int = 1) -> str:
        """Return a date's, struct's, array's or boolean's expression."""
        name = self._of(None)
        if name is None:
            return "None"
        kind, read = self.columns[name], self.read(name)
        if kind in ("date", "timestamp"):
            return self.rng.choice((f"{read}.year", f"{read}.isoformat()", f"{read}.strftime('%Y-%m-%d')", read, f"str({read})",
                                    f"{read} + datetime.timedelta(days=1)"))  # fmt: skip
        if kind.startswith("array"):
            return self.rng.choice((f"{read}[0]", f"len({read})", read, f"({read} or [])", f"[i for i in {read} if i]"))
        if kind.startswith("struct"):
            field = kind.removeprefix("struct<").partition(":")[0]
            return self.rng.choice((f"{read}[{field!r}]", f"{read}.get({field!r})", f"{read}.{field}", read))
        if kind.startswith("map"):
            return self.rng.choice((f"{read}['u']", f"{read}.get('u')", read, f"len({read})"))
        return self.rng.choice((read, self.condition(depth - 1)))

    def condition(self, depth: int = 2) -> str:
        """Return an expression that is used for its truth."""
        if depth > 0 and self.rng.random() < 0.45:
            one, two = self.condition(depth - 1), self.condition(depth - 1)
            return self.rng.choice((f"{one} and {two}", f"{one} or {two}", f"not ({one})", f"not {one}" if " " not in one else f"not ({one})",
                                    f"({one} or {two}) and {self.condition(0)}"))  # fmt: skip
        made: tuple[Callable[[], str], ...] = (
            self._comparison, self._comparison, self._comparison, self._membership, self._identity, self._truth, self._chained,
            self._text_test, self._mismatch, self._key_test,
        )  # fmt: skip
        return self.rng.choice(made)()

    def _comparison(self) -> str:
        name = self._of(None)
        if name is None:
            return "True"
        left, operator = self.read(name), self.rng.choice(_ORDER)
        right = self._fitting(name)
        return f"{right} {operator} {left}" if self.rng.random() < 0.15 else f"{left} {operator} {right}"

    def _fitting(self, name: str) -> str:
        """Return a constant or field of the column's kind."""
        kind = self.columns[name].partition("(")[0]
        if self.rng.random() < 0.15:
            alike = [other for other, its in self.columns.items() if its.partition("(")[0] == kind]
            return self.read(self.rng.choice(alike))
        if kind in _WHOLE | _FLOAT | {"decimal"}:
            return self.rng.choice((*_NUMBERS, "None")) if self.rng.random() < 0.9 else self.number(1)
        if kind == "boolean":
            return self.rng.choice(("True", "False", "None"))
        if kind == "date":
            return self.rng.choice(("datetime.date(2020, 1, 1)", "datetime.date.min", "None"))
        if kind == "timestamp":
            return "datetime.datetime(2020, 1, 1)"
        return self._text_constant()

    def _membership(self) -> str:
        name = self._of(None) or "id"
        items = ", ".join(self._fitting(name) for _ in range(self.rng.randint(1, 3)))
        held = self.rng.choice((f"({items},)", f"[{items}]", f"[{items}]", f"{{{items}}}"))
        if self.rng.random() < 0.15:
            return f"{self._text_constant()} {self.rng.choice(('in', 'not in'))} {self.text(0)}"
        value = self.read(name) if self.rng.random() < 0.8 else self.text(1)
        return f"{value} {self.rng.choice(('in', 'not in'))} {'CITIES' if self.rng.random() < 0.1 else held}"

    def _identity(self) -> str:
        value = self.any_value(0) if self.rng.random() < 0.8 else self.text(1)
        return f"{value} {self.rng.choice(('is None', 'is not None', '== None', '!= None', 'is True', 'is not False'))}"

    def _truth(self) -> str:
        return (
            self.any_value(0) if self.rng.random() < 0.6 else self.rng.choice((self.text, self.number, self.other))(1)
        )

    def _chained(self) -> str:
        name = self._of(_WHOLE | _FLOAT | {"decimal"})
        if name is None:
            return self._truth()
        low, high = self.rng.choice(_NUMBERS), self.rng.choice(_NUMBERS)
        return f"{low} {self.rng.choice(_ORDER[:2])} {self.read(name)} {self.rng.choice(_ORDER)} {high}"

    def _text_test(self) -> str:
        test = self.rng.choice(("startswith", "endswith", "isdigit", "isalpha", "count", "find", "isupper"))
        argument = "" if test.startswith("is") else self._text_constant()
        return f"{self.text(1)}.{test}({argument})"

    def _mismatch(self) -> str:
        left = self.rng.choice((self.text, self.number))(1)
        return f"{left} {self.rng.choice(_ORDER)} {self.constant()}"

    def _key_test(self) -> str:
        name = self._of(None) or "id"
        return self.rng.choice((f"{name!r} in {self.record}", f"{self.record}.get('nothing') is None", f"{self.record}.get('nothing', 1) == 1",
                                f"len({self.record}) > 2", self._truth()))  # fmt: skip
