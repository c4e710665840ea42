"""Steps of a chain that choose, rename and cast fields, with the arguments that people give them and odd ones.

In a step's text `IN` is the frame that it takes and `OUT` the one that it makes.
"""

import re
from random import Random
from typing import NamedTuple

from glue2lakehouse.evaluation.differential.tables import Columns

GLUE_NAMES = {"bigint": "long", "smallint": "short", "tinyint": "byte", "void": "null"}
TARGET_TYPES = ("string", "string", "int", "long", "double", "date", "timestamp", "boolean", "decimal(10,2)", "float", "short",
                "bigint", "decimal", "byte", "binary", "integer")  # fmt: skip


class Step(NamedTuple):
    """Lines of a chain, the functions that they use, and the columns that are likely to come out."""

    text: str
    definition: str
    columns: Columns


def glue_type(kind: str) -> str:
    """Return the name that a mapping has for a Spark type."""
    if "<" in kind:
        return kind.partition("<")[0]
    return GLUE_NAMES.get(kind, kind)


def path(name: str) -> str:
    """Spell a column as a path: names with a dot in backticks."""
    return f"`{name}`" if "." in name else name


class FieldSteps:
    """Draws steps that choose, rename and cast fields; `number` keeps the names of functions apart."""

    def __init__(self, rng: Random, other: Columns) -> None:
        self.rng = rng
        self.other = other
        self.number = 0

    def call(
        self, name: str, method: str, arguments: list[tuple[str, str]], plain: list[tuple[str, str]] | None = None
    ) -> str:
        """Spell `OUT = …` as the class or the method, by place or by name; `plain` are the method's own names."""
        context = self.rng.choice(("", f", transformation_ctx={name.lower() + str(self.number)!r}", ""))
        by_name = self.rng.random() < 0.5
        if self.rng.random() < 0.55:
            given = ", ".join(f"{key}={value}" if by_name else value for key, value in [("frame", "IN"), *arguments])
            return f"OUT = {name}.apply({given}{context})"
        given = ", ".join(f"{key}={value}" if by_name else value for key, value in plain or arguments)
        return f"OUT = IN.{method}({given}{context})".replace("(, ", "(")

    def _chosen(self, columns: Columns, least: int = 1) -> list[str]:
        names = list(columns)
        return self.rng.sample(names, self.rng.randint(min(least, len(names)), len(names)))

    def _inner(self, columns: Columns) -> str | None:
        """Return a path into a struct, or into the structs of an array."""
        found = []
        for name, kind in columns.items():
            field = re.match(r"(?:array<)?struct<(\w+):", kind)
            if field:
                found.append(f"{path(name)}.{field[1]}")
            if kind.startswith("struct<a:int,b:struct"):
                found += [f"{path(name)}.b.c", f"{path(name)}.b.`d.e`"]
        return self.rng.choice(found) if found else None

    def mapping(self, columns: Columns) -> Step:
        """ApplyMapping: swaps, casts of all pairs, nested sources and targets."""
        names = [name for name in self._chosen(columns) if columns[name] != "void"] or ["id"]
        columns = {"id": "int", **columns}
        entries, out = [], {}
        for name in names:
            kind = columns[name]
            nested = "<" in kind
            target_type = glue_type(kind) if nested or self.rng.random() < 0.4 else self.rng.choice(TARGET_TYPES)
            target = self._target(name, names)
            source = path(name)
            inner = self._inner({name: kind})
            if inner and not kind.startswith("array") and self.rng.random() < 0.6:
                source, nested, target_type = inner, False, self.rng.choice(("string", "int", "long"))
                kind = "string" if inner.endswith((".b", ".c")) else "int"
                if inner.endswith(".b") and "b:struct" in columns[name]:
                    continue
            own = glue_type(kind) if self.rng.random() < 0.93 else self.rng.choice(TARGET_TYPES)
            pair = self.rng.random() < 0.06
            entries.append(repr((source, target) if pair else (source, own, target, target_type)))
            out[target.split(".")[0] if "`" not in target else target.strip("`")] = (
                "struct<x:string>" if "." in target and "`" not in target
                else kind if pair or nested else {"long": "bigint", "short": "smallint", "byte": "tinyint", "integer": "int",
                                                  "decimal": "decimal(10,2)"}.get(target_type, target_type)
            )  # fmt: skip
        if self.rng.random() < 0.02:
            entries.append(repr(("nothing", "string", "nothing", "string")))
        listed = f"[{', '.join(entries)}]"
        return Step(
            self.call(
                "ApplyMapping",
                self.rng.choice(("apply_mapping", "apply_mapping", "applyMapping")),
                [("mappings", listed)],
            ),
            "",
            out,
        )

    def typed(self, columns: Columns) -> Step:
        """ApplyMapping of every column to its own type, after which the rules know the types."""
        entries = [
            repr((path(name), glue_type(kind), path(name), glue_type(kind)))
            for name, kind in columns.items()
            if kind != "void"
        ]
        return Step(self.call("ApplyMapping", "apply_mapping", [("mappings", f"[{', '.join(entries)}]")]), "", columns)

    def _target(self, name: str, names: list[str]) -> str:
        drawn = self.rng.random()
        if drawn < 0.6:
            return path(name)
        if drawn < 0.75:
            return path(self.rng.choice(names))
        return self.rng.choice(("o.x", "o.p.y", "k", "`x.y`", "two words", f"o.{path(name)}", "kind", "ID"))

    def fields(self, columns: Columns) -> Step:
        """SelectFields or DropFields, with nested, missing and quoted paths."""
        chosen = self._chosen(columns)
        keep = self.rng.random() < 0.5
        paths = [path(name) for name in chosen]
        if not keep and (inner := self._inner(columns)) and self.rng.random() < 0.6:
            paths[-1] = inner
        if self.rng.random() < 0.1:
            paths.append(self.rng.choice(("nothing", "`x.y`", "no.thing", paths[0].upper())))
        text = repr(paths[0]) if len(paths) == 1 and self.rng.random() < 0.3 else repr(paths)
        name, method = ("SelectFields", "select_fields") if keep else ("DropFields", "drop_fields")
        out = {key: kind for key, kind in columns.items() if (key in chosen) == keep}
        return Step(self.call(name, method, [("paths", text)]), "", out or columns)

    def rename(self, columns: Columns) -> Step:
        """RenameField, inside structs too."""
        inner = self._inner(columns)
        if inner and self.rng.random() < 0.4:
            old, new = inner, f"{inner.rpartition('.')[0]}.{self.rng.choice(('renamed', 'b', 'x'))}"
            return Step(self._rename(old, new), "", columns)
        name = self.rng.choice(list(columns))
        new = self.rng.choice(("renamed", "new name", "`x.z`", "Renamed", name.upper(), self.rng.choice(list(columns))))
        out = {(new.strip("`") if key == name else key): kind for key, kind in columns.items()}
        return Step(self._rename(path(name), new if new.startswith("`") else path(new)), "", out)

    def _rename(self, old: str, new: str) -> str:
        return self.call("RenameField", "rename_field", [("old_name", repr(old)), ("new_name", repr(new))],
                         [("oldName", repr(old)), ("newName", repr(new))])  # fmt: skip

    def resolve(self, columns: Columns) -> Step:
        """ResolveChoice with specs or one choice."""
        out = dict(columns)
        if self.rng.random() < 0.3:
            choice = self.rng.choice(
                ("make_cols", "make_struct", "cast:int", "cast:string", "project:string", "cast:double")
            )
            return Step(
                self.call("ResolveChoice", "resolveChoice", [("choice", repr(choice))])
                .replace("IN, '", "IN, choice='")
                .replace("('", "(choice='"),
                "",
                out,
            )
        specs = []
        for name in self._chosen(columns)[:3]:
            kind = self.rng.choice(TARGET_TYPES)
            action = self.rng.choice(
                (f"cast:{kind}", f"cast:{kind}", f"cast:{kind}", "make_cols", "make_struct", f"project:{kind}")
            )
            inner = self._inner({name: columns[name]})
            specs.append((inner if inner and self.rng.random() < 0.5 else path(name), action))
            if action.startswith("cast") and "<" not in columns[name]:
                out[name] = {"long": "bigint", "short": "smallint", "byte": "tinyint", "integer": "int"}.get(kind, kind)
        text = repr(specs[0]) if len(specs) == 1 and self.rng.random() < 0.3 else repr(specs)
        return Step(self.call("ResolveChoice", "resolveChoice", [("specs", text)]), "", out)
