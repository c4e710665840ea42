"""Steps of a chain: each DynamicFrame transform in both of its forms, with the arguments that people give it and odd ones.

In a step's text `IN` is the frame that it takes and `OUT` the one that it makes.
"""

import re
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from glue2lakehouse.evaluation.differential.functions import Function, made_predicate
from glue2lakehouse.evaluation.differential.maps import made_map
from glue2lakehouse.evaluation.differential.tables import ATOMS, Columns

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


class Steps:
    """Draws steps; `number` keeps the names of functions apart."""

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

    def filter(self, columns: Columns) -> Step:
        """Filter by a function."""
        self.number += 1
        return self._with_function("Filter", "filter", made_predicate(self.rng, columns, f"keep{self.number}"))

    def map(self, columns: Columns) -> Step:
        """Map by a function."""
        self.number += 1
        return self._with_function("Map", "map", made_map(self.rng, columns, f"change{self.number}"))

    def _with_function(self, name: str, method: str, function: Function) -> Step:
        return Step(self.call(name, method, [("f", function.passed)]), function.definition, function.columns)

    def nulls(self, columns: Columns) -> Step:
        """DropNullFields."""
        return Step(
            f"OUT = DropNullFields.apply({self.rng.choice(('frame=', ''))}IN)",
            "",
            {k: v for k, v in columns.items() if v != "void"} or columns,
        )

    def join(self, columns: Columns) -> Step:
        """Join with the other frame, or with a part of itself."""
        shared = [name for name in columns if self.other.get(name) == columns[name]] or list(columns)
        left = self.rng.choice(shared)
        right = left if left in self.other and self.rng.random() < 0.8 else self.rng.choice(list(self.other))
        other = "other"
        if self.rng.random() < 0.6:
            kept = [name for name in self.other if name == right or name not in columns]
            other = f"other.select_fields({[path(name) for name in kept]!r})"
        one, two = repr([path(left)]), repr([path(right)])
        if self.rng.random() < 0.5:
            one, two = repr(path(left)), repr(path(right))
        text = self.rng.choice((
            f"OUT = Join.apply(IN, {other}, {one}, {two})", f"OUT = IN.join({one}, {two}, {other})",
            f"OUT = Join.apply(frame1=IN, frame2={other}, keys1={one}, keys2={two}, transformation_ctx='j')",
            f"OUT = IN.join(paths1={one}, paths2={two}, frame2={other})",
        ))  # fmt: skip
        out = {(f".{name}" if name in self.other else name): kind for name, kind in columns.items()}
        return Step(text, "", out | self.other)

    def unite(self, columns: Columns) -> Step:
        """A union or a merge."""
        same = {name: kind for name, kind in columns.items() if self.other.get(name) == kind}
        other = self.rng.choice(
            ("other", f"other.select_fields({[path(name) for name in same]!r})" if same else "IN", "IN")
        )
        if self.rng.random() < 0.5:
            return Step(
                self.rng.choice(
                    (f"OUT = IN.union({other})", f"OUT = IN.union(other_frame={other}, transformation_ctx='u')")
                ),
                "",
                columns,
            )
        keys = [path(name) for name in self.rng.sample(list(same or columns), 1)]
        text = repr(keys) if self.rng.random() < 0.7 else repr(keys[0])
        return Step(self.rng.choice((f"OUT = IN.mergeDynamicFrame({other}, {text})", f"OUT = IN.mergeDynamicFrame(stage_dynamic_frame={other}, primary_keys={text})")),
                    "", columns)  # fmt: skip

    def split(self, columns: Columns) -> Step:
        """SplitFields or SplitRows, and one of the two taken; through a FlatMap or MapToCollection now and then."""
        key = self.rng.choice(("'one'", "'two'"))
        taken = self.rng.choice(
            (
                f"OUT = parts[{key}]",
                f"OUT = SelectFromCollection.apply(dfc=parts, key={key})",
                f"OUT = parts.select({key})",
            )
        )
        middle = "" if self.rng.random() < 0.9 else self.rng.choice((f"parts = FlatMap.apply(dfc=parts, BaseTransform=DropFields, frame_name='frame', paths=[{path(self.rng.choice(list(columns)))!r}])\n",
                                  "parts = MapToCollection.apply(dfc=parts, callable=lambda frame, ctx: frame.coalesce(1))\n"))  # fmt: skip
        if self.rng.random() < 0.4:
            chosen = self._chosen(columns)
            spelled = repr([path(name) for name in chosen])
            split = self.call(
                "SplitFields", "split_fields", [("paths", spelled), ("name1", "'one'"), ("name2", "'two'")]
            )
            out = {name: kind for name, kind in columns.items() if (name in chosen) == (key == "'one'")}
        else:
            atoms = [
                name
                for name, kind in columns.items()
                if kind.partition("(")[0] in ("int", "bigint", "double", "string", "decimal", "date")
            ]
            name = self.rng.choice(atoms or list(columns))
            value = self.rng.choice(("1", "0", "-7", "2.5", "'5'", "'a'", "3000000000"))
            tests = f"{{{path(name)!r}: {{{self.rng.choice(('>', '<', '>=', '<=', '=', '!=', '=='))!r}: {value}}}}}"
            split = self.call(
                "SplitRows", "split_rows", [("comparison_dict", tests), ("name1", "'one'"), ("name2", "'two'")]
            )
            out = columns
        return Step(f"{split.replace('OUT =', 'parts =')}\n{middle}{taken}", "", out or columns)

    def flatten(self, columns: Columns) -> Step:
        """Unnest, or the root of Relationalize."""
        text = self.rng.choice((
            "OUT = UnnestFrame.apply(frame=IN)", "OUT = IN.unnest()", "OUT = Relationalize.apply(frame=IN, staging_path='/tmp/x', name='root').select('root')",
            "OUT = IN.relationalize('root', '/tmp/x')['root']",
        ))  # fmt: skip
        return Step(text, "", columns)

    def through_data_frame(self, columns: Columns) -> Step:
        """To a DataFrame, an operation on it, and back."""
        name = self.rng.choice(list(columns))
        spelled = f"`{name}`"
        operation, out = self.rng.choice((
            (f".withColumn('made', F.col({spelled!r}))", {**columns, "made": columns[name]}),
            (f".where(F.col({spelled!r}).isNotNull())", columns),
            (f".withColumnRenamed({name!r}, 'moved')", {("moved" if key == name else key): kind for key, kind in columns.items()}),
            (".distinct()" if not any("map" in kind for kind in columns.values()) else "", columns),
            (f".select({spelled!r})", {name: columns[name]}),
            ("", columns), (".limit(100)", columns), (".withColumn('one', F.lit(1))", {**columns, "one": "int"}),
            (f".filter(\"{spelled} is null\")", columns),
        ))  # fmt: skip
        if self.rng.random() < 0.5:
            return Step(f"df = IN.toDF(){operation}\nOUT = DynamicFrame.fromDF(df, glueContext, 'again')", "", out)
        return Step(f"OUT = DynamicFrame.fromDF(IN.toDF(){operation}, glueContext, 'again')", "", out)

    def plain(self, columns: Columns) -> Step:
        """What leaves the rows as they are."""
        text = self.rng.choice((
            "OUT = IN.repartition(2)", "OUT = IN.coalesce(1)", "OUT = Repartition.apply(frame=IN, num_partitions=2)", "OUT = IN.with_frame_schema(IN.schema())",
            "OUT = Coalesce.apply(IN, 1)", "seen.append(IN.count())\nOUT = IN", "IN.printSchema()\nOUT = IN", "IN.show(2)\nOUT = IN",
            "OUT = IN.simplify_ddb_json()", "seen.append(sorted(IN.toDF().columns))\nOUT = IN", "seen.append(IN.errorsCount())\nOUT = IN",
            "OUT = IN.spigot('/tmp/x')", "seen.append(sorted(f.name for f in IN.schema()))\nOUT = IN",
        ))  # fmt: skip
        return Step(text, "", columns)

    def draw(self, columns: Columns) -> Step:
        """Return any step."""
        made: tuple[Callable[[Columns], Step], ...] = (
            self.mapping, self.fields, self.rename, self.resolve, self.filter, self.map, self.nulls, self.join, self.unite, self.split,
            self.flatten, self.through_data_frame, self.plain,
        )  # fmt: skip
        weights = (6, 3, 2, 3, 13, 13, 2, 2, 2, 3, 2, 3, 2)
        return self.rng.choices(made, weights)[0](columns)


__all__ = ["ATOMS", "Step", "Steps"]
