"""The magics of a Glue session: what they say of the job, which of them go, and what is lost with them.

AWS: Glue interactive sessions, magics for Jupyter.
"""

import ast
import json
import re
from dataclasses import dataclass, field
from typing import Any

from glue2lakehouse.domain import Certainty, Edit, Finding, Severity
from glue2lakehouse.tools.source.facts import NO_FACTS, JobFacts
from glue2lakehouse.tools.source.magics import CELL, argument_of, name_of

SESSION_MAGICS = frozenset({
    "help", "matplot", "profile", "region", "idle_timeout", "session_id_prefix", "session_id", "iam_role", "number_of_workers",
    "min_workers", "worker_type", "glue_version", "security_configuration", "security_config", "connections", "extra_py_files",
    "extra_jars", "additional_python_modules", "spark_conf", "etl", "streaming", "glue_ray", "list_sessions",
    "status", "stop_session", "delete_session", "timeout", "endpoint_url", "reconnect",
    "enable_glue_datacatalog", "configure", "tags", "assume_role", "object_memory_head", "object_memory_worker", "runtime",
})  # fmt: skip
_FACTS = SESSION_MAGICS - frozenset({
    "help", "matplot", "profile", "session_id", "session_id_prefix", "list_sessions", "status", "stop_session", "delete_session",
    "endpoint_url", "reconnect", "tags", "assume_role", "configure", "object_memory_head", "object_memory_worker", "runtime",
})  # fmt: skip
_LIBRARIES = frozenset({"extra_py_files", "extra_jars", "additional_python_modules"})
_CONF = frozenset({"spark_conf", "conf"})
"""Settings of a session that a notebook's results depend on, and that no definition of a job carries."""
# IPython's own, which a Databricks notebook's kernel has as well.
_KEPT_MAGICS = frozenset({
    "matplotlib", "time", "timeit", "pip", "load_ext", "autoreload", "run", "env", "capture", "prun", "who",
    "whos", "config", "pwd", "ls",
})  # fmt: skip
_LONGEST = 200
_TAKES_OUT = re.compile(r"\s-\w")


def goes(magic: str) -> bool:
    """Whether a magic only sets up a session, or says that its cell is Python; `%%spark -o x` does more."""
    alone = magic.startswith("%%") and name_of(magic) in ("pyspark", "spark") and not _TAKES_OUT.search(magic)
    return name_of(magic) in SESSION_MAGICS or alone


def settings_commented(code: str) -> str:
    """Comment the settings below a `%%configure` that stands under other lines of its cell, and nothing after them."""
    lines = code.split("\n")
    for at, line in enumerate(lines):
        if not _CONFIGURE_INSIDE.match(line):
            continue
        end = next((row for row in range(at + 1, len(lines)) if lines[row].startswith(f"'{CELL}")), len(lines))
        below = settings_below(lines[at + 1 : end])
        count = below.count("\n") + 1 if below else 0
        lines[at + 1 : at + 1 + count] = [f"# {row}".rstrip() for row in lines[at + 1 : at + 1 + count]]
    return "\n".join(lines)


def settings_below(lines: list[str]) -> str:
    """Return the first of these lines that are the settings of a `%%configure` above them; an empty text where there are none."""
    texts = ("\n".join(lines[:end]) for end in range(1, min(len(lines), _LONGEST) + 1))
    return next((text for text in texts if isinstance(_literal(text), dict)), "")


CONFIGURES = re.compile(r"%%(?:configure|tags|assume_role)\b")
_CONFIGURE_INSIDE = re.compile(rf"# {CONFIGURES.pattern}")


def edits_between(joined: str, code: str) -> list[Edit]:
    """Return an edit for each line that reading has made something else of."""
    pairs = enumerate(zip(joined.split("\n"), code.split("\n"), strict=True), start=1)
    return [
        Edit(rule="notebook-magic", certainty=Certainty.EXACT, source_line=line, target_line=line)
        for line, (before, after) in pairs
        if before != after
    ]


