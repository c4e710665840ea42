"""A local OpenAI-compatible endpoint: real HTTP, answers from a list, everything that was asked kept."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

Reply = dict[str, Any] | tuple[int, dict[str, str], str]


class Endpoint:
    """Answers POST /v1/chat/completions with what `reply` returns for the request's JSON."""

    def __init__(self, reply: Callable[[dict[str, Any]], Reply], delay: float = 0.0) -> None:
        self.asked: list[dict[str, Any]] = []
        self.reply, self.delay = reply, delay
        self.most_at_once = self._now = 0
        self._lock = threading.Lock()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                endpoint._enter(body)
                time.sleep(endpoint.delay)
                answer = endpoint.reply(body)
                status, headers, text = answer if isinstance(answer, tuple) else (200, {}, json.dumps(answer))
                endpoint._leave()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())

            def do_GET(self) -> None:
                self.send_error(404)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _enter(self, body: dict[str, Any]) -> None:
        with self._lock:
            self.asked.append(body)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)

    def _leave(self) -> None:
        with self._lock:
            self._now -= 1

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def said(
    text: str = "", calls: list[dict[str, Any]] | None = None, tokens: tuple[int, int] = (100, 20)
) -> dict[str, Any]:
    """Return a chat completion as OpenAI-compatible servers write it."""
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if calls:
        message["tool_calls"] = [
            {"id": f"call_{n}", "type": "function", "function": {"name": c["name"], "arguments": c["arguments"]}}
            for n, c in enumerate(calls)
        ]
    usage = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if calls else "stop"}
    return {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}


@pytest.fixture
def endpoint() -> Iterator[Callable[..., Endpoint]]:
    opened: list[Endpoint] = []

    def start(*replies: Reply, delay: float = 0.0, reply: Callable[[dict[str, Any]], Reply] | None = None) -> Endpoint:
        waiting = list(replies)
        opened.append(Endpoint(reply or (lambda body: waiting.pop(0) if len(waiting) > 1 else waiting[0]), delay))
        return opened[-1]

    start.said = said  # type: ignore[attr-defined]
    yield start
    for item in opened:
        item.close()
