"""What is noted while a script is read, and what it adds up to."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from glue2lakehouse.tools.sandbox.source_facts import Read, ScriptFacts, joined_domains

_TYPES = (
    "string|int|integer|long|bigint|short|smallint|byte|tinyint|float|double|boolean|date|timestamp|decimal|binary|"
    "array|struct|map|choice|null|char|varchar"
)


class Notes:
    """Sources, and the columns, literals, keys and casts that were seen; a source is its number in `reads`."""

    def __init__(self) -> None:
        self.reads: list[Read] = []
        self.casts: dict[str, str] = {}
        self.renamed: dict[str, str] = {}
        self.made: set[str] = set()
        self.literals: dict[str, list[Any]] = defaultdict(list)
        self.keys: list[list[str]] = []
        self.uses: list[tuple[str, frozenset[int], str]] = []

    def number(self, read: Read) -> int:
        """Return the number of a source, noting it when it is new."""
        for number, other in enumerate(self.reads):
            if (other.kind, other.name) == (read.kind, read.name):
                return number
        self.reads.append(read)
        return len(self.reads) - 1

    def use(self, column: str, sources: Iterable[int], kind: str = "") -> None:
        """Note that a column is asked for of what comes from some of these sources."""
        column = column.strip("`")
        if column and column != "*" and re.fullmatch(r"[\w .#/-]+", column):
            self.uses.append((column, frozenset(sources), kind))

    def facts(self, loose: Sequence[list[list[str]]]) -> ScriptFacts:
        """Return what it adds up to; `loose` are mappings that are applied to frames of which nothing is known."""
        # What belongs to one source first: a column of a join's result is then no new one for all that went into it.
        for column, sources, kind in sorted(self.uses, key=lambda use: len(use[1])):
            if column in self.made or (len(sources) > 1 and any(column in self.reads[at].columns for at in sources)):
                continue
            # In two of the sources of a join it would clash; a union that lacks it in one is told by its failure.
            for number in sorted(sources)[-1:]:
                columns = self.reads[number].columns
                if not any(name.startswith(f"{column}.") for name in columns):
                    columns.setdefault(column, kind)
        self._map_loosely(loose)
        literals = {name: list(dict.fromkeys(values)) for name, values in self.literals.items()}
        for target, source in self.renamed.items():
            if target in literals:
                literals[source] = [*literals.get(source, []), *literals[target]]
        domains = joined_domains(self.keys)
        domains |= {source: domains[target] for target, source in self.renamed.items() if target in domains}
        for column, domain in domains.items():
            if domain in literals or column in literals:
                shared = [*literals.get(domain, []), *literals.get(column, [])]
                literals[domain] = literals[column] = list(dict.fromkeys(shared))
        return ScriptFacts(reads=self.reads, literals=literals, keys=self.keys, domains=domains, casts=self.casts)

    def _map_loosely(self, mappings: Sequence[list[list[str]]]) -> None:
        """Give sources of which nothing is told the columns of mappings that reach `apply_mapping` by ways not followed here."""
        unknown = [read for read in self.reads if not any(read.columns.values()) and read.kind != "jdbc"]
        for mapping in mappings if unknown else ():
            for source, kind, _, goal in mapping:
                self.casts.setdefault(source, goal)
                for read in unknown:
                    read.columns.setdefault(source, kind)


def is_mapping_of_types(value: Any) -> bool:
    """Tell whether a constant is a list of `[source, type, target, type]`."""
    return isinstance(value, list) and bool(value) and all(map(_is_typed, value))


def _is_typed(item: Any) -> bool:
    if not (isinstance(item, list) and len(item) == 4 and all(isinstance(part, str) for part in item)):
        return False
    return all(re.match(rf"({_TYPES})\b", item[at].strip(), re.IGNORECASE) for at in (1, 3))
