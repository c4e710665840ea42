"""A job: frames read from files or catalog tables, a chain of up to four steps, and a sink, as a Glue script."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from glue2lakehouse.evaluation.differential.chains import HEAD, chained, definitions_of, fewer, named_frames, parses
from glue2lakehouse.evaluation.differential.field_steps import Step
from glue2lakehouse.evaluation.differential.file_steps import FileSteps, pivoted
from glue2lakehouse.evaluation.differential.json_sources import made_json
from glue2lakehouse.evaluation.differential.sinks import Sink, made_sink
from glue2lakehouse.evaluation.differential.sources import Source
from glue2lakehouse.evaluation.differential.text_sources import made_csv, made_xml
from glue2lakehouse.evaluation.differential.typed_sources import made_catalog_table, made_parquet

START = """from pyspark.context import SparkContext

glueContext = GlueContext(SparkContext.getOrCreate())
spark = glueContext.spark_session
"""


class Job(NamedTuple):
    """What is run on both sides: a script, and what it finds."""

    seed: int
    number: int
    frame: Source
    other: Source
    reading: str
    steps: tuple[Step, ...]
    sink: Sink
    defined: bool
    """Whether the project that is converted holds the definitions of the catalog's tables."""
    times: int = 1
    """How often the job is run on the same input."""

    @property
    def source(self) -> str:
        """The script."""
        written = named_frames(self.sink.text, f"frame{len(self.steps)}")
        body = "\n".join([self.reading, *chained(self.steps), written])
        return "\n\n\n".join([HEAD + START, *definitions_of(self.steps), body]) + "\n"

    @property
    def ddl(self) -> str:
        """The definitions of the catalog's tables."""
        return "".join(part for part in (self.frame.ddl, self.other.ddl, self.sink.ddl) if part)

    @property
    def inputs(self) -> tuple[object, ...]:
        """What it is run on."""
        return tuple(
            source.shown for source in ((self.frame, self.other) if "other" in self.reading else (self.frame,))
        )

    def smaller(self) -> Iterator["Job"]:
        """Yield the jobs with a step less, one run, or a file or half of one less."""
        for steps in fewer(self.steps, least=0):
            yield self._replace(steps=steps)
        if self.times > 1:
            yield self._replace(times=1)
        for frame in self.frame.smaller():
            yield self._replace(frame=frame)


def made_job(seed: int, number: int) -> Job:
    """Return the job of a seed and a number: the same one each time."""
    rng = Random(f"job {seed}:{number}")
    while True:
        job = _drawn(rng, seed, number)
        if parses(job.source):
            return job


def _drawn(rng: Random, seed: int, number: int) -> Job:
    frame = _source(rng)
    other = made_json(rng, frame.columns)
    steps = FileSteps(rng, other.columns, frame.choices)
    columns, chain = frame.columns, []
    if frame.choices and rng.random() < 0.7:
        chain.append(steps.settled(columns))
        columns = chain[-1].columns
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        step = steps.draw(columns)
        columns = step.columns or columns
        chain.append(step)
    arrays = [name for name, kind in columns.items() if "array" in kind]
    # A frame is named after its column, and the folder after the frame.
    pivot = arrays and all(name.isidentifier() for name in arrays) and rng.random() < 0.3
    sink = Sink(pivoted(rng)) if pivot else made_sink(rng, columns)
    reading = frame.reading(rng, "frame0", "data")
    if any("other" in step.text for step in chain):
        reading += "\n" + other.reading(rng, "other", "other")
    return Job(
        seed, number, frame, other, reading, tuple(chain), sink, rng.random() < 0.7, 2 if rng.random() < 0.15 else 1
    )


def _source(rng: Random) -> Source:
    made = rng.choices(
        (made_json, made_csv, made_parquet, made_xml, lambda rng: made_catalog_table(rng, "data")), (9, 4, 4, 2, 4)
    )[0]
    return made(rng)
