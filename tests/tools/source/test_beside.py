"""Files that a module opens beside itself go along, and are told."""

from pathlib import Path

import pytest

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.source.beside import LARGEST, files_beside, goes_along, told_beside
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
        ("sorted(HERE.glob('*.sql'))", ["jobs/sql/a.sql", "jobs/sql/deep/b.sql"]),
        ("HERE.rglob('**/b*.sql')", ["jobs/sql/deep/b.sql"]),
        ("glob(f'{HERE}/../config/*.yaml')", ["config/app.yaml"]),
        ("[name for name in os.listdir(HERE) if name.endswith('.sql')]", ["jobs/sql/a.sql", "jobs/sql/deep/b.sql"]),
        ("open(f'{HERE}/../config/app_{stage}.yaml')", ["config/app.yaml"]),
        ("run('SELECT count(*) FROM a.sql')", []),
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
    "asks",
    [
        "from importlib import resources\nresources.read_text('etl.sql', 'a.sql')",
        "from importlib.resources import files\nfiles('etl.sql').joinpath('a.sql')",
        "import etl, os\nopen(os.path.join(os.path.dirname(etl.__file__), 'sql', 'a.sql'))",
        "import os, sys\nopen(os.path.join(os.path.dirname(sys.argv[0]), '..', 'etl/sql', 'a.sql'))",
        "import inspect\nopen(inspect.getfile(main) + '/../../etl/sql/' + name)",
    ],
)
def test_other_ways_to_ask_for_the_place_of_code(tmp_path: Path, asks: str) -> None:
    beside, _ = opened(tmp_path, {"jobs/run.py": asks + "\n"}, {"etl/sql/a.sql": "select 1", "etl/other.sql": ""})
    assert beside == {"jobs/run.py": ["etl/sql/a.sql"]}


@pytest.mark.parametrize(
    ("name", "text", "goes"),
    [
        (".env", "STAGE=dev", False),
        ("conf/prod.env", "STAGE=dev", False),
        ("conf/snowflake.p8", "x", False),
        ("secrets/a.json", "{}", False),
        ("sa.json", '{"key": "-----BEGIN PRIVATE KEY-----\\nMII"}', False),
        ("a.yaml", "db:\n  password: hunter2\n", False),
        ("a.json", '{"api_key": "0123456789"}', False),
        ("a.txt", "AKIAABCDEFGHIJKLMNOP", False),
        ("a.yaml", "password: ${DB_PASSWORD}\nsecret: arn:aws:secretsmanager:eu-west-1:1:secret:a\n", True),
        ("a.yaml", "secret_name: prod/db\ntoken: null\n", True),
        ("a.sql", "select * from s join u on s.token = u.token", True),
    ],
)
def test_what_holds_secrets_stays_and_is_told(tmp_path: Path, name: str, text: str, goes: bool) -> None:
    beside, (told,) = opened(tmp_path, {"run.py": f"{HERE}open(HERE / '{name}')\n"}, {name: text})
    assert beside == {"run.py": [name]}
    assert [goes_along(file) for file in list_files(tmp_path)[0] if file.path == name] == [goes]
    assert ("not copied" in told.message) is not goes
    assert goes or told.severity is Severity.WARNING


def test_data_that_is_packed_goes_along(tmp_path: Path) -> None:
    beside, _ = opened(tmp_path, {"run.py": f"{HERE}gzip.open(HERE / 'a.csv.gz')\n"}, {"a.csv.gz": "x"})
    assert beside == {"run.py": ["a.csv.gz"]}


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
