"""What all commands share: one line for an error, exit codes, progress, the options that make settings."""

import io
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self

import click

from glue2lakehouse.errors import Glue2LakehouseError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from glue2lakehouse.orchestrator.trust import SettingsOf

NEEDS_REVIEW = 3
_PLAIN_SECONDS = 5.0


class Commands(click.Group):
    """Lists commands in the order of their definition, and turns errors into one line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a migration needs them."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except Glue2LakehouseError as error:
            _refuse(ctx, str(error), error.exit_code)
        except KeyboardInterrupt:
            _refuse(ctx, "stopped; the same command may be given again", exit_code=1)
        except BrokenPipeError:
            raise
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            _refuse(ctx, f"{where}{error.strerror or error}", exit_code=1)


def _refuse(ctx: click.Context, message: str, exit_code: int) -> NoReturn:
    click.echo(f"glue2lakehouse: {message}", err=True)
    ctx.exit(exit_code)


class Steps:
    """Shows how far a run is, on standard error: a bar on a terminal, a plain line now and then elsewhere."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._said: dict[str, float] = {}

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            self._bar = Progress(*columns, console=console(stderr=True), transient=True)
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, step: str, done: int, total: int) -> None:
        """Say that `done` of `total` parts of a step are done."""
        if self._bar is not None:
            if step not in self._tasks:
                self._tasks[step] = self._bar.add_task(step, total=total)
            self._bar.update(self._tasks[step], completed=done, total=total)
            return
        now = time.monotonic()
        if done == total or now - self._said.get(step, now - _PLAIN_SECONDS) >= _PLAIN_SECONDS:
            self._said[step] = now
            click.echo(f"{step} {done}/{total}", err=True)


def console(*, stderr: bool = False) -> "Console":
    """Return a terminal to write to; a character that it or a pipe does not have is shown as `?`."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")
    return Console(stderr=stderr, highlight=False)


def settings_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that every command over a project has; see `load`."""
    options = (
        click.option(
            "--config", type=click.Path(path_type=Path), help="Settings file; default: glue2lakehouse.yaml in SOURCE."
        ),
        click.option("--catalog", metavar="NAME", help="Unity Catalog catalog that the tables go to."),
        click.option("--project", metavar="NAME", help="Name of the project; default: the name of SOURCE."),
        click.option(
            "--compute",
            "--target",
            "compute",
            type=click.Choice(["classic", "standard", "serverless"]),
            help="Compute that the output has to run on.",
        ),
        click.option(
            "--home",
            type=click.Path(path_type=Path),
            help="Folder of the tables, checkpoints and traces; default: .glue2lakehouse.",
        ),
        click.option("--workers", type=click.IntRange(min=0), help="Processes; default: one for each core."),
        click.option(
            "--engine",
            type=click.Choice(["local", "spark"]),
            help="Where files are converted: processes of this machine (default), or Spark's executors.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def model_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of commands that may ask a chat model."""
    options = (
        click.option(
            "--model",
            metavar="URI",
            help="Chat model for what no rule settles: databricks:ENDPOINT, openai:MODEL, http://HOST/v1#MODEL, …",
        ),
        click.option(
            "--max-cost",
            "max_cost_usd",
            metavar="USD",
            type=click.FloatRange(min=0),
            help="US dollars that the run may spend on the model; what is left then waits for a person.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def load(config: Path | None, **flags: Any) -> "SettingsOf":
    """Return the settings of a project, or what finds them beside its source once that is open."""
    if config is None:
        from glue2lakehouse.orchestrator import settings_beside

        return partial(settings_beside, **flags)
    from glue2lakehouse.settings import load_settings

    return load_settings(config, **flags)
