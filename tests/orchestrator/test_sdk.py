import subprocess
import sys
from pathlib import Path

import pytest

from glue2lakehouse import Glue2LakehouseOrchestrator
from glue2lakehouse.errors import SettingsError, UsageError

pytestmark = pytest.mark.integration

JOB = """\
import sys
from awsglue.utils import getResolvedOptions


def main():
    args = getResolvedOptions(sys.argv, ["JOB_NAME"])
    print(args["JOB_NAME"])


main()
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("source")
    (folder / "job.py").write_text(JOB)
    (folder / "ddl").mkdir()
    ddl = "CREATE EXTERNAL TABLE raw.orders (id int) PARTITIONED BY (day string) STORED AS PARQUET LOCATION 's3://b/o/';\n"
    (folder / "ddl/orders.sql").write_text(ddl)
    (folder / "other.sql").write_text("CREATE TABLE raw.more (id int) STORED AS PARQUET;\n")
    return folder


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Glue2LakehouseOrchestrator:
    return Glue2LakehouseOrchestrator(home=tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def project(sdk: Glue2LakehouseOrchestrator, source: Path) -> str:
    config = {"enable_agents": True, "target_catalog": "production", "tracing": False}
    return sdk.register_project("Risk", str(source), ddl_folder="ddl/", config=config)


def test_the_same_project_has_the_same_id(sdk: Glue2LakehouseOrchestrator, project: str, source: Path) -> None:
    assert project == sdk.register_project(
        "Risk", str(source), ddl_folder="ddl/", config={"target_catalog": "production", "tracing": False}
    )
    assert project != sdk.register_project("Other", str(source))


def test_extraction_counts_what_is_there(sdk: Glue2LakehouseOrchestrator, project: str) -> None:
    found = sdk.extract_from_git(project)
    assert (found.files_cloned, found.files_parsed, found.jobs, found.functions, found.tables) == (3, 1, 1, 1, 2)
    assert found["entities_extracted"] == found.entities_extracted == 4


def test_ddl_is_counted_for_the_folder_and_nothing_is_said_to_be_created(
    sdk: Glue2LakehouseOrchestrator, project: str
) -> None:
    made = sdk.migrate_ddl(project, ddl_folder="ddl/", target_catalog="production")
    assert (made.ddl_files_found, made.tables_converted + made.tables_needing_review) == (1, 1)
    assert (made.tables_created, made.external_locations_created, made.schemas_created) == (None, None, None)


def test_the_phases_agree_with_each_other(sdk: Glue2LakehouseOrchestrator, project: str) -> None:
    made = sdk.convert_code(project, agent_name="code_converter", batch_size=10)
    assert made.entities_converted == made.automatic >= 2
    assert made.agent_cost == 0.0
    assert made.avg_confidence is not None
    assert 0.8 <= made.avg_confidence <= 1
    assert "awsglue" not in (Path(made.output_folder) / "src/job.py").read_text()
    checked = sdk.validate(project, validation_types=["schema", "row_count", "sample_data"])
    assert (checked.validations_run, checked.passed, checked.failed) == (1, 1, 0)
    assert checked.not_run == ("row_count", "sample_data", "schema")
    advised = sdk.optimize(project)
    assert advised.tables_looked_at == 2
    assert advised.recommended["CONVERT_TO_DELTA"] == 1
    assert "LIQUID_CLUSTERING" not in advised.recommended, "a partition column is no clustering key by reflex"
    assert advised.estimated_performance_gain is None


def test_a_project_that_nobody_registered_is_one_clear_line(sdk: Glue2LakehouseOrchestrator) -> None:
    with pytest.raises(UsageError, match="no such project"):
        sdk.extract_from_git("nowhere")


def test_a_setting_that_makes_no_sense_is_refused_at_once(sdk: Glue2LakehouseOrchestrator, source: Path) -> None:
    with pytest.raises(SettingsError, match="confidence_threshold"):
        sdk.register_project("Bad", str(source), config={"confidence_threshold": 7})


def test_an_agent_that_is_not_there_is_refused(sdk: Glue2LakehouseOrchestrator, project: str) -> None:
    with pytest.raises(UsageError, match="no such converter agent"):
        sdk.convert_code(project, agent_name="magic")


def test_the_dashboard_says_that_it_comes_later(sdk: Glue2LakehouseOrchestrator) -> None:
    with pytest.raises(UsageError, match="later"):
        sdk.launch_dashboard()


def test_importing_the_package_is_quick() -> None:
    code = "import sys, glue2lakehouse; print(*[m for m in ('langgraph', 'mlflow', 'pydantic') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == ""
