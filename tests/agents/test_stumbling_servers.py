"""Servers that stumble, over real HTTP: one clear line, no traceback, no waiting without end."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from glue2lakehouse.agents.dialogue import BadArguments, Message
from glue2lakehouse.agents.models import open_model
from glue2lakehouse.agents.reviewer import Proposal
from glue2lakehouse.errors import BudgetSpent, ModelRefused, ModelUnavailable
from glue2lakehouse.settings import Settings

pytestmark = pytest.mark.integration

QUESTION = [Message(role="user", text="Hello?")]


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waits are written down instead of slept."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", lambda seconds: slept.append(seconds) if seconds > 0.1 else None)
    return slept


@pytest.fixture
def opened(tmp_path: Path) -> Any:
    def make(address: str, **settings: Any) -> Any:
        return open_model(f"{address}#m", Settings(home=tmp_path, **settings))

    return make


@pytest.fixture
def half_closed() -> Iterator[str]:
    """A server that promises more than it sends and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(
                        b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"id": "x", '
                    )

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v1"


@pytest.mark.parametrize(
    "body",
    [
        "{not json",
        "",
        "[]",
        "<html>log in</html>",
        '{"choices": []}',
        '{"choices": null}',
        '{"error": {"message": "x"}}',
    ],
)
def test_an_answer_that_is_no_completion_is_one_line(body: str, opened: Any, endpoint: Any, naps: list[float]) -> None:
    server = endpoint((200, {}, body))
    with pytest.raises(ModelUnavailable, match="no chat completion") as told:
        opened(server.address).ask(QUESTION)
    assert "\n" not in str(told.value)
    assert len(server.asked) == 4


def test_a_connection_that_breaks_off_is_tried_again_and_told(opened: Any, half_closed: str, naps: list[float]) -> None:
    with pytest.raises(ModelUnavailable, match="does not answer"):
        opened(half_closed).ask(QUESTION)
    assert len(naps) == 3


@pytest.mark.parametrize(
    ("status", "says", "tries"),
    [
        (401, "check the token", 1),
        (403, "token's rights", 1),
        (404, "endpoint's name", 1),
        (429, "lower model_requests_per_minute", 4),
        (500, "check the endpoint's state", 4),
        (503, "check the endpoint's state", 4),
    ],
)
def test_a_status_says_what_to_do(
    status: int, says: str, tries: int, opened: Any, endpoint: Any, naps: list[float]
) -> None:
    server = endpoint((status, {}, '{"error": {"message": "no"}}'))
    with pytest.raises(ModelUnavailable, match=says):
        opened(server.address).ask(QUESTION)
    assert len(server.asked) == tries


@pytest.mark.parametrize("asked", ["7", "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_a_wait_that_the_server_asks_for_is_kept_to_up_to_a_minute(
    asked: str, opened: Any, endpoint: Any, naps: list[float]
) -> None:
    server = endpoint((429, {"Retry-After": asked}, "{}"), endpoint.said("Hi."))
    opened(server.address).ask(QUESTION)
    longest = 7 if asked == "7" else 60
    assert longest <= naps[0] <= longest * 1.5


def test_a_model_that_takes_no_temperature_is_asked_without(opened: Any, endpoint: Any) -> None:
    def reply(body: dict[str, Any]) -> Any:
        if "temperature" in body:
            return (400, {}, '{"error": {"message": "Unsupported value: temperature does not support 0.0"}}')
        return endpoint.said("Hi.")

    server = endpoint(reply=reply)
    model = opened(server.address)
    assert model.ask(QUESTION).message.text == "Hi."
    model.ask([Message(role="user", text="again")])
    assert ["temperature" in body for body in server.asked] == [True, False, False]


def test_a_context_that_is_too_long_is_refused_and_not_tried_again(opened: Any, endpoint: Any) -> None:
    server = endpoint((413, {}, '{"error": {"message": "too long"}}'))
    with pytest.raises(ModelRefused, match="too long"):
        opened(server.address).ask(QUESTION)
    assert len(server.asked) == 1


def test_a_host_that_swallows_everything_is_given_up_in_time(opened: Any, naps: list[float]) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        started = time.perf_counter()
        with pytest.raises(ModelUnavailable):
            opened(f"http://127.0.0.1:{server.getsockname()[1]}/v1", model_timeout_seconds=0.2).ask(QUESTION)
    assert time.perf_counter() - started < 10


def test_who_counts_no_tokens_has_not_said_that_they_were_free(opened: Any, endpoint: Any) -> None:
    answer = {name: value for name, value in endpoint.said("Hi.").items() if name != "usage"}
    server = endpoint(answer)
    model = opened(server.address, model_prices={"m": (1.0, 1.0)}, max_cost_usd=0.02)
    assert model.ask(QUESTION).usage.cost_usd is None
    model.ask([Message(role="user", text="again")])
    # Each of the two may have cost what 8192 tokens cost.
    with pytest.raises(BudgetSpent):
        model.ask([Message(role="user", text="and again")])
    assert len(server.asked) == 2


def test_calls_side_by_side_never_spend_more_than_the_cap(opened: Any, endpoint: Any) -> None:
    server = endpoint(endpoint.said("Hi.", tokens=(100, 4000)), delay=0.05)
    model = opened(server.address, model_prices={"m": (1.0, 1.0)}, max_cost_usd=0.03, model_concurrency=8)
    spent: list[float] = []

    def ask(number: int) -> None:
        try:
            spent.append(model.ask([Message(role="user", text=f"question {number}")]).usage.cost_usd)
        except BudgetSpent:
            spent.append(0.0)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0 < sum(spent) <= 0.03
    assert len(server.asked) == sum(cost > 0 for cost in spent)


def chunk(delta: dict[str, Any], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    piece = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(piece)}\n\n"


def streamed(*words: str) -> tuple[int, dict[str, str], str]:
    usage = {"prompt_tokens": 50, "completion_tokens": 5, "total_tokens": 55}
    last = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [], "usage": usage}
    pieces = [*(chunk({"content": word}) for word in words), chunk({}, "stop"), f"data: {json.dumps(last)}\n\n"]
    return 200, {"Content-Type": "text/event-stream"}, "".join([*pieces, "data: [DONE]\n\n"])


