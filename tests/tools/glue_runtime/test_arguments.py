"""getResolvedOptions, call by call as measured (semantics 12)."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from glue2lakehouse.tools.glue_runtime import run
from glue2lakehouse.tools.glue_runtime.arguments import GlueArgumentError, getResolvedOptions, iterkeys
from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment

HIDDEN = {"job_bookmark_option": "job-bookmark-disable", "job_bookmark_from": None, "job_bookmark_to": None,
          "JOB_ID": None, "JOB_RUN_ID": None, "SECURITY_CONFIGURATION": None, "encryption_type": None,
          "enable_data_lineage": None, "RedshiftTempDir": None, "TempDir": None}  # fmt: skip


def resolve(arguments: str | list[str], *options: str) -> dict[str, str | None]:
    given = arguments.split() if isinstance(arguments, str) else arguments
    return getResolvedOptions(["script.py", *given], list(options))


@pytest.fixture
def glue_6(tmp_path: Path) -> Iterator[None]:
    run.begin(run.Run(RuntimeEnvironment(scratch=tmp_path, glue_version="6.0")))
    yield
    run.end()


def test_requested_names_come_with_the_ten_hidden_ones_and_hyphens_become_underscores() -> None:
    assert resolve("--JOB_NAME j --my-opt v", "JOB_NAME", "my-opt") == {"JOB_NAME": "j", "my_opt": "v", **HIDDEN}


def test_a_missing_name_is_an_argument_error() -> None:
    with pytest.raises(GlueArgumentError, match="JOB_NAME"):
        resolve("", "JOB_NAME")


def test_unknown_arguments_are_ignored() -> None:
    assert resolve("--a 1 --other x", "a")["a"] == "1"


def test_the_temporary_folder_is_optional_and_mirrored() -> None:
    assert resolve("", "TempDir")["TempDir"] is None
    found = resolve("--RedshiftTempDir s3://t", "TempDir")
    assert (found["TempDir"], found["RedshiftTempDir"]) == ("s3://t", "s3://t")


@pytest.mark.parametrize("name", ["JOB_ID", "JOB_RUN_ID", "SECURITY_CONFIGURATION", "encryption-type"])
def test_a_hidden_name_cannot_be_requested(name: str) -> None:
    with pytest.raises(argparse.ArgumentError, match="conflicting option"):
        resolve(f"--{name} x", name)


@pytest.mark.parametrize("name", ["job-bookmark-option", "continuation-option", "job-bookmark-from", "job-bookmark-to"])
def test_a_reserved_name_cannot_be_requested(name: str) -> None:
    with pytest.raises(RuntimeError):
        resolve(f"--{name} x", name)


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        (["--a", "1", "--a", "2"], "2"),
        (["--a", "-5"], "-5"),
        (["--a", ""], ""),
        (["--a", "x y"], "x y"),
        (["--a=b=c"], "b=c"),
    ],
)
def test_a_value_is_taken_as_it_is(arguments: list[str], value: str) -> None:
    assert resolve(arguments, "a")["a"] == value


@pytest.mark.parametrize("arguments", [["--a", "-x"], ["--a", "--b"]])
def test_a_value_that_looks_like_an_option_is_refused(arguments: list[str]) -> None:
    with pytest.raises(GlueArgumentError):
        resolve(arguments, "a")


def test_a_name_requested_twice_conflicts() -> None:
    with pytest.raises(argparse.ArgumentError):
        resolve("--a 1", "a", "a")


def test_a_prefix_is_enough_before_glue_6() -> None:
    assert resolve("--input_pa 1", "input_path")["input_path"] == "1"


@pytest.mark.usefixtures("glue_6")
def test_a_prefix_is_not_enough_in_glue_6() -> None:
    with pytest.raises(GlueArgumentError):
        resolve("--input_pa 1", "input_path")


@pytest.mark.parametrize(
    "arguments",
    [
        "--job-bookmark-option job-bookmark-pause --job-bookmark-from a",
        "--job-bookmark-option job-bookmark-pause --job-bookmark-to a",
        "--job-bookmark-option job-bookmark-enable --job-bookmark-from a --job-bookmark-to b",
    ],
)
def test_a_range_needs_pause_and_both_ends(arguments: str) -> None:
    with pytest.raises(RuntimeError):
        resolve(arguments)


def test_a_bookmark_option_must_be_one_of_three() -> None:
    with pytest.raises(GlueArgumentError):
        resolve("--job-bookmark-option sometimes")


def test_iterkeys_gives_values_as_the_library_does() -> None:
    assert list(iterkeys({"a": 1})) == [1]
