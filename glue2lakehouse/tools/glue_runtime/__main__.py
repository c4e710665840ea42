"""Run one script in a process of its own: `python -m glue2lakehouse.tools.glue_runtime request.json`.

The request: {"script", "argv", "environment", "search", "result"}; the result (a `RunResult`) goes to that file, or to
standard output without one. Exit code 0 when the script finished, 1 when not.
"""

import sys
from pathlib import Path

from pydantic import BaseModel, Field

from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment
from glue2lakehouse.tools.glue_runtime.runner import run_script


class Request(BaseModel):
    """What to run, and where the answer goes."""

    script: Path
    argv: list[str] = Field(default_factory=list)
    environment: RuntimeEnvironment
    search: list[Path] = Field(default_factory=list, description="folders with further modules")
    result: Path | None = None


def main(arguments: list[str]) -> int:
    """Read the request, run, write the result."""
    if len(arguments) != 1:
        print("usage: python -m glue2lakehouse.tools.glue_runtime REQUEST.json", file=sys.stderr)
        return 2
    request = Request.model_validate_json(Path(arguments[0]).read_text(encoding="utf-8"))
    result = run_script(request.script, request.environment, request.argv, search=request.search)
    text = result.model_dump_json(indent=1)
    if request.result is None:
        print(text)
    else:
        request.result.write_text(text, encoding="utf-8")
    return 0 if result.outcome == "finished" else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
