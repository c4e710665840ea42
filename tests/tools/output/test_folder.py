import os
import stat
from pathlib import Path

import pytest

from glue2lakehouse.errors import OutputNotEmpty, ProjectBusy, RunError, UsageError
from glue2lakehouse.tools.output import MANIFEST, OutputFolder, opened_folder
from glue2lakehouse.tools.output.folder import LOCK


def write(folder: Path, force: bool = False, **files: str) -> OutputFolder:
    out = OutputFolder(folder, force)
    for name, text in files.items():
        out.write(f"src/{name}.py", text.encode())
    out.finish()
    return out


def test_a_second_run_replaces_what_the_first_wrote(tmp_path: Path) -> None:
    write(tmp_path / "out", a="1", b="1")
    write(tmp_path / "out", a="2")
    assert (tmp_path / "out/src/a.py").read_text() == "2"
    assert not (tmp_path / "out/src/b.py").exists()


def test_a_file_of_somebody_elses_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(OutputNotEmpty, match=r"notes\.txt was not written by this tool"):
        OutputFolder(tmp_path)


def test_force_writes_beside_and_deletes_nothing(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    write(tmp_path, force=True, a="1")
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_force_keeps_a_copy_of_what_stood_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.py").write_text("by hand")
    write(tmp_path, force=True, a="1")
    assert (tmp_path / "src/a.py").read_text() == "1"
    assert (tmp_path / "src/a.py.kept").read_text() == "by hand"


def test_a_file_of_ours_that_was_edited_is_not_lost(tmp_path: Path) -> None:
    write(tmp_path / "out", a="1", b="1")
    (tmp_path / "out/src/b.py").write_text("edited")
    with pytest.raises(OutputNotEmpty, match=r"src/b\.py was changed since"):
        write(tmp_path / "out", a="2")
    write(tmp_path / "out", force=True, a="2")
    assert (tmp_path / "out/src/b.py").read_text() == "edited"


def test_a_run_that_was_killed_half_way_can_be_repeated(tmp_path: Path) -> None:
    out = OutputFolder(tmp_path / "out")
    out.write("src/a.py", b"1")
    write(tmp_path / "out", a="2")
    assert (tmp_path / "out/src/a.py").read_text() == "2"


def test_a_folder_emptied_by_us_is_removed(tmp_path: Path) -> None:
    out = OutputFolder(tmp_path / "out")
    out.write("deep/er/a.py", b"1")
    out.finish()
    write(tmp_path / "out", b="1")
    assert not (tmp_path / "out/deep").exists()


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out/src").symlink_to(tmp_path / "elsewhere")
    out = OutputFolder(tmp_path / "out", force=True)
    with pytest.raises(RunError, match="outside of the output folder"):
        out.write("src/a.py", b"1")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_an_output_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(UsageError, match="is a file"), opened_folder(tmp_path / "out"):
        pass


def test_no_space_left_is_one_clear_line_and_leaves_no_half_file(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    out = OutputFolder(tmp_path / "out")
    (tmp_path / "out" / MANIFEST).symlink_to("/dev/full")
    with pytest.raises(RunError, match="No space left on device; make room and run again"):
        out.write("src/a.py", b"1")
    assert not (tmp_path / "out/src/a.py").exists()


def test_files_have_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write(tmp_path / "out", a="1")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out/src/a.py").stat().st_mode) == 0o644


def test_two_runs_do_not_write_side_by_side(tmp_path: Path) -> None:
    with opened_folder(tmp_path / "out") as out:
        out.write("src/a.py", b"1")
        with pytest.raises(ProjectBusy, match="another run writes there"), opened_folder(tmp_path / "out"):
            pass
        out.finish()
    with opened_folder(tmp_path / "out") as out:
        assert sorted(file.name for file in (tmp_path / "out").iterdir() if file.name.startswith(".")) == [
            LOCK,
            MANIFEST,
        ]
    assert not (tmp_path / "out" / LOCK).exists()
