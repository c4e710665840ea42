import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from glue2lakehouse.agents.dialogue import Message, Tool
from glue2lakehouse.agents.models import open_model
from glue2lakehouse.agents.prices import price_of
from glue2lakehouse.errors import BudgetSpent, ModelRefused, ModelUnavailable
from glue2lakehouse.settings import Settings

pytestmark = pytest.mark.integration

QUESTION = [Message(role="system", text="Be brief."), Message(role="user", text="Hello?")]


class Look(BaseModel):
    name: str


LOOK = Tool(name="look", description="Look a name up.", arguments=Look, run=lambda given: given.name)


@pytest.fixture
def opened(tmp_path: Path) -> Any:
    def make(uri: str, **settings: Any) -> Any:
        return open_model(uri, Settings(home=tmp_path, **settings))

    return make


def test_no_uri_is_no_model(opened: Any) -> None:
    assert opened("") is None


def test_an_answer_comes_with_its_tokens_and_cost(opened: Any, endpoint: Any) -> None:
    server = endpoint(endpoint.said("Hi.", tokens=(1000, 500)))
    answer = opened(f"{server.address}#m", model_prices={"m": (2.0, 8.0)}).ask(QUESTION)
    assert answer.message.text == "Hi."
    assert (answer.usage.tokens_in, answer.usage.tokens_out, answer.usage.cost_usd) == (1000, 500, 0.006)
    assert server.asked[0]["messages"][1] == {"role": "user", "content": "Hello?"}


def test_a_model_without_a_price_costs_none_and_never_zero(opened: Any, endpoint: Any) -> None:
    assert opened(f"{endpoint(endpoint.said('Hi.')).address}#m").ask(QUESTION).usage.cost_usd is None


def test_tool_calls_come_back_as_values(opened: Any, endpoint: Any) -> None:
    server = endpoint(endpoint.said(calls=[{"name": "look", "arguments": '{"name": "x"}'}]))
    (call,) = opened(f"{server.address}#m").ask(QUESTION, [LOOK]).message.calls
    assert (call.name, call.arguments) == ("look", {"name": "x"})
    assert server.asked[0]["tools"][0]["function"]["name"] == "look"


def test_broken_arguments_are_handed_on_for_the_agent_to_refuse(opened: Any, endpoint: Any) -> None:
    server = endpoint(endpoint.said(calls=[{"name": "look", "arguments": '{"name": '}]))
    (call,) = opened(f"{server.address}#m").ask(QUESTION, [LOOK]).message.calls
    assert "_unreadable" in call.arguments


def test_the_same_question_is_paid_for_once(opened: Any, endpoint: Any) -> None:
    server = endpoint(endpoint.said("Hi."))
    opened(f"{server.address}#m").ask(QUESTION)
    again = opened(f"{server.address}#m").ask(QUESTION)
    assert (len(server.asked), again.message.text, again.usage.calls, again.usage.cached_calls) == (1, "Hi.", 0, 1)


def test_recorded_answers_replay_without_a_network(opened: Any, endpoint: Any, tmp_path: Path) -> None:
    server = endpoint(endpoint.said("Hi."))
    opened(f"{server.address}#m").ask(QUESTION)
    replay = opened(f"recorded:{tmp_path / 'answers'}#m")
    assert replay.ask(QUESTION).message.text == "Hi."
    with pytest.raises(ModelUnavailable, match="no answer to this question"):
        replay.ask([Message(role="user", text="another question")])


def test_secrets_stay_here_and_come_back_in_the_answer(opened: Any, endpoint: Any, tmp_path: Path) -> None:
    server = endpoint(reply=lambda body: endpoint.said(f"use {body['messages'][0]['content'].split()[-1]}"))
    answer = opened(f"{server.address}#m").ask([Message(role="user", text='password = "hunter2!"')])
    assert answer.message.text == 'use "hunter2!"'
    kept = "".join(file.read_text() for file in (tmp_path / "answers").iterdir())
    assert "hunter2!" not in str(server.asked) + kept


def test_a_server_that_stumbles_is_asked_again(opened: Any, endpoint: Any) -> None:
    busy = (429, {"Retry-After": "0.01"}, '{"error": {"message": "slow down"}}')
    server = endpoint(busy, (503, {"Retry-After": "0.01"}, "{}"), endpoint.said("Hi."))
    assert opened(f"{server.address}#m").ask(QUESTION).message.text == "Hi."
    assert len(server.asked) == 3


