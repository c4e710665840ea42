"""What asking a model would cost, from the very questions that a run would begin with; nothing is sent."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from glue2lakehouse.agents.converter import ConverterInput, opening_questions
from glue2lakehouse.agents.limits import CHARACTERS_A_TOKEN
from glue2lakehouse.agents.prices import UNCHECKED, cost_of, price_of
from glue2lakehouse.agents.providers import MAX_OUTPUT_TOKENS, name_of
from glue2lakehouse.domain import Severity
from glue2lakehouse.graphs.project import Draft
from glue2lakehouse.settings import Settings


class Estimate(BaseModel):
    """Upper bounds for one answer a section, tokens as two characters each; the cost is None where no price is known."""

    model_config = ConfigDict(frozen=True)

    model: str
    files: int
    sections: int
    tokens_in: int
    tokens_out: int
    cost_usd: float | None
    price: str = Field(description="where the price comes from")


def estimate_of(drafts: Sequence[Draft], settings: Settings) -> Estimate | None:
    """Return what the settings' model would be asked about the drafts; None where the settings name no model."""
    if not settings.model:
        return None
    by_file = [opening_questions(_task(draft, settings)) for draft in drafts if _doubted(draft)]
    questions = [question for questions in by_file for question in questions]
    characters = sum(len(message.model_dump_json()) for question in questions for message in question)
    tokens_in, tokens_out = characters // CHARACTERS_A_TOKEN, MAX_OUTPUT_TOKENS * len(questions)
    name = name_of(settings.model)
    return Estimate(
        model=settings.model,
        files=sum(bool(questions) for questions in by_file),
        sections=len(questions),
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        cost_usd=cost_of(tokens_in, tokens_out, price_of(name, settings.model_prices)),
        price="price from model_prices" if name in settings.model_prices else UNCHECKED,
    )


def _doubted(draft: Draft) -> bool:
    return any(finding.severity is Severity.BLOCKER for finding in draft.findings)


def _task(draft: Draft, settings: Settings) -> ConverterInput:
    return ConverterInput(
        entity_type=draft.entity_type,
        path=draft.path,
        source_code=draft.before,
        draft_code=draft.after,
        config={"target_catalog": settings.catalog, "compute": settings.compute.value},
        edits=draft.edits,
        findings=draft.findings,
        columns=list(draft.columns),
        dependencies=list(draft.dependencies),
    )
