"""What the job definitions of a project say of bookmarks reaches the modules that have no definition."""

import json
from pathlib import Path

import pytest

from glue2lakehouse.orchestrator.reading import read_project
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.source import open_source


@pytest.mark.parametrize(
    ("options", "elsewhere"), [(["enable", "enable"], "all"), (["enable", "disable"], "some"), (["disable"], "")]
)
def test_a_module_is_told_what_the_jobs_are(tmp_path: Path, options: list[str], elsewhere: str) -> None:
    jobs = []
    for number, option in enumerate(options):
        (tmp_path / f"job{number}.py").write_text("import base\n")
        jobs.append(
            {
                "Name": f"job{number}", "Role": "r", "GlueVersion": "4.0",
                "Command": {"Name": "glueetl", "ScriptLocation": f"s3://scripts/job{number}.py"},
                "DefaultArguments": {"--job-bookmark-option": f"job-bookmark-{option}"},
            }
        )  # fmt: skip
    (tmp_path / "base.py").write_text("from awsglue.job import Job\n")
    (tmp_path / "jobs.json").write_text(json.dumps({"Jobs": jobs}))
    with open_source(str(tmp_path)) as tree:
        facts = read_project(tree, Settings()).facts
    assert facts["base.py"].bookmarks_elsewhere == elsewhere
    assert facts["base.py"].bookmarks_enabled is None
    assert [facts[f"job{number}.py"].bookmarks_enabled for number in range(len(options))] == [
        option == "enable" for option in options
    ]
