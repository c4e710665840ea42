"""Model answers written by hand, sent over real HTTP and kept as vcrpy cassettes: `evals/recorded/<entity>/`.

    source/        what is migrated: a job with its DDL and data
    answers.toml   the model's turns in order, written by a person who had read the prompts, and what has to come of them
    cassette.yaml  the HTTP of one migration against a local endpoint that gave these answers

`python -m glue2lakehouse.evaluation.recording` records anew what is stale, which a changed prompt, rule or tool makes of cassettes:
requests are compared by method, path and body, so that an answer to another question is never replayed. It needs Spark, because
what can be executed is, and says how each entity ended; folders may be named, and are then recorded whether stale or not.
"""

import json
import re
import sys
import tempfile
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from glue2lakehouse.errors import ModelUnavailable
from glue2lakehouse.orchestrator.run import Run, migrate
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.sandbox.worker import Worker

CASSETTE = "cassette.yaml"
ANSWERS = "answers.toml"
_FINDING = re.compile(r"^(\d+)\. line \d+ \[", re.MULTILINE)
RECORDED = Path("evals/recorded")
MODEL = "written-by-hand"
# Nothing listens there: a replay that left its cassette would fail.
NOWHERE = "http://127.0.0.1:9/v1"


class Answers(BaseModel):
    """`turn` are tool calls (`tool` and its arguments) or words (`say`); `caught` is a part of the reason of a refusal.

    `settled = "all"` in a submission stands for all findings that the question lists, whose number changes with the rules.
    """

    model_config = ConfigDict(extra="forbid")

    about: str
    turn: list[dict[str, Any]]
    caught: str = ""
    attempts: int = Field(default=1, description="how often the converter has to be asked")
    executes: bool = Field(default=True, description="whether original and conversion can be run here")
    unshown: bool = Field(
        default=False, description="whether no run shows that the doubt is settled, so that a person approves it"
    )
    trials: bool = Field(default=False, description="whether the answers depend on what a run showed")

    @property
    def runs(self) -> bool:
        """Whether original and conversion are executed while the answers are given."""
        return self.trials or (self.executes and not self.caught)


def read_answers(entity: Path) -> Answers:
    """Return what was written for an entity."""
    return Answers.model_validate(tomllib.loads((entity / ANSWERS).read_text(encoding="utf-8")))


def replay(entity: Path, folder: Path, *, trials: bool = False, worker: Worker | None = None) -> Run:
    """Migrate an entity with the answers of its cassette; a question that is not on it is a ModelUnavailable."""
    with _cassette(entity / CASSETTE, "none"):
        return _migrated(entity, NOWHERE, folder, trials, worker)


def record(entity: Path, worker: Worker | None = None) -> Run:
    """Migrate an entity against a local endpoint that gives the written answers, and keep the HTTP."""
    answers = read_answers(entity)
    (entity / CASSETTE).unlink(missing_ok=True)
    kept = _cassette(entity / CASSETTE, "new_episodes")
    with tempfile.TemporaryDirectory() as folder, _endpoint(answers) as address, kept:
        return _migrated(entity, address, Path(folder), answers.runs, worker)


def _migrated(entity: Path, address: str, folder: Path, trials: bool, worker: Worker | None) -> Run:
    settings = Settings(
        home=folder / "home", tracing=False, model=f"{address}#{MODEL}", model_concurrency=1, trials=trials
    )
    return migrate(str(entity / "source"), folder / "out", settings, worker=worker)


@contextmanager
def _cassette(file: Path, mode: str) -> Iterator[None]:
    import vcr

    recorder = vcr.VCR(
        match_on=["method", "path", "body"],
        record_mode=mode,
        filter_headers=["authorization", "user-agent", "host", "x-stainless-*"],
        before_record_request=_without_headers,
        decode_compressed_response=True,
    )
    with recorder.use_cassette(str(file)):
        yield


def _without_headers(request: Any) -> Any:
    """What identifies the machine or the client has no place in a cassette."""
    request.headers = {}
    return request


@contextmanager
def _endpoint(answers: Answers) -> Iterator[str]:
    turns = iter(answers.turn)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            turn = next(turns, None)
            text = json.dumps(
                _completion(_numbered(turn, asked))
                if turn is not None
                else {"error": {"message": "no answer is written"}}
            )
            self.send_response(200 if turn is not None else 400)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


def _numbered(turn: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """Return a turn whose `settled = "all"` is replaced by the numbers of all findings that the question lists."""
    if turn.get("settled") != "all":
        return turn
    question = next(message["content"] for message in asked["messages"] if message["role"] == "user")
    return turn | {"settled": [int(number) for number in _FINDING.findall(question)]}


def _completion(turn: dict[str, Any]) -> dict[str, Any]:
    """Return a turn as an OpenAI-compatible completion; no tokens are claimed, since nobody counted any."""
    message: dict[str, Any] = {"role": "assistant", "content": turn.get("say", "")}
    if "tool" in turn:
        given = turn.get("raw") or json.dumps({name: value for name, value in turn.items() if name != "tool"})
        function = {"name": turn["tool"], "arguments": given}
        message["tool_calls"] = [{"id": "call_1", "type": "function", "function": function}]
    reason = "tool_calls" if "tool" in turn else "stop"
    choice = {"index": 0, "finish_reason": reason, "message": message}
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    return {
        "id": "by-hand",
        "object": "chat.completion",
        "created": 0,
        "model": MODEL,
        "choices": [choice],
        "usage": usage,
    }


def is_stale(entity: Path, worker: Worker | None = None) -> bool:
    """Whether a question of today is not on an entity's cassette."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            replay(entity, Path(folder), trials=read_answers(entity).runs, worker=worker)
        except ModelUnavailable:
            return True
    return False


def _main() -> None:
    named = [Path(name) for name in sys.argv[1:]]
    with Worker() as worker:
        for entity in named or sorted(file.parent for file in RECORDED.glob(f"*/{ANSWERS}")):
            if not named and not is_stale(entity, worker):
                print(f"{entity.name}: as it was")
                continue
            for file in record(entity, worker).report.files:
                print(
                    f"{entity.name}: {file.path}: {file.status.value} {file.evidence.value} {file.confidence}",
                    flush=True,
                )


if __name__ == "__main__":
    _main()
