import os
import subprocess
import sys
import time

import click
import pytest
from click.testing import CliRunner

from glue2lakehouse.cli import cli
from glue2lakehouse.cli.terminal import Commands, Steps
from glue2lakehouse.errors import RunError, UsageError

HEAVY = ("langgraph", "mlflow", "pyspark", "databricks", "libcst", "sqlglot", "pydantic", "rich", "boto3")


@click.group(cls=Commands)
def failing() -> None:
    """Fail in every way that is foreseen."""


@failing.command()
def wrong() -> None:
    raise UsageError("out: holds files; pass --force")


@failing.command()
def broken() -> None:
    raise RunError("source: gone; try again")


@failing.command()
def stopped() -> None:
    raise KeyboardInterrupt


@failing.command()
def full() -> None:
    raise OSError(28, "No space left on device", "/out/report.json")


@pytest.mark.parametrize(
    ("command", "line", "exit_code"),
    [
        ("wrong", "glue2lakehouse: out: holds files; pass --force\n", 2),
        ("broken", "glue2lakehouse: source: gone; try again\n", 1),
        ("stopped", "glue2lakehouse: stopped; the same command may be given again\n", 1),
        ("full", "glue2lakehouse: /out/report.json: No space left on device\n", 1),
    ],
)
def test_an_error_is_one_line_on_standard_error_and_an_exit_code(command: str, line: str, exit_code: int) -> None:
    result = CliRunner().invoke(failing, [command])
    assert (result.stderr, result.stdout, result.exit_code) == (line, "", exit_code)


def test_an_unknown_command_is_wrong_use() -> None:
    assert CliRunner().invoke(cli, ["nonsense"]).exit_code == 2


def test_the_list_of_commands_is_not_cut_off_on_a_narrow_terminal() -> None:
    listed = CliRunner().invoke(cli, ["--help"], terminal_width=80).stdout.partition("Commands:")[2]
    assert listed.count("\n  ") == len(cli.commands)
    assert "..." not in listed


def test_help_imports_nothing_heavy_and_answers_at_once() -> None:
    program = (
        "import sys; from glue2lakehouse.cli import cli\n"
        "try: cli(['--help'])\n"
        f"except SystemExit: sys.exit(str([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "[]"
    assert "Exit codes: 0" in done.stdout
    assert time.perf_counter() - started < 5


def test_without_a_terminal_progress_is_a_line_at_the_start_and_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    with Steps() as steps:
        for done in range(1, 101):
            steps("convert", done, 100)
    assert capsys.readouterr() == ("", "convert 1/100\nconvert 100/100\n")


def test_a_pipe_that_knows_ascii_only_ends_no_command() -> None:
    code = "from glue2lakehouse.cli.terminal import console; console().print('17 converted \\xb7 4')"
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=True)
    assert ended.stdout.strip() == b"17 converted ? 4"
