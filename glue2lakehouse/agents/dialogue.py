"""What agents and chat models say to each other: plain values that any provider can be adapted to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

S = TypeVar("S", bound=BaseModel)

Heard = Callable[[str], None]
"""Takes the words of an answer as they come, piece by piece."""

_UNREADABLE = "_unreadable"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ToolCall(_Value):
    """One call that the model asks for; `arguments` is what its JSON said, not yet checked."""

    id: str
    name: str
    arguments: dict[str, Any] = Field(default_factory=dict)

    @classmethod
    def of(cls, id: str, name: str, arguments: dict[str, Any]) -> "ToolCall":
        """Return a call with the arguments that its JSON held."""
        return cls(id=id, name=name, arguments=arguments)

    @classmethod
    def unreadable(cls, id: str, name: str, said: Any) -> "ToolCall":
        """Return a call whose arguments were no JSON, or not all of it."""
        return cls(id=id, name=name, arguments={_UNREADABLE: said})

    def read(self, schema: type[S], *, strict: bool = False) -> S:
        """Return the arguments in a schema. Raises BadArguments with the first mistake."""
        if _UNREADABLE in self.arguments:
            raise BadArguments("the arguments are no JSON, or were cut off; send them whole, or send less at once")
        try:
            return schema.model_validate(self.arguments, strict=strict)
        except ValidationError as error:
            raise BadArguments(first_mistake(error)) from error


class BadArguments(ValueError):
    """Arguments of a tool call that break its schema; the text says where."""


class Message(_Value):
    """One turn. A `tool` message answers the call named by `call_id`."""

    role: Literal["system", "user", "assistant", "tool"]
    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    call_id: str = ""


class Usage(_Value):
    """Tokens as the provider counted them; `cost_usd` is None where no price is known."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = 0.0
    cached_calls: int = 0

    @property
    def asked(self) -> bool:
        """Whether a model's answer was used, paid for now or kept from before."""
        return self.calls + self.cached_calls > 0

    def __add__(self, other: "Usage") -> "Usage":
        unknown = self.cost_usd is None or other.cost_usd is None
        return Usage(
            calls=self.calls + other.calls,
            tokens_in=self.tokens_in + other.tokens_in,
            tokens_out=self.tokens_out + other.tokens_out,
            cost_usd=None if unknown else round((self.cost_usd or 0) + (other.cost_usd or 0), 6),
            cached_calls=self.cached_calls + other.cached_calls,
        )


class Used(NamedTuple):
    """A call of a tool, in UTC."""

    name: str
    started: datetime
    ended: datetime

    @classmethod
    def since(cls, name: str, started: datetime) -> "Used":
        """Return a call that has ended now."""
        return cls(name, started, datetime.now(UTC))


class Answer(_Value):
    """What the model said: a message of its own, and what it cost."""

    message: Message
    usage: Usage = Usage()


@dataclass(frozen=True)
class Tool:
    """Something deterministic that a model may call: `run` takes the checked arguments and returns text."""

    name: str
    description: str
    arguments: type[BaseModel]
    run: Callable[[Any], str]

    def call(self, call: ToolCall) -> str:
        """Check the arguments and run; what breaks the schema is refused in the result's own words."""
        try:
            given = call.read(self.arguments)
        except BadArguments as error:
            return f"Refused: {error}."
        return self.run(given)

    def schema_for_model(self) -> dict[str, Any]:
        """Return the tool in the form that OpenAI-compatible servers take."""
        function = {
            "name": self.name,
            "description": self.description,
            "parameters": self.arguments.model_json_schema(),
        }
        return {"type": "function", "function": function}


def first_mistake(error: ValidationError) -> str:
    """Return where and what the first mistake is."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "arguments"
    return f"{where}: {first['msg']}"


class Model(Protocol):
    """A chat model behind the one door (`agents.models.open_model`)."""

    @property
    def name(self) -> str:
        """What `agent_decisions.model_name` says."""

    def ask(self, messages: Sequence[Message], tools: Sequence[Tool] = (), heard: Heard | None = None) -> Answer:
        """Return the model's next turn; its words also go to `heard` while they come.

        Raises ModelUnavailable when it cannot be had, BudgetSpent at the cost cap.
        """


class ScriptedModel:
    """A model that answers from a list, for tests and dry runs; it keeps what it was sent."""

    name = "scripted"

    def __init__(self, answers: Sequence[str | Sequence[ToolCall] | Answer]) -> None:
        self._answers = list(answers)
        self.sent: list[tuple[Message, ...]] = []

    def ask(self, messages: Sequence[Message], tools: Sequence[Tool] = (), heard: Heard | None = None) -> Answer:
        """Return the next scripted answer; an exhausted script is an IndexError, so a test notices."""
        self.sent.append(tuple(messages))
        given = self._answers.pop(0)
        if isinstance(given, Answer):
            return given
        if isinstance(given, str):
            message = Message(role="assistant", text=given)
            if heard:
                for piece in given.splitlines(keepends=True):
                    heard(piece)
        else:
            message = Message(role="assistant", calls=tuple(given))
        return Answer(message=message, usage=Usage(calls=1, tokens_in=10, tokens_out=5))
