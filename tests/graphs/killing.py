"""The lives and deaths that `test_kill.py` judges, in a process of its own.

Each life is a fork of this process, and only a process without threads can be forked: what tests before it left running (MLflow's
threads, a Spark session) would make a fork fail or hang. Prints one JSON object.
"""

import hashlib
import importlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from glue2lakehouse.agents import converter
from glue2lakehouse.agents.bench import Bench
from glue2lakehouse.agents.models import open_model
from glue2lakehouse.agents.validator import Gathered
from glue2lakehouse.domain import Certainty, Edit, EntityType, Evidence, Finding, Severity
from glue2lakehouse.graphs import entity
from glue2lakehouse.graphs.entity_state import Workshop
from glue2lakehouse.graphs.project import Batch, Draft, Outcome
from glue2lakehouse.graphs.queue import TEXTS, open_checkpoints
from glue2lakehouse.graphs.texts import Texts
from glue2lakehouse.orchestrator.ledger import Ledger
from glue2lakehouse.settings import Settings
from glue2lakehouse.store import AgentDecision, ValidationResult, open_store

ENTITIES = int(os.environ.get("KILL_ENTITIES", "50"))
PROJECT = "p"


def gather(before: str, after: str, path: str, findings: tuple[Finding, ...]) -> Gathered:
    """Every third file is refused at first, every fifth stays unproved, so that all ways through the graph are walked."""
    if "BAD" in after:
        found = Finding(rule="check-vanished", severity=Severity.BLOCKER, path=path, line=1, message="gone")
        issue: Any = {"type": "check-vanished", "severity": "critical", "message": "gone", "line": 1}
        return Gathered(evidence=Evidence.PARSED, findings=(found,), issues=(issue,))
    return Gathered(evidence=Evidence.RESOLVED if "UNRUN" in after else Evidence.EXECUTED)


def drafts() -> list[Draft]:
    edit = Edit(rule="r", certainty=Certainty.EXACT, source_line=1, target_line=1)
    made = []
    for number in range(ENTITIES):
        path = f"job_{number}.py"
        doubt = Finding(rule="unknown", severity=Severity.BLOCKER, path=path, line=1, message="no rule")
        findings = (doubt,) if number % 2 else ()
        made.append(Draft(f"e{number}", EntityType.JOB, path, f"old({number})", f"new({number})", (edit,), findings))
    return made


def reply_to(body: dict[str, Any]) -> dict[str, Any]:
    asked = body["messages"][-1]["content"]
    number = int(asked.split("job_")[1].split(".py")[0])
    if body["tools"][0]["function"]["name"] == "report_reading":
        return {"name": "report_reading", "arguments": {"issues": []}}
    word = "BAD" if number % 3 == 0 and "was refused" not in asked else "UNRUN" if number % 5 == 0 else "GOOD"
    arguments = {"converted_code": f"{word}({number})", "settled": [1], "transformations_applied": [word]}
    return {"name": "submit_conversion", "arguments": arguments}


@contextmanager
def endpoint(folder: Path) -> Iterator[tuple[str, Path]]:
    """A server in a process of its own, which writes down every call that it was paid for."""
    calls = folder / "calls"
    calls.touch()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            with calls.open("a") as book:
                book.write(hashlib.sha256(raw).hexdigest() + "\n")
            said = reply_to(json.loads(raw))
            call = {
                "id": "c",
                "type": "function",
                "function": {"name": said["name"], "arguments": json.dumps(said["arguments"])},
            }
            message = {"role": "assistant", "content": "", "tool_calls": [call]}
            usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
            choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
            text = json.dumps(
                {
                    "id": "x",
                    "object": "chat.completion",
                    "created": 1,
                    "model": "m",
                    "choices": [choice],
                    "usage": usage,
                }
            )
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    child = os.fork()
    if child == 0:
        server.serve_forever()
    yield f"http://127.0.0.1:{server.server_port}/v1#m", calls
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    server.server_close()


def run(home: Path, uri: str) -> list[Outcome]:
    settings = Settings(home=home, tracing=False, model_prices={"m": (1.0, 1.0)}, max_attempts=2)
    store, texts = open_store(home), Texts(home / TEXTS)
    ledger = Ledger(lambda rows: store.put(*rows), texts)
    work = partial(converter.convert, bench=Bench(settings, gather))
    workshop = Workshop(settings, texts, gather, ledger.record, open_model(uri, settings), work)
    batch = Batch(workshop, open_checkpoints(home), PROJECT, concurrency=1)
    outcomes = batch.run(drafts(), lambda outcome: ledger.settle(outcome.entity_id, ""))
    ledger.close()
    return outcomes


def killed_at(boundary: int, work: Callable[[], Any]) -> bool:
    """Run in a child that kills itself before its n-th node; return whether it was killed."""
    child = os.fork()
    if child == 0:
        seen = 0

        def counted(node: Any) -> Any:
            def step(*given: Any) -> Any:
                nonlocal seen
                seen += 1
                if seen == boundary:
                    os.kill(os.getpid(), signal.SIGKILL)
                return node(*given)

            return step

        entity.NODES = {name: counted(node) for name, node in entity.NODES.items()}
        status = 1
        try:
            work()
            status = 0
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the child failed by itself"
    return os.WIFSIGNALED(status)


def kept(home: Path) -> dict[str, list[str]]:
    """Read the tables in a child: a process that has used delta-rs cannot be forked any more."""

    def read() -> None:
        store, kinds = open_store(home), (AgentDecision, ValidationResult)
        found = {kind.table: [row.id for row in store.rows(kind, PROJECT)] for kind in kinds}
        (home / "kept.json").write_text(json.dumps(found))

    assert not killed_at(10**9, read)
    found: dict[str, list[str]] = json.loads((home / "kept.json").read_text())
    return found


def live_and_die(folder: Path) -> dict[str, Any]:
    """Run a batch in peace, then the same one in many short lives, then once more; say what each left."""
    # Imported before the forks, so that each of the many lives begins at once.
    for name in ("deltalake", "langchain_openai", "langgraph.checkpoint.sqlite", "langgraph.graph", "pyarrow"):
        importlib.import_module(name)
    with endpoint(folder) as (uri, calls):
        killed_at(10**9, lambda: run(folder / "calm", uri))
        calm, paid_calm = kept(folder / "calm"), sorted(calls.read_text().split())
        calls.write_text("")
        kills = 0
        # A durable thread goes on where it was. Lives of one to seven nodes end before every kind of node in turn.
        while kills < 20 * ENTITIES and killed_at(2 + kills % 7, lambda: run(folder / "rough", uri)):
            kills += 1
        rough, paid_rough = kept(folder / "rough"), sorted(calls.read_text().split())
        killed_at(10**9, lambda: run(folder / "rough", uri))
        again, paid_again = kept(folder / "rough"), sorted(calls.read_text().split())
    tables = {"calm": calm, "rough": rough, "again": again}
    return {
        "entities": ENTITIES,
        "kills": kills,
        "tables": tables,
        "paid": {"calm": paid_calm, "rough": paid_rough, "again": paid_again},
    }


if __name__ == "__main__":
    print(json.dumps(live_and_die(Path(sys.argv[1]))))
