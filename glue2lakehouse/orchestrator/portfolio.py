"""A portfolio: the projects of one file, `glue2lakehouse portfolio PORTFOLIO.yaml`.

out: converted            # one folder for each project below it, and the summary; default: `converted`
home: .glue2lakehouse     # tables of all projects
processes: 4              # projects at once; default: one for each core
settings: {catalog: main} # for all projects; over the file beside a source
projects:
  - name: shop
    source: https://example.com/shop.git    # folder, file or Git URL; folders relative to this file
    branch: main
    catalog: shop
    config: shop.yaml                       # instead of the file beside the source
    settings: {compute: serverless}
"""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from glue2lakehouse.errors import SettingsError
from glue2lakehouse.settings import Settings
from glue2lakehouse.yaml_file import read_yaml


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PortfolioProject(_Part):
    """One project as the file has it."""

    name: str = Field(pattern=r"^[\w][\w.-]*$", description="also the name of its folder below `out`")
    source: str = Field(min_length=1)
    branch: str | None = None
    catalog: str | None = None
    config: Path | None = None
    settings: dict[str, Any] = Field(default_factory=dict)


class Portfolio(_Part):
    """The file, with the places in it made absolute."""

    out: Path = Path("converted")
    home: Path = Path(".glue2lakehouse")
    processes: int = Field(default=0, ge=0, description="projects at once; 0: one for each core")
    settings: dict[str, Any] = Field(default_factory=dict)
    projects: tuple[PortfolioProject, ...] = Field(min_length=1)

    def settings_of(self, project: PortfolioProject) -> dict[str, Any]:
        """Return what the portfolio says about a project's settings, the project's own words last."""
        own = {"catalog": project.catalog} if project.catalog else {}
        return {**self.settings, **own, **project.settings}


def read_portfolio(file: Path) -> Portfolio:
    """Read a portfolio. Raises SettingsError with the first mistake, and the project that it is in."""
    loaded = read_yaml(file)
    try:
        portfolio = Portfolio.model_validate(loaded)
    except ValidationError as error:
        raise _mistake(f"{file}", error) from error
    names = [project.name for project in portfolio.projects]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SettingsError(f"{file}: projects: {twice[0]} is there twice; give each project a name of its own")
    for project in portfolio.projects:
        try:
            Settings.model_validate(portfolio.settings_of(project))
        except ValidationError as error:
            raise _mistake(f"{file}: project {project.name}", error) from error
    return _placed(portfolio, file.absolute().parent)


def _mistake(where: str, error: ValidationError) -> SettingsError:
    first = error.errors()[0]
    return SettingsError(f"{where}: {'.'.join(str(part) for part in first['loc'])}: {first['msg']}")


def _placed(portfolio: Portfolio, folder: Path) -> Portfolio:
    projects = tuple(
        project.model_copy(
            update={
                "source": str(folder / project.source) if (folder / project.source).exists() else project.source,
                "config": folder / project.config if project.config else None,
            }
        )
        for project in portfolio.projects
    )
    places = {"out": folder / portfolio.out, "home": folder / portfolio.home}
    return portfolio.model_copy(update={"projects": projects, **places})
