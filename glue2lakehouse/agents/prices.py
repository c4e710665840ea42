"""What tokens cost: list prices in US dollars for a million tokens, in and out, as their providers publish them.

Prices change and contracts differ, so a project may state its own (`model_prices`); a model that neither knows costs None,
never zero.
"""

from collections.abc import Mapping

from glue2lakehouse.agents.dialogue import Usage

# Public price lists of Anthropic, OpenAI, and Databricks pay-per-token serving, read in 2025.
LIST_PRICES: dict[str, tuple[float, float]] = {
    "claude-3-5-haiku": (0.80, 4.0),
    "claude-3-5-sonnet": (3.0, 15.0),
    "claude-3-7-sonnet": (3.0, 15.0),
    "claude-haiku-4-5": (1.0, 5.0),
    "claude-opus-4": (15.0, 75.0),
    "claude-sonnet-4": (3.0, 15.0),
    "gpt-4.1": (2.0, 8.0),
    "gpt-4.1-mini": (0.40, 1.60),
    "gpt-4o": (2.50, 10.0),
    "gpt-4o-mini": (0.15, 0.60),
    "gpt-5": (1.25, 10.0),
    "gpt-5-mini": (0.25, 2.0),
    "databricks-claude-3-7-sonnet": (3.0, 15.0),
    "databricks-claude-sonnet-4": (3.0, 15.0),
    "databricks-meta-llama-3-3-70b-instruct": (0.50, 1.50),
}


def price_of(model: str, own: Mapping[str, tuple[float, float]]) -> tuple[float, float] | None:
    """Return dollars for a million tokens (in, out): the project's own price, else the longest listed name it begins with.

    `model` is the name without its provider (`claude-sonnet-4-20250514`).
    """
    if model in own:
        return own[model]
    listed = [
        name for name in LIST_PRICES if model == name or model.startswith(f"{name}-2") or model == f"{name}-latest"
    ]
    return LIST_PRICES[max(listed, key=len)] if listed else None


def cost_of(tokens_in: int, tokens_out: int, price: tuple[float, float] | None) -> float | None:
    """Return US dollars, None where no price is known."""
    return None if price is None else round((tokens_in * price[0] + tokens_out * price[1]) / 1_000_000, 6)


def usage_of(tokens_in: int, tokens_out: int, price: tuple[float, float] | None) -> Usage:
    """Return the usage of one call that was paid for."""
    cost = cost_of(tokens_in, tokens_out, price)
    return Usage(calls=1, tokens_in=tokens_in, tokens_out=tokens_out, cost_usd=cost)
