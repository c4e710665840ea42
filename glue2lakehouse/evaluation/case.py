"""A golden conversion: a small Glue project, the conversion that an engineer would be proud of, and data to prove it on.

<cases>/<what_the_job_does>/case.toml   what is in it and how it has to end
                            before/     the Glue project: jobs, modules, DDL, job definitions
                            after/      the same relative paths, converted
                            data/       inputs in the sandbox's layout; data/expected/<job>.json is what the original wrote
"""

import tomllib
from collections.abc import Sequence
from enum import StrEnum
from fnmatch import fnmatch
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from glue2lakehouse.errors import UsageError
from glue2lakehouse.settings import FILE_NAME, Settings, load_settings
from glue2lakehouse.tools.sandbox.job import JobReport
from glue2lakehouse.tools.sandbox.verify import Source, job_files

CASE_FILE = "case.toml"
EXPECTED = "expected"


class Ending(StrEnum):
    """How a case ends: converted, with a person, or not even read."""

    AUTOMATIC = "automatic"
    REVIEW = "review"
    REFUSED = "refused"


class CaseFile(BaseModel):
    """What `case.toml` says; nothing else may stand in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=8, description="what the job does, in one line")
    family: str = Field(min_length=2, description="construct family that the case is counted under")
    features: tuple[str, ...] = Field(min_length=1, description="Glue features in it")
    glue_version: str = Field(default="4.0", pattern=r"^\d\.\d$")
    origin: str = Field(min_length=4, description="who wrote it, after what")
    outcome: Ending
    needs_model: bool = Field(
        default=False, description="the rules hand off; without a model the case ends with a person"
    )
    runs: bool = Field(default=True, description="False where no sandbox can run it, for want of the other system")
    why: str = Field(min_length=10, description="why it has to end so")
    findings: tuple[str, ...] = Field(
        default=(), description="each has to be in the message, the rule or the source line of some finding"
    )
    arguments: dict[str, dict[str, str]] = Field(default_factory=dict, description="job file -> job arguments")


class Case(BaseModel):
    """One case on disk."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    folder: Path
    said: CaseFile

    @property
    def before(self) -> Path:
        """The Glue project."""
        return self.folder / "before"

    @property
    def after(self) -> Path:
        """The golden conversion."""
        return self.folder / "after"

    @property
    def settings(self) -> Settings:
        """The case's own settings, untouched by the environment of whoever evaluates."""
        file = self.before / FILE_NAME
        return load_settings(file if file.is_file() else None, {}, glue_version=self.said.glue_version, workers=1)

    @property
    def jobs(self) -> list[str]:
        """The files that are run, relative to `before`."""
        return (list(self.said.arguments) or job_files(self.before)) if self.said.runs else []

    def golden(self) -> dict[str, str]:
        """Return the golden conversion's files by relative path: Python, notebooks and DDL."""
        return {
            file.relative_to(self.after).as_posix(): file.read_text(encoding="utf-8")
            for file in sorted(self.after.rglob("*"))
            if file.suffix in (".py", ".ipynb", ".sql")
        }

    def expected(self) -> dict[str, JobReport]:
        """Return what the originals wrote, by job file, where that was kept."""
        kept = {path: self.expected_file(path) for path in self.jobs}
        return {path: JobReport.model_validate_json(file.read_bytes()) for path, file in kept.items() if file.is_file()}

    def expected_file(self, job: str) -> Path:
        """Return where a job's expected outputs are kept."""
        return self.folder / "data" / EXPECTED / f"{Path(job).stem}.json"

    def source(self, converted: Path) -> Source:
        """Return the pair that the sandbox runs: the original and a folder with its conversion."""
        data, settings = self.folder / "data", self.settings
        bookmarked = settings.bookmarks_enabled and settings.bookmarks != "full_read"
        return Source(
            original=self.before,
            converted=converted,
            settings=settings,
            bookmarks=frozenset(self.jobs if bookmarked else ()),
            data=data if data.is_dir() else None,
            glue_versions=dict.fromkeys(self.jobs, self.said.glue_version),
            arguments=self.said.arguments,
        )


def load_case(folder: Path) -> Case:
    """Read one case. Raises UsageError with the first thing that is wrong about it."""
    file = folder / CASE_FILE
    try:
        said = CaseFile.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{file}: cannot be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{file}: {where}: {first['msg']}") from error
    case = Case(name=folder.name, folder=folder.absolute(), said=said)
    for needed in (case.before, *((case.after,) if said.outcome is Ending.AUTOMATIC else ())):
        if not needed.is_dir():
            raise UsageError(f"{folder}: has no folder {needed.name}/")
    return case


def load_cases(folder: Path, only: Sequence[str] = ()) -> list[Case]:
    """Return the cases of a folder by name; `only` are names, families or patterns like `*join*`. UsageError for none."""
    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no such folder of cases; name one with --cases")
    found = [load_case(file.parent) for file in sorted(folder.glob(f"*/{CASE_FILE}"))]
    chosen = [case for case in found if not only or any(_means(word, case) for word in only)]
    if not chosen:
        raise UsageError(f"{folder}: no case {'is meant by ' + ', '.join(only) if only else 'is in it'}")
    return chosen


def _means(word: str, case: Case) -> bool:
    return word in (case.said.family, case.name) or fnmatch(case.name, word)
