"""The only door to a chat model: `open_model(uri, settings)`.

    databricks:<endpoint>   a Databricks serving endpoint, through databricks-langchain
    openai:<model>  anthropic:<model>  bedrock:<model>  and other providers that LangChain knows by name
    http://… https://…      any OpenAI-compatible server; the model's name after `#`
    recorded:<folder>#<model>  answers of that model kept on disk, for replay

What leaves is redacted, what comes back is restored. Answers are kept by content (`agents.answers`), calls are limited in time,
number at once, rate and cost, and tried again with jitter where that can help.
"""

import os
import random
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from glue2lakehouse.agents.answers import KeptAnswers, RecordedModel
from glue2lakehouse.agents.dialogue import Answer, Message, Model, Tool, ToolCall
from glue2lakehouse.agents.prices import cost_of, price_of, usage_of
from glue2lakehouse.agents.redaction import Redactor
from glue2lakehouse.errors import BudgetSpent, ModelRefused, ModelUnavailable
from glue2lakehouse.settings import Settings

ANSWERS = "answers"
MAX_OUTPUT_TOKENS = 8192
# Code and JSON have at least two characters a token with every tokenizer of the listed models.
CHARACTERS_A_TOKEN = 2
_TRIES = 4
_EXTRAS = {
    "databricks": "databricks",
    "openai": "openai",
    "http": "openai",
    "anthropic": "anthropic",
    "bedrock": "bedrock",
}


def open_model(uri: str, settings: Settings, folder: Path | None = None) -> Model | None:
    """Return the model of a URI, None for an empty one; answers are kept in `folder` (default: the home's).

    Nothing is sent before the first question. Raises ModelUnavailable in one line when the URI, a package or the login is
    missing, BudgetSpent when a cost cap is set and nobody knows the model's price.
    """
    if not uri:
        return None
    scheme, _, rest = uri.partition(":")
    if scheme == "recorded":
        place, _, recorded = rest.partition("#")
        return _Redacting(RecordedModel(Path(place), recorded or "recorded"))
    name = rest.partition("#")[2] or "default" if scheme in ("http", "https") else rest
    price = price_of(name, settings.model_prices)
    if settings.max_cost_usd is not None and price is None:
        raise BudgetSpent(
            f"{uri}: max_cost_usd is set and the price of '{name}' is not known; state it in model_prices"
        )
    chat = _chat_model(uri, scheme, rest, settings)
    paid = _Limited(_Provider(chat, uri, name, price), settings, price)
    return _Redacting(KeptAnswers(paid, folder or settings.home / ANSWERS))


class _Provider:
    """One LangChain chat model, asked once; its errors become ours."""

    def __init__(self, chat: Any, uri: str, name: str, price: tuple[float, float] | None) -> None:
        self._chat, self._uri, self._price = chat, uri, price
        self.name = name

    def ask(self, messages: Sequence[Message], tools: Sequence[Tool] = ()) -> Answer:
        offered = [tool.schema_for_model() for tool in tools]
        chat = self._chat.bind_tools(offered) if offered else self._chat
        for attempt in range(1, _TRIES + 1):
            try:
                return _answer(chat.invoke([_sent(message) for message in messages]), self._price)
            except _provider_errors() as error:
                wait = _seconds_to_wait(error, attempt)
                if wait is None:
                    raise _told(self._uri, error) from error
                time.sleep(wait)
        raise ModelUnavailable(f"{self._uri}: does not answer")


