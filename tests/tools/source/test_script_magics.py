"""Scripts that were notebooks: what only set up a Glue session goes, and what does more is handed off."""

from pathlib import Path

import pytest

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.source import PythonUnit, read_units
from glue2lakehouse.tools.source.tree import one_file

GLUE = "from awsglue.context import GlueContext\n"


def _read(folder: Path, code: str) -> PythonUnit | Finding:
    (folder / "job.py").write_text(code)
    [unit] = read_units(one_file(folder / "job.py"))
    return unit


def _warned(unit: PythonUnit) -> list[tuple[int, str]]:
    return [(each.line, each.severity.value) for each in unit.findings if each.severity is not Severity.INFO]


def test_magics_that_were_left_in_a_script_become_comments(tmp_path: Path) -> None:
    unit = _read(
        tmp_path, f'%glue_version 3.0\n%extra_jars s3://b/x.jar\n%%configure\n{{\n  "--conf": "a=b"\n}}\n{GLUE}'
    )
    assert isinstance(unit, PythonUnit)
    assert (
        unit.code
        == f'# %glue_version 3.0\n# %extra_jars s3://b/x.jar\n# %%configure\n# {{\n#   "--conf": "a=b"\n# }}\n{GLUE}'
    )
    assert unit.facts.glue_version == "3.0"
    assert _warned(unit) == [(2, "warning"), (3, "warning")]
    assert unit.to_bytes(unit.code) == unit.code.encode()


@pytest.mark.parametrize("line", ["!pip install x", "%%sql\nselect 1", "%unheard_of"])
def test_a_script_with_other_magics_stays_unparsable(tmp_path: Path, line: str) -> None:
    found = _read(tmp_path, f"%glue_version 3.0\n{GLUE}{line}\n")
    assert isinstance(found, Finding)
    assert (found.rule, found.severity) == ("unparsable", Severity.BLOCKER)


def test_exported_magics_of_a_session_become_comments_with_what_they_say(tmp_path: Path) -> None:
    code = (
        "get_ipython().run_line_magic('glue_version', '4.0')\n"
        "get_ipython().run_line_magic('additional_python_modules', 'awswrangler==2.16.1')\n"
        "get_ipython().run_cell_magic('configure', '', '{\"--job-bookmark-option\": \"job-bookmark-enable\"}\\n')\n"
    )
    unit = _read(tmp_path, code + GLUE)
    assert isinstance(unit, PythonUnit)
    assert unit.code == "".join(f"# {line}\n" for line in code.splitlines()) + GLUE
    assert (unit.facts.glue_version, unit.facts.arguments) == ("4.0", {"--job-bookmark-option": "job-bookmark-enable"})
    assert _warned(unit) == [(2, "warning")]
    assert [edit.source_line for edit in unit.edits] == [1, 2, 3]


@pytest.mark.parametrize(
    "call",
    [
        "get_ipython().run_cell_magic('sql', '', 'select * from db.t\\n')",
        "get_ipython().system('aws s3 ls')",
        "files = get_ipython().getoutput('ls')",
        "get_ipython().run_line_magic('run', './other.ipynb')",
    ],
)
def test_an_exported_magic_that_does_more_is_handed_off_and_stays(tmp_path: Path, call: str) -> None:
    unit = _read(tmp_path, f"{GLUE}{call}\n")
    assert isinstance(unit, PythonUnit)
    assert call in unit.code
    assert _warned(unit) == [(2, "blocker")]


@pytest.mark.parametrize(
    "code",
    [
        # Not a job of Glue's.
        "get_ipython().run_line_magic('region', 'eu-west-1')\n",
        # Guarded: a job goes past it.
        f"{GLUE}if notebook:\n    get_ipython().run_line_magic('matplotlib', 'inline')\n",
        f"{GLUE}# get_ipython().system('ls')\n",
    ],
)
def test_what_is_no_export_of_glues_stays_byte_for_byte(tmp_path: Path, code: str) -> None:
    unit = _read(tmp_path, code)
    assert isinstance(unit, PythonUnit)
    assert (unit.code, unit.findings, unit.to_bytes(code)) == (code, (), code.encode())
