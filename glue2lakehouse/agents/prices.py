"""What tokens cost, in US dollars for a million tokens in and out.

The list was written down from memory of the providers' public prices of 2025 and checked against none: prices change and
contracts differ. A project's own `model_prices` count over it, and a model that neither knows costs None, never zero.
"""

from collections.abc import Mapping

from glue2lakehouse.agents.dialogue import Usage

Price = tuple[float, float]

LIST_PRICES: dict[str, Price] = {
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
UNCHECKED = "list price written down in 2025 and not checked since; model_prices in the settings counts over it"


def price_of(model: str, own: Mapping[str, Price]) -> Price | None:
    """Return dollars for a million tokens (in, out): the project's own price, else the longest listed name it begins with.

    `model` is the name without its provider (`claude-sonnet-4-20250514`).
    """
    if model in own:
        return own[model]
    listed = [
        name for name in LIST_PRICES if model == name or model.startswith(f"{name}-2") or model == f"{name}-latest"
    ]
    return LIST_PRICES[max(listed, key=len)] if listed else None


def cost_of(tokens_in: int, tokens_out: int, price: Price | None) -> float | None:
    """Return US dollars, None where no price is known."""
    return None if price is None else round((tokens_in * price[0] + tokens_out * price[1]) / 1_000_000, 6)


def usage_of(tokens_in: int, tokens_out: int, price: Price | None) -> Usage:
    """Return the usage of one call that was paid for."""
    cost = cost_of(tokens_in, tokens_out, price)
    return Usage(calls=1, tokens_in=tokens_in, tokens_out=tokens_out, cost_usd=cost)