def test_words_are_heard_as_they_come_and_counted(opened: Any, endpoint: Any) -> None:
    heard: list[str] = []
    server = endpoint(streamed("Hi", " there", "."))
    answer = opened(server.address, model_prices={"m": (1.0, 1.0)}).ask(QUESTION, (), heard.append)
    assert heard == ["Hi", " there", "."]
    assert (answer.message.text, answer.usage.tokens_in, answer.usage.tokens_out) == ("Hi there.", 50, 5)
    assert server.asked[0]["stream"]


def test_a_placeholder_in_pieces_is_heard_as_its_value(opened: Any, endpoint: Any) -> None:
    heard: list[str] = []
    server = endpoint(streamed("Use REDAC", "TED_SEC", "RET_1", ", or RED wine"))
    opened(server.address).ask([Message(role="user", text='password = "hunter2!"')], (), heard.append)
    assert "".join(heard) == "Use hunter2!, or RED wine"
    assert "hunter2!" not in json.dumps(server.asked)


def test_an_answer_of_which_a_part_was_heard_is_not_begun_anew(opened: Any, endpoint: Any, naps: list[float]) -> None:
    broken = (200, {"Content-Type": "text/event-stream"}, chunk({"content": "Hi"}) + "data: {broken\n\n")
    server = endpoint(broken)
    with pytest.raises(ModelUnavailable):
        opened(server.address).ask(QUESTION, (), lambda words: None)
    assert len(server.asked) == 1


CUT = json.dumps({"first": 1, "last": 9, "code": "orders.where(amount > 3).write.save()"})


@pytest.mark.parametrize("arguments", [CUT, CUT[:45]], ids=["brackets closed", "as it came"])
@pytest.mark.parametrize("streamed", [False, True])
def test_half_a_call_is_no_call(arguments: str, streamed: bool, opened: Any, endpoint: Any) -> None:
    whole = endpoint.said(calls=[{"name": "propose_code", "arguments": arguments}])
    whole["choices"][0]["finish_reason"] = "length"
    server = endpoint((200, {"Content-Type": "text/event-stream"}, in_pieces(whole)) if streamed else whole)
    answer = opened(server.address).ask(QUESTION, heard=(lambda _: None) if streamed else None)
    (call,) = answer.message.calls
    with pytest.raises(BadArguments, match="cut off"):
        call.read(Proposal)


def in_pieces(whole: dict[str, Any]) -> str:
    """Return a completion as a server streams it."""
    (choice,) = whole["choices"]
    calls = [call | {"index": index} for index, call in enumerate(choice["message"]["tool_calls"])]
    deltas = [({"role": "assistant", "content": "", "tool_calls": calls}, None), ({}, choice["finish_reason"])]
    chunks = [
        {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m",
         "choices": [{"index": 0, "delta": delta, "finish_reason": ended}]}
        for delta, ended in deltas
    ]  # fmt: skip
    return "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
