"""What a project allows a model to be asked: so many calls at once, so many a minute, so many dollars, so many tries."""

import random
import threading
import time
from collections.abc import Sequence

from glue2lakehouse.agents.calls import Stumbled
from glue2lakehouse.agents.dialogue import Answer, Heard, Message, Model, Tool, Usage
from glue2lakehouse.agents.prices import Price, cost_of
from glue2lakehouse.agents.providers import MAX_OUTPUT_TOKENS
from glue2lakehouse.errors import BudgetSpent
from glue2lakehouse.settings import Settings

# Code and JSON have at least two characters a token with every tokenizer of the listed models.
CHARACTERS_A_TOKEN = 2
_TRIES = 4
_LONGEST_WAIT_SECONDS = 60.0


class Metered:
    """Counts what is asked through it: calls that were paid for, and answers that were kept from before."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._lock = threading.Lock()
        self.name = model.name
        self.usage = Usage()

    def ask(self, messages: Sequence[Message], tools: Sequence[Tool] = (), heard: Heard | None = None) -> Answer:
        """Ask, and count."""
        answer = self._model.ask(messages, tools, heard)
        with self._lock:
            self.usage += answer.usage
        return answer


class Patient:
    """Tries again, with jitter, where that can help; an answer of which a part was heard is not begun anew."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.name = model.name

    def ask(self, messages: Sequence[Message], tools: Sequence[Tool] = (), heard: Heard | None = None) -> Answer:
        """Ask until there is an answer. Raises ModelUnavailable or ModelRefused when there is none."""
        listener = _Listener(heard)
        for attempt in range(1, _TRIES + 1):
            try:
                return self._model.ask(messages, tools, listener if heard else None)
            except Stumbled as error:
                if not error.what.again or listener.pieces or attempt == _TRIES:
                    raise error.what.error from error
                wait = min(error.what.wait_seconds or 0.25 * 2**attempt, _LONGEST_WAIT_SECONDS)
                time.sleep(wait * (1 + random.random() / 2))
        raise AssertionError("the last try returns or raises")


class _Listener:
    def __init__(self, heard: Heard | None) -> None:
        self._heard, self.pieces = heard, 0

    def __call__(self, text: str) -> None:
        self.pieces += 1
        if self._heard:
            self._heard(text)


class Limited:
    """Calls within the limits. Each try counts, since each may be paid for."""

    def __init__(self, model: Model, settings: Settings, price: Price | None) -> None:
        self._model, self._price, self._cap = model, price, settings.max_cost_usd
        self._slots = threading.BoundedSemaphore(settings.model_concurrency)
        self._lock = threading.Lock()
        self._pause = 60 / settings.model_requests_per_minute if settings.model_requests_per_minute else 0.0
        self._next = 0.0
        self._spent = 0.0
        self.name = model.name

    def ask(self, messages: Sequence[Message], tools: Sequence[Tool] = (), heard: Heard | None = None) -> Answer:
        """Ask when it is this call's turn. Raises BudgetSpent where the call could cost more than is left."""
        most = self._reserve(messages, tools)
        # What nobody can tell the cost of is taken for the most that it can be.
        cost: float | None = None
        try:
            with self._slots:
                self._wait_for_turn()
                answer = self._model.ask(messages, tools, heard)
            cost = answer.usage.cost_usd
            return answer
        except Stumbled as error:
            cost = None if error.what.charged else 0.0
            raise
        finally:
            with self._lock:
                self._spent += 0.0 if cost is None else cost - most

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
                    f"and the next call may cost {most:.4f}; raise max_cost_usd (--max-cost) and run again"
                )
            self._spent += most
        return most

    def _wait_for_turn(self) -> None:
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._pause
        time.sleep(turn - now)
