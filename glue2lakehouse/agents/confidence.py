"""How sure we are of a conversion: one number from evidence, certainties and findings; never a model's own word.

    confidence = evidence base x certainty factors x finding factors, then the caps

    evidence   none 0.0 | parsed 0.5 | resolved 0.92 | executed 0.98 | reconciled 1.0
    certainty  exact 1 | conditional 0.995 for each distinct rule, 0.95 at worst
                       | judgement 0.97 for each distinct rule, 0.85 at worst
    finding    info 1 | warning 0.95 for each distinct rule, 0.6 at worst | blocker: capped at 0.3
    model      code that a model wrote and nobody executed: capped at 0.75

Rules are counted once however often they fired, since ten uses of one rule are right or wrong together. The last cap lies
under the default threshold (0.8): what only a model vouches for waits for a person. `evals/` measures the calibration.
"""

from collections.abc import Iterable

from glue2lakehouse.domain import Certainty, Edit, Evidence, Finding, Severity

MODEL_RULE = "model"
PERSON_RULE = "person"

_BASE = {
    Evidence.NONE: 0.0,
    Evidence.PARSED: 0.5,
    Evidence.RESOLVED: 0.92,
    Evidence.EXECUTED: 0.98,
    Evidence.RECONCILED: 1.0,
}
_CERTAINTY = {Certainty.EXACT: (1.0, 1.0), Certainty.CONDITIONAL: (0.995, 0.95), Certainty.JUDGEMENT: (0.97, 0.85)}
_WARNING = (0.95, 0.6)
_BLOCKER_CAP = 0.3
_MODEL_CAP = 0.75


def confidence(evidence: Evidence, edits: Iterable[Edit], findings: Iterable[Finding]) -> float:
    """Return the confidence in 0..1, rounded to three digits; the formula is the module's docstring."""
    edits, findings = tuple(edits), tuple(findings)
    score = _BASE[evidence]
    for certainty, (factor, floor) in _CERTAINTY.items():
        score *= max(floor, factor ** len({edit.rule for edit in edits if edit.certainty is certainty}))
    warned = {finding.rule for finding in findings if finding.severity is Severity.WARNING}
    score *= max(_WARNING[1], _WARNING[0] ** len(warned))
    if any(edit.rule == MODEL_RULE for edit in edits) and evidence.level < Evidence.EXECUTED.level:
        score = min(score, _MODEL_CAP)
    if any(finding.severity is Severity.BLOCKER for finding in findings):
        score = min(score, _BLOCKER_CAP)
    return round(score, 3)
