"""The deterministic tools that the converter agent may call while it works on one section of one file."""

import ast
import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from glue2lakehouse.agents.dialogue import Tool
from glue2lakehouse.agents.sections import Section, replace_section
from glue2lakehouse.agents.validator import LEFT_OUT, LEFT_OUT_WORDS, Gather, Gathered, gather_all
from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools import facts
from glue2lakehouse.tools.rewrite import convert_project
from glue2lakehouse.tools.source.text import lines_of

_MOST_FACTS = 8
_VANISHED = "vanished: "
# What may go with a word about it: also what Unity Catalog compute itself has not. A read, a write, a mode, a column, a
# condition and a call of the user's own may not.
_MAY_GO = re.compile(
    r"(option|text|argument|use of|connection type) |(loop|raise)$|\.from_"
    r"|\.(rdd|_jsc|_jvm|sparkContext|parallelize\(\)|hadoopConfiguration\(\))$"
)


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Snippet(_Arguments):
    """Arguments of `rewrite_snippet`."""

    code: str = Field(description="a whole small module with its imports; the rules need them to know what a name is")


class Name(_Arguments):
    """Arguments of `look_up`."""

    name: str = Field(
        description="a Glue callable, transform, method or option, for instance ResolveChoice or groupFiles"
    )


class Definition(_Arguments):
    """Arguments of `show_definition`."""

    name: str = Field(description="name of a function, class or method (`Class.method`) anywhere in the project")


class LeftOut(_Arguments):
    """One thing of the original that the conversion has not, in the check's own words, and why it needs none."""

    line: int = Field(description="line of the original, as the check names it")
    what: str = Field(description="what the check says has vanished, word for word, for instance: option groupFiles")
    why: str = Field(min_length=1, description="why the conversion does the same without it")


class SectionDraft(_Arguments):
    """Arguments of `check_draft` and `run_draft`."""

    converted_code: str = Field(description="the whole section, converted")
    imports: list[str] = Field(
        default_factory=list, description="import lines that the section needs at the top of the file"
    )
    left_out: list[LeftOut] = Field(
        default_factory=list, description="what vanished for a reason, as in the submission"
    )


@dataclass(frozen=True)
class Bench:
    """What the tools work on. `run` executes original and conversion of a file and says how they compare, where it can."""

    settings: Settings
    gather: Gather
    originals: Mapping[str, str] = field(default_factory=dict)
    run: Callable[[str, str], str] | None = None

    def tools(
        self, path: str, source: str, draft: str, section: Section, open_findings: tuple[Finding, ...]
    ) -> list[Tool]:
        """Return the tools for one section; `open_findings` are those that lie outside of it and stay."""

        def whole(given: SectionDraft) -> str:
            return replace_section(draft, section, given.converted_code, given.imports)

        def check(given: Any) -> str:
            code = whole(given)
            findings = self.accounted(path, source, code, open_findings, given.left_out)
            return told(gather_all(self.gather, source, code, path, findings))

        def execute(given: Any) -> str:
            return self.run(path, whole(given)) if self.run else ""

        found = [
            Tool("rewrite_snippet", "Run the deterministic rules over a snippet and see what they make of it.", Snippet, self._rewrite),
            Tool("look_up", "Look up what a Glue callable or option does and what replaces it.", Name, look_up),
            Tool("show_definition", "Show a function or class of the project, and who calls it.", Definition, self._show),
            Tool("check_draft", "Check the section as you would submit it: evidence and everything wrong.", SectionDraft, check),
        ]  # fmt: skip
        if self.run is not None:
            what = "Run original and conversion on sample data in the sandbox and compare what they wrote."
            found.append(Tool("run_draft", what, SectionDraft, execute))
        return found

    def accounted(
        self, path: str, source: str, code: str, findings: tuple[Finding, ...], left_out: Sequence[LeftOut]
    ) -> tuple[Finding, ...]:
        """Return the findings and a warning for each thing left out that the checks miss and that may go with a word."""
        if not left_out:
            return findings
        missed = {
            (issue.line, issue.message.removeprefix(_VANISHED))
            for issue in gather_all(self.gather, source, code, path, findings).issues
            if issue.message.startswith(_VANISHED)
        }
        words = {(item.line, item.what.strip().removeprefix(_VANISHED)) for item in left_out}
        named = sorted((line, what) for line, what in words & missed if _MAY_GO.match(what))
        return (*findings, *(_left_out(path, line, what) for line, what in named))

    def _rewrite(self, given: Any) -> str:
        (made,) = convert_project({"snippet.py": given.code}, self.settings)
        findings = "\n".join(f"line {finding.line}: [{finding.rule}] {finding.message}" for finding in made.findings)
        return f"{made.after}\n--- findings\n{findings or 'none'}"

    def _show(self, given: Any) -> str:
        leaf = given.name.rpartition(".")[2]
        shown, callers = [], []
        for path, text in self.originals.items():
            if leaf not in text:
                continue
            try:
                tree = ast.parse(text)
            except (SyntaxError, ValueError, RecursionError):
                continue
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == leaf:
                    shown.append(f"# {path}:{node.lineno}\n{ast.get_source_segment(text, node, padded=True)}")
                if isinstance(node, ast.Call) and _called(node) == leaf:
                    callers.append(f"{path}:{node.lineno}: {lines_of(text)[node.lineno - 1].strip()}")
        if not shown:
            return f"There is no definition of {given.name} in the project."
        return "\n\n".join(shown[:3]) + "\n\n# called at\n" + ("\n".join(callers[:10]) or "nowhere")


def _left_out(path: str, line: int, what: str) -> Finding:
    message, action = f"{LEFT_OUT_WORDS}{what}", "compare with the original; the reason is in the decision"
    return Finding(rule=LEFT_OUT, severity=Severity.WARNING, path=path, line=line, message=message, action=action)


def look_up(given: Any) -> str:
    """Return the rows of the tables of facts that a name means, the nearest names when none does."""
    wanted = given.name.strip().rpartition(".")[2].lower()
    rows = [fact for name, fact in facts.callables().items() if wanted in name.lower().split(".")]
    lines = [
        f"{fact.name}({fact.signature}): {fact.semantics} -> {fact.equivalent} ({fact.certainty}; {fact.condition})"
        for fact in rows[:_MOST_FACTS]
    ]
    keys = [option for option in facts.options() if option.key.lower() == wanted]
    lines += [
        f"option {option.key} of {option.group} ({option.role}): {option.meaning} -> {option.equivalent} ({option.action})"
        for option in keys[:_MOST_FACTS]
    ]
    if lines:
        return "\n".join(lines)
    known = {name.rpartition(".")[2] for name in facts.callables()} | {option.key for option in facts.options()}
    near = difflib.get_close_matches(given.name, sorted(known), n=5)
    return f"Nothing is known of {given.name}; " + (f"near it: {', '.join(near)}." if near else "try another name.")


def told(gathered: Gathered) -> str:
    """Return evidence and issues as text."""
    lines = [f"line {item.line} ({item.severity}) [{item.type}] {item.message}" for item in gathered.issues]
    return f"evidence: {gathered.evidence.value}\n" + ("\n".join(lines) or "nothing is wrong")


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