@dataclass
class Notes:
    """What the magics of one notebook or script say: settings of the job, and findings for what is kept or does not move."""

    path: str
    facts: JobFacts = NO_FACTS
    findings: list[Finding] = field(default_factory=list)

    def magic(self, magic: str, below: list[str], line: int) -> None:
        """Note a magic with the lines below it, which may be its settings."""
        if CONFIGURES.match(magic):
            self.cell(name_of(magic), f"{magic}\n{settings_below(below)}", line)
        else:
            self.line(magic, line)

    def line(self, magic: str, line: int) -> None:
        """Note a magic that stands on a line of its own."""
        name = name_of(magic)
        if name in _FACTS:
            self.facts = self.facts.with_setting(name, argument_of(magic))
        if name == "glue_ray":
            self._note(
                Severity.WARNING, line, "the session is one of Glue for Ray, and Databricks starts no Ray by itself; it becomes a comment",
                "start Ray on the compute first (ray.util.spark.setup_ray_cluster), then let ray.init find it",
            )  # fmt: skip
        elif goes(magic):
            self._note(
                Severity.INFO, line, f"%{name} sets up a Glue session; it becomes a comment",
                "nothing here: the compute that the notebook is attached to carries the setting",
            )  # fmt: skip
            self._needed({name: argument_of(magic)}, line)
        elif name == "!":
            self._note(
                Severity.WARNING, line, f"the shell line {magic[:60]!r} is kept and will run on the driver",
                "check that the command and its credentials exist there",
            )  # fmt: skip
        elif name not in _KEPT_MAGICS and name != "?":
            self._note(
                Severity.BLOCKER, line, f"the magic %{name} is not known on Databricks and is kept as it is",
                "replace it, or remove it if it only served the Glue session",
            )  # fmt: skip

    def cell(self, kind: str, source: str, line: int) -> None:
        """Note a magic that all of its cell belongs to."""
        if kind in ("configure", "tags", "assume_role"):
            self._configure(kind, source, line)
        elif kind == "sql":
            self._note(
                Severity.BLOCKER, line, "the %%sql cell is kept as it is: its table names are not converted",
                'name its tables as catalog.schema.table, or write it as spark.sql("...") and run this again',
            )  # fmt: skip
        elif kind in ("markdown", "html", "latex"):
            return
        else:
            self._note(
                Severity.BLOCKER, line, f"the %%{kind} cell is kept as it is and was not converted",
                "move it to a Python cell, or check that the target runs it",
            )  # fmt: skip

    def _configure(self, kind: str, source: str, line: int) -> None:
        settings = _literal("{" + source.partition("{")[2])
        if kind == "configure" and isinstance(settings, dict):
            self.facts = self.facts.with_settings({str(name): value for name, value in settings.items()})
            self._needed({str(name): value for name, value in settings.items() if value}, line)
        understood = kind != "configure" or isinstance(settings, dict)
        self._note(
            Severity.INFO if understood else Severity.WARNING, line,
            f"the %%{kind} cell sets up a Glue session; it becomes a comment",
            "nothing here: the compute that the notebook is attached to carries the settings" if understood
            else "its settings are no valid JSON, so carry them over to the job's definition by hand",
        )  # fmt: skip

    def _needed(self, settings: dict[str, Any], line: int) -> None:
        """Warn of libraries and of Spark settings: without them the notebook runs, and may give something else."""
        for name, value in settings.items():
            plain = name.lower().lstrip("-").replace("-", "_")
            if plain in _LIBRARIES:
                self._note(
                    Severity.WARNING, line, f"the Glue session has the libraries {value} ({name}), which the notebook itself no longer brings",
                    "put the same versions into the notebook's environment, or install them with %pip in its first cell",
                )  # fmt: skip
            elif plain in _CONF:
                self._note(
                    Severity.WARNING, line, f"the Glue session runs with {value} ({name}), which the notebook itself no longer sets",
                    "set what results depend on with spark.conf.set(name, value) in the first cell, or for the compute",
                )  # fmt: skip

    def _note(self, severity: Severity, line: int, message: str, action: str) -> None:
        self.findings.append(
            Finding(rule="notebook-magic", severity=severity, path=self.path, line=line, message=message, action=action)
        )


def _literal(text: str) -> Any:
    """Return the value of JSON or of a Python literal (people write single quotes), None for neither."""
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