class _Limited:
    """Calls within the limits: so many at once, so many a minute, and no dollar over the cap."""

    def __init__(self, model: Model, settings: Settings, price: tuple[float, float] | None) -> None:
        self._model, self._price, self._cap = model, price, settings.max_cost_usd
        self._slots = threading.BoundedSemaphore(settings.model_concurrency)
        self._lock = threading.Lock()
        self._pause = 60 / settings.model_requests_per_minute if settings.model_requests_per_minute else 0.0
        self._next = 0.0
        self._spent = 0.0

    @property
    def name(self) -> str:
        return self._model.name

    def ask(self, messages: Sequence[Message], tools: Sequence[Tool] = ()) -> Answer:
        most = self._reserve(messages, tools)
        cost: float | None = None
        try:
            with self._slots:
                self._wait_for_turn()
                answer = self._model.ask(messages, tools)
            cost = answer.usage.cost_usd
            return answer
        finally:
            with self._lock:
                self._spent += (cost or 0.0) - most

    def _reserve(self, messages: Sequence[Message], tools: Sequence[Tool]) -> float:
        """Set aside the most that the call can cost, so that calls side by side cannot overrun the cap together."""
        if self._cap is None:
            return 0.0
        text = sum(len(message.model_dump_json()) for message in messages)
        text += sum(len(str(tool.schema_for_model())) for tool in tools)
        most = cost_of(text // CHARACTERS_A_TOKEN, MAX_OUTPUT_TOKENS, self._price) or 0.0
        with self._lock:
            if self._spent + most > self._cap:
                raise BudgetSpent(
                    f"{self.name}: {self._spent:.4f} of {self._cap:.4f} US dollars are spent or set aside, "
                    f"and the next call may cost {most:.4f}; raise max_cost_usd and run again"
                )
            self._spent += most
        return most

    def _wait_for_turn(self) -> None:
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._pause
        time.sleep(turn - now)


class _Redacting:
    """Nothing sensitive goes out; placeholders in the answer become what they stood for."""

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def name(self) -> str:
        return self._model.name

    def ask(self, messages: Sequence[Message], tools: Sequence[Tool] = ()) -> Answer:
        redactor = Redactor()
        sent = [_map_message(message, redactor.hide) for message in messages]
        answer = self._model.ask(sent, tools)
        return answer.model_copy(update={"message": _map_message(answer.message, redactor.restore)})


def _map_message(message: Message, change: Any) -> Message:
    calls = tuple(call.model_copy(update={"arguments": _map_value(call.arguments, change)}) for call in message.calls)
    return message.model_copy(update={"text": change(message.text), "calls": calls})


def _map_value(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _map_value(item, change) for name, item in value.items()}
    return [_map_value(item, change) for item in value] if isinstance(value, list) else value


def _chat_model(uri: str, scheme: str, rest: str, settings: Settings) -> Any:
    os.environ.setdefault("LANGSMITH_TRACING", "false")
    limits: dict[str, Any] = {"timeout": settings.model_timeout_seconds, "max_retries": 0, "temperature": 0.0}
    try:
        if scheme == "databricks":
            return _databricks(uri, rest, limits)
        if scheme in ("http", "https"):
            from langchain_openai import ChatOpenAI

            base, _, name = uri.partition("#")
            key = os.environ.get("OPENAI_API_KEY") or "none"
            return ChatOpenAI(
                base_url=base, model=name or "default", api_key=key, max_tokens=MAX_OUTPUT_TOKENS, **limits
            )
        return _named(uri, scheme, rest, limits)
    except ImportError as error:
        extra = _EXTRAS.get(scheme.removesuffix("s") if scheme == "https" else scheme, scheme)
        raise ModelUnavailable(f"{uri}: needs a package: pip install 'glue2lakehouse[{extra}]'") from error


def _databricks(uri: str, endpoint: str, limits: dict[str, Any]) -> Any:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.core import Config
    from databricks_langchain import ChatDatabricks

    try:
        # Without this, a host that does not answer is asked for its configuration for 300 seconds, by every client anew.
        workspace = WorkspaceClient(config=Config(retry_timeout_seconds=1, http_timeout_seconds=10))
    except ValueError as error:
        reason = str(error).splitlines()[0][:160]
        raise ModelUnavailable(
            f"{uri}: no Databricks login: {reason}; set DATABRICKS_HOST and DATABRICKS_TOKEN"
        ) from error
    return ChatDatabricks(endpoint=endpoint, workspace_client=workspace, max_tokens=MAX_OUTPUT_TOKENS, **limits)


def _named(uri: str, scheme: str, rest: str, limits: dict[str, Any]) -> Any:
    if not rest:
        raise ModelUnavailable(f"{uri}: is no model; write databricks:ENDPOINT, openai:MODEL, http://HOST/v1#MODEL, …")
    if scheme == "openai":
        _need_key(uri, "OPENAI_API_KEY")
        from langchain_openai import ChatOpenAI

        return ChatOpenAI(model=rest, max_tokens=MAX_OUTPUT_TOKENS, **limits)
    if scheme == "anthropic":
        _need_key(uri, "ANTHROPIC_API_KEY")
        from langchain_anthropic import ChatAnthropic

        return ChatAnthropic(model=rest, max_tokens=MAX_OUTPUT_TOKENS, **limits)
    if scheme == "bedrock":
        from langchain_aws import ChatBedrockConverse

        return ChatBedrockConverse(model_id=rest, max_tokens=MAX_OUTPUT_TOKENS, temperature=0.0)
    raise ModelUnavailable(
        f"{uri}: '{scheme}' is no provider; there are databricks, openai, anthropic, bedrock, http, recorded"
    )


def _need_key(uri: str, variable: str) -> None:
    if not os.environ.get(variable):
        raise ModelUnavailable(f"{uri}: needs {variable} in the environment")


def _sent(message: Message) -> Any:
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

    if message.role == "system":
        return SystemMessage(message.text)
    if message.role == "user":
        return HumanMessage(message.text)
    if message.role == "tool":
        return ToolMessage(message.text, tool_call_id=message.call_id)
    calls = [{"name": call.name, "args": call.arguments, "id": call.id} for call in message.calls]
    return AIMessage(message.text, tool_calls=calls)


def _answer(said: Any, price: tuple[float, float] | None) -> Answer:
    """Read a LangChain message; arguments that were no JSON are handed on under `_unreadable`, for the agent to refuse."""
    calls = [ToolCall(id=str(call["id"]), name=call["name"], arguments=call["args"]) for call in said.tool_calls]
    for broken in getattr(said, "invalid_tool_calls", []):
        arguments = {"_unreadable": str(broken.get("args"))}
        calls.append(ToolCall(id=str(broken.get("id")), name=str(broken.get("name")), arguments=arguments))
    used = said.usage_metadata or {}
    message = Message(role="assistant", text=_text(said.content), calls=tuple(calls))
    return Answer(message=message, usage=usage_of(used.get("input_tokens", 0), used.get("output_tokens", 0), price))


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(part if isinstance(part, str) else str(part.get("text", "")) for part in content)


def _provider_errors() -> tuple[type[BaseException], ...]:
    """The errors that a provider's client may raise, of those clients that are in use."""
    names = {
        "openai": ("OpenAIError",),
        "anthropic": ("AnthropicError",),
        "httpx": ("HTTPError",),
        "requests.exceptions": ("RequestException",),
        "botocore.exceptions": ("BotoCoreError", "ClientError"),
        "databricks.sdk.errors": ("DatabricksError",),
    }
    found = [
        getattr(sys.modules[module], name) for module, kinds in names.items() if module in sys.modules for name in kinds
    ]
    return (TimeoutError, ConnectionError, *found)


def _status(error: BaseException) -> int | None:
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) else None


def _seconds_to_wait(error: BaseException, attempt: int) -> float | None:
    """Return how long to wait before the next try; None where trying again cannot help or was tried enough."""
    status = _status(error)
    transient = status in (408, 409, 425, 429) or (status is not None and status >= 500) or status is None
    if not transient or attempt == _TRIES:
        return None
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    asked = headers.get("retry-after", "")
    waits = float(asked) if asked.replace(".", "", 1).isdigit() else 0.25 * 2**attempt
    return min(waits, 60.0) * (1 + random.random() / 2)


def _told(uri: str, error: BaseException) -> ModelUnavailable | ModelRefused:
    reason, status = " ".join(str(error).split())[:200], _status(error)
    if status in (400, 413, 422):
        return ModelRefused(f"{uri}: turned the request down: {reason}")
    hints = {401: "check the token", 403: "check the token's rights", 404: "check the endpoint's name"}
    hint = hints.get(status or 0, "check the address, the network and the endpoint's state")
    return ModelUnavailable(f"{uri}: does not answer: {reason}; {hint}")
