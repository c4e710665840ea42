"""Sections of long files: each within what one conversation can hold, apart, and put back where they were."""

import ast
from itertools import pairwise

import pytest

from glue2lakehouse.agents.sections import LONGEST_LINES, Section, bound_outside, replace_section, sections_around

FLAT = "".join(f"x{number} = {number}\n" for number in range(3000))
INSIDE = "def main():\n    with opened():\n" + "".join(f"        x{number} = {number}\n" for number in range(3000))


@pytest.mark.parametrize("code", [FLAT, INSIDE], ids=["a flat script", "one long function"])
def test_doubts_all_over_a_long_file_are_settled_in_parts(code: str) -> None:
    wanted = range(10, 3000, 25)
    sections = sections_around(code, wanted)
    assert all(section.last - section.first < LONGEST_LINES + 60 for section in sections)
    assert all(one.last < other.first for one, other in pairwise(sections))
    assert all(any(section.first <= line <= section.last for section in sections) for line in wanted)


def test_parts_put_back_as_they_are_leave_the_file_as_it_is() -> None:
    code = INSIDE
    for section in reversed(sections_around(code, range(10, 3000, 25))):
        code = replace_section(code, section, section.code)
    assert code == INSIDE


def test_lines_of_a_long_text_are_not_moved_by_the_indentation_around_it() -> None:
    code = 'class A:\n    def f(self):\n        return """\nselect 1\n  from t\n"""\n'
    section = Section("f", 2, 6, "\n".join(code.split("\n")[1:6]))
    assert replace_section(code, section, section.code) == code


def test_a_section_without_its_indentation_is_indented() -> None:
    code = "class A:\n    def f(self):\n        return 1\n"
    made = replace_section(code, Section("f", 2, 3, "    def f(self):\n        return 1"), "def f(self):\n    return 2")
    assert made == code.replace("1", "2")
    ast.parse(made)


def test_what_a_section_uses_and_the_file_assigns_elsewhere_is_found() -> None:
    code = 'PATH = "s3://lake/"\nOTHER = 1\nspark = start()\n\n\ndef load():\n    return spark.read.json(PATH)\n'
    (section,) = sections_around(code, [7])
    assert bound_outside(code, section) == ['PATH = "s3://lake/"', "spark = start()"]
