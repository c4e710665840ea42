"""Notebooks as Python modules and back: the code cells of an `.ipynb` joined by marker lines, split again on the way out.

    'glue2lakehouse-cell: 2'           marks where the code of cell 2 (0-based, all cells counted) begins
    'glue2lakehouse-cell: 3 %%bash'    stands for a cell in another language, kept as it is and shown as comments
    'glue2lakehouse-cell: 4 %%sql'     stands above a call of spark.sql with the cell's text; it comes out under %sql

Format: https://nbformat.readthedocs.io/en/latest/format_description.html
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from glue2lakehouse.domain import Edit, Finding
from glue2lakehouse.tools.source.facts import NO_FACTS, JobFacts
from glue2lakehouse.tools.source.magics import CELL, comment_out, hide_magics, magics_in, name_of, show_magics
from glue2lakehouse.tools.source.session_magics import (
    Notes,
    edits_between,
    goes,
    settings_commented,
)
from glue2lakehouse.tools.source.sql_cells import OPENING, as_call, as_cell, makes_spark, sql_is_sparks
from glue2lakehouse.tools.source.text import Text

# Glue's own kernels call their language so.
_PYTHONS = frozenset({"", "python", "python3", "ipython", "pyspark", "glue_pyspark", "python_glue_session"})
_PYTHON_CELLS = frozenset({"time", "timeit", "capture", "prun", "python", "python3", "pyspark", "spark"})
_SESSION_CELL = re.compile(rf"^('{CELL}\d+) %%(?:configure|tags|assume_role)'$", re.M)
_SQL_CELL = re.compile(rf"^('{CELL}\d+ )%%sql(?='\n{re.escape(OPENING)})", re.M)
_MARK = re.compile(rf"""^(?:'{CELL}|"{CELL})(?P<number>\d+)(?P<rest>[^'"\n]*)['"][ \t]*(?:\r?\n|\Z)""", re.M)


class OtherLanguage(ValueError):
    """The notebook is sound, and in another language; its text is that language's name."""


class NotebookBroken(ValueError):
    """The file is no notebook that can be read or written back; says why in one line."""


@dataclass(frozen=True)
class Notebook:
    """A notebook as one Python text.

    `joined` is the text of the cells; `code` is the same, line for line, with the magics that only a Glue session knows
    turned into comments (`edits` lists them). The rules work on `code`; `to_text` splits the result into cells again.
    """

    text: Text
    joined: str
    code: str
    facts: JobFacts = NO_FACTS
    findings: tuple[Finding, ...] = ()
    edits: tuple[Edit, ...] = ()
    starts: dict[int, int] = field(default_factory=dict)

    def place_of(self, line: int) -> str:
        """Return where a line of `code` (1-based) stands, as `cell 3, line 2`, both counted from one; `cell 3` for its mark."""
        first = max((start for start in self.starts if start <= line), default=None)
        if first is None:
            return ""
        return f"cell {self.starts[first] + 1}" + (f", line {line - first}" if line > first else "")

    def to_text(self, code: str) -> Text:
        """Split code into the cells; cells that did not change keep their output, and `joined` gives the very bytes.

        Raises NotebookBroken if a mark between the cells is gone or moved.
        """
        if code == self.joined:
            return self.text
        document = _document(self.text.content)
        before, after = _cells_of(self.joined), _cells_of(code)
        if list(before) != list(after):
            raise NotebookBroken("the marks between the cells were changed, so the code cannot be put back")
        for number, source in after.items():
            if source is not None and source != before[number]:
                cell = document["cells"][number]
                _replace(cell, source if _source(cell).endswith("\n") else source.removesuffix("\n"))
        return self.text.with_content(_dump_like(self.text.content, document))


