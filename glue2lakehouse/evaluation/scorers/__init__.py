"""The scorers, deterministic, in the order of their weight; `evaluation.judging` holds the one that asks a model."""

from glue2lakehouse.evaluation.scorers.doubts_settled import doubts_settled
from glue2lakehouse.evaluation.scorers.effort import attempts, cost, seconds, tokens
from glue2lakehouse.evaluation.scorers.executed_equal import executed_equal
from glue2lakehouse.evaluation.scorers.findings_complete import findings_complete
from glue2lakehouse.evaluation.scorers.idiom import idiom
from glue2lakehouse.evaluation.scorers.no_glue_left import no_glue_left
from glue2lakehouse.evaluation.scorers.nothing_lost import nothing_lost
from glue2lakehouse.evaluation.scorers.outcome_as_expected import outcome_as_expected
from glue2lakehouse.evaluation.scorers.parses import parses
from glue2lakehouse.evaluation.scorers.score import Score, Scorer
from glue2lakehouse.evaluation.scorers.silently_wrong import silently_wrong
from glue2lakehouse.evaluation.scorers.similarity import similarity

SCORERS = (
    Scorer("silently_wrong", silently_wrong, less_is_better=True),
    Scorer("outcome_as_expected", outcome_as_expected),
    Scorer("executed_equal", executed_equal),
    Scorer("doubts_settled", doubts_settled),
    Scorer("nothing_lost", nothing_lost),
    Scorer("no_glue_left", no_glue_left),
    Scorer("parses", parses),
    Scorer("findings_complete", findings_complete),
    Scorer("similarity", similarity, tolerance=0.02),
    Scorer("idiom", idiom),
    Scorer("attempts", attempts, less_is_better=True),
    Scorer("tokens", tokens, tolerance=None, less_is_better=True),
    Scorer("cost", cost, tolerance=None, less_is_better=True),
    Scorer("seconds", seconds, tolerance=None, less_is_better=True),
)

__all__ = ["SCORERS", "Score", "Scorer"]
