"""What the SDK's calls return: the keys of the requirements as typed fields. What was not measured is None."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Result(BaseModel):
    """A result that can be read by attribute or, as the requirements show it, by key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __getitem__(self, key: str) -> Any:
        if key not in type(self).model_fields:
            raise KeyError(key)
        return getattr(self, key)

    def keys(self) -> list[str]:
        """Return the names of the fields, so that `dict(result)` and `**result` work as well."""
        return list(type(self).model_fields)


class ExtractionResult(Result):
    """What `extract_from_git` found."""

    files_cloned: int
    files_parsed: int
    entities_extracted: int
    tables: int
    functions: int
    jobs: int
    modules: int
    classes: int


class DdlResult(Result):
    """What `migrate_ddl` made; `*_created` count objects in Unity Catalog and are None while none was asked for."""

    ddl_files_found: int
    tables_created: int | None = None
    external_locations_created: int | None = None
    schemas_created: int | None = None
    tables_converted: int
    tables_needing_review: int
    schemas_named: int
    external_locations_named: int


class ConversionResult(Result):
    """What `convert_code` made of the entities; `agent_cost` in US dollars, None where a model's price is unknown."""

    entities_converted: int
    automatic: int
    semi_automatic: int
    manual_required: int
    unchanged: int
    agent_cost: float | None
    avg_confidence: float | None
    output_folder: str


class ValidationSummary(Result):
    """What `validate` counted over the newest check of every file; `not_run` names kinds that need live tables."""

    validations_run: int
    passed: int
    failed: int
    critical_issues: int
    warnings: int
    not_run: tuple[str, ...] = ()


class OptimizationResult(Result):
    """What `optimize` recommends. Nothing is applied to a table here, so what would count applied features is None."""

    tables_optimized: int | None = None
    parquet_to_delta: int | None = None
    photon_enabled: int | None = None
    liquid_clustering: int | None = None
    auto_optimize: int | None = None
    estimated_performance_gain: str | None = None
    tables_looked_at: int
    recommended: dict[str, int] = Field(description="recommendations by type")