def test_a_server_that_is_not_there_is_one_clear_line(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(ModelUnavailable) as told:
            opened(f"http://127.0.0.1:{port}/v1#m").ask(QUESTION)
    assert "does not answer" in str(told.value)
    assert "\n" not in str(told.value)


def test_a_server_that_hangs_is_given_up(opened: Any, endpoint: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server = endpoint(endpoint.said("late"), delay=0.6)
    nap = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: nap(min(seconds, 0.6)) if seconds == 0.6 else None)
    with pytest.raises(ModelUnavailable, match="does not answer"):
        opened(f"{server.address}#m", model_timeout_seconds=0.05).ask(QUESTION)


def test_a_wrong_token_is_not_tried_again(opened: Any, endpoint: Any) -> None:
    server = endpoint((401, {}, '{"error": {"message": "no"}}'))
    with pytest.raises(ModelUnavailable, match="check the token"):
        opened(f"{server.address}#m").ask(QUESTION)
    assert len(server.asked) == 1


def test_a_request_that_is_turned_down_is_told_apart(opened: Any, endpoint: Any) -> None:
    server = endpoint((400, {}, '{"error": {"message": "context too long"}}'))
    with pytest.raises(ModelRefused, match="context too long"):
        opened(f"{server.address}#m").ask(QUESTION)


def test_no_more_calls_at_once_than_allowed(opened: Any, endpoint: Any) -> None:
    server = endpoint(endpoint.said("Hi."), delay=0.05)
    model = opened(f"{server.address}#m", model_concurrency=2)
    ask = [threading.Thread(target=model.ask, args=([Message(role="user", text=str(n))],)) for n in range(6)]
    for thread in ask:
        thread.start()
    for thread in ask:
        thread.join()
    assert (len(server.asked), server.most_at_once) == (6, 2)


def test_calls_keep_to_the_rate(opened: Any, endpoint: Any) -> None:
    model = opened(f"{endpoint(endpoint.said('Hi.')).address}#m", model_requests_per_minute=1200)
    started = time.perf_counter()
    for number in range(4):
        model.ask([Message(role="user", text=str(number))])
    assert time.perf_counter() - started >= 3 * 60 / 1200


def test_the_cap_stops_a_call_before_it_is_made(opened: Any, endpoint: Any) -> None:
    server = endpoint(endpoint.said("Hi.", tokens=(100_000, 10_000)))
    model = opened(f"{server.address}#m", model_prices={"m": (1.0, 1.0)}, max_cost_usd=0.15)
    model.ask(QUESTION)
    with pytest.raises(BudgetSpent, match="raise max_cost_usd"):
        model.ask([Message(role="user", text="x" * 100_000)])
    assert len(server.asked) == 1


def test_a_cap_without_a_price_is_refused_at_once(opened: Any) -> None:
    with pytest.raises(BudgetSpent, match="state it in model_prices"):
        opened("http://127.0.0.1:1/v1#mystery", max_cost_usd=1.0)


def test_listed_prices_know_dated_names_and_nothing_that_merely_begins_alike() -> None:
    assert price_of("claude-sonnet-4-20250514", {}) == price_of("claude-sonnet-4", {})
    assert price_of("gpt-4o-mini", {}) != price_of("gpt-4o", {})
    assert price_of("gpt-4o-something-else", {}) is None


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("carrier-pigeon:coo", "cannot be opened: Unsupported provider"),
        ("openai:", "is no model"),
        ("openai:gpt-4o", "needs OPENAI_API_KEY"),
        ("anthropic:claude-sonnet-4", "needs ANTHROPIC_API_KEY"),
        ("recorded:/nowhere", "no such folder"),
    ],
)
def test_what_cannot_be_opened_says_what_to_do(
    opened: Any, uri: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ModelUnavailable, match=says):
        opened(uri)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # databricks-langchain warns of its own imports
def test_a_databricks_endpoint_is_asked_with_its_token(
    opened: Any, endpoint: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = endpoint(endpoint.said("Hi."))
    monkeypatch.setenv("DATABRICKS_HOST", server.address.removesuffix("/v1"))
    monkeypatch.setenv("DATABRICKS_TOKEN", "made-up")
    assert opened("databricks:my-endpoint").ask(QUESTION).message.text == "Hi."
    assert server.asked[0]["model"] == "my-endpoint"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # databricks-langchain warns of its own imports
def test_a_databricks_host_that_does_not_answer_is_given_up_in_seconds(
    opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABRICKS_HOST", "http://127.0.0.1:9")
    monkeypatch.setenv("DATABRICKS_TOKEN", "made-up")
    started = time.perf_counter()
    with pytest.raises(ModelUnavailable, match="databricks:my-endpoint"):
        opened("databricks:my-endpoint").ask(QUESTION)
    assert time.perf_counter() - started < 60
