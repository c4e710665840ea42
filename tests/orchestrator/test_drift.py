"""Drift in the store: found once, kept until settled, open again when it was not really fixed."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from glue2lakehouse.cli.catalogs import drift as command
from glue2lakehouse.errors import UsageError
from glue2lakehouse.orchestrator.drift import check_drift, fixes, open_drift, settle
from glue2lakehouse.settings import Settings
from glue2lakehouse.store import MigrationProject, SchemaDrift, SourceEntity, Store, ValidationResult, open_store
from glue2lakehouse.tools.catalog import Column, Table

pytestmark = pytest.mark.integration

SETTINGS = Settings(catalog="prod")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return open_store(tmp_path_factory.mktemp("home"))


@pytest.fixture
def project(shared: Store, request: pytest.FixtureRequest) -> str:
    name = str(request.node.name)
    shared.put(MigrationProject(project_id=name, project_name=f"name of {name}"))
    columns = ({"name": "id", "type": "BIGINT"}, {"name": "day", "type": "DATE"})
    shared.put(
        SourceEntity(
            entity_id=f"e-{name}",
            project_id=name,
            entity_type="table",
            entity_name="raw.t",
            glue_catalog_db="raw",
            glue_catalog_table="t",
            column_list=columns,
            partition_keys=("day",),
            s3_path="s3://x/t",
            format="parquet",
            extracted_at=datetime.now(UTC),
        )
    )
    return name


def table(*columns: str, **more: Any) -> Table:
    made = tuple(Column(name=each.split(":")[0], type=each.split(":")[1], comment="c") for each in columns)
    given = {"database": "raw", "name": "t", "location": "s3://x/t", "format": "parquet"} | more
    return Table(columns=made, partition_keys=(Column(name="day", type="date"),), **given)


def scan(folder: Path, *tables: Table, name: str = "scan.jsonl") -> Path:
    file = folder / name
    file.write_text("".join(each.model_dump_json() + "\n" for each in tables))
    return file


def test_a_source_that_has_not_moved_has_no_drift(shared: Store, project: str, tmp_path: Path) -> None:
    made = check_drift(shared, SETTINGS, project, scan(tmp_path, table("id:long")))
    assert (made.open, made.tables) == ((), 1)
    (result,) = shared.rows(ValidationResult, project)
    assert (result.validation_type, result.passed, result.details) == ("drift", True, "[]")


def test_what_changed_is_stored_with_before_after_and_the_entity(shared: Store, project: str, tmp_path: Path) -> None:
    check_drift(shared, SETTINGS, f"name of {project}", scan(tmp_path, table("id:string", "new:int")))
    type_, new = sorted(shared.rows(SchemaDrift, project), key=lambda row: str(row.column_name))
    assert (type_.drift_type, type_.severity, type_.column_name) == ("TYPE_MISMATCH", "critical", "id")
    assert (new.drift_type, new.severity, new.column_name) == ("NEW_COLUMN", "warning", "new")
    assert type_.source_entity_id == f"e-{project}"
    details = json.loads(type_.diff_details or "")
    assert (details["before"], details["after"]) == ("bigint", "string")
    assert "BIGINT" in str(type_.source_schema)
    assert '"type": "string"' in str(type_.dest_schema)


def test_a_second_check_adds_nothing_and_keeps_when_it_was_first_seen(
    shared: Store, project: str, tmp_path: Path
) -> None:
    moved = scan(tmp_path, table("id:string"))
    check_drift(shared, SETTINGS, project, moved)
    (first,) = shared.rows(SchemaDrift, project)
    again = check_drift(shared, SETTINGS, project, moved)
    assert again.new == 0
    assert again.open == (first,)


def test_what_is_accepted_stays_settled_until_it_changes(shared: Store, project: str, tmp_path: Path) -> None:
    moved = scan(tmp_path, table("id:string"))
    (row,) = check_drift(shared, SETTINGS, project, moved).open
    settle(shared, project, [row.drift_id[:10]], "accepted", "agreed with sales", "ann")
    assert check_drift(shared, SETTINGS, project, moved).open == ()
    (kept,) = shared.rows(SchemaDrift, project)
    assert (kept.resolution_type, kept.resolution_notes, kept.resolved_by) == ("accepted", "agreed with sales", "ann")
    (again,) = check_drift(shared, SETTINGS, project, scan(tmp_path, table("id:double"))).open
    assert (again.drift_id, again.resolution_type) == (row.drift_id, None)


def test_what_was_called_fixed_and_is_still_there_is_open_again(shared: Store, project: str, tmp_path: Path) -> None:
    moved = scan(tmp_path, table("id:string"))
    (row,) = check_drift(shared, SETTINGS, project, moved).open
    settle(shared, project, [row.drift_id], "manual_fixed", "done")
    assert open_drift(shared, project) == []
    assert len(check_drift(shared, SETTINGS, project, moved).open) == 1


def test_a_difference_that_is_gone_settles_itself(shared: Store, project: str, tmp_path: Path) -> None:
    check_drift(shared, SETTINGS, project, scan(tmp_path, table("id:string")))
    made = check_drift(shared, SETTINGS, project, scan(tmp_path, table("id:bigint")))
    assert (made.open, made.closed) == ((), 1)
    (row,) = shared.rows(SchemaDrift, project)
    assert (row.resolved, row.resolution_type) == (True, "manual_fixed")


def test_a_destination_that_lacks_a_column_gets_a_fix_and_is_auto_fixed_after_it(
    shared: Store, project: str, tmp_path: Path
) -> None:
    source = scan(tmp_path, table("id:bigint"))
    there = {"catalog": "prod", "format": "delta", "location": ""}
    lacking = scan(tmp_path, table(**there), name="unity.jsonl")
    made = check_drift(shared, SETTINGS, project, source, destination=lacking)
    assert [row.drift_type for row in made.open] == ["MISSING_COLUMN"]
    assert "ALTER TABLE prod.raw.t ADD COLUMNS (id bigint COMMENT 'c');" in fixes(made.open)[0]
    # A check that does not look at the destination leaves its rows alone.
    assert check_drift(shared, SETTINGS, project, source).closed == 0
    whole = scan(tmp_path, table("id:bigint", **there), name="unity.jsonl")
    assert check_drift(shared, SETTINGS, project, source, destination=whole).closed == 1
    (row,) = shared.rows(SchemaDrift, project)
    assert row.resolution_type == "auto_fixed"


def test_a_table_that_the_mapping_skips_is_not_missed(shared: Store, project: str, tmp_path: Path) -> None:
    settings = Settings(catalog="prod", table_actions={"raw.t": "skip"})
    source = scan(tmp_path, table("id:bigint"))
    empty = scan(tmp_path, table("x:int", name="other"), name="unity.jsonl")
    assert check_drift(shared, settings, project, source, destination=empty).open == ()


def test_a_table_that_goes_to_managed_delta_is_not_called_drifted_for_its_format(
    shared: Store, project: str, tmp_path: Path
) -> None:
    (row,) = shared.rows(SourceEntity, project)
    shared.put(row.model_copy(update={"format": "delta", "s3_path": None}))
    assert check_drift(shared, SETTINGS, project, scan(tmp_path, table("id:bigint"))).open == ()


def test_what_could_not_be_read_is_open_not_equal(shared: Store, project: str, tmp_path: Path) -> None:
    broken = tmp_path / "unity.jsonl"
    broken.write_text(table("id:bigint", catalog="prod").model_dump_json() + "\n{")
    source = scan(tmp_path, table("id:bigint"))
    made = check_drift(shared, SETTINGS, project, source, destination=broken)
    assert [(row.drift_type, row.severity) for row in made.open] == [("NOT_KNOWN", "critical")]
    assert "unity.jsonl:2: breaks off" in str(made.open[0].diff_details)


def test_an_unknown_project_or_id_is_wrong_use(shared: Store, project: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such project"):
        open_drift(shared, "nobody")
    with pytest.raises(UsageError, match="no differences have an id"):
        settle(shared, project, ["zz"], "accepted", "")


def test_the_command_checks_settles_lists_and_writes_fixes(tmp_path: Path) -> None:
    store = open_store(tmp_path / "home")
    store.put(MigrationProject(project_id="p", project_name="shop"))
    source = scan(tmp_path, table("id:bigint"))
    there = scan(tmp_path, table(catalog="main"), name="unity.jsonl")
    common = ["shop", "--home", str(tmp_path / "home"), "--source", str(source), "--known", str(source)]
    runner = CliRunner()
    said = runner.invoke(command, [*common, "--destination", str(there), "--fix", str(tmp_path / "fix.sql")])
    assert said.exit_code == 3
    assert "MISSING_COLUMN raw.t: column id (bigint) is gone" in said.stdout
    assert "ADD COLUMNS (id bigint" in (tmp_path / "fix.sql").read_text()
    identity = said.stdout.split()[0]
    said = runner.invoke(command, [*common[:3], "--accept", identity, "--note", "fine"])
    assert (said.exit_code, said.stdout) == (0, "")
