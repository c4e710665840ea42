"""Record functions for Map: fields set, deleted, renamed, nested, records made anew, early returns, try and except."""

from collections.abc import Callable
from random import Random

from glue2lakehouse.evaluation.differential.functions import Function, Grammar
from glue2lakehouse.evaluation.differential.tables import Columns

NEW_NAMES = ("new", "kind", "total", "label", "is_ok", "day", "n2", "with space", "new.dot", "note2")


def made_map(rng: Random, made_grammar: Callable[[Columns], Grammar], columns: Columns, name: str) -> Function:
    """Return a Map's function, and the columns that are likely to come out of it."""
    if rng.random() < 0.15:
        return _lambda(rng, made_grammar, columns)
    body = _Body(rng, made_grammar, dict(columns))
    for _ in range(rng.randint(1, 3)):
        body.statement()
    lines = body.lines
    if rng.random() < 0.2:
        made = body.new_record()
        lines.append(f"return {made}")
    elif rng.random() < 0.15 and not body.grammar.plain:
        lines.append(f"return r if {body.grammar.condition(1)} else {rng.choice(('None', '{}', 'r'))}")
    else:
        lines.append("return r")
    text = "".join(f"    {line}\n" for part in lines for line in part.splitlines())
    return Function(f"def {name}(r):\n{text}", name, body.columns)


def _lambda(rng: Random, made_grammar: Callable[[Columns], Grammar], columns: Columns) -> Function:
    body = _Body(rng, made_grammar, dict(columns))
    made = body.new_record()
    return Function("", f"lambda r: {made}", body.columns)


class _Body:
    """The statements of a function, and what the record is like after them."""

    def __init__(self, rng: Random, made_grammar: Callable[[Columns], Grammar], columns: Columns) -> None:
        self.rng = rng
        self.made_grammar = made_grammar
        self.columns = columns
        self.lines: list[str] = []

    @property
    def grammar(self) -> Grammar:
        return self.made_grammar(self.columns)

    def _value(self) -> tuple[str, str]:
        """Return an expression and its likely type."""
        drawn = self.rng.random() * (0.8 if self.grammar.plain else 1)
        if drawn < 0.4:
            return self.grammar.text(), "string"
        if drawn < 0.7:
            return self.grammar.number(), "double"
        if drawn < 0.8:
            return self.grammar.condition(1), "boolean"
        if drawn < 0.9:
            return self.grammar.constant(), "string"
        return self.grammar.other(), "string"

    def _new_name(self) -> str:
        known = list(self.columns)
        return self.rng.choice(known) if known and self.rng.random() < 0.45 else self.rng.choice(NEW_NAMES)

    def statement(self) -> None:
        """Add a statement."""
        made: tuple[Callable[[], None], ...] = (
            self._set, self._set, self._set, self._set, self._delete, self._rename, self._branch, self._early, self._attempt,
            self._nested, self._local, self._loop,
        )  # fmt: skip
        plain = (self._set, self._set, self._set, self._delete, self._rename, self._branch, self._local)
        self.rng.choice(plain if self.grammar.plain else made)()

    def _set(self) -> None:
        name = self._new_name()
        value, kind = self._value()
        target = (
            f"r.{name}"
            if name.isidentifier() and not hasattr(dict, name) and self.rng.random() < 0.1
            else f"r[{name!r}]"
        )
        sign = (
            self.rng.choice(("+=", "-=", "*="))
            if self.columns.get(name) in ("int", "double", "bigint") and self.rng.random() < 0.15
            else "="
        )
        self.lines.append(f"{target} {sign} {value}")
        self.columns[name] = kind

    def _delete(self) -> None:
        if len(self.columns) < 2:
            return
        name = self.rng.choice(list(self.columns))
        gone = (f"del r[{name!r}]", f"r.pop({name!r})", f"r.pop({name!r}, None)")
        self.lines.append(self.rng.choice(gone))
        del self.columns[name]

    def _rename(self) -> None:
        if not self.columns:
            return
        old, new = self.rng.choice(list(self.columns)), self._new_name()
        if old == new:
            return
        self.lines.append(self.rng.choice((f"r[{new!r}] = r.pop({old!r})", f"r[{new!r}] = r[{old!r}]\ndel r[{old!r}]")))
        self.columns[new] = self.columns.pop(old)

    def _branch(self) -> None:
        name = self._new_name()
        (one, kind), (two, _) = self._value(), self._value()
        otherwise = f"\nelse:\n    r[{name!r}] = {two}" if self.rng.random() < 0.6 else ""
        self.lines.append(f"if {self.grammar.condition(1)}:\n    r[{name!r}] = {one}{otherwise}")
        self.columns[name] = kind

    def _early(self) -> None:
        self.lines.append(f"if {self.grammar.condition(1)}:\n    return {self.rng.choice(('r', 'None', 'r', '{}'))}")

    def _attempt(self) -> None:
        name = self._new_name()
        value, kind = self._value()
        caught = self.rng.choice(("Exception", "(TypeError, ValueError)", "KeyError"))
        self.lines.append(
            f"try:\n    r[{name!r}] = {value}\nexcept {caught}:\n    r[{name!r}] = {self.grammar.constant()}"
        )
        self.columns[name] = kind

    def _nested(self) -> None:
        one, two = self._value()[0], self._value()[0]
        structs = [name for name, kind in self.columns.items() if kind.startswith("struct")]
        if structs and self.rng.random() < 0.5:
            name = self.rng.choice(structs)
            self.lines.append(f"r[{name!r}][{self.rng.choice(('a', 'new'))!r}] = {one}")
            return
        self.lines.append(self.rng.choice((f"r['s2'] = {{'x': {one}, 'y': {two}}}", f"r['l2'] = [{one}, {one}]")))
        self.columns["s2"] = "struct<x:string,y:string>"

    def _local(self) -> None:
        value, kind = self._value()
        name = self._new_name()
        self.lines.append(f"value = {value}\nr[{name!r}] = value")
        self.columns[name] = kind

    def _loop(self) -> None:
        names = [name for name, kind in self.columns.items() if kind == "string"][:2]
        if names:
            self.lines.append(
                f"for field in {names!r}:\n    r[field] = {self.rng.choice(('clean(r[field])', '(r[field] or repr(0)).strip()', 'r[field]'))}"
            )

    def new_record(self) -> str:
        """Return the text of a new record."""
        parts, columns = [], {}
        for _ in range(self.rng.randint(1, 4)):
            name = self._new_name()
            if self.rng.random() < 0.4 and self.columns:
                read = self.rng.choice(list(self.columns))
                value, kind = self.grammar.read(read), self.columns[read]
            else:
                value, kind = self._value()
            parts.append(f"{name!r}: {value}")
            columns[name] = kind
        self.columns = columns
        return "{" + ", ".join(parts) + "}"
