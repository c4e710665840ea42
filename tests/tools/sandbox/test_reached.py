"""What stands behind a branch that no run takes, or after a swallowed exception, is not proven."""

from pathlib import Path

from glue2lakehouse.tools.sandbox.reached import lines_reached, unreached_sinks

SCRIPT = """\
class Frame:
    def write_dynamic_frame(self):
        return 1

frame = Frame()
frame.write_dynamic_frame()
try:
    raise ValueError
    frame.write_dynamic_frame()
except ValueError:
    pass
if not frame:
    (
        frame
        .write_dynamic_frame()
    )

def later():
    frame.write_dynamic_frame()
later()
"""


def test_sinks_that_no_run_came_to_are_named_by_line(tmp_path: Path) -> None:
    script = tmp_path / "job.py"
    script.write_text(SCRIPT)
    with lines_reached(script) as reached:
        exec(compile(SCRIPT, str(script), "exec"), {})
    assert unreached_sinks(SCRIPT, reached) == [9, 14]


def test_nothing_is_said_where_nothing_is_known_of_the_runs() -> None:
    assert unreached_sinks(SCRIPT, ()) == []
