"""Every Python module of a source, wherever it is kept: a `.py` file, a notebook, or a string in a Studio job's JSON."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from glue2lakehouse.domain import Edit, Finding, Severity
from glue2lakehouse.tools.source.embedded import EmbeddedScript, embedded_scripts, may_hold_scripts
from glue2lakehouse.tools.source.facts import NO_FACTS, JobFacts
from glue2lakehouse.tools.source.indented import without_indent
from glue2lakehouse.tools.source.notebook import Notebook, NotebookBroken, OtherLanguage, read_notebook
from glue2lakehouse.tools.source.python import decode_script, parse_python, read_bytes, read_python, read_text
from glue2lakehouse.tools.source.script_magics import ScriptMagics, without_exported, without_magics
from glue2lakehouse.tools.source.text import NotText, Text, decode_any
from glue2lakehouse.tools.source.tree import SourceFile


@dataclass(frozen=True)
class PythonUnit:
    """One module to convert.

    `path` is its path in reports and in the output: the file's own, or the virtual one of a script inside JSON.
    `file` is the file that holds it. `code` is what the rules work on; `edits` are those that reading it has made already
    (magics of a Glue session, in notebooks), so a unit is unchanged only if neither rules nor `edits` changed anything.
    """

    path: str
    file: str
    code: str
    holder: Text | Notebook
    facts: JobFacts = NO_FACTS
    findings: tuple[Finding, ...] = ()
    edits: tuple[Edit, ...] = ()

    def to_bytes(self, code: str) -> bytes | Finding:
        """Return the file to write at `path` for this code; unchanged code gives the original bytes.

        A finding says why the code cannot be put back (a notebook's marks are gone, a character that its encoding lacks).
        """
        try:
            if isinstance(self.holder, Notebook):
                return self.holder.to_text(code).encode()
            same = code == self.code and not self.edits
            return (self.holder if same else self.holder.with_content(code)).encode()
        except (NotebookBroken, UnicodeEncodeError) as error:
            return Finding(
                rule="not-writable", severity=Severity.BLOCKER, path=self.path, line=0,
                message=f"cannot be written back: {error}", action="convert this file by hand, or save it as UTF-8 first",
            )  # fmt: skip

    def original_bytes(self) -> bytes:
        """Return the unit as it was found: the file's bytes, or the script's own."""
        return self.holder.text.encode() if isinstance(self.holder, Notebook) else self.holder.encode()

    def place_of(self, line: int) -> str:
        """Return where a line of `code` stands for a person: `line 12`, or `cell 3, line 2` in a notebook."""
        return (self.holder.place_of(line) if isinstance(self.holder, Notebook) else "") or f"line {line}"


def read_units(file: SourceFile) -> Iterator[PythonUnit | Finding]:
    """Yield the Python modules that a file holds; a blocker stands for one that cannot be read or parsed.

    An `info` finding of rule `other-language` stands for a notebook that is not in Python. Nothing comes out of a file that is no Python, notebook or JSON with a Glue script in it.
    """
    if file.type == "py":
        yield _script(file)
    elif file.type == "ipynb":
        yield from _notebook(file)
    elif file.type == "json":
        yield from _scripts(file)


def read_all_units(files: Iterable[SourceFile]) -> Iterator[PythonUnit | Finding]:
    """Yield the modules of many files, one file in memory at a time."""
    for file in files:
        yield from read_units(file)


def _script(file: SourceFile) -> PythonUnit | Finding:
    text = read_python(file)
    if not isinstance(text, Finding):
        exported = without_exported(text.content, file.path)
        return (
            PythonUnit(file.path, file.path, text.content, text) if exported is None else _without(exported, file, text)
        )
    if text.rule == "unparsable" and isinstance(whole := decode_script(file), Text):
        mended = without_indent(whole.content, file.path)
        if mended is not None:
            return PythonUnit(file.path, file.path, mended[0], whole, findings=(mended[1],))
        if (bare := without_magics(whole.content, file.path)) is not None:
            return _without(bare, file, whole)
    return text


def _without(magics: ScriptMagics, file: SourceFile, text: Text) -> PythonUnit:
    return PythonUnit(file.path, file.path, magics.code, text, magics.facts, magics.findings, magics.edits)


def _notebook(file: SourceFile) -> Iterator[PythonUnit | Finding]:
    text = read_text(file)
    if isinstance(text, Finding):
        yield text
        return
    if not text.content.strip():
        yield Finding(
            rule="empty-notebook", severity=Severity.INFO, path=file.path, line=0,
            message="is a notebook without anything in it", action="nothing: it is listed and not converted",
        )  # fmt: skip
        return
    try:
        notebook = read_notebook(text, file.path)
    except OtherLanguage as error:
        yield _in_another_language(file.path, str(error), text.content)
        return
    except NotebookBroken as error:
        yield Finding(
            rule="unparsable", severity=Severity.BLOCKER, path=file.path, line=0,
            message=f"is no notebook that can be converted: {error}", action="open and save it in Jupyter, then run this again",
        )  # fmt: skip
        return
    unit = PythonUnit(file.path, file.path, notebook.code, notebook, notebook.facts, notebook.findings, notebook.edits)
    yield _parsed(unit)


def _in_another_language(path: str, language: str, content: str) -> Finding:
    of_glue = "com.amazonaws.services.glue" in content or "awsglue" in content
    return Finding(
        rule="other-language", severity=Severity.WARNING if of_glue else Severity.INFO, path=path, line=0,
        message=f"is a notebook in {language}, not in Python" + (", and uses Glue" if of_glue else ""),
        action="rewrite it in Python and migrate again; it is listed and not converted" if of_glue
        else "nothing: it is listed and not converted",
    )  # fmt: skip


def _scripts(file: SourceFile) -> Iterator[PythonUnit | Finding]:
    data = read_bytes(file)
    if isinstance(data, Finding):
        yield data
        return
    if not may_hold_scripts(data):
        return
    try:
        content = decode_any(data).content
    except NotText:
        return
    for script in embedded_scripts(content, file.path):
        yield _parsed(_script_unit(file, script))


def _script_unit(file: SourceFile, script: EmbeddedScript) -> PythonUnit:
    note = Finding(
        rule="embedded-script", severity=Severity.INFO, path=script.path, line=0,
        message=f"was unpacked from {file.path} at {script.pointer}", action="nothing: the converted script is a file of its own",
    )  # fmt: skip
    return PythonUnit(script.path, file.path, script.code, Text(script.code), script.facts, (note,))


def _parsed(unit: PythonUnit) -> PythonUnit | Finding:
    """Return the unit, or where it does not parse the finding, which says the cell where there is one."""
    tree = parse_python(unit.code, unit.path)
    if not isinstance(tree, Finding):
        return unit
    place = unit.place_of(tree.line)
    return tree.model_copy(update={"message": f"{tree.message} ({place})"}) if place.startswith("cell") else tree
