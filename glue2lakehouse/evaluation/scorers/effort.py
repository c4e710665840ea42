"""What a conversion took: attempts, tokens, US dollars, seconds."""

from glue2lakehouse.evaluation.attempt import Attempt
from glue2lakehouse.evaluation.scorers.score import NOTHING, Score


def attempts(attempt: Attempt) -> Score:
    """Return how often the converter was asked."""
    return Score(float(attempt.attempts)) if attempt.attempts else NOTHING


def tokens(attempt: Attempt) -> Score:
    """Return the tokens that a provider counted, in and out; nothing without a live call."""
    used = attempt.usage
    return Score(float(used.tokens_in + used.tokens_out)) if used.calls else NOTHING


def cost(attempt: Attempt) -> Score:
    """Return US dollars; nothing without a live call or where no price is known."""
    used = attempt.usage
    return Score(used.cost_usd) if used.calls and used.cost_usd is not None else NOTHING


def seconds(attempt: Attempt) -> Score:
    """Return the seconds of converting and checking, what ran in the sandbox for a model's draft included."""
    return Score(round(attempt.seconds, 3))
