"""Conversion in several processes of this machine: `python -m glue2lakehouse.tools.rewrite.processes` is one of them.

They are started anew instead of forked or through `multiprocessing`: the caller may have threads, and its main module must not
run again. They talk in pickles over pipes and end with the caller, however that ends.
"""

import os
import pickle
import queue
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import IO, Any

from glue2lakehouse.errors import RunError
from glue2lakehouse.tools.rewrite.batches import Batch, Ground, batches_of, convert_batch
from glue2lakehouse.tools.rewrite.engine import Conversion
from glue2lakehouse.tools.rewrite.rule import JobFacts

_LENGTH = struct.Struct(">Q")


def convert_in_processes(
    files: Mapping[str, str], facts: Mapping[str, JobFacts], ground: Ground, processes: int
) -> Iterator[Conversion]:
    """Yield a conversion for each file, in no particular order. Raises RunError when a process ends, for lack of memory say.

    Each process holds one batch at a time, which is what bounds its memory.
    """
    idle: queue.SimpleQueue[_Process] = queue.SimpleQueue()
    started = [_Process(ground) for _ in range(processes)]
    for process in started:
        idle.put(process)

    def convert(batch: Batch) -> list[Conversion]:
        process = idle.get()
        try:
            return process.convert(batch)
        finally:
            idle.put(process)

    try:
        with ThreadPoolExecutor(processes, thread_name_prefix="convert") as pool:
            waiting: list[Future[list[Conversion]]] = [
                pool.submit(convert, batch) for batch in batches_of(files, facts)
            ]
            try:
                for done in as_completed(waiting):
                    yield from done.result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
                for process in started:
                    process.end()
    finally:
        for process in started:
            process.end()


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Process:
    """One process, told the ground first."""

    def __init__(self, ground: Ground) -> None:
        command = [sys.executable, "-m", __name__]
        self._child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, env=_environment()
        )
        self._ground: Ground | None = ground

    def convert(self, batch: Batch) -> list[Conversion]:
        """Convert a batch there."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        try:
            if self._ground is not None:
                _send(self._child.stdin, self._ground)
                self._ground = None
            _send(self._child.stdin, batch)
            answer: list[Conversion] | Exception = _receive(self._child.stdout)
        except (OSError, EOFError, ValueError) as error:
            names = ", ".join(list(batch.files)[:3])
            raise RunError(
                f"{names}, …: the process that converted them ended; is there enough memory? --workers 1 needs the least"
            ) from error
        if isinstance(answer, Exception):
            raise answer
        return answer

    def end(self) -> None:
        """End the process; it holds nothing that would be lost."""
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None and not pipe.closed:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue


def _environment() -> dict[str, str]:
    """A folder on this process's path may be where the package or a team's rules come from."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def _send(pipe: IO[bytes], value: object) -> None:
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    (length,) = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    return pickle.loads(_exactly(pipe, length))


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return data


def serve(inputs: IO[bytes], outputs: IO[bytes]) -> None:
    """Convert batches until the caller is gone."""
    try:
        ground: Ground = _receive(inputs)
        while True:
            batch: Batch = _receive(inputs)
            try:
                answer: list[Conversion] | RunError = convert_batch(batch, ground)
            except RunError as error:
                answer = error
            _send(outputs, answer)
    except (EOFError, BrokenPipeError):
        return


if __name__ == "__main__":
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    serve(sys.stdin.buffer, answers)
