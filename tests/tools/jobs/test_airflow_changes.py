"""Lists, maps and names that a DAG's code changes before a task takes them: as Python changes them, or open."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.jobs import Definitions, read_definitions

HEAD = """\
import os
from airflow import DAG
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
"""
ARGS = 'GlueJobOperator(task_id="t", job_name="j", script_args=args)\n'
EACH = 'for name in jobs:\n        GlueJobOperator(task_id=name, job_name=name)\n'  # fmt: skip


def read(before: str, task: str) -> Definitions:
    return read_definitions({"d.py": f'{HEAD}{before}\nwith DAG("d", schedule=None):\n    {task}'})


def told(found: Definitions) -> list[str]:
    return [finding.message for finding in found.findings if finding.severity is Severity.BLOCKER]


@pytest.mark.parametrize(
    ("change", "arguments"),
    [
        ("args.pop('--a')", {"--b": "2"}),
        ("del args['--a']", {"--b": "2"}),
        ("args.setdefault('--c', '3')", {"--a": "1", "--b": "2", "--c": "3"}),
        ("args.setdefault('--a', '3')", {"--a": "1", "--b": "2"}),
        ("args.clear()", {}),
    ],
)
def test_a_map_is_changed_as_python_does(change: str, arguments: dict[str, str]) -> None:
    found = read(f"args = {{'--a': '1', '--b': '2'}}\n{change}", ARGS)
    assert found.chains[0].steps[0].arguments == arguments
    assert told(found) == []


@pytest.mark.parametrize(
    "change",
    [
        "args[os.environ['K']] = '3'",
        "args.pop(os.environ['K'])",
        "del args[os.environ['K']]",
        "if os.environ['K']:\n    args.pop('--a')",
        "if os.environ['K']:\n    del args['--a']",
        "args.update(json.loads(os.environ['K']))",
    ],
)
def test_a_map_whose_change_is_not_known_is_handed_off(change: str) -> None:
    assert told(read(f"args = {{'--a': '1', '--b': '2'}}\n{change}", ARGS))


@pytest.mark.parametrize(
    ("change", "keys"),
    [
        ("jobs.remove('b')", ["c", "a"]),
        ("jobs.sort()", ["a", "b", "c"]),
        ("jobs.reverse()", ["a", "b", "c"]),
        ("jobs.pop()", ["c", "b"]),
        ("jobs.insert(0, 'd')", ["d", "c", "b", "a"]),
        ("jobs[0] = 'd'", ["d", "b", "a"]),
        ("del jobs[0]", ["b", "a"]),
    ],
)
def test_a_list_is_changed_as_python_does(change: str, keys: list[str]) -> None:
    found = read(f"jobs = ['c', 'b', 'a']\n{change}", EACH)
    assert [step.key for step in found.chains[0].steps] == keys
    assert told(found) == []


@pytest.mark.parametrize(
    "change",
    [
        "jobs.remove(os.environ['K'])",
        "jobs.sort(key=len)",
        "if os.environ['K']:\n    jobs.pop()",
        "jobs = [job for job in jobs if job != os.environ['K']]",
        "jobs = [job for job in jobs if job in ['b', os.environ['K']]]",
        "try:\n    jobs = ['a']\nexcept Exception:\n    jobs = ['b']",
    ],
)
def test_a_list_whose_change_is_not_known_is_handed_off(change: str) -> None:
    assert told(read(f"jobs = ['c', 'b', 'a']\n{change}", EACH))


def test_a_function_may_set_a_name_of_the_module() -> None:
    found = read(
        "env = 'dev'\ndef set_up():\n    global env\n    env = 'prod'\nset_up()",
        "GlueJobOperator(task_id='t', job_name=env)\n",
    )
    assert found.chains[0].steps[0].job_name == "prod"


def test_a_task_of_a_handler_is_taken_in_with_a_doubt() -> None:
    body = "try:\n        pass\n    except ValueError:\n        GlueJobOperator(task_id='t', job_name='j')\n"
    (message,) = told(read("", body))
    assert "is made where an error was caught" in message
