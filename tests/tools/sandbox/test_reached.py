"""What stands behind a branch that no run takes, or after a swallowed exception, is not proven."""

from glue2lakehouse.tools.glue_runtime.environment import Manifest, Written
from glue2lakehouse.tools.sandbox.reached import unreached_sinks

SCRIPT = """\
class Frame:
    def write_dynamic_frame(self):
        manifest.add(Written(kind="path", target="s3://b/k"))

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


def test_sinks_that_no_run_came_to_are_named_by_line() -> None:
    manifest = Manifest(script="job.py")
    exec(compile(SCRIPT, "job.py", "exec"), {"manifest": manifest, "Written": Written})
    assert len(manifest.writes) == 2
    assert unreached_sinks(SCRIPT, manifest.lines) == [9, 13]


def test_nothing_is_said_where_nothing_is_known_of_the_runs() -> None:
    assert unreached_sinks(SCRIPT, ()) == []
