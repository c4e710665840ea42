"""Rows of `agent_decisions` as they travel in graph state: plain JSON, code as keys of `Texts`, ids from content."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from glue2lakehouse.agents.dialogue import Usage
from glue2lakehouse.domain import stable_id
from glue2lakehouse.graphs.texts import Texts

CODE_COLUMNS = ("input_code", "output_code", "prompt")


class Clock:
    """Where the nodes get the time; tests hand in one that stands still."""

    def now(self) -> datetime:
        """Return the time now, in UTC."""
        return datetime.now(UTC)


def decision(
    clock: Clock,
    state: Mapping[str, Any],
    *,
    agent: str,
    attempt: int,
    started: datetime,
    model_name: str,
    input_code: str | None,
    given: Sequence[str],
    output_code: str | None,
    recommendations: Sequence[str] = (),
    confidence_score: float | None,
    usage: Usage,
    **more: Any,
) -> dict[str, Any]:
    """Return one row. Its id comes from project, entity, agent, attempt and all that the agent was given."""
    seen = hashlib.sha256("\x1f".join((input_code or "", *given)).encode("utf-8", "surrogatepass")).hexdigest()
    ended = clock.now()
    return {
        "decision_id": stable_id(state["project_id"], state["entity_id"], agent, str(attempt), seen),
        "project_id": state["project_id"],
        "source_entity_id": state["entity_id"],
        "agent_name": agent,
        "agent_version": agent_version(),
        "model_name": model_name,
        "attempt": attempt,
        "input_code": input_code,
        "output_code": output_code,
        "recommendations": list(recommendations),
        "confidence_score": confidence_score,
        "tokens_used": usage.tokens_in + usage.tokens_out,
        "tokens_in": usage.tokens_in,
        "cost": usage.cost_usd,
        "model_calls": usage.calls,
        "execution_time_ms": round((ended - started).total_seconds() * 1000),
        "started_at": started.isoformat(),
        "executed_at": ended.isoformat(),
        **more,
    }


def with_code(row: Mapping[str, Any], texts: Texts) -> dict[str, Any]:
    """Return the row with its keys replaced by the texts, as the table wants it."""
    return {**row, **{name: texts.get(row[name]) for name in CODE_COLUMNS if row.get(name)}}


@cache
def agent_version() -> str:
    """Return the version of this package, which fixes the rules and the prompts."""
    try:
        return version("glue2lakehouse")
    except PackageNotFoundError:
        return "source"
