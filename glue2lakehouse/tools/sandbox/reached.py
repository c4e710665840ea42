"""Which sinks of a script a run has come to: what stands behind an untaken branch or a swallowed exception is not proven."""

import ast
import re
import sys
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

WRITES = re.compile(
    r"write_dynamic_frame|write_data_frame|writeFrame|writeDynamicFrame|\.write\b|writeStream|saveAsTable|insertInto|put_object|"
    r"upload_file|INSERT\s+INTO|to_csv|to_parquet",
    re.IGNORECASE,
)


@contextmanager
def lines_reached(script: Path) -> Iterator[set[int]]:
    """Note the lines of a script that run until the block ends, in all threads."""
    name, reached = str(script), set[int]()

    def inside(frame: FrameType, event: str, argument: Any) -> Any:
        reached.add(frame.f_lineno)
        return inside

    def enter(frame: FrameType, event: str, argument: Any) -> Any:
        return inside if frame.f_code.co_filename == name else None

    before = sys.gettrace()
    sys.settrace(enter)
    threading.settrace(enter)
    try:
        yield reached
    finally:
        sys.settrace(before)
        threading.settrace(before)


def unreached_sinks(text: str, reached: Collection[int]) -> list[int]:
    """Return the lines of a script's writing calls that no run came to; empty where nothing is known of the runs."""
    if not reached:
        return []
    lines = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and WRITES.search(ast.unparse(node.func)):
            span = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            if not any(line in reached for line in span):
                lines.add(node.lineno)
    return sorted(lines)
