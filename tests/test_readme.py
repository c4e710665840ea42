import re
import subprocess
from pathlib import Path

from glue2lakehouse.cli import cli
from glue2lakehouse.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_names_exactly_the_commands_that_there_are() -> None:
    named = set(re.findall(r"glue2lakehouse +(?!import)([a-z][a-z-]+)", README))
    assert named == set(cli.commands)


def test_the_readme_names_exactly_the_settings_that_there_are() -> None:
    table = README.split("## Settings")[1].split("## ")[0]
    rows = re.findall(r"^\| (`.+?`) \|", table, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(Settings.model_fields)


def test_every_link_of_the_readme_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_make_targets_of_the_readme_are_there_and_ci_runs_its_test_command() -> None:
    for target in set(re.findall(r"make (\w+)", README)):
        assert subprocess.run(["make", "-n", "-C", ROOT, target], capture_output=True, check=False).returncode == 0
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_no_file_of_the_project_names_a_package_registry() -> None:
    hosts = ["pypi" + ".org", "python" + "hosted.org", "repo1.maven" + ".org", "registry.npm" + "js.org"]
    listed = subprocess.run(
        ["git", "-C", ROOT, "grep", "-lE", "|".join(hosts)], capture_output=True, text=True, check=False
    )
    assert listed.stdout.splitlines() == []
