"""Opening a source: a folder, one file, a Git repository; and every way in which that can go wrong."""

import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from glue2lakehouse.errors import SourceNotFound, SourceUnreadable
from glue2lakehouse.tools.source import open_source, read_python, read_units


def git(folder: Path, *command: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *identity, "-C", str(folder), *command], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "estate"
    (folder / "jobs").mkdir(parents=True)
    (folder / "jobs/a.py").write_text("a = 1\n")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "first")
    git(folder, "checkout", "--quiet", "-b", "next")
    (folder / "jobs/b.py").write_text("b = 1\n")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "second")
    git(folder, "checkout", "--quiet", "main")
    return folder


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user can reach, because pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o777)
        yield Path(name)


def test_every_file_is_listed_and_counted_once_by_type(tmp_path: Path) -> None:
    for name in (
        "jobs/a.py",
        "jobs/b.ipynb",
        "ddl/t.sql",
        "ddl/u.hql",
        "x.json",
        "main.tf",
        "d.yml",
        "LICENSE",
        "a.xyz",
    ):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("{}")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/config").write_text("not a file of the project")
    with open_source(str(tmp_path)) as tree:
        assert tree.counts == {"ipynb": 1, "json": 1, "other": 2, "py": 1, "sql": 2, "tf": 1, "yaml": 1}
        assert [file.path for file in tree.of_type("sql")] == ["ddl/t.sql", "ddl/u.hql"]
        assert sum(tree.counts.values()) == len(tree.files) == 9
        assert tree.findings == ()


