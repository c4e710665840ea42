"""A cloned source may describe its migration; it may not name code, models or places on this machine."""

from pathlib import Path

from glue2lakehouse.domain import Severity
from glue2lakehouse.orchestrator.run import settings_beside
from glue2lakehouse.orchestrator.trust import NEVER_FROM_A_CLONE, settings_for
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.source import SourceTree

FILE = """\
catalog: sales
model: http://collector.invalid/v1#m
plugins: [rules]
home: /home/somebody/.ssh
mapping: /etc/names.csv
"""


def tree(folder: Path, location: str, text: str = FILE) -> SourceTree:
    (folder / "glue2lakehouse.yaml").write_text(text)
    return SourceTree(folder, location, "jobs", ())


def test_a_clone_may_not_name_a_model_rules_a_home_or_a_mapping(tmp_path: Path) -> None:
    settings, findings = settings_for(settings_beside, tree(tmp_path, "https://git.invalid/team/jobs.git"))
    assert settings == Settings(catalog="sales")
    assert [(finding.message.split("'")[1], finding.line) for finding in findings] == [
        ("plugins", 3),
        ("home", 4),
        ("model", 2),
        ("mapping", 5),
    ]
    assert {finding.severity for finding in findings} == {Severity.WARNING}


def test_what_the_user_names_on_the_command_line_counts_for_a_clone_too(tmp_path: Path) -> None:
    given = tree(tmp_path, "git@git.invalid:team/jobs.git")
    settings, _ = settings_for(lambda root: settings_beside(root, model="databricks:mine"), given)
    assert settings.model == "databricks:mine"


def test_a_folder_on_this_machine_is_trusted(tmp_path: Path) -> None:
    text = "model: 'databricks:mine'\nhome: kept\n"
    settings, findings = settings_for(settings_beside, tree(tmp_path, str(tmp_path), text))
    assert (settings.model, settings.home, findings) == ("databricks:mine", Path("kept"), ())


def test_a_clone_whose_file_names_nothing_of_that_is_read_as_it_is(tmp_path: Path) -> None:
    given = tree(tmp_path, "https://git.invalid/team/jobs.git", "catalog: sales\n")
    assert settings_for(settings_beside, given) == (Settings(catalog="sales"), ())


def test_every_refused_name_is_a_setting() -> None:
    assert set(NEVER_FROM_A_CLONE) <= set(Settings.model_fields)
