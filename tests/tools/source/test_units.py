"""The Python modules of a source: files, notebooks, scripts inside JSON; and what cannot be one."""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.source import PythonUnit, open_source, read_units
from glue2lakehouse.tools.source.tree import one_file

SESSION_CELL = """%glue_version 4.0
%worker_type G.1X
%number_of_workers 5
%connections orders, "customers"
%additional_python_modules requests==2.31,pyyaml
%streaming

import sys
from awsglue.context import GlueContext
from pyspark.context import SparkContext

glueContext = GlueContext(SparkContext.getOrCreate())"""


def code(source: str | list[str]) -> dict[str, Any]:
    output = {"output_type": "stream", "name": "stdout", "text": ["old\n"]}
    return {"cell_type": "code", "execution_count": 3, "metadata": {}, "outputs": [output], "source": source}


def write_notebook(path: Path, *cells: dict[str, Any], **form: Any) -> bytes:
    document = {
        "cells": list(cells),
        "metadata": {"kernelspec": {"name": "glue_pyspark", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(document, **({"indent": 1, "ensure_ascii": False} | form)) + "\n", encoding="utf-8")
    return path.read_bytes()


def units_of(path: Path) -> list[PythonUnit | Finding]:
    with open_source(str(path)) as tree:
        return [unit for file in tree.files for unit in read_units(file)]


def the_unit(path: Path) -> PythonUnit:
    (unit,) = units_of(path)
    assert isinstance(unit, PythonUnit)
    return unit


def the_finding(path: Path) -> Finding:
    (finding,) = units_of(path)
    assert isinstance(finding, Finding)
    return finding


def test_a_file_in_its_own_encoding_comes_back_byte_for_byte(tmp_path: Path) -> None:
    data = "# coding: latin-1\r\ngröße = 1\r\n".encode("latin-1")
    (tmp_path / "a.py").write_bytes(data)
    unit = the_unit(tmp_path)
    assert unit.to_bytes(unit.code) == unit.original_bytes() == data
    assert unit.to_bytes("# coding: latin-1\nü = 2\n") == "# coding: latin-1\r\nü = 2\r\n".encode("latin-1")


def test_a_character_that_the_encoding_lacks_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"# coding: latin-1\na = 1\n")
    assert isinstance(the_unit(tmp_path).to_bytes("a = '\u20ac'\n"), Finding)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("a = 1\nprint 'x'\n", 2),
        ("try:\n    a = 1\nexcept ValueError, error:\n    pass\n", 3),
        ("import os\nos.chmod('x', 0755)\n", 2),
        ("a = 10L\n", 1),
        ("raise ValueError, 'x'\n", 1),
        ("exec 'a = 1'\n", 1),
        ("if 1 <> 2:\n    pass\n", 1),
    ],
)
def test_python_2_is_told_from_a_mistake(source: str, line: int, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(source)
    finding = the_finding(tmp_path)
    assert (finding.rule, finding.line, finding.severity) == ("python-2", line, Severity.BLOCKER)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (b"a = 1\nb = (\n", 2),
        (b"df.write(s3://bucket/2019/01/x)\n", 1),
        (b"print(\xe2\x80\x9chello\xe2\x80\x9d)\n", 1),
        (b"$ aws glue get-jobs\n", 1),
        (b"(" * 5000 + b")" * 5000, 1),
    ],
)
def test_what_does_not_parse_is_a_finding_at_its_line(source: bytes, line: int, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(source)
    finding = the_finding(tmp_path)
    assert (finding.rule, finding.line, finding.severity) == ("unparsable", line, Severity.BLOCKER)


def test_an_expression_too_deep_for_the_parser_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a = " + "-" * 100_000 + "1\n")
    assert the_finding(tmp_path).rule == "too-deep"


def test_a_chain_too_long_to_be_analysed_is_a_finding_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a = frame\na = a" + ".b()" * 600 + "\n")
    assert (the_finding(tmp_path).rule, the_finding(tmp_path).line) == ("too-deep", 2)


def test_binary_and_latin_1_python_are_findings(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"\x00\x01\x02")
    (tmp_path / "b.py").write_bytes("a = 'größe'\n".encode("latin-1"))
    assert [str(finding) for finding in units_of(tmp_path)] == [
        "a.py:1: [not-text] cannot be decoded: is binary: it holds a zero byte",
        "b.py:1: [not-text] cannot be decoded: byte 0xf6 is not utf-8",
    ]


def test_a_file_of_20000_lines_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("".join(f"a{number} = {number}\n" for number in range(20_000)))
    assert the_unit(tmp_path).code.count("\n") == 20_000


def test_an_invalid_escape_in_the_source_warns_nobody(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a = '\\d'\n")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        the_unit(tmp_path)
    assert caught == []


def test_a_notebook_is_one_module_and_its_magics_are_facts(tmp_path: Path) -> None:
    write_notebook(
        tmp_path / "n.ipynb",
        {"cell_type": "markdown", "metadata": {}, "source": "# Title"},
        code('%%configure\n{"--datalake-formats": "delta", "timeout": 60}'),
        code(SESSION_CELL),
    )
    unit = the_unit(tmp_path)
    facts = unit.facts
    assert (facts.glue_version, facts.worker_type, facts.number_of_workers, facts.timeout) == ("4.0", "G.1X", 5, 60)
    assert facts.connections == ("orders", "customers")
    assert facts.additional_python_modules == ("requests==2.31", "pyyaml")
    assert facts.command == "gluestreaming"
    assert facts.arguments == {"--datalake-formats": "delta"}
    assert "# %worker_type G.1X\n" in unit.code
    assert "glueContext = GlueContext(SparkContext.getOrCreate())\n" in unit.code
    warned = [finding.message for finding in unit.findings if finding.severity is not Severity.INFO]
    assert len(warned) == 1
    assert "requests==2.31" in warned[0]
    assert len(unit.edits) == 7


@pytest.mark.parametrize(
    ("cell", "warned"),
    [
        ('%%configure\n{"--conf": "spark.sql.legacy.timeParserPolicy=LEGACY"}', "timeParserPolicy=LEGACY"),
        ('%%configure\n{"--extra-py-files": "s3://b/lib.zip", "--conf": ""}', "s3://b/lib.zip"),
        ("%spark_conf spark.sql.ansi.enabled=true", "spark.sql.ansi.enabled=true"),
        ("%extra_jars s3://b/x.jar", "s3://b/x.jar"),
        (
            '%idle_timeout 60\n%%configure\n{\n  "--conf": "spark.sql.ansi.enabled=true"\n}',
            "spark.sql.ansi.enabled=true",
        ),
        ("%idle_timeout 60\n%%configure -f\n{not json}", "%%configure"),
        ("%glue_ray", "Glue for Ray"),
        ("%%pyspark project.spark\nb = 1", None),
        ("%security_config locked", None),
        ('%%configure\n{"timeout": 60}', None),
    ],
)
def test_what_the_results_of_a_session_depend_on_is_warned_of(tmp_path: Path, cell: str, warned: str | None) -> None:
    write_notebook(tmp_path / "n.ipynb", code(cell), code("a = 1"))
    found = [finding for finding in the_unit(tmp_path).findings if finding.severity is not Severity.INFO]
    assert [finding.severity for finding in found] == ([Severity.WARNING] if warned else [])
    assert all(str(warned) in finding.message for finding in found)


@pytest.mark.parametrize(
    "form", [{"indent": 1}, {"indent": 2, "ensure_ascii": True}, {"indent": None}, {"indent": "\t"}]
)
@pytest.mark.parametrize("as_list", [True, False])
def test_a_notebook_without_glue_comes_back_byte_for_byte(form: dict[str, Any], as_list: bool, tmp_path: Path) -> None:
    source = "# größe\nimport os\nif os.name:\n    !ls -l \\\n      /tmp\nfiles = !ls\n%matplotlib inline"
    data = write_notebook(
        tmp_path / "n.ipynb",
        code(source.splitlines(keepends=True) if as_list else source),
        code([] if as_list else ""),
        code("a = 1\n"),
        **form,
    )
    unit = the_unit(tmp_path)
    assert unit.edits == ()
    assert unit.to_bytes(unit.code) == data


@pytest.mark.parametrize(
    "form", [{"indent": 1}, {"indent": 2, "ensure_ascii": True}, {"indent": None}, {"indent": "\t"}]
)
def test_only_the_changed_cells_of_a_notebook_change(form: dict[str, Any], tmp_path: Path) -> None:
    data = write_notebook(
        tmp_path / "n.ipynb",
        code("a = 'größe'\n!ls"),
        {"cell_type": "markdown", "metadata": {}, "source": ["Two\n", "lines"]},
        code(["b = old()\n", "%pip install x"]),
        code("%%bash\nls"),
        **form,
    )
    unit = the_unit(tmp_path)
    written = unit.to_bytes(unit.code.replace("old()", "new()\nc = 2"))
    assert isinstance(written, bytes)
    before, after = json.loads(data), json.loads(written)
    assert after["cells"][2]["source"] == ["b = new()\n", "c = 2\n", "%pip install x"]
    assert (after["cells"][2]["outputs"], after["cells"][2]["execution_count"]) == ([], None)
    before["cells"][2] = after["cells"][2]
    assert before == after
    changed = {line for line in written.decode().splitlines() if line not in data.decode().splitlines()}
    assert len(changed) <= 4


def test_session_magics_become_comments_and_configure_cells_too(tmp_path: Path) -> None:
    write_notebook(tmp_path / "n.ipynb", code("%%configure\n{'timeout': 60}"), code("%glue_version 4.0\na = 1"))
    unit = the_unit(tmp_path)
    written = unit.to_bytes(unit.code)
    assert isinstance(written, bytes)
    assert [cell["source"] for cell in json.loads(written)["cells"]] == [
        "# %%configure\n# {'timeout': 60}",
        "# %glue_version 4.0\na = 1",
    ]


def test_settings_below_other_magics_become_comments_and_what_follows_them_stays(tmp_path: Path) -> None:
    source = '%glue_version 4.0\n%%configure\n{\n  "--conf": "a=b",\n  "--n": 1\n}\nb = {"c": 1}\n'
    write_notebook(tmp_path / "n.ipynb", code(source), code('{"d": 2}'))
    unit = the_unit(tmp_path)
    assert (unit.facts.glue_version, unit.facts.arguments) == ("4.0", {"--n": "1"})
    written = unit.to_bytes(unit.code)
    assert isinstance(written, bytes)
    assert [cell["source"] for cell in json.loads(written)["cells"]] == [
        '# %glue_version 4.0\n# %%configure\n# {\n#   "--conf": "a=b",\n#   "--n": 1\n# }\nb = {"c": 1}\n',
        '{"d": 2}',
    ]


def test_what_databricks_may_not_run_alike_is_flagged_and_kept(tmp_path: Path) -> None:
    cells = ('%%sql\nselect """ from db.t', "!aws s3 ls\na = 1", "%unheard_of x", "%%bash\nls", "%time a = 2")
    write_notebook(tmp_path / "n.ipynb", *map(code, cells))
    unit = the_unit(tmp_path)
    assert [(finding.severity.value, unit.place_of(finding.line)) for finding in unit.findings] == [
        ("blocker", "cell 1"),
        ("warning", "cell 2, line 1"),
        ("blocker", "cell 3, line 1"),
        ("blocker", "cell 4"),
    ]
    written = unit.to_bytes(unit.code.replace("a = 1", "a = 3"))
    assert isinstance(written, bytes)
    assert [cell["source"] for cell in json.loads(written)["cells"]] == [*cells[:1], "!aws s3 ls\na = 3", *cells[2:]]


def test_a_percent_inside_an_expression_or_a_text_is_no_magic(tmp_path: Path) -> None:
    source = 'a = """\n%glue_version 4.0\n"""\nb = (a\n% 3)\nc = a \\\n% 3\n%idle_timeout 5\n'
    write_notebook(tmp_path / "n.ipynb", code(source))
    unit = the_unit(tmp_path)
    assert unit.facts.idle_timeout == 5
    assert unit.facts.glue_version == ""
    assert [edit.source_line for edit in unit.edits] == [9]


def test_code_that_lost_a_cell_is_not_written_back(tmp_path: Path) -> None:
    write_notebook(tmp_path / "n.ipynb", code("a = 1"), code("b = 2"))
    unit = the_unit(tmp_path)
    lines = unit.code.splitlines(keepends=True)
    for broken in ("".join(lines[:2] + lines[3:]), "".join(lines[2:] + lines[:2]), unit.code + lines[0], "a = 1", ""):
        assert isinstance(unit.to_bytes(broken), Finding)


def test_code_above_the_first_mark_goes_into_the_first_python_cell(tmp_path: Path) -> None:
    write_notebook(tmp_path / "n.ipynb", code("%%sql\nselect 1"), code("b = 2"))
    unit = the_unit(tmp_path)
    written = unit.to_bytes("import os\n" + unit.code)
    assert isinstance(written, bytes)
    assert json.loads(written)["cells"][1]["source"] == "import os\nb = 2"


def test_a_syntax_error_in_a_notebook_names_the_cell(tmp_path: Path) -> None:
    write_notebook(tmp_path / "n.ipynb", code("a = 1"), code("b = 2\nc = = 3"))
    assert the_finding(tmp_path).message.endswith("(cell 2, line 2)")


@pytest.mark.parametrize("content", ["{", "[]", '{"worksheets": []}', '{"cells": [1]}'])
def test_a_broken_notebook_is_a_finding(content: str, tmp_path: Path) -> None:
    (tmp_path / "n.ipynb").write_text(content)
    assert the_finding(tmp_path).severity is Severity.BLOCKER


@pytest.mark.parametrize("content", ["", "\n"])
def test_an_empty_notebook_is_no_mistake(content: str, tmp_path: Path) -> None:
    (tmp_path / "n.ipynb").write_text(content)
    [found] = read_units(one_file(tmp_path / "n.ipynb"))
    assert isinstance(found, Finding)
    assert (found.rule, found.severity) == ("empty-notebook", Severity.INFO)


def test_a_notebook_in_another_language_is_no_mistake(tmp_path: Path) -> None:
    document = {"cells": [code("select 1")], "metadata": {"kernelspec": {"language": "scala"}}, "nbformat": 4}
    (tmp_path / "n.ipynb").write_text(json.dumps(document))
    assert (the_finding(tmp_path).rule, the_finding(tmp_path).severity) == ("other-language", Severity.INFO)


def test_a_studio_job_is_unpacked_with_its_settings(tmp_path: Path) -> None:
    script = "import sys\nfrom awsglue.context import GlueContext\n"
    job = {
        "jobConfig": {
            "name": "orders", "role": "r", "version": "4.0", "workerType": "G.2X", "numberOfWorkers": 4, "timeout": 60,
            "command": "glueetl",
        },
        "script": script,
        "dag": {"nodes": []},
    }  # fmt: skip
    (tmp_path / "orders.json").write_text(json.dumps(job))
    unit = the_unit(tmp_path)
    assert (unit.path, unit.file, unit.code) == ("orders.json.script.py", "orders.json", script)
    facts = unit.facts
    assert (facts.name, facts.glue_version, facts.worker_type, facts.number_of_workers) == ("orders", "4.0", "G.2X", 4)
    assert unit.to_bytes(script) == script.encode()


def test_scripts_in_a_list_of_definitions_have_paths_of_their_own(tmp_path: Path) -> None:
    script = "from awsglue.job import Job\nJob\n"
    (tmp_path / "all.json").write_text(json.dumps({"jobs": [{"Command": {"script": script}}, {"a/b": script}]}))
    assert [unit.path for unit in units_of(tmp_path)] == ["all.json.jobs.0.Command.script.py", "all.json.jobs.1.a_b.py"]


def test_other_json_holds_no_units(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"description": "uses awsglue", "x": ')
    (tmp_path / "b.json").write_text('{"description": "import awsglue is what it does"}')
    assert units_of(tmp_path) == []


SCRIPT = 'import sys\n\n\ndef f(x):\n    return """a\n  b\n"""  # kept\n\n\nf(1)\n'


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (" " + SCRIPT, SCRIPT),
        ("# why\n\n\t" + SCRIPT, "# why\n\n" + SCRIPT),
        (
            '    import sys\n\n    def f(x):\n        return """a\n  b\n"""  # kept\n# left\n    f(1)\n',
            'import sys\n\ndef f(x):\n    return """a\n  b\n"""  # kept\n# left\nf(1)\n',
        ),
    ],
)
def test_a_script_that_was_cut_out_with_its_indentation_is_read_without_and_says_so(tmp_path, given, read) -> None:
    (tmp_path / "job.py").write_text(given)
    unit = the_unit(tmp_path)
    assert unit.code == read
    assert [(f.rule, f.severity) for f in unit.findings] == [("indented", Severity.WARNING)]
    assert unit.to_bytes(unit.code) == given.encode()


@pytest.mark.parametrize(
    "given", [" import sys\nx = (\n", "    import sys\n  x = 1\n", "  x = 1\n y = 2\nz = 3\n", "x = 1\n  y = 2\n"]
)
def test_what_is_no_python_without_its_indentation_either_is_a_blocker(tmp_path, given) -> None:
    (tmp_path / "job.py").write_text(given)
    (finding,) = units_of(tmp_path)
    assert isinstance(finding, Finding)
    assert (finding.rule, finding.severity) == ("unparsable", Severity.BLOCKER)


def test_python_in_utf_16_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes("import awsglue\n".encode("utf-16"))
    found = the_finding(tmp_path)
    assert (found.message, found.action) == (
        "cannot be decoded: is UTF-16, which Python does not read",
        "save it as UTF-8",
    )
