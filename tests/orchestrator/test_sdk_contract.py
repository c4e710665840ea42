"""The calls and results that the requirements write down (unified architecture, phases 1 to 7), key by key."""

import inspect
from pathlib import Path

import pytest

from glue2lakehouse import Glue2LakehouseOrchestrator

pytestmark = pytest.mark.integration

CALLS = {
    "__init__": ["spark", "catalog", "schema"],
    "register_project": ["project_name", "repo_url", "branch", "ddl_folder", "config"],
    "extract_from_git": ["project_id"],
    "migrate_ddl": ["project_id", "ddl_folder", "target_catalog"],
    "convert_code": ["project_id", "agent_name", "batch_size"],
    "validate": ["project_id", "validation_types"],
    "optimize": ["project_id"],
    "launch_dashboard": [],
}
EXTRACTION = ["files_cloned", "files_parsed", "entities_extracted", "tables", "functions", "jobs", "modules"]
DDL = ["ddl_files_found", "tables_created", "external_locations_created", "schemas_created"]
CONVERSION = ["entities_converted", "automatic", "semi_automatic", "manual_required", "agent_cost", "avg_confidence"]
VALIDATION = ["validations_run", "passed", "failed", "critical_issues", "warnings"]
OPTIMIZATION = ["tables_optimized", "parquet_to_delta", "photon_enabled", "liquid_clustering", "auto_optimize",
                "estimated_performance_gain"]  # fmt: skip
NOT_MEASURED = {
    "tables_created", "external_locations_created", "schemas_created", "tables_optimized", "parquet_to_delta",
    "photon_enabled", "liquid_clustering", "auto_optimize", "estimated_performance_gain",
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_a_call_takes_the_arguments_that_the_requirements_give_it(name: str) -> None:
    given = [each for each in inspect.signature(getattr(Glue2LakehouseOrchestrator, name)).parameters if each != "self"]
    assert given[: len(CALLS[name])] == CALLS[name]


def test_the_phases_as_the_requirements_call_them_give_the_keys_that_they_print(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "ddl").mkdir(parents=True)
    (source / "ddl" / "t.sql").write_text("CREATE EXTERNAL TABLE d.t (a int) STORED AS PARQUET LOCATION 's3://b/t/';\n")
    (source / "job.py").write_text("from awsglue.context import GlueContext\n")

    orchestrator = Glue2LakehouseOrchestrator(
        spark=None, catalog="migration_catalog", schema="migration_metadata", home=tmp_path / "home"
    )
    project_id = orchestrator.register_project(
        project_name="Risk Engine Migration",
        repo_url=str(source),
        branch=None,
        ddl_folder="ddl/",
        config={
            "enable_agents": True,
            "enable_optimization": True,
            "target_catalog": "production",
            "photon_enabled": True,
            "tracing": False,
        },
    )
    results = {
        "extraction": (orchestrator.extract_from_git(project_id), EXTRACTION),
        "ddl": (orchestrator.migrate_ddl(project_id=project_id, ddl_folder="ddl/", target_catalog="production"), DDL),
        "conversion": (
            orchestrator.convert_code(project_id=project_id, agent_name="code_converter", batch_size=10),
            CONVERSION,
        ),
        "validation": (
            orchestrator.validate(project_id=project_id, validation_types=["schema", "row_count", "sample_data"]),
            VALIDATION,
        ),
        "optimization": (orchestrator.optimize(project_id=project_id), OPTIMIZATION),
    }
    for name, (result, keys) in results.items():
        as_dict = dict(result)
        assert set(keys) <= as_dict.keys(), name
        for key in keys:
            assert (as_dict[key] is None) == (key in NOT_MEASURED), f"{name}: {key}"
            assert result[key] == as_dict[key] == getattr(result, key)
