"""Files that a module opens beside itself go along, and are told."""

from pathlib import Path

import pytest

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.source.beside import LARGEST, files_beside, told_beside
from glue2lakehouse.tools.source.tree import list_files

HERE = "import pathlib\nHERE = pathlib.Path(__file__).parent\n"


def opened(root: Path, code: dict[str, str], others: dict[str, str]) -> tuple[dict[str, list[str]], list[Finding]]:
    for path, text in (code | others).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    beside = files_beside(list_files(root)[0], code)
    return {path: [file.path for file in files] for path, files in beside.items()}, list(told_beside(beside, code))


@pytest.mark.parametrize(
    ("line", "taken"),
    [
        ("(HERE / 'sql' / name).read_text()", ["jobs/sql/a.sql", "jobs/sql/deep/b.sql"]),
        ("(HERE / 'sql/a.sql').read_text()", ["jobs/sql/a.sql"]),
        ("(HERE / 'sql' / 'a.sql').read_text()", ["jobs/sql/a.sql", "jobs/sql/deep/b.sql"]),
        ("open(f'{HERE}/sql/a.sql')", ["jobs/sql/a.sql"]),
        ("(HERE / '../config/app.yaml').open()", ["config/app.yaml"]),
        ("(HERE.parent / 'config' / stage).open()", ["config/app.yaml"]),
        ("find('b.sql')", ["jobs/sql/deep/b.sql"]),
        ("find('app.yaml')", []),
        ("print('nothing')", []),
    ],
)
def test_what_a_text_names_goes_along(tmp_path: Path, line: str, taken: list[str]) -> None:
    others = {
        "jobs/sql/a.sql": "select 1",
        "jobs/sql/deep/b.sql": "select 2",
        "config/app.yaml": "a: 1",
        "readme.md": "",
    }
    beside, told = opened(tmp_path, {"jobs/run.py": f"{HERE}{line}\n"}, others)
    assert beside == ({"jobs/run.py": taken} if taken else {})
    assert [finding.line for finding in told] == ([2] if taken else [])


def test_a_module_that_does_not_ask_where_it_lies_opens_nothing_beside_itself(tmp_path: Path) -> None:
    assert opened(tmp_path, {"run.py": "open('app.yaml')\n"}, {"app.yaml": ""}) == ({}, [])


@pytest.mark.parametrize(
    ("name", "text", "severity"),
    [
        ("q.sql", "select 1", Severity.WARNING),
        ("a.yaml", "in: s3://raw/x", Severity.WARNING),
        ("a.yaml", "n: 1", Severity.INFO),
    ],
)
def test_names_in_the_copies_are_told(tmp_path: Path, name: str, text: str, severity: Severity) -> None:
    _, (told,) = opened(tmp_path, {"run.py": f"{HERE}(HERE / '{name}').open()\n"}, {name: text})
    assert told.severity is severity
    assert name in told.message


def test_a_file_that_is_too_large_is_told_as_missing(tmp_path: Path) -> None:
    _, (told,) = opened(tmp_path, {"run.py": f"{HERE}(HERE / 'a.csv').open()\n"}, {"a.csv": "x" * (LARGEST + 1)})
    assert told.severity is Severity.WARNING
    assert "missing in src" in told.message
