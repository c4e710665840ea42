"""A defect of ours is a blocker for the file that met it, with the place in our code; the other files are converted."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.errors import RunError
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.defects import RULE, DefectWarning, tried
from glue2lakehouse.tools.rewrite import JobFacts, convert_project
from glue2lakehouse.tools.rewrite.engine import convert_group
from glue2lakehouse.tools.rewrite.kinds.world import World

JOB = """\
import sys
from awsglue.utils import getResolvedOptions

args = getResolvedOptions(sys.argv, ["day"])
"""


def test_a_file_that_meets_a_defect_is_handed_off_and_the_others_are_converted() -> None:
    facts = {"a.py": JobFacts(glue_version="nonsense")}
    with pytest.warns(DefectWarning, match="Traceback"):
        made = {each.path: each for each in convert_project({"a.py": JOB, "b.py": JOB}, Settings(), facts)}
    (found,) = made["a.py"].findings
    assert (found.rule, found.severity, made["a.py"].after) == (RULE, Severity.BLOCKER, JOB)
    assert "ValueError: invalid literal for int() with base 10: 'nonsense' (rule.py:" in found.message
    assert made["a.py"].uses_glue
    assert "awsglue" not in made["b.py"].after


def test_a_group_that_cannot_be_understood_is_handed_off_whole() -> None:
    def understand() -> World:
        raise KeyError("who")

    with pytest.warns(DefectWarning):
        made = list(convert_group({"a.py": JOB, "b.py": "x = 1\n"}, understand, Settings(), {}))
    assert [(each.path, each.after, each.findings[0].rule) for each in made] == [
        ("a.py", JOB, RULE),
        ("b.py", "x = 1\n", RULE),
    ]


@pytest.mark.parametrize("error", [RunError("no disk"), MemoryError(), KeyboardInterrupt()])
def test_what_ends_the_run_is_no_defect(error: BaseException) -> None:
    def work() -> None:
        raise error

    with pytest.raises(type(error)):
        tried(work)
