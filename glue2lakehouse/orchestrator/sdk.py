"""The SDK of the requirements: the same phases as the command line, driven call by call over registered projects."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue2lakehouse.agents import optimizer
from glue2lakehouse.domain import ConversionType, EntityType, Status
from glue2lakehouse.errors import UsageError
from glue2lakehouse.orchestrator.ddl import convert_all_ddl, table_entities
from glue2lakehouse.orchestrator.reading import Project, project_id_of, read_project
from glue2lakehouse.orchestrator.results import (
    ConversionResult,
    DdlResult,
    ExtractionResult,
    OptimizationResult,
    ValidationSummary,
)
from glue2lakehouse.orchestrator.rows import entity_rows, table_rows
from glue2lakehouse.orchestrator.run import migrate, settings_beside
from glue2lakehouse.orchestrator.trust import settings_for
from glue2lakehouse.orchestrator.writing import write_ddl
from glue2lakehouse.settings import Settings
from glue2lakehouse.store import MigrationProject, SourceEntity, ValidationResult, open_spark_store, open_store
from glue2lakehouse.tools.output import OutputFolder
from glue2lakehouse.tools.source import SourceTree, open_source
from glue2lakehouse.tools.source.clone import without_credentials

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# The names that the requirements use in `config`, and the settings that they mean.
_CONFIG_NAMES = {"target_catalog": "catalog"}
_STRUCTURAL = frozenset({"function", "structural"})
AGENTS = ("code_converter",)


class Glue2LakehouseOrchestrator:
    """Projects by id, phase by phase. Without a Spark session the tables live in `home`; with one, in `catalog.schema`."""

    def __init__(
        self,
        spark: "SparkSession | None" = None,
        catalog: str = "migration_catalog",
        schema: str = "migration_metadata",
        home: Path | str = ".glue2lakehouse",
    ) -> None:
        self.home = Path(home)
        self.store = open_spark_store(spark, catalog, schema, self.home) if spark else open_store(self.home)

    def register_project(
        self,
        project_name: str,
        repo_url: str,
        branch: str | None = None,
        ddl_folder: str | None = None,
        config: dict[str, Any] | None = None,
    ) -> str:
        """Register a project and return its id; the same name and source give the same project again.

        `config` takes the settings by name, `target_catalog` for `catalog`; other keys are kept with the project. Raises
        SettingsError for a setting that makes no sense.
        """
        if not project_name or not repo_url:
            raise UsageError("register_project: a project needs a name and a source (a folder or a Git URL)")
        identity, now = project_id_of(project_name, without_credentials(repo_url)), datetime.now(UTC)
        row = MigrationProject(
            project_id=identity,
            project_name=project_name,
            repo_url=repo_url,
            branch=branch,
            ddl_folder=ddl_folder,
            status="pending",
            created_at=now,
            updated_at=now,
            config=config or {},
        )
        self._settings(row, Path())
        self.store.put(row)
        return identity

    def extract_from_git(self, project_id: str) -> ExtractionResult:
        """Clone or open the source, find its entities and store them as pending."""
        row = self._registered(project_id)
        with open_source(str(row.repo_url), row.branch) as tree:
            project = read_project(tree, self._settings_for(row, tree))
            tables = table_entities(project, convert_all_ddl(project, self._settings_for(row, tree)))
        self.store.put(*entity_rows(project))
        kinds = Counter(entity.type for entity in project.entities)
        return ExtractionResult(
            files_cloned=len(tree.files),
            files_parsed=len(project.units),
            entities_extracted=len(project.entities) + len(tables),
            tables=len(tables),
            functions=kinds[EntityType.FUNCTION],
            jobs=kinds[EntityType.JOB],
            modules=kinds[EntityType.MODULE],
            classes=kinds[EntityType.CLASS],
        )

    def migrate_ddl(
        self, project_id: str, ddl_folder: str | None = None, target_catalog: str | None = None
    ) -> DdlResult:
        """Convert the DDL (of one folder, or all) into the project's output folder and store its tables."""
        row = self._registered(project_id)
        with open_source(str(row.repo_url), row.branch) as tree:
            settings = self._settings_for(row, tree)
            if target_catalog:
                settings = settings.model_copy(update={"catalog": target_catalog})
            project = _within(read_project(tree, settings), ddl_folder or row.ddl_folder)
            made = convert_all_ddl(project, settings)
        tables = table_entities(project, made)
        folder = OutputFolder(self.output_folder(project_id) / "ddl-only")
        write_ddl(folder, made)
        folder.finish()
        self.store.put(*table_rows(project, settings, tables))
        ended = Counter(entity.status for entity, _ in tables)
        return DdlResult(
            ddl_files_found=len(project.ddl),
            tables_converted=ended[Status.CONVERTED] + ended[Status.UNCHANGED],
            tables_needing_review=ended[Status.NEEDS_REVIEW],
            schemas_named=len({name for item in made for name in item.made.schemas}),
            external_locations_named=len({name for item in made for name in item.made.external_locations}),
        )

    def convert_code(
        self, project_id: str, agent_name: str = "code_converter", batch_size: int | None = None
    ) -> ConversionResult:
        """Convert the whole project into its output folder.

        `batch_size` is accepted for the requirements' sake: files are streamed, whatever it says.
        """
        if agent_name not in AGENTS:
            raise UsageError(f"{agent_name}: no such converter agent; there is {', '.join(AGENTS)}")
        row = self._registered(project_id)
        out = self.output_folder(project_id)
        made = migrate(
            str(row.repo_url),
            out / "migrated",
            lambda root: self._settings(row, root),
            branch=row.branch,
            store=self.store,
        )
        entities = made.report.entities
        done = [entity for entity in entities if entity.status is Status.CONVERTED]
        ways = Counter(entity.conversion_type for entity in done)
        (stored,) = self.store.rows(MigrationProject, project_id)
        return ConversionResult(
            entities_converted=len(done),
            automatic=ways[ConversionType.AUTOMATIC],
            semi_automatic=ways[ConversionType.SEMI_AUTOMATIC],
            manual_required=sum(entity.status is Status.NEEDS_REVIEW for entity in entities),
            unchanged=sum(entity.status is Status.UNCHANGED for entity in entities),
            agent_cost=None if stored.agent_cost is None else float(stored.agent_cost),
            avg_confidence=round(sum(entity.confidence for entity in done) / len(done), 3) if done else None,
            output_folder=str(out / "migrated"),
        )

    def validate(self, project_id: str, validation_types: list[str] | None = None) -> ValidationSummary:
        """Count what the newest check of every converted file found.

        The code checks ran with the conversion. Kinds that compare live tables (`schema`, `row_count`, `sample_data`) are
        counted where such checks were stored; those that were not are named in `not_run`.
        """
        self._registered(project_id)
        wanted = set(validation_types or ["function"]) | {"function"}
        stored = [row for row in self.store.rows(ValidationResult, project_id) if row.validation_type in wanted]
        newest: dict[tuple[str | None, str | None], ValidationResult] = {}
        for row in sorted(stored, key=lambda row: (str(row.validated_at), row.attempt or 0)):
            newest[row.source_entity_id, row.validation_type] = row
        issues = Counter(issue["severity"] for row in newest.values() for issue in json.loads(row.details or "[]"))
        there = {row.validation_type for row in newest.values()}
        return ValidationSummary(
            validations_run=len(newest),
            passed=sum(row.passed is True for row in newest.values()),
            failed=sum(row.passed is False for row in newest.values()),
            critical_issues=issues["critical"],
            warnings=issues["warning"],
            not_run=tuple(sorted(wanted - there - _STRUCTURAL)),
        )

    def optimize(self, project_id: str) -> OptimizationResult:
        """Look at the stored tables and say what Lakehouse features would serve them; nothing is applied."""
        self._registered(project_id)
        tables = [row for row in self.store.rows(SourceEntity, project_id) if row.entity_type == EntityType.TABLE.value]
        recommended: Counter[str] = Counter()
        for table in tables:
            reply = optimizer.optimize(
                optimizer.OptimizerInput(
                    table_name=table.entity_name or table.entity_id,
                    current_format=table.format or "",
                    partition_columns=list(table.partition_keys or ()),
                )
            )
            recommended.update(item.type for item in reply.recommendations)
        return OptimizationResult(tables_looked_at=len(tables), recommended=dict(sorted(recommended.items())))

    def launch_dashboard(self) -> None:
        """Say that the dashboard comes later. Raises UsageError."""
        raise UsageError("launch_dashboard: the dashboard comes with a later version; report.html shows each project")

    def output_folder(self, project_id: str) -> Path:
        """Return where a project's converted files go."""
        return self.home / "projects" / project_id

    def _registered(self, project_id: str) -> MigrationProject:
        found = self.store.rows(MigrationProject, project_id)
        if not found:
            raise UsageError(f"{project_id}: no such project; register_project returns the id")
        return found[0]

    def _settings_for(self, row: MigrationProject, tree: SourceTree) -> Settings:
        return settings_for(lambda root: self._settings(row, root), tree)[0]

    def _settings(self, row: MigrationProject, root: Path) -> Settings:
        given = {name: _plain(value) for name, value in (row.config or {}).items()}
        flags = {_CONFIG_NAMES.get(name, name): value for name, value in given.items()}
        known = {name: value for name, value in flags.items() if name in Settings.model_fields}
        return settings_beside(root, **known | {"project": row.project_name, "home": self.home})


def _plain(value: str) -> Any:
    """The store keeps what is no text as JSON."""
    try:
        return json.loads(value)
    except ValueError:
        return value


def _within(project: Project, folder: str | None) -> Project:
    """Return the project with only the DDL below a folder of it."""
    if not folder:
        return project
    prefix = folder.strip("/") + "/"
    return replace(project, ddl={path: text for path, text in project.ddl.items() if path.startswith(prefix)})
