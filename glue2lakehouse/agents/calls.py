"""One call to a LangChain chat model: our messages out, our answer back, its errors told as what they mean."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from glue2lakehouse.agents.dialogue import Answer, Heard, Message, Tool, ToolCall, Usage
from glue2lakehouse.agents.prices import Price, usage_of
from glue2lakehouse.errors import ModelRefused, ModelUnavailable

# What clients raise on a body that is no chat completion: no JSON, no dict, no choices.
_NO_COMPLETION = (ValueError, LookupError, TypeError, AttributeError)
_TRANSIENT = (408, 409, 425, 429)
_HINTS = {
    401: "check the token",
    403: "check the token's rights",
    404: "check the endpoint's name",
    429: "its rate limit is reached: lower model_requests_per_minute or model_concurrency, or run again later",
}


class Stumble(NamedTuple):
    """What a failed call means: the error to raise in the end, whether another try can help, and whether it may be charged."""

    error: ModelUnavailable | ModelRefused
    again: bool
    charged: bool
    wait_seconds: float = 0.0


class Stumbled(Exception):
    """A call that failed; `what` says what to do about it."""

    def __init__(self, what: Stumble) -> None:
        super().__init__(str(what.error))
        self.what = what


class Provider:
    """One LangChain chat model. Each `ask` is one request, or raises Stumbled."""

    def __init__(self, chat: Any, uri: str, name: str, price: Price | None) -> None:
        self._chat, self._uri, self._price = chat, uri, price
        self.name = name

    def ask(self, messages: Sequence[Message], tools: Sequence[Tool] = (), heard: Heard | None = None) -> Answer:
        """Send one request; with `heard`, words are handed on as they come."""
        offered = [tool.schema_for_model() for tool in tools]
        chat = self._chat.bind_tools(offered) if offered else self._chat
        sent = [_sent(message) for message in messages]
        try:
            return _answer(_streamed(chat, sent, heard) if heard else chat.invoke(sent), self._price)
        except _provider_errors() as error:
            if self._takes_no_temperature(error):
                return self.ask(messages, tools, heard)
            raise Stumbled(_told(self._uri, error)) from error
        except _NO_COMPLETION as error:
            raise Stumbled(_unreadable(self._uri, error)) from error

    def _takes_no_temperature(self, error: BaseException) -> bool:
        """Some models refuse any temperature of ours; they are asked without one from then on."""
        refused = _status(error) == 400 and "temperature" in str(error)
        if not refused or getattr(self._chat, "temperature", None) is None:
            return False
        self._chat = self._chat.model_copy(update={"temperature": None})
        return True


def _streamed(chat: Any, sent: list[Any], heard: Heard) -> Any:
    whole = None
    for piece in chat.stream(sent):
        whole = piece if whole is None else whole + piece
        if text := _text(piece.content):
            heard(text)
    if whole is None:
        raise ValueError("the stream was empty")
    return whole


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


def _answer(said: Any, price: Price | None) -> Answer:
    """Read a LangChain message; arguments that were no JSON, or were cut off, are handed on as such, for the agent to refuse."""
    whole = ToolCall.unreadable if _was_cut_off(said) else ToolCall.of
    calls = [whole(str(call["id"]), call["name"], call["args"]) for call in said.tool_calls]
    calls += [
        ToolCall.unreadable(str(broken.get("id")), str(broken.get("name")), str(broken.get("args")))
        for broken in getattr(said, "invalid_tool_calls", [])
    ]
    words = _text(said.content) or str(said.additional_kwargs.get("refusal") or "")
    message = Message(role="assistant", text=words, calls=tuple(calls))
    used = said.usage_metadata
    # Who counts no tokens has not said that they were free.
    usage = usage_of(used["input_tokens"], used["output_tokens"], price) if used else Usage(calls=1, cost_usd=None)
    return Answer(message=message, usage=usage)


def _was_cut_off(said: Any) -> bool:
    """Whether the answer ended at the limit of tokens: clients close the brackets of half a call, which then looks whole."""
    ended = (said.response_metadata.get(name) for name in ("finish_reason", "stop_reason", "stopReason"))
    return any(str(reason).lower() in ("length", "max_tokens") for reason in ended)


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(part if isinstance(part, str) else str(part.get("text", "")) for part in content or ())


def _provider_errors() -> tuple[type[BaseException], ...]:
    """The errors that a provider's client may raise, of those clients that are in use."""
    names = {
        "openai": ("OpenAIError",),
        "anthropic": ("AnthropicError",),
        "httpx": ("HTTPError",),
        "requests.exceptions": ("RequestException",),
        "botocore.exceptions": ("BotoCoreError", "ClientError"),
        "databricks.sdk.errors": ("DatabricksError",),
        "google.api_core.exceptions": ("GoogleAPIError",),
    }
    found = [
        getattr(sys.modules[module], name) for module, kinds in names.items() if module in sys.modules for name in kinds
    ]
    return (TimeoutError, ConnectionError, *found)


def _status(error: BaseException) -> int | None:
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    if status is None and isinstance(getattr(error, "response", None), dict):
        # botocore hands the answer on as a dictionary.
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")  # type: ignore[attr-defined]
    return status if isinstance(status, int) else None


def _told(uri: str, error: BaseException) -> Stumble:
    reason, status = " ".join(str(error).split())[:200].rstrip("."), _status(error)
    if status in (400, 413, 422):
        return Stumble(ModelRefused(f"{uri}: turned the request down: {reason}"), again=False, charged=False)
    if status is None:
        hint = "check the address, the network and the endpoint's state"
        told = ModelUnavailable(f"{uri}: does not answer: {reason}; {hint}")
        # Whoever does not hear the answer may have to pay for it.
        return Stumble(told, again=True, charged=True)
    hint = _HINTS.get(status, "check the endpoint's state")
    told = ModelUnavailable(f"{uri}: does not answer the question: {reason}; {hint}")
    again = status in _TRANSIENT or status >= 500
    return Stumble(told, again, charged=False, wait_seconds=_asked_to_wait(error))


def _unreadable(uri: str, error: BaseException) -> Stumble:
    reason = " ".join(str(error).split())[:160]
    told = ModelUnavailable(
        f"{uri}: its answer is no chat completion: {reason}; check the address (it often ends in /v1)"
    )
    return Stumble(told, again=True, charged=True)


def _asked_to_wait(error: BaseException) -> float:
    """Return the seconds that Retry-After asks for, as a number or as a date; 0 where it asks for none."""
    asked = str((getattr(getattr(error, "response", None), "headers", None) or {}).get("retry-after", ""))
    if asked.replace(".", "", 1).isdigit():
        return float(asked)
    try:
        return max(0.0, (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0
