"""What runs more than once, not at all, or in one of several ways in a DAG's code is not taken for what its text says."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.jobs import Definitions, read_definitions

HEAD = """\
import os
from airflow import DAG
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
"""
TASK = 'GlueJobOperator(task_id="t", job_name="j", script_args={"--a": value})\n'


def read(before: str, task: str = TASK) -> Definitions:
    return read_definitions({"d.py": f'{HEAD}{before}\nwith DAG("d", schedule=None):\n    {task}'})


def told(found: Definitions) -> list[str]:
    return [finding.message for finding in found.findings if finding.severity is Severity.BLOCKER]


@pytest.mark.parametrize(
    "before",
    [
        "value = ''\nwhile len(value) < 3:\n    value += 'a'",
        "value = 'a'\nfor stage in os.environ:\n    value += 'a'",
        "value = 'a'\nfor stage in os.environ:\n    value = 'b'",
        "value = 'a'\nmatch os.environ['E']:\n    case 'prod':\n        value = 'b'",
        "value = 'a'\nmatch os.environ['E']:\n    case value:\n        pass",
        "value = 'a'\nfrom settings import value",
        "try:\n    from settings import value\nexcept ImportError:\n    value = 'a'",
        "value = 's3://%s/%s' % (os.environ['B'], 'x')",
        "value = '%(b)s/x' % {'b': os.environ['B']}",
        "value = str([os.environ['B']])",
        "names = ['a']\nnames.extend(os.environ)\nvalue = str(len(names))",
    ],
)
def test_a_value_that_is_not_known_is_handed_off(before: str) -> None:
    assert told(read(before)) == ["task 't': --a of its script_args is computed"]


@pytest.mark.parametrize(
    ("before", "value"),
    [
        ("value = 'a'\nwhile False:\n    value = 'b'", "a"),
        ("for value in ('a', 'b'):\n    if value == 'c':\n        break\nelse:\n    value = 'none'", "none"),
        ("for value in ('a', 'b'):\n    if value == 'a':\n        break\nelse:\n    value = 'none'", "a"),
        ("value = '%s/%s' % ('a', 'b')", "a/b"),
        ("names = ['a', 'b']\nvalue = str(len(names))", "2"),
        ("value = 'a'\nfor stage in os.environ:\n    print(stage)", "a"),
    ],
)
def test_a_value_that_is_known_is_taken(before: str, value: str) -> None:
    found = read(before)
    assert found.chains[0].steps[0].arguments == {"--a": value}
    assert told(found) == []


def test_a_function_that_is_not_known_may_change_the_map_that_it_is_given() -> None:
    task = 'GlueJobOperator(task_id="t", job_name="j", script_args=args)\n'
    assert told(read("from lib import complete\nargs = {'--a': '1'}\ncomplete(args)", task))
    assert told(read("args = {'--a': '1'}\nprint(args)", task)) == []


def test_tasks_of_every_case_are_taken_in_and_told() -> None:
    found = read("", f"match os.environ['E']:\n        case 'prod':\n            {TASK.replace('value', repr('x'))}")
    assert [step.job_name for step in found.chains[0].steps] == ["j"]
    assert ["match os.environ['E']" in text for text in told(found)] == [True]
