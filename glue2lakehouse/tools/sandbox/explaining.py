"""Findings of a verification: what differs or fails, under which settings, what decides it, and what to do."""

import json
from collections.abc import Mapping, Sequence

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.glue_runtime.assumptions import SWITCHES
from glue2lakehouse.tools.sandbox.comparison import Difference
from glue2lakehouse.tools.sandbox.job import JobReport, RunReport

RULE = "verification"


def blocker_for_failure(path: str, report: JobReport, run: RunReport, variant: str) -> Finding:
    """The converted script fails where the original does not."""
    at = f" at line {run.error_line} of the converted file" if run.error_line else ""
    why = f"the sandbox refused {'; '.join(report.refusals)}" if report.refusals else f"{run.error_type}: {run.error}"
    return _blocker(path, f"the converted script fails{at} where the original does not ({variant}): {why}")


def blocker_for_difference(path: str, difference: Difference, variant: str) -> Finding:
    """Both ran, and wrote different things."""
    shown = [f"{who}: {json.dumps(rows, ensure_ascii=False)[:500]}" for who, rows in (
        ("only in the original", difference.only_original), ("only in the converted", difference.only_converted)
    ) if rows]  # fmt: skip
    return _blocker(path, f"{difference} ({variant})" + "".join(f"; {text}" for text in shown))


_MEND = "compare the edits of this file with the original, mend the converted code and verify again"


def _blocker(path: str, message: str, action: str = _MEND) -> Finding:
    return Finding(rule=RULE, severity=Severity.BLOCKER, path=path, line=0, message=message, action=action)


def hint_at_switch(finding: Finding, decides: str, used: Mapping[str, str]) -> Finding:
    """Add to a difference that it hangs on an undocumented point of Glue, `name=answer`; empty: on none."""
    if not decides:
        return finding
    name, _, answer = decides.partition("=")
    told = f"{finding.message}; AWS does not document this point ({_about(name)}): equal if Glue's answer is {answer!r}, not {used[name]!r}"
    return finding.model_copy(update={"message": told})


def _about(name: str) -> str:
    return next(switch.doc for switch in SWITCHES if switch.name == name)


def warn_of_ansi(path: str, run: RunReport) -> Finding:
    """The script's own Spark code fails in ANSI mode, in the original as in the converted script."""
    at = f"line {run.error_line} of the converted file" if run.error_line else "the converted file"
    return Finding(
        rule=RULE,
        severity=Severity.WARNING,
        path=path,
        line=0,
        message=f"in ANSI mode, the default on Databricks, the script's own Spark code fails on odd values, at {at}: "
        f"{run.error_type}: {run.error}",
        action="keep spark.sql.ansi.enabled=false, which the bundle sets for jobs of Glue before 6.0, or use try_cast there",
    )


def warn_of_sinks(path: str, lines: Sequence[int]) -> Finding:
    """The run never came to some of the script's sinks: behind a branch, a loop without an item, a swallowed exception."""
    shown = ", ".join(map(str, lines))
    return Finding(
        rule=RULE,
        severity=Severity.WARNING,
        path=path,
        line=lines[0],
        message=f"what is written at line {shown} of the original was not compared: no run came there on this data",
        action="give rows or arguments with --data that lead there, or compare on real tables",
    )


def warn_of_widths(path: str, difference: str) -> Finding:
    """Both are equal on made JSON data only where no field holds int and bigint, which nobody says what Glue makes of."""
    return Finding(
        rule=RULE,
        severity=Severity.WARNING,
        path=path,
        line=0,
        message="equal where no field of the made JSON records holds int and bigint; AWS does not say what Glue's readers make of "
        f"such a mix, and with one: {difference}",
        action="verify on samples of the real files with --data, or map such columns to bigint",
    )
