"""Python inside zips and wheels is not read; a source that holds some never counts as wholly seen."""

import zipfile
from pathlib import Path

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.source import open_source, unread_archives

GLUE = "from awsglue.context import GlueContext\n"


def archive(file: Path, **texts: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(file, "w") as held:
        for name, text in texts.items():
            held.writestr(name.replace("__", "/") + ".py", text)


def told(folder: Path) -> list[tuple[str, Severity]]:
    with open_source(str(folder)) as tree:
        return [(finding.path, finding.severity) for finding in unread_archives(tree.files)]


@pytest.mark.parametrize("name", ["lib.zip", "lib-1.0-py3-none-any.whl", "deep/lib.egg", "LIB.ZIP"])
def test_glue_in_an_archive_is_a_blocker(tmp_path: Path, name: str) -> None:
    archive(tmp_path / name, lib__frames=GLUE, lib__plain="x = 1\n")
    assert told(tmp_path) == [(name, Severity.BLOCKER)]


def test_a_zip_alone_is_no_source_without_a_word(tmp_path: Path) -> None:
    archive(tmp_path / "jobs.zip", job=GLUE)
    assert told(tmp_path / "jobs.zip") == [("jobs.zip", Severity.BLOCKER)]


def test_a_library_without_glue_is_only_told(tmp_path: Path) -> None:
    archive(tmp_path / "lib.zip", lib__plain="# reads like `import awsglue`\nx = 1\n")
    assert told(tmp_path) == [("lib.zip", Severity.INFO)]


def test_an_archive_of_files_that_lie_beside_it_says_nothing_new(tmp_path: Path) -> None:
    archive(tmp_path / "dist/lib.zip", lib__frames=GLUE)
    (tmp_path / "src/lib").mkdir(parents=True)
    (tmp_path / "src/lib/frames.py").write_text(GLUE)
    assert told(tmp_path) == []


def test_a_newer_file_in_the_archive_is_told(tmp_path: Path) -> None:
    archive(tmp_path / "dist/lib.zip", lib__frames=GLUE, lib__more=GLUE)
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/frames.py").write_text(GLUE)
    with open_source(str(tmp_path)) as tree:
        (finding,) = unread_archives(tree.files)
    assert "lib/more.py" in finding.message
    assert "frames" not in finding.message


def test_archives_of_other_things_are_no_matter(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as held:
        held.writestr("rows.csv", "a,b\n")
    (tmp_path / "rows.csv.gz").write_bytes(b"\x1f\x8b")
    assert told(tmp_path) == []


def test_a_broken_archive_is_told(tmp_path: Path) -> None:
    (tmp_path / "lib.zip").write_bytes(b"no zip")
    assert told(tmp_path) == [("lib.zip", Severity.WARNING)]


@pytest.mark.parametrize(
    ("beside", "told_as"),
    [
        (GLUE, []),
        (GLUE.replace("\n", "\r\n"), []),
        (GLUE + "x = 1\n", [("lib.zip", Severity.WARNING)]),
        ("x = 1\n", [("lib.zip", Severity.BLOCKER)]),
    ],
    ids=["the same", "the same on Windows", "another version", "another file of that name"],
)
def test_a_file_of_the_same_name_is_the_unpacked_one_if_its_text_is(
    tmp_path: Path, beside: str, told_as: list[tuple[str, Severity]]
) -> None:
    archive(tmp_path / "lib.zip", common=GLUE)
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs/common.py").write_bytes(beside.encode())
    assert told(tmp_path) == told_as


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        ("import boto3, awsglue.utils\n", Severity.BLOCKER),
        ("import os as o, awsglue\n", Severity.BLOCKER),
        ("import sys; from awsglue.utils import getResolvedOptions\n", Severity.BLOCKER),
        ("# import sys; import awsglue\n", Severity.INFO),
        ("import awsglue_mocks\n", Severity.INFO),
    ],
)
def test_glue_is_found_in_any_import(tmp_path: Path, code: str, severity: Severity) -> None:
    archive(tmp_path / "lib.zip", m=code)
    assert told(tmp_path) == [("lib.zip", severity)]
