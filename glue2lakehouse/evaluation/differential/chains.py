"""A case: two tables and a chain of one to five steps, as the source of a Glue module."""

import ast
from random import Random
from typing import NamedTuple

from glue2lakehouse.evaluation.differential.field_steps import Step
from glue2lakehouse.evaluation.differential.functions import HELPERS
from glue2lakehouse.evaluation.differential.steps import Steps
from glue2lakehouse.evaluation.differential.tables import Table, made_table, related_table

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
        definitions = "\n\n".join(step.definition for step in self.steps if step.definition)
        kind = "DataFrame" if self.typed else "DynamicFrame"
        lines = ["seen = []"]
        if self.typed:
            lines += [
                "frame0 = DynamicFrame.fromDF(frame, glueContext, 'frame')",
                "other = DynamicFrame.fromDF(other, glueContext, 'other')",
            ]
        else:
            lines += ["frame0 = frame"]
        for at, step in enumerate(self.steps):
            lines += step.text.replace("OUT", f"frame{at + 1}").replace("IN", f"frame{at}").splitlines()
        lines.append(f"return frame{len(self.steps)}, seen")
        body = "\n".join(f"    {line}" for line in lines)
        helpers = (
            HELPERS
            if any(word in definitions + body for word in ("clean(", "as_int(", "LIMIT", "CITIES", "PREFIX"))
            else ""
        )
        parts = [
            HEAD,
            helpers.strip(),
            definitions,
            f"def transform(frame: {kind}, other: {kind}, glueContext: GlueContext):\n{body}",
        ]
        return "\n\n\n".join(part for part in parts if part) + "\n"


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
        if _parses(case.source):
            return case


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True
