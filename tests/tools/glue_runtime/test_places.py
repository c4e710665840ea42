"""Where things are on this machine: S3 objects, databases, partitions, and what a bookmark has seen."""

import os
from pathlib import Path

import pytest

from glue2lakehouse.tools.glue_runtime.bookmarks import Bookmarks
from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment
from glue2lakehouse.tools.glue_runtime.local_databases import database_name, table_folder
from glue2lakehouse.tools.glue_runtime.object_paths import excluded, list_files, local_path
from glue2lakehouse.tools.glue_runtime.partitions import partition_values


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")


@pytest.mark.parametrize("scheme", ["s3", "s3a", "s3n"])
def test_an_object_is_a_file_below_its_bucket(tmp_path: Path, scheme: str) -> None:
    assert local_path(f"{scheme}://b/k/x.csv", tmp_path) == tmp_path / "b/k/x.csv"


def test_a_key_cannot_climb_out_of_the_scratch_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="leads out"):
        local_path("s3://b/../../etc/passwd", tmp_path / "s3")


def test_other_paths_stay_as_they_are(tmp_path: Path) -> None:
    assert local_path("file:///a/b", tmp_path) == Path("/a/b")


def test_a_listing_is_flat_unless_it_recurses_and_leaves_hidden_files_out(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "_SUCCESS", ".x.crc", "sub/b.csv", "_tmp/c.csv")
    assert [file.name for file in list_files(tmp_path, False)] == ["a.csv"]
    assert [file.name for file in list_files(tmp_path, True)] == ["a.csv", "b.csv"]
    assert [file.name for file in list_files(tmp_path / "sub" / "*", False)] == ["b.csv"]


def test_exclusions_are_globs_on_paths() -> None:
    assert excluded("s3://b/k/x.pdf", ["**.pdf"])
    assert not excluded("s3://b/k/x.csv", ["**.pdf"])


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("jdbc:mysql://host:3306/Shop?useSSL=false", "shop"),
        ("jdbc:sqlserver://host:1433;databaseName=Sales;encrypt=true", "sales"),
        ("jdbc:oracle:thin:@//host:1521/ORCL", "orcl"),
        ("jdbc:oracle:thin:@host:1521:XE", "xe"),
        ("jdbc:redshift://c.x.eu.redshift.amazonaws.com:5439/dev", "dev"),
    ],
)
def test_a_database_is_named_by_its_url(url: str, name: str) -> None:
    assert database_name(url) == name


def test_a_table_is_found_with_and_without_its_schema(tmp_path: Path) -> None:
    environment = RuntimeEnvironment(scratch=tmp_path, connections={"c": {"fullUrl": "jdbc:mysql://h/shop"}})
    (tmp_path / "databases/shop/orders").mkdir(parents=True)
    assert table_folder(environment, "c", 'public."Orders"') == tmp_path / "databases/shop/orders"


def test_partition_values_come_from_names_or_from_positions(tmp_path: Path) -> None:
    write(tmp_path, "2024/01/a.csv", "year=2023/month=02/b.csv", "year=__HIVE_DEFAULT_PARTITION__/month=1/c.csv")
    found = partition_values(list_files(tmp_path, True), tmp_path, ["year", "month"])
    assert set(found) == {
        (("year", "2024"), ("month", "01")), (("year", "2023"), ("month", "02")), (("year", ""), ("month", "1")),
    }  # fmt: skip


def test_an_older_file_that_appears_within_the_band_is_read_and_a_much_older_one_is_not(tmp_path: Path) -> None:
    write(tmp_path, "new")
    os.utime(tmp_path / "new", (10_000, 10_000))

    def read() -> list[str]:
        bookmarks = Bookmarks(tmp_path / "state.json")
        bookmarks.init("job", "job-bookmark-enable")
        files = [file for file in list_files(tmp_path, False) if file.suffix != ".json"]
        fresh = [file.name for file in bookmarks.new_files("ctx", files, {})]
        bookmarks.commit()
        return fresh

    assert read() == ["new"]
    write(tmp_path, "late", "ancient")
    os.utime(tmp_path / "late", (9_500, 9_500))
    os.utime(tmp_path / "ancient", (5_000, 5_000))
    assert read() == ["late"]
    assert read() == []


def test_a_bounded_run_takes_the_oldest_files_first(tmp_path: Path) -> None:
    write(tmp_path, "1", "2", "3")
    for name in "123":
        os.utime(tmp_path / name, (int(name) * 10_000, int(name) * 10_000))
    bookmarks = Bookmarks(tmp_path.parent / "bounded.json")
    bookmarks.init("job", "job-bookmark-enable")
    assert [file.name for file in bookmarks.new_files("c", list_files(tmp_path, False), {"boundedFiles": "2"})] == [
        "1",
        "2",
    ]
