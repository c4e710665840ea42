"""kill -9 at every node boundary: what was decided stays decided, once, and no finished call is paid for again."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_kills_at_every_node_boundary_lose_and_double_nothing(tmp_path: Path) -> None:
    command = [sys.executable, str(Path(__file__).with_name("killing.py")), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    tables, paid = told["tables"], told["paid"]
    assert told["entities"] <= told["kills"] < 20 * told["entities"]
    assert tables["rough"] == tables["calm"]
    assert all(len(ids) == len(set(ids)) for ids in tables["rough"].values())
    assert paid["rough"] == paid["calm"]
    # Once all is done, another run neither asks nor records.
    assert (tables["again"], paid["again"]) == (tables["calm"], paid["calm"])
