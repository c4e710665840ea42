"""One settings object for a run: the configuration file, then the environment, then the flags; the last one wins.

The file is `glue2lakehouse.yaml` beside the source (or the one named on the command line); the environment variables
are `GLUE2LAKEHOUSE_<FIELD>`.
"""

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator

from glue2lakehouse.domain import Compute
from glue2lakehouse.errors import SettingsError
from glue2lakehouse.mapping import Action, read_mapping, settings_of
from glue2lakehouse.yaml_file import read_yaml

FILE_NAME = "glue2lakehouse.yaml"
ENVIRONMENT_PREFIX = "GLUE2LAKEHOUSE_"
_NAME = r"[^./\s\x00-\x1f\x7f]+"
"""What Unity Catalog allows as the name of an object."""


class Settings(BaseModel):
    """What a project may choose. Every field has a default, so an empty file is a valid one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    project: str = Field(default="", description="name of the project; the source's own name when empty")
    catalog: str = Field(default="main", description="Unity Catalog catalog that the tables go to")
    schemas: dict[str, str] = Field(default_factory=dict, description="Glue database -> schema; others keep their name")
    tables: dict[str, str] = Field(default_factory=dict, description="`database.table` -> full three-level name")
    paths: dict[str, str] = Field(default_factory=dict, description="S3 prefix -> volume path or location")
    mapping: Path | None = Field(
        default=None, description="CSV of `glue2lakehouse map`; it counts over schemas, tables and paths"
    )
    table_actions: dict[str, Action] = Field(
        default_factory=dict, description="`database.table` -> what happens to its files; others follow table_format"
    )
    glue_version: str = Field(default="4.0", description="Glue version of the jobs where no job definition states it")
    compute: Compute = Field(default=Compute.STANDARD, description="compute that the output has to run on")
    bookmarks: Literal["review", "incremental", "full_read", "autoloader"] = Field(
        default="review", description="what to do with a source whose job bookmark is or may be enabled"
    )
    bookmark_table: str = Field(
        default="", description="table that keeps bookmarks; empty: CATALOG.default.glue_bookmarks"
    )
    bookmarks_since: AwareDatetime | None = Field(
        default=None, description="files changed up to then were read by Glue; empty: the first run reads everything"
    )
    bookmarks_enabled: bool | None = Field(
        default=None, description="whether the jobs run with bookmarks where no definition says so; None: not known"
    )
    table_format: Literal["keep", "delta"] = Field(
        default="keep", description="external CSV, JSON, Avro, Parquet and ORC tables: keep their files, or go to Delta"
    )
    catalog_dump: Path | None = Field(
        default=None, description="exported or scanned Glue catalog whose tables and views get DDL too"
    )
    sql_dialect: Literal["", "hive", "athena"] = Field(
        default="", description="whose SQL the .sql files are; empty: each file's own words decide"
    )
    secrets: dict[str, str] = Field(default_factory=dict, description="Glue connection name -> Databricks secret scope")
    aws_secrets: dict[str, str] = Field(
        default_factory=dict,
        description="Secrets Manager secret or SSM parameter -> `scope/key` of a Databricks secret",
    )
    workflow_runs: str = Field(
        default="",
        description="folder in a volume where workflow runs keep their properties; empty: in volume default.glue2lakehouse of the catalog",
    )
    connections: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description="Glue connection name -> what it says of its connector: className, url, secretId, other options",
    )
    plugins: tuple[str, ...] = Field(default=(), description="folders with the team's own rules")
    annotate: bool = Field(default=False, description="end each converted line with a comment that names the rule")
    model: str = Field(default="", description="chat model URI; empty: rules only")
    model_timeout_seconds: float = Field(default=120, gt=0, description="longest wait for one answer of the model")
    model_concurrency: int = Field(default=8, ge=1, description="entities that may talk to the model at once")
    model_requests_per_minute: float | None = Field(default=None, gt=0, description="rate limit of the endpoint")
    model_prices: dict[str, tuple[float, float]] = Field(
        default_factory=dict, description="model name -> US dollars for a million tokens in and out"
    )
    max_attempts: int = Field(default=3, ge=1, le=10)
    max_cost_usd: float | None = Field(default=None, ge=0)
    trials: bool = Field(
        default=True, description="run what a model wrote in the sandbox; if not, it waits for a person"
    )
    confidence_threshold: float = Field(default=0.8, ge=0, le=1, description="below it an entity waits for a person")
    authors_may_approve: bool = Field(default=True, description="whether a person may approve their own edit")
    tracing: bool = Field(default=True, description="write MLflow traces to the project's local store")
    home: Path = Field(default=Path(".glue2lakehouse"), description="folder of tables, checkpoints and traces")
    workers: int = Field(default=0, ge=0, description="processes; 0: one for each core")
    engine: Literal["local", "spark"] = Field(
        default="local",
        description="where files are converted: processes of this machine, or a Spark session's executors",
    )
    seed: int = Field(default=0, description="seed of the data that verification makes")

    @field_validator("glue_version", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        """YAML reads 4.0 as a number."""
        text = f"{value:.1f}" if isinstance(value, int | float) and not isinstance(value, bool) else value
        if isinstance(text, str) and not re.fullmatch(r"\d+\.\d+", text):
            raise ValueError(f"{text!r} is no version of Glue, such as 4.0")
        return text

    @field_validator("catalog")
    @classmethod
    def _is_a_name(cls, value: str) -> str:
        if not re.fullmatch(_NAME, value):
            raise ValueError(f"{value!r} is no name of a catalog: blanks, dots and slashes are not allowed")
        return value

    @field_validator("schemas", "tables", "table_actions")
    @classmethod
    def _fold_names(cls, value: dict[str, str]) -> dict[str, str]:
        """Glue folds names to lower case, so a name in another case would match nothing."""
        cls._name_each_once(value)
        return {name.lower(): target for name, target in value.items()}

    @field_validator("paths")
    @classmethod
    def _name_each_once(cls, value: dict[str, str]) -> dict[str, str]:
        """Two spellings of one name would leave one of the two answers without effect."""
        seen: dict[str, str] = {}
        for name, target in value.items():
            folded = s3_spelled(name).rstrip("/") if "://" in name else name.lower()
            if seen.setdefault(folded, target) != target:
                raise ValueError(f"{name!r} is given twice, in two spellings")
        return value

    @field_validator("schemas")
    @classmethod
    def _name_schemas(cls, value: dict[str, str]) -> dict[str, str]:
        for database, schema in value.items():
            if "." in database:
                raise ValueError(f"{database!r} names no database of Glue; write it without a catalog")
            if schema and not re.fullmatch(_NAME, schema):
                raise ValueError(
                    f"{schema!r} for {database} is no name of a schema; the catalog is a setting of its own"
                )
        return value

    @field_validator("tables", "table_actions")
    @classmethod
    def _name_tables(cls, value: dict[str, str]) -> dict[str, str]:
        """A key without its database would match no table, and nobody would notice."""
        for table in value:
            if table.count(".") != 1:
                raise ValueError(f"{table!r} names no table; write database.table")
        return value

    @field_validator("tables")
    @classmethod
    def _name_targets(cls, value: dict[str, str]) -> dict[str, str]:
        for table, target in value.items():
            if not re.fullmatch(rf"{_NAME}\.{_NAME}\.[^./\x00-\x1f\x7f]+", target):
                raise ValueError(f"{target!r} for {table} is no full name; write catalog.schema.table")
        return value

    @field_validator("paths")
    @classmethod
    def _name_paths(cls, value: dict[str, str]) -> dict[str, str]:
        for path in value:
            if not re.match(r"[a-z][a-z0-9+.-]*:/|/", path, re.IGNORECASE):
                raise ValueError(f"{path!r} names no path; write s3://bucket/prefix")
        return value

    @field_validator("model")
    @classmethod
    def _name_a_model(cls, value: str) -> str:
        if value and not value.partition(":")[2]:
            raise ValueError(
                f"{value!r} is no model; write PROVIDER:MODEL, such as openai:gpt-4o, or http://HOST/v1#MODEL"
            )
        return value

    @property
    def bookmarks_kept_in(self) -> str:
        """The full name of the table that keeps job bookmarks."""
        return self.bookmark_table or f"{self.catalog}.default.glue_bookmarks"

    def schema_for(self, database: str) -> str:
        """Return the Unity Catalog schema of a Glue database."""
        return self.schemas.get(database) or self.schemas.get(database.lower(), database)

    def table_for(self, database: str, table: str) -> str:
        """Return the three-level name of a Glue table, unquoted."""
        name = f"{database}.{table}"
        # Glue folds names to lower case; code may spell them in any.
        found = self.tables.get(name) or self.tables.get(name.lower())
        return found or f"{self.catalog}.{self.schema_for(database)}.{table}"

    @property
    def renames(self) -> bool:
        """Whether a schema or a table may be called otherwise than in Glue, apart from the catalog."""
        schemas = any(schema and schema.lower() != database.lower() for database, schema in self.schemas.items())
        return schemas or any(full.lower() != f"{self.catalog}.{name}".lower() for name, full in self.tables.items())

    @property
    def mapped_again(self) -> tuple[str, str]:
        """A schema and a place of the target that are mapped to another one as names of the source, "" where there are none."""
        renamed = {old.lower(): new.lower() for old, new in self.schemas.items() if old.lower() != new.lower()}
        schemas = [new for new in renamed.values() if new in renamed]
        tables = [full for old, full in self.tables.items() if full.lower() != f"{self.catalog}.{old}".lower()]
        levels = {full: full.lower().split(".", 1) for full in tables}
        again = {old.lower() for old in self.tables if self.tables[old] in tables}
        schemas += [full for full, (_, name) in levels.items() if name in again or name.split(".")[0] in renamed]
        places = [place for place in self.moved.values() if self.path_for(place) != place]
        return next(iter(schemas), ""), next(iter(places), "")

    def action_for(self, database: str, table: str) -> Action:
        """Return what happens to the files of a Glue table."""
        default: Action = "convert_to_delta" if self.table_format == "delta" else "keep_external"
        return self.table_actions.get(f"{database}.{table}".lower(), default)

    @property
    def workflow_runs_folder(self) -> str:
        """The folder where workflow runs keep their properties."""
        return self.workflow_runs.rstrip("/") or f"/Volumes/{self.catalog}/default/glue2lakehouse/workflow_runs"

    def path_for(self, path: str) -> str:
        """Return where an S3 path lives after the migration: the longest mapped prefix wins, others stay.

        A text of several paths with commas between them is each of them.
        """
        several = re.split(r",(?=\s*s3[an]?://)", path, flags=re.IGNORECASE)
        if len(several) > 1:
            return ",".join(map(self.path_for, several))
        spelled = s3_spelled(path)
        for bare, place in self.moved.items():
            if spelled == bare or spelled.startswith(bare + "/"):
                return place + spelled[len(bare) :]
        return path

    @property
    def moved(self) -> dict[str, str]:
        """Where the objects of each mapped prefix are, without slashes at the ends, the longest prefix first."""
        bare = {s3_spelled(prefix).rstrip("/"): place.rstrip("/") for prefix, place in self.paths.items()}
        return dict(sorted(bare.items(), key=lambda pair: len(pair[0]), reverse=True))


def s3_spelled(path: str) -> str:
    """Return a path with the one spelling of S3's scheme: in Glue, s3a and s3n name the same objects.

    >>> s3_spelled("s3a://raw/a")
    's3://raw/a'
    """
    scheme, colon, rest = path.partition("://")
    return f"s3://{rest}" if colon and scheme.lower() in ("s3", "s3a", "s3n") else path


_WANTED = {
    "dict_type": "`name: value` lines",
    "string_type": "a text",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "float_parsing": "a number",
    "float_type": "a number",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "path_type": "a path",
}


def load_settings(file: Path | None = None, environment: Mapping[str, str] | None = None, **flags: Any) -> Settings:
    """Read the settings; flags that are None count as not given. Raises SettingsError with the first mistake."""
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    if file is not None:
        values |= _read(file)
        values = _with_plugin_folders(values, file)
    for name in Settings.model_fields:
        given = (os.environ if environment is None else environment).get(ENVIRONMENT_PREFIX + name.upper())
        if given is not None:
            values[name] = yaml.safe_load(given)
            origins[name] = f"environment variable {ENVIRONMENT_PREFIX}{name.upper()}"
    told = {name: value for name, value in flags.items() if value is not None}
    values |= told
    origins |= dict.fromkeys(told, "command line")
    try:
        return _with_mapping(Settings(**values), file)
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        raise SettingsError(f"{origins.get(name, file or 'settings')}: {_mistake(error)}") from error


def _mistake(error: ValidationError) -> str:
    """Return the first mistake in one line: the setting, and what is wrong with it."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        near = difflib.get_close_matches(where, Settings.model_fields, n=1)
        return f"{where}: there is no such setting" + (f"; is {near[0]} meant?" if near else "; the README lists them")
    said = first["msg"]
    if said.startswith("Value error, "):
        return f"{where}: {said.removeprefix('Value error, ')}"
    wanted = _WANTED.get(first["type"]) or said.removeprefix("Input should be ")
    return f"{where}: has to be {wanted}, not {first['input']!r}"


def _with_mapping(settings: Settings, file: Path | None) -> Settings:
    """Apply the mapping file; a relative path in the configuration file starts at that file's folder."""
    if settings.mapping is None:
        return settings
    place = settings.mapping
    if file is not None and (file.parent / place).exists():
        place = file.parent / place
    told = settings_of(read_mapping(place), settings.catalog)
    merged = {name: getattr(settings, name) | found for name, found in told.items()}
    return settings.model_copy(update=merged | {"mapping": place.absolute()})


def _with_plugin_folders(values: dict[str, Any], file: Path) -> dict[str, Any]:
    """Let the folders with rules that a configuration file names start at that file's folder."""
    named = values.get("plugins")
    if not isinstance(named, list):
        return values
    beside = [file.parent / str(folder) for folder in named]
    found = [str(place.absolute()) if place.is_dir() else str(name) for place, name in zip(beside, named, strict=True)]
    return values | {"plugins": found}


def _read(file: Path) -> dict[str, Any]:
    loaded = read_yaml(file)
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise SettingsError(f"{file}: expected `name: value` lines, found {type(loaded).__name__}")
    return loaded
