"""Everything that a person has to know is named by a finding."""

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.evaluation.attempt import Attempt
from glue2lakehouse.evaluation.scorers.score import NOTHING, Score


def findings_complete(attempt: Attempt) -> Score:
    """Return the share of the case's `findings` that some finding's rule, message or source line holds."""
    wanted = attempt.case.said.findings
    if not wanted or attempt.error:
        return NOTHING
    texts = [_text(attempt, found) for found in attempt.findings if found.severity is not Severity.INFO]
    missing = [word for word in wanted if not any(word.lower() in text for text in texts)]
    return Score(round(1 - len(missing) / len(wanted), 3), f"not named: {', '.join(missing)}" if missing else "")


def _text(attempt: Attempt, found: Finding) -> str:
    lines = attempt.before.get(found.path, "").split("\n")
    line = lines[found.line - 1] if 0 < found.line <= len(lines) else ""
    return f"{found.rule} {found.message} {line}".lower()
