"""Modules that a job loads by a name put together at run time: those of the project are followed, others are not."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion, convert_project

JOB = (
    "import importlib\nimport sys\nfrom awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\n\n"
    "sc = SparkContext.getOrCreate()\nglue = GlueContext(sc)\n{before}"
    'module = importlib.import_module({name})\nif hasattr(module, "run"):\n    action = getattr(module, "run")\n'
    "    frame = action(sc, glue)\n    frame.toDF().show()\n"
)
COUNT = "def run(spark_context, context):\n    return context.create_dynamic_frame.from_catalog('d', 'count')\n"
LOAD = (
    "def run(a, b):\n    a.setLogLevel('WARN')\n    return b.create_dynamic_frame.from_catalog('d', 'load')\n\n\n"
    "def other(a):\n    return a\n"
)
FILES = {"actions/__init__.py": "", "actions/count.py": COUNT, "actions/load/__init__.py": LOAD}
NAME = 'f"actions.{sys.argv[1]}"'


def _converted(name: str = NAME, before: str = "", **files: str) -> dict[str, Conversion]:
    texts = {"job.py": JOB.format(name=name, before=before), **FILES}
    texts |= {path.replace("__", "/") + ".py": text for path, text in files.items()}
    return {conversion.path: conversion for conversion in convert_project(texts, Settings())}


def _blockers(conversion: Conversion) -> list[str]:
    return [str(found) for found in conversion.findings if found.severity is Severity.BLOCKER]


@pytest.mark.parametrize(
    ("name", "before"),
    [
        (NAME, ""),
        ('"actions." + sys.argv[1].replace("-", "_")', ""),
        ('"actions.{}".format(sys.argv[1])', ""),
        ("wanted", 'wanted = f"actions.{sys.argv[1]}"\n'),
        ("wanted", 'wanted = "actions.load"\nif sys.argv[1:]:\n    wanted = "actions." + sys.argv[1]\n'),
    ],
)
def test_the_modules_of_a_package_are_followed(name: str, before: str) -> None:
    found = _converted(name, before)
    assert all(not _blockers(conversion) for conversion in found.values())
    assert "frame.show()" in found["job.py"].after
    assert 'context.read.table("main.d.count")' in found["actions/count.py"].after
    assert "setLogLevel" not in found["actions/load/__init__.py"].after
    assert any("one of 2 modules" in str(item) for item in found["job.py"].findings)


def test_the_spark_context_is_accounted_for_in_the_module_that_gets_it() -> None:
    found = _converted(actions__make="def run(context, glue):\n    return context.accumulator(0)\n")
    assert any("accumulator" in text for text in _blockers(found["actions/make.py"]))


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("sys.argv[1]", ""),
        ('f"{sys.argv[1]}.load"', ""),
        ('f"actions{sys.argv[1]}"', ""),
        ('f"elsewhere.{sys.argv[1]}"', ""),
        ("wanted", 'wanted = f"actions.{sys.argv[1]}"\nif sys.argv[2:]:\n    wanted = sys.argv[2]\n'),
        ("wanted", 'for wanted in sys.argv:\n    print(wanted)\nelse:\n    wanted = "actions.load"\n'),
        ('"actions.load", sys.argv[1]', ""),
    ],
)
def test_a_name_that_may_mean_anything_is_told(name: str, before: str) -> None:
    assert any("whose code cannot be seen" in text for text in _blockers(_converted(name, before)["job.py"]))


@pytest.mark.parametrize(
    "text",
    [
        "from functools import partial\nimport elsewhere\n\nrun = partial(elsewhere.run, 1)\n",
        "from elsewhere import run\n",
        "from elsewhere import *\n",
        "def __getattr__(name):\n    import elsewhere\n\n    return getattr(elsewhere, name)\n",
        "class run:\n    def __init__(self, context, glue):\n        self.context = context\n",
        "def run(context, glue):\n    return None\n\n\nexec('def run(context, glue): context.stop()')\n",
        "def run(context, glue:\n",
    ],
)
def test_one_module_that_is_not_seen_through_is_enough(text: str) -> None:
    assert any("whose code cannot be seen" in told for told in _blockers(_converted(actions__odd=text)["job.py"]))


def test_a_function_of_another_shape_is_not_what_is_called() -> None:
    found = _converted(actions__shared__log="def run(frame):\n    return frame.filter(frame.a > 1)\n")
    assert all(not _blockers(conversion) for conversion in found.values())


def test_a_function_of_the_projects_own_is_no_loader() -> None:
    text = JOB.format(name=NAME, before="").replace("import importlib\n", "import elsewhere as importlib\n")
    found = {conversion.path: conversion for conversion in convert_project({"job.py": text, **FILES}, Settings())}
    assert any("whose code cannot be seen" in told for told in _blockers(found["job.py"]))


def test_a_value_of_one_of_the_modules_is_still_unknown() -> None:
    text = JOB.format(name=NAME, before="") + "module.kept.toDF().show()\n"
    files = {"job.py": text, **FILES, "actions/count.py": "kept = make()\n" + COUNT}
    found = {conversion.path: conversion for conversion in convert_project(files, Settings())}
    assert any("`module.kept` may be a DynamicFrame" in told for told in _blockers(found["job.py"]))


@pytest.mark.parametrize("name", ["action1", "action_1", "action"])
def test_what_is_put_together_may_be_a_number_or_nothing(name: str) -> None:
    files = {f"actions__{name}": LOAD}
    found = _converted('f"actions.action{sys.argv[1]}"', **files)
    assert "setLogLevel" not in found[f"actions/{name}.py"].after
    assert any("one of 1 modules" in str(item) for item in found["job.py"].findings)
