"""A case: two tables and a chain of one to five steps, as the source of a Glue module."""

import ast
import re
from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

from glue2lakehouse.evaluation.differential.field_steps import Step
from glue2lakehouse.evaluation.differential.functions import HELPERS
from glue2lakehouse.evaluation.differential.steps import Steps
from glue2lakehouse.evaluation.differential.tables import (
    Table,
    made_table,
    related_table,
    with_rows,
    without_column,
)

HEAD = """import datetime

from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.transforms import *
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
"""


class Case(NamedTuple):
    """What is run on both sides."""

    seed: int
    number: int
    table: Table
    other: Table
    steps: tuple[Step, ...]
    typed: bool
    """Whether the frames come from DataFrames inside of the function, so that the rules know where they come from."""

    @property
    def source(self) -> str:
        """The module: `transform(frame, other, glueContext)` returns the last frame and what was noted on the way."""
        kind = "DataFrame" if self.typed else "DynamicFrame"
        if self.typed:
            lines = [
                "frame0 = DynamicFrame.fromDF(frame, glueContext, 'frame')",
                "other = DynamicFrame.fromDF(other, glueContext, 'other')",
            ]
        else:
            lines = ["frame0 = frame"]
        lines += chained(self.steps)
        lines.append(f"return frame{len(self.steps)}, seen")
        body = "\n".join(f"    {line}" for line in lines)
        parts = [
            HEAD,
            *definitions_of(self.steps),
            f"def transform(frame: {kind}, other: {kind}, glueContext: GlueContext):\n{body}",
        ]
        return "\n\n\n".join(parts) + "\n"

    @property
    def inputs(self) -> tuple[Table, Table]:
        """What it is run on."""
        return self.table, self.other

    def smaller(self) -> Iterator["Case"]:
        """Yield the cases with a step, some rows or a column less."""
        for steps in fewer(self.steps):
            yield self._replace(steps=steps)
        rows = self.table.rows
        if len(rows) > 1:
            yield self._replace(table=with_rows(self.table, rows[: len(rows) // 2]))
            yield self._replace(table=with_rows(self.table, rows[len(rows) // 2 :]))
        if len(self.other.rows) > 1:
            yield self._replace(other=with_rows(self.other, self.other.rows[:1]))
        text = "".join(step.text + step.definition for step in self.steps)
        for name in self.table.columns:
            if len(self.table.columns) > 1 and repr(name)[1:-1] not in text:
                yield self._replace(table=without_column(self.table, name))


def fewer(steps: tuple[Step, ...], least: int = 1) -> Iterator[tuple[Step, ...]]:
    """Yield the steps without one of them, the last first."""
    if len(steps) > least:
        for at in reversed(range(len(steps))):
            yield steps[:at] + steps[at + 1 :]


def chained(steps: Sequence[Step]) -> list[str]:
    """Return the lines that lead from `frame0` to the last frame, and note in `seen` what is seen on the way."""
    lines = ["seen = []"]
    for at, step in enumerate(steps):
        lines += named_frames(step.text, f"frame{at}", f"frame{at + 1}").splitlines()
    return lines


def named_frames(text: str, taken: str, made: str = "") -> str:
    """Return a step's or sink's text with the names of the frames that it takes and makes."""
    return re.sub(r"\bOUT\b", made, re.sub(r"\bIN\b", taken, text))


def definitions_of(steps: Sequence[Step]) -> list[str]:
    """Return the functions of the steps, and what people have beside them where it is used."""
    definitions = [step.definition for step in steps if step.definition]
    used = "".join([*definitions, *(step.text for step in steps)])
    helpers = any(word in used for word in ("clean(", "as_int(", "LIMIT", "CITIES", "PREFIX"))
    return ([HELPERS.strip()] if helpers else []) + (["\n\n".join(definitions)] if definitions else [])


def made_case(seed: int, number: int) -> Case:
    """Return the case of a seed and a number: the same one each time."""
    rng = Random(f"{seed}:{number}")
    while True:
        table = made_table(rng)
        other = related_table(rng, table)
        steps = Steps(rng, other.columns)
        chain: list[Step] = []
        columns = table.columns
        if rng.random() < 0.65:
            chain.append(steps.typed(columns))
        for _ in range(rng.randint(1, 4)):
            if chain and rng.random() < 0.25:
                chain.append(steps.typed(columns))
            step = steps.draw(columns)
            columns = step.columns or columns
            chain.append(step)
        case = Case(seed, number, table, other, tuple(chain), rng.random() < 0.6)
        if parses(case.source):
            return case


def parses(source: str) -> bool:
    """Whether the text is Python: the grammar is not always."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True
