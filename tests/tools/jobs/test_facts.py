"""Which script a job runs, and what its converter is told about it."""

import json
from typing import Any

import pytest

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.jobs import facts_for_script, match_script, read_definitions
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.facts import known_version
from glue2lakehouse.tools.jobs.model import GlueJob, Origin, Place


def job(name: str = "load", script: str = "s3://code/jobs/load.py", **more: Any) -> dict[str, Any]:
    return {"Name": name, "Role": "r", "Command": {"Name": "glueetl", "ScriptLocation": script}, **more}


def read(*definitions: dict[str, Any], files: tuple[str, ...] = ("jobs/load.py",)) -> Definitions:
    return read_definitions({"d.json": json.dumps(list(definitions)), **dict.fromkeys(files, "")})


def glue_job(script: str, name: str = "load") -> GlueJob:
    place = Place(path="d.json", line=1)
    return GlueJob(name=name, place=place, origin=Origin.JSON, command={"ScriptLocation": script})  # type: ignore[arg-type]


def test_the_file_that_agrees_with_most_of_the_key_is_the_script() -> None:
    assert match_script(glue_job("s3://b/etl/jobs/load.py"), ["a/load.py", "etl/jobs/load.py"]) == "etl/jobs/load.py"


def test_two_files_that_fit_alike_are_a_finding_not_a_guess() -> None:
    found = match_script(glue_job("s3://b/load.py"), ["a/load.py", "c/load.py"])
    assert isinstance(found, Finding)
    assert "a/load.py, c/load.py" in found.message


def test_a_location_without_file_name_is_matched_by_the_name_of_the_job() -> None:
    assert (
        match_script(glue_job("⟦script_path⟧", "Load-Orders"), ["x/load_orders.py", "x/other.py"]) == "x/load_orders.py"
    )


def test_a_script_that_is_not_there_is_a_finding() -> None:
    found = match_script(glue_job("s3://b/gone.py"), ["jobs/load.py"])
    assert isinstance(found, Finding)
    assert "not in the source" in found.message


def test_facts_come_from_the_job_that_runs_the_script() -> None:
    found = read(
        job(
            GlueVersion="3.0",
            DefaultArguments={"--a": "1", "--job-bookmark-option": "job-bookmark-enable"},
            Connections={"Connections": ["pg"]},
        )
    )
    facts = facts_for_script(found, "jobs/load.py")
    assert (facts.jobs, facts.glue_version, facts.bookmarks_enabled) == (("load",), "3.0", True)
    assert facts.default_arguments["--a"] == "1"
    assert facts.connections == ("pg",)


@pytest.mark.parametrize(
    ("stated", "version"),
    [("4.0", "4.0"), ("4", "4.0"), ("${var.glue_version}", None), ("⟦var_glue_version⟧", None), ("4.0 # new", None), ("", None)],
)  # fmt: skip
def test_only_a_version_is_a_version(stated: str, version: str | None) -> None:
    assert known_version(stated) == version
    found = facts_for_script(read(job(GlueVersion=stated)), "jobs/load.py")
    assert (found.jobs, found.glue_version) == (("load",), version)


def test_without_a_definition_nothing_is_claimed() -> None:
    facts = facts_for_script(read(job()), "jobs/other.py")
    assert (facts.jobs, facts.glue_version, facts.bookmarks_enabled) == ((), None, None)


def test_bookmarks_are_off_where_the_definition_is_silent_and_may_be_on_where_it_is_open() -> None:
    assert facts_for_script(read(job()), "jobs/load.py").bookmarks_enabled is False
    opened = read(job(DefaultArguments={"--job-bookmark-option": "⟦option⟧"}))
    assert facts_for_script(opened, "jobs/load.py").bookmarks_enabled is True


@pytest.mark.parametrize(
    ("arguments", "enabled"),
    [
        ("var.extra", True),
        ('merge({ "--a" = "1" }, var.extra)', True),
        ('merge({ "--job-bookmark-option" = "job-bookmark-disable" }, var.extra)', True),
        ('merge(var.extra, { "--job-bookmark-option" = "job-bookmark-disable" })', False),
        ('merge({ "--a" = "1" }, var.known)', False),
    ],
)
def test_a_map_of_arguments_that_is_open_may_enable_bookmarks(arguments: str, enabled: bool) -> None:
    text = f"""
resource "aws_glue_job" "load" {{
  name              = "load"
  default_arguments = {arguments}
  command {{ script_location = "s3://code/jobs/load.py" }}
}}
variable "extra" {{}}
variable "known" {{ default = {{}} }}
"""
    found = read_definitions({"main.tf": text, "jobs/load.py": ""})
    assert facts_for_script(found, "jobs/load.py").bookmarks_enabled is enabled


@pytest.mark.parametrize(("option", "enabled"), [("job-bookmark-enable", True), ("job-bookmark-disable", False)])
def test_a_state_machine_that_sets_the_option_for_its_runs_counts(option: str, enabled: bool) -> None:
    step = {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "End": True,
            "Parameters": {"JobName": "load", "Arguments": {"--job-bookmark-option": option}}}  # fmt: skip
    machine = json.dumps({"StartAt": "Load", "States": {"Load": step}})
    found = read_definitions({"d.json": json.dumps(job()), "m.asl.json": machine, "jobs/load.py": ""})
    assert len(found.chains) == 1
    assert facts_for_script(found, "jobs/load.py").bookmarks_enabled is enabled


def test_a_trigger_that_enables_bookmarks_for_its_runs_counts() -> None:
    trigger = {
        "Name": "t",
        "Type": "ON_DEMAND",
        "Actions": [{"JobName": "load", "Arguments": {"--job-bookmark-option": "job-bookmark-enable"}}],
    }
    assert facts_for_script(read(job(), trigger), "jobs/load.py").bookmarks_enabled is True
    fixed = job(NonOverridableArguments={"--job-bookmark-option": "job-bookmark-disable"})
    assert facts_for_script(read(fixed, trigger), "jobs/load.py").bookmarks_enabled is False


def test_jobs_that_share_a_script_and_disagree_say_so_and_the_careful_side_wins() -> None:
    first = job("one", GlueVersion="5.0")
    second = job("two", GlueVersion="2.0", DefaultArguments={"--job-bookmark-option": "job-bookmark-enable"})
    facts = facts_for_script(read(first, second), "jobs/load.py")
    assert (facts.glue_version, facts.bookmarks_enabled) == ("2.0", True)
    assert facts.disagree == ("glue_version", "bookmarks", "arguments")
