from collections.abc import Callable

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion, JobFacts, convert_project

Convert = Callable[..., Conversion]


@pytest.fixture
def convert() -> Convert:
    """Convert one module, named job.py, possibly with others beside it."""

    def run(
        source: str, *, settings: Settings | None = None, facts: JobFacts | None = None, **others: str
    ) -> Conversion:
        files = {"job.py": source, **{f"{name}.py": text for name, text in others.items()}}
        found = {c.path: c for c in convert_project(files, settings or Settings(), {"job.py": facts or JobFacts()})}
        return found["job.py"]

    return run


@pytest.fixture
def blockers(convert: Convert) -> Callable[..., list[str]]:
    """Return the blocker findings of a module as text."""

    def run(source: str, **options: object) -> list[str]:
        return [str(f) for f in convert(source, **options).findings if f.severity is Severity.BLOCKER]

    return run