def read_notebook(text: Text, path: str) -> Notebook:
    """Join the Python cells of a notebook. Raises NotebookBroken or OtherLanguage where there is no such."""
    document = _document(text.content)
    language = _language(document)
    if language not in _PYTHONS:
        raise OtherLanguage(language)
    pieces: list[str] = []
    starts: dict[int, int] = {}
    notes = Notes(path)
    sources = [_source(cell) for cell in document["cells"] if cell.get("cell_type") == "code"]
    asked = sql_is_sparks(sources, json.dumps(document.get("metadata", {}).get("kernelspec", "")))
    line = 1
    for number, cell in enumerate(document["cells"]):
        if cell.get("cell_type") != "code":
            continue
        starts[line] = number
        source = _source(cell).replace("\r\n", "\n")
        above = sources[: len(starts) - 1]
        kind = _cell_magic(source)
        if kind == "sql" and asked and any(map(makes_spark, above)) and (called := as_call(source)) is not None:
            piece = f"'{CELL}{number} %%sql'\n{called}"
        elif kind and kind not in _PYTHON_CELLS:
            piece = f"'{CELL}{number} %%{kind}'\n" + "".join(f"# {row}".rstrip() + "\n" for row in source.splitlines())
            notes.cell(kind, source, line)
        else:
            body = hide_magics(source)
            piece = f"'{CELL}{number}'\n{body}" + ("" if not body or body.endswith("\n") else "\n")
            for at, magic in magics_in(body):
                notes.magic(magic, body.split("\n")[at:], line + at)
        pieces.append(piece)
        line += piece.count("\n")
    joined = "".join(pieces)
    code = _SQL_CELL.sub(r"\1%sql", _SESSION_CELL.sub(r"\1'", comment_out(joined, goes)))
    code = settings_commented(code)
    return Notebook(text, joined, code, notes.facts, tuple(notes.findings), tuple(edits_between(joined, code)), starts)


def _language(document: dict[str, Any]) -> str:
    metadata = document.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    info = metadata.get("language_info") if isinstance(metadata, dict) else None
    stated = [part.get(key) for part, key in ((kernel, "language"), (info, "name")) if isinstance(part, dict)]
    return str(next((word for word in stated if word), "")).lower()


def _document(content: str) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NotebookBroken(f"is no valid JSON: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("cells"), list):
        raise NotebookBroken("holds no list of cells; notebooks before format 4 have to be saved anew in Jupyter")
    if not all(isinstance(cell, dict) for cell in document["cells"]):
        raise NotebookBroken("holds a cell that is no JSON object")
    return document


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _replace(cell: dict[str, Any], source: str) -> None:
    """Write a cell's new code in the form that it had; what the old code had printed is not the new code's output."""
    cell["source"] = source.splitlines(keepends=True) if isinstance(cell.get("source"), list) else source
    if "outputs" in cell:
        cell["outputs"] = []
    if "execution_count" in cell:
        cell["execution_count"] = None


def _cell_magic(source: str) -> str:
    first = source.lstrip().partition("\n")[0]
    return name_of(first) if first.startswith("%%") else ""


def _cells_of(code: str) -> dict[int, str | None]:
    """Return the text of each marked cell, None for one in another language; a final newline is the mark's, not the cell's."""
    marks = list(_MARK.finditer(code))
    ends = [mark.start() for mark in marks[1:]] + [len(code)]
    cells: dict[int, str | None] = {}
    # What was put above everything (an import, say) belongs to the first cell in Python.
    above = code[: marks[0].start()] if marks else code
    for mark, end in zip(marks, ends[: len(marks)], strict=True):
        if int(mark["number"]) in cells:
            raise NotebookBroken("a mark between the cells stands twice, so the code cannot be put back")
        python, body = not mark["rest"].strip(), code[mark.end() : end]
        try:
            cells[int(mark["number"])] = above + show_magics(body) if python else as_cell(mark["rest"].strip(), body)
        except (ValueError, SyntaxError) as error:
            raise NotebookBroken(str(error)) from error
        above = "" if python else above
    if above.strip():
        raise NotebookBroken("code stands outside all cells, so it cannot be put back")
    return cells


def _dump_like(content: str, document: dict[str, Any]) -> str:
    """Serialise with the indentation, escapes and final newline of the file that it replaces."""
    indent = re.match(r"\s*\{\r?\n?([ \t]*)", content)
    width: str | int | None = indent[1] if indent and "\n" in content.strip() else None
    dumped = json.dumps(
        document,
        indent=width,
        ensure_ascii=content.isascii() and "\\u" in content,
        separators=(",", ":") if width is None and '": ' not in content[:200] else None,
    )
    return dumped + content[len(content.rstrip()) :]
