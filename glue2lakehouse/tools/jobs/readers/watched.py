"""What waits for Glue's events, metrics and logs beside the jobs: alarms that will never ring again, and steps that will never start.

EventBridge: events of AWS Glue (source aws.glue); CloudWatch: metrics of the namespace Glue, log groups /aws-glue/.
"""

import re

from glue2lakehouse.domain import Finding, Severity

_EVENT = re.compile(
    r"(?<![\w.:/-])aws\.glue(?=[\"'\s,\]])|\bGlue (?:Job|Crawler|Data Catalog \w+) State Change\b|\bGlue Job Run Status\b|\bData Quality Evaluation Results Available\b"
)
_METRIC = re.compile(
    r"\b[Nn]amespace[\"']?\s*[=:]\s*[\"']?Glue[\"']?\s*[,}\r\n]|\bglue\.(?:driver|ALL|succeed|error)\.\w"
)
_LOGS = re.compile(r"[\"'\s]/aws-glue/[\w-]+")
_FILTERS = re.compile(r"(?:metric|subscription)_?-?filter", re.IGNORECASE)
_ALARM = re.compile(r"alarm|metric", re.IGNORECASE)
_FOUND: tuple[tuple[re.Pattern[str], re.Pattern[str], str, str], ...] = (
    (_EVENT, re.compile(""), "an event of Glue is waited for here, and runs of Databricks send none to EventBridge",
     "let the job in the bundle tell it (email_notifications, webhook_notifications), and make what follows on it a task"),
    (_METRIC, _ALARM, "a metric of Glue is watched here, and runs of Databricks write none of them",
     "let the job in the bundle tell it: health rules and notifications; its figures are in the system tables"),
    (_LOGS, _FILTERS, "logs of Glue's groups are filtered here, and runs of Databricks write none there",
     "deliver the logs of the compute to a place that is watched, or let the job's notifications tell"),
)  # fmt: skip


def watched(path: str, text: str) -> list[Finding]:
    """Return a warning for each of the three, at its first line."""
    if "lue" not in text:
        return []
    found = []
    for pattern, beside, message, action in _FOUND:
        match = pattern.search(text)
        if match is not None and beside.search(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(
                Finding(
                    rule="glue-watched", severity=Severity.WARNING, path=path, line=line, message=message, action=action
                )
            )
    return found
