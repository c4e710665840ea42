"""Steps that only make sense after a source of files: choices resolved, text unboxed, arrays pivoted."""

from random import Random

from glue2lakehouse.evaluation.differential.field_steps import Step, path
from glue2lakehouse.evaluation.differential.steps import Steps
from glue2lakehouse.evaluation.differential.tables import Columns

_MEMBERS = ("int", "string", "double", "long", "boolean", "struct", "array")


class FileSteps(Steps):
    """Draws any step, those for choices and texts of JSON among them."""

    def __init__(self, rng: Random, other: Columns, choices: tuple[str, ...]) -> None:
        super().__init__(rng, other)
        self.choices_of_source = choices

    def settled(self, columns: Columns) -> Step:
        """ResolveChoice of the columns that hold several types, all in one way or each in its own."""
        if self.rng.random() < 0.3:
            choice = self.rng.choice(
                ("make_cols", "make_struct", "cast:string", "cast:int", "cast:double", "project:string")
            )
            return Step(self.rng.choice((f"OUT = IN.resolveChoice(choice={choice!r})", f"OUT = ResolveChoice.apply(frame=IN, choice={choice!r})")),
                        "", columns)  # fmt: skip
        specs, out = [], dict(columns)
        for name in self.choices_of_source:
            action = self.rng.choice(
                (
                    "make_cols",
                    "make_struct",
                    f"cast:{self.rng.choice(_MEMBERS)}",
                    f"project:{self.rng.choice(_MEMBERS)}",
                )
            )
            specs.append((path(name), action))
            if action == "make_cols":
                del out[name]
        return Step(self.call("ResolveChoice", "resolveChoice", [("specs", repr(specs))]), "", out or columns)

    def unboxed(self, columns: Columns) -> Step:
        """Unbox of a column of JSON texts."""
        name = self.rng.choice([name for name, kind in columns.items() if kind == "payload"])
        text = self.rng.choice((
            f"OUT = Unbox.apply(frame=IN, path={path(name)!r}, format='json')", f"OUT = IN.unbox({path(name)!r}, 'json')",
        ))  # fmt: skip
        return Step(text, "", {**columns, name: "struct<k:int,v:string>"})

    def draw(self, columns: Columns) -> Step:
        """Return any step; a text of JSON is likely to be unboxed."""
        if "payload" in columns.values() and self.rng.random() < 0.4:
            return self.unboxed(columns)
        taken = {name: "string" if kind == "payload" else kind for name, kind in columns.items()}
        return super().draw(taken)


def pivoted(rng: Random) -> str:
    """Return lines that relationalize `IN` and write each of the frames to a folder of its own."""
    made = rng.choice((
        "parts = IN.relationalize('root', 's3://temp/staging/')", "parts = Relationalize.apply(frame=IN, staging_path='s3://temp/staging/', name='root')",
    ))  # fmt: skip
    form = rng.choice(("parquet", "json", "parquet"))
    return (f"{made}\nfor key in parts.keys():\n    glueContext.write_dynamic_frame.from_options(\n        frame=parts.select(key), "
            f"connection_type='s3',\n        connection_options={{'path': 's3://out/' + key.replace('.', '_')}}, format={form!r},\n    )")  # fmt: skip
