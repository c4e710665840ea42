"""Conversion in parts that need nothing of each other, for many processes or many machines.

A batch holds whole groups of connected files (`kinds.grouped`) and the paths of all, so that the same import means the same
module as in one go; the results are the same, byte for byte, wherever a batch is converted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite.collector import uncollected
from glue2lakehouse.tools.rewrite.engine import Conversion, convert_group, left_alone
from glue2lakehouse.tools.rewrite.kinds import grouped, understood
from glue2lakehouse.tools.rewrite.kinds.project import Modules
from glue2lakehouse.tools.rewrite.kinds.values import TableFacts
from glue2lakehouse.tools.rewrite.rule import JobFacts

FILES_A_BATCH = 25
CHARACTERS_A_BATCH = 1_000_000


@dataclass(frozen=True)
class Ground:
    """What all batches of a project share: settings, the paths of all files, the tables' definitions."""

    settings: Settings
    paths: tuple[str, ...]
    tables: Mapping[str, TableFacts]


@dataclass(frozen=True)
class Batch:
    """Groups of connected paths, the paths that are out of reach of Glue, and the texts and jobs' facts of both."""

    groups: tuple[tuple[str, ...], ...]
    rest: tuple[str, ...]
    files: Mapping[str, str]
    facts: Mapping[str, JobFacts]


def batches_of(files: Mapping[str, str], facts: Mapping[str, JobFacts]) -> Iterator[Batch]:
    """Yield the project in batches: small ones for many files, a group that is larger alone."""
    _, groups = grouped(files, jobs=_jobs(facts))
    reached = {path for group in groups for path in group}
    units = [*(tuple(group) for group in groups), *((path,) for path in files if path not in reached)]
    taken: list[tuple[str, ...]] = []
    for unit in units:
        if taken and _size([*taken, unit], files):
            yield _batch(taken, reached, files, facts)
            taken = []
        taken.append(unit)
    if taken:
        yield _batch(taken, reached, files, facts)


def convert_batch(batch: Batch, ground: Ground) -> list[Conversion]:
    """Return the conversions of a batch's files."""
    index = Modules(list(ground.paths))
    made: list[Conversion] = []
    for group in batch.groups:
        with uncollected():
            world = partial(understood, group, batch.files, index, ground.tables, jobs=_jobs(batch.facts))
            files = {path: batch.files[path] for path in group}
            made += convert_group(files, world, ground.settings, batch.facts)
    return made + [left_alone(path, batch.files[path], ground.settings) for path in batch.rest]


def _jobs(facts: Mapping[str, JobFacts]) -> set[str]:
    return {path for path, held in facts.items() if held.defined}


def _size(units: Sequence[tuple[str, ...]], files: Mapping[str, str]) -> bool:
    """Whether the units together are too many for one batch."""
    paths = [path for unit in units for path in unit]
    return len(paths) > FILES_A_BATCH or sum(len(files[path]) for path in paths) > CHARACTERS_A_BATCH


def _batch(
    units: Sequence[tuple[str, ...]], reached: set[str], files: Mapping[str, str], facts: Mapping[str, JobFacts]
) -> Batch:
    paths = [path for unit in units for path in unit]
    return Batch(
        groups=tuple(unit for unit in units if unit[0] in reached),
        rest=tuple(unit[0] for unit in units if unit[0] not in reached),
        files={path: files[path] for path in paths},
        facts={path: facts[path] for path in paths if path in facts},
    )
