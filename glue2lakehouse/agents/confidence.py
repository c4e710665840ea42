"""How sure we are of a conversion: one number from evidence, certainties and findings; never a model's own word.

    confidence = evidence base x certainty factors x finding factors, then the caps

    evidence   none 0.0 | parsed 0.5 | resolved: fitted | executed 0.98 | reconciled 1.0
    certainty  exact 1 | conditional: fitted, for each distinct rule, 0.95 at worst
                       | judgement: fitted, for each distinct rule, 0.85 at worst
    finding    info 1 | warning: fitted, for each distinct rule, 0.6 at worst | blocker: capped at 0.3
    model      code that a model wrote and nobody executed, or that settles what no run here shows: capped at 0.75

Rules are counted once however often they fired, since ten uses of one rule are right or wrong together. The last cap lies
under the default threshold (0.8): what only a model vouches for waits for a person.

The fitted numbers stand in `confidence.json`; `evaluation/fitting.py` makes them from conversions that were run, which
`evals/confidence.json` keeps.
"""

from collections.abc import Iterable
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict

from glue2lakehouse.domain import Certainty, Edit, Evidence, Finding, Severity

MODEL_RULE = "model"
UNSHOWN_RULE = "model-unshown"
"""The rule of a doubt that a model settled and that two equal runs on one machine say nothing about."""
PERSON_RULE = "person"

_EXECUTED, _PARSED = 0.98, 0.5
_CONDITIONAL_AT_WORST, _JUDGEMENT_AT_WORST, _WARNING_AT_WORST = 0.95, 0.85, 0.6
_BLOCKER_CAP = 0.3
_MODEL_CAP = 0.75


class Parameters(BaseModel):
    """What is fitted: the base of `resolved`, and what one rule of a certainty or one warning multiplies it with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    resolved: float
    conditional: float
    judgement: float
    warning: float


class Doubts(BaseModel):
    """What confidence is computed from: evidence, and how many distinct rules and warnings speak against the conversion."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    evidence: Evidence
    conditional: int = 0
    judgement: int = 0
    warnings: int = 0
    blocked: bool = False
    by_model: bool = False
    unshown: bool = False


def confidence(evidence: Evidence, edits: Iterable[Edit], findings: Iterable[Finding]) -> float:
    """Return the confidence in 0..1, rounded to three digits; the formula is the module's docstring."""
    return round(probability(doubts_of(evidence, edits, findings), fitted()), 3)


def doubts_of(evidence: Evidence, edits: Iterable[Edit], findings: Iterable[Finding]) -> Doubts:
    """Count what speaks against a conversion."""
    edits, findings = tuple(edits), tuple(findings)
    rules = {certainty: {edit.rule for edit in edits if edit.certainty is certainty} for certainty in Certainty}
    return Doubts(
        evidence=evidence,
        conditional=len(rules[Certainty.CONDITIONAL]),
        judgement=len(rules[Certainty.JUDGEMENT]),
        warnings=len({finding.rule for finding in findings if finding.severity is Severity.WARNING}),
        blocked=any(finding.severity is Severity.BLOCKER for finding in findings),
        by_model=any(edit.rule == MODEL_RULE for edit in edits),
        unshown=any(finding.rule == UNSHOWN_RULE for finding in findings),
    )


def probability(doubts: Doubts, parameters: Parameters) -> float:
    """Return the unrounded confidence under given parameters."""
    base = {
        Evidence.NONE: 0.0,
        Evidence.PARSED: _PARSED,
        Evidence.RESOLVED: parameters.resolved,
        Evidence.EXECUTED: _EXECUTED,
        Evidence.RECONCILED: 1.0,
    }
    score = base[doubts.evidence]
    score *= max(_CONDITIONAL_AT_WORST, parameters.conditional**doubts.conditional)
    score *= max(_JUDGEMENT_AT_WORST, parameters.judgement**doubts.judgement)
    score *= max(_WARNING_AT_WORST, parameters.warning**doubts.warnings)
    if doubts.unshown or (doubts.by_model and doubts.evidence.level < Evidence.EXECUTED.level):
        score = min(score, _MODEL_CAP)
    return min(score, _BLOCKER_CAP) if doubts.blocked else score


@cache
def fitted() -> Parameters:
    """Return the parameters that ship with this version."""
    text = resources.files(__package__).joinpath("confidence.json").read_text(encoding="utf-8")
    return Parameters.model_validate_json(text)
