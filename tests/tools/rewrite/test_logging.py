"""What a Glue logger showed is still shown: Python's loggers show warnings only until they are set up."""

import subprocess
import sys

import pytest

HEAD = "from awsglue.context import GlueContext\n\nglue = GlueContext()\n"
SHOWN = "logging.basicConfig()\n{indent}{name} = logging.getLogger(__name__)\n{indent}{name}.setLevel(logging.INFO)\n"


@pytest.mark.parametrize(
    ("line", "name", "indent"),
    [
        ("log = glue.get_logger()\n", "log", ""),
        ("class Job:\n    def __init__(self):\n        self.log = glue.get_logger()\n", "self.log", "        "),
    ],
)
def test_a_logger_shows_information(convert, line: str, name: str, indent: str) -> None:
    assert SHOWN.format(name=name, indent=indent) in convert(HEAD + line).after


@pytest.mark.parametrize("line", ["def log():\n    return glue.get_logger()\n", "logging.basicConfig(level=10)\nlog = glue.get_logger()\n"])  # fmt: skip
def test_a_logger_that_is_set_up_or_handed_on_is_only_made(convert, line: str) -> None:
    after = convert("import logging\n" + HEAD + line).after
    assert "setLevel" not in after
    assert "logging.getLogger(__name__)" in after


def test_the_lines_print_what_glue_prints() -> None:
    code = (
        "import logging\n"
        + SHOWN.format(name="log", indent="")
        + "log.info('seen')\nlogging.getLogger('py4j').info('not')\n"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr
    assert shown == "INFO:__main__:seen\n"
