"""Throughput of the agents' loop at a local endpoint of 300 ms, and what graph, store and trace cost for each entity.

Run: .venv/bin/python benchmarks/agents.py [ENTITIES]. Times vary with the machine; compare the rows of one run.
"""

import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from glue2lakehouse.agents import converter
from glue2lakehouse.agents.bench import Bench
from glue2lakehouse.agents.models import open_model
from glue2lakehouse.agents.validator import Gathered
from glue2lakehouse.domain import Certainty, Edit, EntityType, Evidence, Finding, Severity
from glue2lakehouse.graphs.entity_state import Workshop
from glue2lakehouse.graphs.project import Batch, Draft, Outcome
from glue2lakehouse.graphs.queue import TEXTS, open_checkpoints
from glue2lakehouse.graphs.texts import Texts
from glue2lakehouse.orchestrator.ledger import Ledger
from glue2lakehouse.orchestrator.run import _traced
from glue2lakehouse.settings import Settings
from glue2lakehouse.store import open_store
from glue2lakehouse.tools.tracing import open_trace

LATENCY_SECONDS = 0.3


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep(LATENCY_SECONDS)
        name = body["tools"][-1]["function"]["name"]
        given: dict[str, Any] = {"issues": []}
        if name == "submit_conversion":
            given = {"converted_code": "answer()", "settled": [1], "transformations_applied": ["x"]}
        call = {"id": "c", "type": "function", "function": {"name": name, "arguments": json.dumps(given)}}
        choice = {
            "index": 0,
            "finish_reason": "tool_calls",
            "message": {"role": "assistant", "content": "", "tool_calls": [call]},
        }
        usage = {"prompt_tokens": 900, "completion_tokens": 60, "total_tokens": 960}
        text = json.dumps(
            {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
        )
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        pass


def _drafts(count: int, findings: bool) -> list[Draft]:
    edit = Edit(rule="r", certainty=Certainty.EXACT, source_line=1, target_line=1)
    drafts = []
    for number in range(count):
        path = f"job_{number}.py"
        doubt = Finding(rule="x", severity=Severity.BLOCKER, path=path, line=1, message="no rule")
        text = f"old({number})\n" * 50
        drafts.append(
            Draft(
                f"e{number}",
                EntityType.JOB,
                path,
                text,
                text.replace("old", "new"),
                (edit,),
                (doubt,) if findings else (),
            )
        )
    return drafts


def _gather(before: str, after: str, path: str, findings: tuple[Finding, ...]) -> Gathered:
    return Gathered(evidence=Evidence.EXECUTED)


def _run(drafts: list[Draft], uri: str, concurrency: int, store: bool = True, trace: bool = False) -> float:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(home=home, model=uri, model_concurrency=concurrency)
        texts = Texts(home / TEXTS)
        tables = open_store(home) if store else None
        ledger = Ledger(lambda rows: tables.put(*rows) if tables else None, texts)
        traced = open_trace(home, "benchmark", {}, trace)
        identity = traced.trace_id
        work = partial(converter.convert, bench=Bench(settings, _gather))
        workshop = Workshop(settings, texts, _gather, ledger.record, open_model(uri, settings), work)
        batch = Batch(workshop, open_checkpoints(home), "p", concurrency)
        done: Callable[[Outcome], None] = partial(_traced, trace=traced, ledger=ledger)
        started = time.perf_counter()
        batch.run(drafts, done)
        ledger.close(identity)
        traced.close({})
        return time.perf_counter() - started


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    uri = f"http://127.0.0.1:{server.server_port}/v1#m"
    doubtful, clean = _drafts(count, True), _drafts(count, False)
    _run(doubtful[:2], uri, 1)
    _run(clean[:2], "", 1, trace=True)
    print(f"{count} entities, two calls of {LATENCY_SECONDS * 1000:.0f} ms each (convert, read)")
    for concurrency in (1, 8, 32):
        # At one at a time every entity costs the same, so a tenth of them tells.
        some = doubtful[: max(count // 10, 1)] if concurrency == 1 else doubtful
        seconds = _run(some, uri, concurrency)
        print(
            f"  concurrency {concurrency:>2}: {len(some) / seconds:6.1f} entities/s  ({len(some)} in {seconds:.1f} s)"
        )
    graph = _run(clean, "", 1, store=False) / count * 1000
    stored = _run(clean, "", 1) / count * 1000
    traced = _run(clean, "", 1, trace=True) / count * 1000
    print(
        f"without a model, ms an entity: graph {graph:.2f}, with store {stored:.2f}, with store and trace {traced:.2f}"
    )


if __name__ == "__main__":
    main()
