"""Steps of a chain: each DynamicFrame transform in both of its forms.

In a step's text `IN` is the frame that it takes and `OUT` the one that it makes.
"""

from collections.abc import Callable

from glue2lakehouse.evaluation.differential.field_steps import FieldSteps, Step, path
from glue2lakehouse.evaluation.differential.functions import Function, Grammar
from glue2lakehouse.evaluation.differential.maps import made_map
from glue2lakehouse.evaluation.differential.plain_functions import PlainGrammar
from glue2lakehouse.evaluation.differential.predicates import made_predicate
from glue2lakehouse.evaluation.differential.tables import Columns


class Steps(FieldSteps):
    """Draws any step."""

    def filter(self, columns: Columns) -> Step:
        """Filter by a function."""
        self.number += 1
        return self._with_function(
            "Filter", "filter", made_predicate(self.rng, self._grammar()(columns), f"keep{self.number}")
        )

    def map(self, columns: Columns) -> Step:
        """Map by a function."""
        self.number += 1
        return self._with_function("Map", "map", made_map(self.rng, self._grammar(), columns, f"change{self.number}"))

    def _grammar(self) -> Callable[[Columns], Grammar]:
        kind = PlainGrammar if self.rng.random() < 0.6 else Grammar
        return lambda columns: kind(self.rng, columns)

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
        other, kept = "other", list(self.other)
        if self.rng.random() < 0.5:
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
        joined = {name: self.other[name] for name in kept}
        out = {(f".{name}" if name in joined else name): kind for name, kind in columns.items()} | joined
        return Step(text, "", out)

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
        if "relationalize" in text.lower() and any("array" in kind for kind in columns.values()):
            # The keys in the place of arrays are no two runs' own.
            text = "OUT = IN.unnest()"
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
        if self.rng.random() < 0.15:
            view = "IN.toDF().createOrReplaceTempView('made')\ndf = glueContext.spark_session.sql('select * from made')"
            return Step(f"{view}{operation}\nOUT = DynamicFrame.fromDF(df, glueContext, 'again')", "", out)
        if self.rng.random() < 0.5:
            return Step(f"df = IN.toDF(){operation}\nOUT = DynamicFrame.fromDF(df, glueContext, 'again')", "", out)
        return Step(f"OUT = DynamicFrame.fromDF(IN.toDF(){operation}, glueContext, 'again')", "", out)

    def plain(self, columns: Columns) -> Step:
        """What leaves the rows as they are."""
        text = self.rng.choice((
            "seen.append(IN.errorsCount())\nOUT = IN",
            "seen.append(IN.stageErrorsCount())\nOUT = IN",
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
