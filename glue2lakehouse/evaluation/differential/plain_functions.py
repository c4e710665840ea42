"""The record functions that the rules make columns of: text methods, sums, comparisons, choices, of fields of known types."""

from collections.abc import Callable

from glue2lakehouse.evaluation.differential.functions import Grammar

_TEXTS = ('"a"', '"Ann"', '"5"', '" "', '","', '"é"', '"abc"', '"-"', '"%"', '"."', '"\\\\"', '"ß"', '"_"', '"a,"')
_SMALL = ("0", "1", "2", "-1", "5", "7", "-7", "100", "12")
_FLOATS = ("1.5", "0.0", "-2.5", "0.1", "2.0", "100.0")
_ORDER = ("<", "<=", ">", ">=", "==", "!=")
_WHOLE = frozenset({"int", "bigint", "smallint", "tinyint"})


class PlainGrammar(Grammar):
    """Draws expressions of which each has one type; what they are of is right more often than not."""

    plain = True

    def read(self, name: str) -> str:
        """Read a field by its key, or as people do."""
        if self.rng.random() < 0.1:
            return f"{self.record}.get({name!r})"
        return f"{self.record}[{name!r}]"

    def _named(self, *kinds: str) -> str | None:
        names = [name for name, kind in self.columns.items() if kind in kinds]
        return self.rng.choice(names) if names else None

    def text(self, depth: int = 2) -> str:
        """Return a text."""
        name = self._named("string")
        source = self.read(name) if name else self._spelled()
        if depth <= 0 or self.rng.random() < 0.25:
            return source
        inner, constant = self.text(depth - 1), self.rng.choice(_TEXTS)
        made: tuple[Callable[[], str], ...] = (
            lambda: f"{inner}.{self.rng.choice(('strip()', 'lower()', 'upper()', 'strip()'))}",
            lambda: f"{inner}.replace({constant}, {self.rng.choice((*_TEXTS, repr('')))})",
            lambda: f"{inner}.strip({constant})",
            lambda: f"{inner}.split({constant})[{self.rng.choice((0, 1, -1, 2))}]",
            lambda: f"({inner} + {constant})",
            lambda: f"({inner} + {self.text(0)})",
            lambda: f"({inner} or {constant})",
            lambda: f"({inner} or {self.text(0)})",
            lambda: f"({inner} and {constant})",
            lambda: f"({inner} if {self.condition(1)} else {self.rng.choice((constant, self.text(0)))})",
            self._spelled,
        )
        return self.rng.choice(made)()

    def _spelled(self) -> str:
        names = [name for name, kind in self.columns.items() if kind in _WHOLE | {"string", "date"}]
        if not names:
            return repr("x")
        one, two = self.read(self.rng.choice(names)), self.read(self.rng.choice(names))
        if '"' in one + two or "\\" in one + two:
            return f"str({one})"
        return self.rng.choice((f"str({one})", 'f"{' + one + "}-{" + two + '}"', 'f"x{' + one + '}"'))

    def number(self, depth: int = 2) -> str:
        """Return a number."""
        name = self._named(*_WHOLE, "double")
        source = self.read(name) if name else f"len({self.text(0)})"
        if depth <= 0 or self.rng.random() < 0.25:
            return source
        inner, constant = self.number(depth - 1), self.rng.choice((*_SMALL, *_FLOATS))
        made: tuple[Callable[[], str], ...] = (
            lambda: f"({inner} {self.rng.choice('+-*/')} {constant})",
            lambda: f"({inner} {self.rng.choice('+-*/')} {self.number(0)})",
            lambda: f"({constant} {self.rng.choice('-/*')} {inner})",
            lambda: f"{self.rng.choice(('int', 'float'))}({inner})",
            lambda: f"len({self.text(depth - 1)})",
            lambda: f"({inner} or {constant})",
            lambda: f"({inner} if {self.condition(1)} else {constant})",
        )
        return self.rng.choice(made)()

    def other(self, depth: int = 1) -> str:
        """Return a condition's value, or a field as it is."""
        name = self._of(None)
        return self.condition(depth) if name is None or self.rng.random() < 0.4 else self.read(name)

    def condition(self, depth: int = 2) -> str:
        """Return a condition."""
        if depth > 0 and self.rng.random() < 0.5:
            one, two = self.condition(depth - 1), self.condition(depth - 1)
            return self.rng.choice(
                (f"{one} and {two}", f"{one} or {two}", f"not ({one})", f"({one} or {two}) and {self.condition(0)}")
            )
        made: tuple[Callable[[], str], ...] = (
            self._field_test, self._field_test, self._field_test, self._computed_test, self._membership, self._nothing, self._true,
        )  # fmt: skip
        return self.rng.choice(made)()

    def _field_test(self) -> str:
        name = self._of(None)
        if name is None:
            return "True"
        kind = self.columns[name].partition("(")[0]
        if kind not in _WHOLE | {"double", "float", "decimal", "string"}:
            return f"{self.read(name)} is True" if kind == "boolean" else self._nothing()
        return f"{self.read(name)} {self.rng.choice(_ORDER)} {self._fitting(name)}"

    def _fitting(self, name: str) -> str:
        kind = self.columns[name].partition("(")[0]
        if kind in _WHOLE:
            return self.rng.choice((*_SMALL, "1.5", "3000000000"))
        if kind in ("double", "float", "decimal"):
            return self.rng.choice((*_SMALL, *_FLOATS))
        return self.rng.choice(_TEXTS)

    def _computed_test(self) -> str:
        if self.rng.random() < 0.5:
            tests = (f"{self.text(1)} {self.rng.choice(_ORDER)} {self.rng.choice(_TEXTS)}",
                     f"{self.text(1)}.{self.rng.choice(('startswith', 'endswith'))}({self.rng.choice(_TEXTS)})",
                     f"{self.text(1)} in [{self.rng.choice(_TEXTS)}, {self.rng.choice(_TEXTS)}]")  # fmt: skip
            return self.rng.choice(tests)
        return f"{self.number(1)} {self.rng.choice(_ORDER)} {self.rng.choice((*_SMALL, *_FLOATS))}"

    def _membership(self) -> str:
        name = self._named("string", *_WHOLE)
        if name is None:
            return self._nothing()
        items = [self.rng.choice(_TEXTS if self.columns[name] == "string" else _SMALL) for _ in range(3)]
        return f"{self.read(name)} {self.rng.choice(('in', 'not in'))} ({', '.join(items)})"

    def _nothing(self) -> str:
        value = self.read(self._of(None) or "id") if self.rng.random() < 0.8 else self.text(1)
        return f"{value} {self.rng.choice(('is None', 'is not None', '== None', '!= None'))}"

    def _true(self) -> str:
        if self.rng.random() < 0.4:
            return self.rng.choice((self.text, self.number))(1)
        name = self._named("string", "boolean", "date", "double", *_WHOLE)
        return self.read(name) if name else self._nothing()
