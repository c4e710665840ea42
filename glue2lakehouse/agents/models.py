"""The only door to a chat model: `open_model(uri, settings)`.

    databricks:<endpoint>   a Databricks serving endpoint, through databricks-langchain
    openai:<model>  anthropic:<model>  bedrock:<model>  and other providers that LangChain knows by name
    http://… https://…      any OpenAI-compatible server; the model's name after `#`
    recorded:<folder>#<model>  answers of that model kept on disk, for replay

What leaves is redacted, what comes back is restored. Answers are kept by content (`agents.answers`), calls are limited in time,
number at once, rate and cost, and tried again with jitter where that can help (`agents.limits`).
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from glue2lakehouse.agents.answers import KeptAnswers, RecordedModel
from glue2lakehouse.agents.calls import Provider
from glue2lakehouse.agents.dialogue import Answer, Heard, Message, Model, Tool
from glue2lakehouse.agents.limits import Limited, Patient
from glue2lakehouse.agents.prices import price_of
from glue2lakehouse.agents.providers import chat_of, name_of
from glue2lakehouse.agents.redaction import Redactor, in_all_texts
from glue2lakehouse.errors import BudgetSpent
from glue2lakehouse.settings import Settings

ANSWERS = "answers"


def open_model(uri: str, settings: Settings, folder: Path | None = None) -> Model | None:
    """Return the model of a URI, None for an empty one; answers are kept in `folder` (default: the home's).

    Nothing is sent before the first question. Raises ModelUnavailable in one line when the URI, a package or the login is
    missing, BudgetSpent when a cost cap is set and nobody knows the model's price.
    """
    if not uri:
        return None
    name = name_of(uri)
    if uri.startswith("recorded:"):
        return _Redacting(RecordedModel(Path(uri.partition(":")[2].partition("#")[0]), name))
    price = price_of(name, settings.model_prices)
    chat = chat_of(uri, settings)
    if settings.max_cost_usd is not None and price is None:
        raise BudgetSpent(
            f"{uri}: max_cost_usd is set and the price of '{name}' is not known; state it in model_prices"
        )
    paid = Patient(Limited(Provider(chat, uri, name, price), settings, price))
    return _Redacting(KeptAnswers(paid, folder or settings.home / ANSWERS))


class _Redacting:
    """Nothing sensitive goes out; placeholders in the answer become what they stood for."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.name = model.name

    def ask(self, messages: Sequence[Message], tools: Sequence[Tool] = (), heard: Heard | None = None) -> Answer:
        redactor = Redactor(reserved=[message.model_dump_json() for message in messages])
        sent = [_map_message(message, redactor.hide) for message in messages]
        restored = redactor.restoring(heard) if heard else None
        answer = self._model.ask(sent, tools, restored)
        if restored:
            restored.end()
        return answer.model_copy(update={"message": _map_message(answer.message, redactor.restore)})


def _map_message(message: Message, change: Callable[[str], str]) -> Message:
    calls = tuple(call.model_copy(update={"arguments": in_all_texts(call.arguments, change)}) for call in message.calls)
    return message.model_copy(update={"text": change(message.text), "calls": calls})