def test_a_script_without_a_suffix_is_known_by_its_first_line(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("#!/usr/bin/env python3\na = 1\n")
    (tmp_path / "other").write_text("python\n")
    with open_source(str(tmp_path)) as tree:
        assert tree.counts == {"other": 1, "py": 1}


def test_one_file_is_a_source(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a = 1\n")
    (tmp_path / "b.py").write_text("b = 1\n")
    with open_source(str(tmp_path / "a.py")) as tree:
        assert [file.path for file in tree.files] == ["a.py"]
        assert tree.name == "a"


def test_a_folder_that_is_output_can_be_left_out(tmp_path: Path) -> None:
    for name in ("a.py", "out/src/a.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    with open_source(str(tmp_path), exclude=[tmp_path / "out"]) as tree:
        assert [file.path for file in tree.files] == ["a.py"]


def test_a_link_to_a_file_or_folder_inside_is_read_where_python_would_find_it(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/dates.py").write_text("a = 1\n")
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs/shared").symlink_to("../shared")
    (tmp_path / "jobs/dates.py").symlink_to("../shared/dates.py")
    with open_source(str(tmp_path)) as tree:
        assert [file.path for file in tree.files] == ["jobs/dates.py", "jobs/shared/dates.py", "shared/dates.py"]
        assert tree.findings == ()


def test_link_loops_links_out_and_dead_links_are_findings(tmp_path: Path) -> None:
    root = tmp_path / "project"
    (root / "jobs").mkdir(parents=True)
    (root / "a.py").write_text("")
    (root / "jobs/up").symlink_to("..")
    (root / "self").symlink_to("self")
    (root / "out").symlink_to("/etc")
    (root / "secret.py").symlink_to("/etc/passwd")
    (root / "dead").symlink_to("nowhere")
    with open_source(str(root)) as tree:
        assert [file.path for file in tree.files] == ["a.py"]
        assert {(finding.path, finding.rule) for finding in tree.findings} == {
            ("jobs/up", "link-loop"),
            ("self", "link-broken"),
            ("out", "link-outside"),
            ("secret.py", "link-outside"),
            ("dead", "link-broken"),
        }


def test_folders_that_link_to_each_other_end(tmp_path: Path) -> None:
    for name in "abcdef":
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.py").write_text("")
        for other in "abcdef":
            if other != name:
                (tmp_path / name / f"to_{other}").symlink_to(f"../{other}")
    with open_source(str(tmp_path)) as tree:
        assert len(tree.files) == 6 + 6 * 5
        assert {finding.rule for finding in tree.findings} == {"link-nested"}


def test_a_pipe_is_a_finding_and_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "a.py").write_text("")
    with open_source(str(tmp_path)) as tree:
        assert [file.path for file in tree.files] == ["a.py"]
        assert [finding.rule for finding in tree.findings] == ["special-file"]


def test_what_may_not_be_read_is_a_finding(open_folder: Path) -> None:
    (open_folder / "a.py").write_text("a = 1\n")
    (open_folder / "closed").mkdir(mode=0o700)
    (open_folder / "closed.py").write_text("a = 1\n")
    (open_folder / "closed.py").chmod(0)
    if os.geteuid() == 0:
        os.seteuid(65534)
    else:
        (open_folder / "closed").chmod(0)
    try:
        with open_source(str(open_folder)) as tree:
            assert [file.path for file in tree.files] == ["a.py", "closed.py"]
            assert [(finding.rule, finding.path) for finding in tree.findings] == [("unreadable-folder", "closed/")]
            assert [str(unit) for unit in read_units(tree.files[1])] == [
                "closed.py: [unreadable-file] cannot be read: Permission denied"
            ]
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        (open_folder / "closed").chmod(0o700)


def test_an_empty_folder_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound, match="is empty; there is nothing to migrate"), open_source(str(tmp_path)):
        pass


@pytest.mark.parametrize("location", ["/nowhere/at/all", "github.com/owner/name", "", "a\0b"])
def test_a_missing_path_is_one_clear_line(location: str) -> None:
    with pytest.raises(SourceNotFound) as caught, open_source(location):
        pass
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_git_url_is_cloned_and_gone_afterwards(repository: Path) -> None:
    with open_source(repository.as_uri()) as tree:
        assert [file.path for file in tree.files] == ["jobs/a.py"]
        assert (tree.name, tree.branch, len(tree.commit)) == ("estate", "main", 40)
        assert read_python(tree.files[0])
        root = tree.root
    assert not root.exists()


def test_a_branch_is_cloned_also_from_a_local_folder(repository: Path) -> None:
    for location in (repository.as_uri(), str(repository)):
        with open_source(location, branch="next") as tree:
            assert [file.path for file in tree.files] == ["jobs/a.py", "jobs/b.py"]
            assert tree.branch == "next"


def test_a_bare_repository_is_a_source(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(repository), str(tmp_path / "bare.git"))
    with open_source(str(tmp_path / "bare.git")) as tree:
        assert [file.path for file in tree.files] == ["jobs/a.py"]
        assert tree.name == "bare"


def test_hooks_of_a_template_do_not_run(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hooks = tmp_path / "template/hooks"
    hooks.mkdir(parents=True)
    (hooks / "post-checkout").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    (hooks / "post-checkout").chmod(0o755)
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(tmp_path / "template"))
    with open_source(repository.as_uri()):
        pass
    assert not (tmp_path / "ran").exists()


def test_a_submodule_that_was_not_fetched_is_a_finding(repository: Path) -> None:
    (repository / ".gitmodules").write_text('[submodule "lib"]\n\tpath = lib\n\turl = ../lib\n')
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "third")
    with open_source(repository.as_uri()) as tree:
        assert [str(finding) for finding in tree.findings] == [
            ".gitmodules:2: [submodule] the submodule lib was not fetched"
        ]


@pytest.mark.parametrize(
    ("location", "branch", "says"),
    [
        ("file:///nowhere/at/all.git", None, "there is no such repository"),
        ("file://{repository}", "missing", "has no branch or tag 'missing'"),
        ("{folder}", "main", "is no Git repository"),
    ],
)
def test_a_repository_that_is_not_there_is_one_clear_line(
    location: str, branch: str | None, says: str, repository: Path, tmp_path: Path
) -> None:
    (tmp_path / "plain").mkdir()
    address = location.format(repository=repository, folder=tmp_path / "plain")
    with pytest.raises(SourceNotFound, match=says) as caught, open_source(address, branch):
        pass
    assert "\n" not in str(caught.value)


def test_an_unreachable_host_is_one_line_without_the_password() -> None:
    location = "http://user:hunter2@127.0.0.1:1/owner/name.git"
    with pytest.raises(SourceUnreadable, match="cannot be cloned: fatal:") as caught, open_source(location):
        pass
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_host_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        location = f"git://127.0.0.1:{silent.getsockname()[1]}/name.git"
        with pytest.raises(SourceUnreadable, match=r"gave no answer in 0\.5 s"), open_source(location, timeout=0.5):
            pass


def test_what_was_installed_or_put_out_is_left_out_and_told(tmp_path: Path) -> None:
    for name in (".venv/lib/x.py", "web/node_modules/y.py", "nb/.ipynb_checkpoints/n.py", "jobs/a.py", "env/b.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / ".venv/pyvenv.cfg").write_text("home = /usr/bin\n")
    (tmp_path / "converted/src").mkdir(parents=True)
    (tmp_path / "converted/src/a.py").write_text("")
    (tmp_path / "converted/.glue2lakehouse.manifest").write_text("")
    with open_source(str(tmp_path)) as tree:
        assert [file.path for file in tree.files] == ["env/b.py", "jobs/a.py"]
        assert [(f.path, f.rule) for f in tree.findings] == [
            (".venv", "left-out"),
            ("converted", "left-out"),
            ("nb/.ipynb_checkpoints", "left-out"),
            ("web/node_modules", "left-out"),
        ]


def test_code_in_a_folder_that_is_a_virtual_environment_too_is_read(tmp_path: Path) -> None:
    for name in ("etl/lib/python3.11/site-packages/x.py", "etl/jobs/a.py", "etl/b.py", "etl/pyvenv.cfg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    for root, left_out in ((tmp_path, "etl/lib"), (tmp_path / "etl", "lib")):
        with open_source(str(root)) as tree:
            assert [Path(file.path).name for file in tree.files] == ["b.py", "a.py", "pyvenv.cfg"]
            assert [(f.path, f.rule) for f in tree.findings] == [(left_out, "left-out")]


def test_a_name_that_is_no_text_is_told_and_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    with open(os.fsencode(tmp_path) + b"/caf\xe9.py", "w"):
        pass
    with open_source(str(tmp_path)) as tree:
        assert [file.path for file in tree.files] == ["a.py"]
        assert [str(f) for f in tree.findings] == [
            "caf\ufffd.py: [unreadable-name] has a name that is no UTF-8 and was left out"
        ]
