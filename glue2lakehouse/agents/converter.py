"""The converter agent: takes one file's rule-made draft and returns a conversion.

Without a model the reply is the draft with the doubts that the rules left. With one, each section that holds a doubt is settled
in a conversation with tools. What the model calls settled counts only as far as the validator confirms it, and the reply's
confidence is computed (`agents.confidence`), never claimed.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from glue2lakehouse.agents.bench import Bench, LeftOut
from glue2lakehouse.agents.claims import a_run_shows, answers, statement_at
from glue2lakehouse.agents.confidence import MODEL_RULE, UNSHOWN_RULE, confidence
from glue2lakehouse.agents.conversation import converse
from glue2lakehouse.agents.dialogue import Message, Model, Usage, Used
from glue2lakehouse.agents.sections import (
    Section,
    bound_outside,
    is_import,
    line_map,
    lines_behind,
    replace_section,
    sections_around,
)
from glue2lakehouse.agents.unshown import added_steps, may_be_passed_by
from glue2lakehouse.domain import Certainty, Edit, EntityType, Evidence, Finding, Issue, Severity
from glue2lakehouse.prompts import Prompt, render
from glue2lakehouse.tools import facts

NAME = "code_converter"
RULES = "rules"
SUBMIT = "submit_conversion"
_LONGEST_SECTION = 30_000
_MOST_FACTS = 12
_LONGEST_COLUMNS = 4000


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class ConverterInput(_Value):
    """What the requirements hand the agent, plus what the rules and the last attempt left."""

    entity_type: EntityType
    source_code: str
    columns: list[dict[str, Any]] = Field(
        default_factory=list, alias="schema", description="columns of the tables that the code names"
    )
    dependencies: list[str] = Field(default_factory=list, description="modules of the project that the code imports")
    config: dict[str, Any] = Field(default_factory=dict)
    path: str
    draft_code: str = Field(description="what the rules made of the source")
    edits: tuple[Edit, ...] = ()
    findings: tuple[Finding, ...] = ()
    refused_code: str = Field(default="", description="the attempt before, where it was refused")
    issues: tuple[Issue, ...] = Field(default=(), description="why the attempt before, or else the draft, was refused")
    instructions: tuple[str, ...] = Field(default=(), description="what reviewers asked for")


class ConverterReply(_Value):
    """The conversion, in the shape that the requirements give, with what backs it."""

    converted_code: str
    transformations_applied: list[str]
    recommendations: list[str]
    confidence_score: float = Field(ge=0, le=1, description="computed before validation, on `parsed` evidence")
    manual_review_needed: bool
    manual_review_reason: str = ""
    edits: tuple[Edit, ...] = ()
    findings: tuple[Finding, ...] = ()
    model_name: str = RULES
    usage: Usage = Usage()
    prompt: Prompt | None = Field(default=None, description="what the model was sent first")
    tools_used: tuple[Used, ...] = ()
    cut_short: bool = Field(default=False, description="whether a spent budget left a section undone")


class SectionReply(_Value):
    """What the model submits for one section."""

    converted_code: str = Field(
        min_length=1, description="the whole section, converted; it replaces the section's lines"
    )
    imports: list[str] = Field(
        default_factory=list, description="import lines needed at the top of the file, one statement each"
    )
    settled: list[int] = Field(description="numbers of the findings that this conversion settles")
    left_out: list[LeftOut] = Field(
        default_factory=list, description="what check_draft says has vanished and the conversion needs no more"
    )
    unresolved: str = Field(default="", description="what stays open and why; empty if nothing does")
    transformations_applied: list[str] = Field(description="what was changed, a short sentence each")
    recommendations: list[str] = Field(
        default_factory=list, description="what a person should do or know, without figures"
    )


def convert(task: ConverterInput, model: Model | None = None, bench: Bench | None = None) -> ConverterReply:
    """Return the conversion of one file; without a model, or without doubts, the rules' draft as it stands.

    Raises ModelUnavailable when the model cannot be reached at all; a request that is turned down and a spent budget leave
    the draft with the reason.
    """
    work = _Work(task)
    doubts = [finding for finding in task.findings if finding.severity is Severity.BLOCKER]
    if model is not None and bench is not None and (doubts or task.issues or task.instructions):
        for section in reversed(work.sections()):
            work.settle(section, model, bench)
    return work.reply(model)


def opening_questions(task: ConverterInput) -> list[list[Message]]:
    """Return what a model would be sent first about each section of a file, and send nothing."""
    work = _Work(task)
    return [work.opening(section) for section in work.sections() if len(section.code) <= _LONGEST_SECTION]


class _Work:
    """One file while the model works on its sections, last section first so that line numbers stay true."""

    def __init__(self, task: ConverterInput) -> None:
        self.task = task
        self.code = task.draft_code
        self.findings = list(task.findings)
        self.edits = list(task.edits)
        self.reasons: list[str] = []
        self.said: list[str] = []
        self.advice: list[str] = []
        self.tools: list[Used] = []
        self.usage = Usage()
        self.prompt: Prompt | None = None
        self.cut_short = False
        self._lines = line_map(task.source_code, task.draft_code)

    def sections(self) -> list[Section]:
        """Return the sections of the draft that hold a doubt; all of it where a reviewer's words name no line."""
        wanted = [self._line(finding) for finding in self.task.findings if finding.severity is Severity.BLOCKER]
        # An issue names a line of the code that was refused; where that was the rules' draft, it is this code.
        refused = bool(self.task.refused_code)
        wanted += [self._lines.get(issue.line, 0) if refused else issue.line for issue in self.task.issues]
        if (self.task.instructions or self.task.issues) and not any(wanted):
            wanted += range(1, self.code.count("\n") + 1)
        return sections_around(self.code, wanted)

    def settle(self, section: Section, model: Model, bench: Bench) -> None:
        """Talk one section through and take what was submitted; what was not stays with its findings."""
        if len(section.code) > _LONGEST_SECTION:
            self.reasons.append(
                f"section {section.name} has {len(section.code)} characters, too many for one conversation"
            )
            return
        inside = self._inside(section)
        outside = tuple(finding for finding in self.findings if finding not in inside)
        tools = bench.tools(self.task.path, self.task.source_code, self.code, section, outside)
        system, asked = self._prompts(section, inside)
        refuse = partial(self._unanswered, section, inside)
        talk = converse(model, _messages(system, asked), tools, SUBMIT, SectionReply, "Submit the section.", refuse)
        if talk.usage.asked:
            self._note(system, asked)
        self.usage += talk.usage
        self.tools += talk.tools
        self.cut_short |= talk.cut_short
        if talk.submitted is None:
            self.reasons.append(f"section {section.name}: {talk.reason}")
            return
        self._take(section, inside, talk.submitted, bench)

    def opening(self, section: Section) -> list[Message]:
        """Return the messages that begin the talk about a section."""
        return _messages(*self._prompts(section, self._inside(section)))

    def _inside(self, section: Section) -> list[Finding]:
        """Return the doubts in a section, which are what a model may settle."""
        return [finding for finding in self._found(section) if finding.severity is Severity.BLOCKER]

    def _found(self, section: Section) -> list[Finding]:
        return [finding for finding in self.findings if section.first <= self._line(finding) <= section.last]

    def _take(self, section: Section, inside: list[Finding], said: SectionReply, bench: Bench) -> None:
        settled = [inside[number - 1] for number in said.settled if 1 <= number <= len(inside)]
        imports = [line for line in said.imports if is_import(line)]
        task, before = self.task, self.code
        self.code = replace_section(before, section, said.converted_code, imports)
        others = [text for path, text in bench.originals.items() if path != task.path]
        found = tuple(
            _settled(finding, task.source_code, others) if finding in settled else finding for finding in self.findings
        )
        self.findings = list(bench.accounted(task.path, task.source_code, self.code, found, said.left_out))
        first = min((finding.line for finding in settled), default=1)
        self.findings += [_added(task.path, first, step) for step in added_steps(before, self.code)]
        edit = Edit(rule=MODEL_RULE, certainty=Certainty.JUDGEMENT, source_line=first, target_line=section.first)
        self.edits.append(edit)
        self.said += said.transformations_applied
        self.said += [f"line {item.line}: left out {item.what}: {item.why}" for item in said.left_out]
        self.advice += said.recommendations
        if said.unresolved:
            self.reasons.append(said.unresolved)

    def _unanswered(self, section: Section, inside: list[Finding], said: SectionReply) -> str:
        """Return why a submission does not count: it calls settled what stands as it was."""
        left = [
            str(number)
            for number, finding in enumerate(inside, start=1)
            if number in said.settled
            and not answers(section.code, self._doubted(finding, section), said.converted_code)
        ]
        if not left:
            return ""
        one = f"finding {left[0]} is" if len(left) == 1 else f"findings {', '.join(left)} are"
        return f"{one} named in `settled`, and the lines stand as they were; change them, or leave the number out and say why"

    def _doubted(self, finding: Finding, section: Section) -> set[int]:
        """Return the lines of a section that became of the statement that a doubt is about."""
        source = statement_at(self.task.source_code, finding.line)
        return {self._lines[line] - section.first + 1 for line in source if line in self._lines}

    def _note(self, system: Prompt, asked: Prompt) -> None:
        before = self.prompt.text if self.prompt else system.text
        self.prompt = Prompt(system.name, f"{before}\n\n{asked.text}", f"{system.fingerprint}-{asked.fingerprint}")

    def _prompts(self, section: Section, inside: list[Finding]) -> tuple[Prompt, Prompt]:
        task = self.task
        system = render(
            "converter", catalog=task.config.get("target_catalog", ""), compute=task.config.get("compute", "")
        )
        source = lines_behind(task.source_code, task.draft_code, section.first, section.last)
        asked = render(
            "converter_task",
            path=task.path,
            section=section,
            entity_type=task.entity_type.value,
            imports="\n".join(_imports(self.code)),
            source=source,
            findings=inside,
            noted=[finding for finding in self._found(section) if finding not in inside],
            bound="\n".join(bound_outside(self.code, section)),
            names=task.config.get("names", {}),
            facts=_facts(source),
            tables=_tables(task.columns),
            dependencies=task.dependencies,
            instructions=task.instructions,
            refused=_refused(task.refused_code),
            issues=[issue for issue in task.issues if issue.severity != "info"],
        )
        return system, asked

    def _line(self, finding: Finding) -> int:
        return self._lines.get(finding.line, 0)

    def reply(self, model: Model | None) -> ConverterReply:
        """Return what was reached."""
        blockers = [str(finding) for finding in self.findings if finding.severity is Severity.BLOCKER]
        return ConverterReply(
            converted_code=self.code,
            transformations_applied=[*sorted({edit.rule for edit in self.task.edits}), *self.said],
            recommendations=[*recommendations_of(self.findings), *self.advice],
            confidence_score=confidence(Evidence.PARSED, self.edits, self.findings),
            manual_review_needed=bool(blockers),
            manual_review_reason="; ".join(blockers + self.reasons),
            edits=tuple(self.edits),
            findings=tuple(self.findings),
            model_name=model.name if model is not None and self.usage.asked else RULES,
            usage=self.usage,
            prompt=self.prompt,
            tools_used=tuple(self.tools),
            cut_short=self.cut_short,
        )


def _messages(system: Prompt, asked: Prompt) -> list[Message]:
    return [Message(role="system", text=system.text), Message(role="user", text=asked.text)]


def _refused(code: str) -> str:
    """Return the attempt before, or that it is too long to be shown again."""
    return code if len(code) <= _LONGEST_SECTION else f"# {len(code)} characters, too many to be shown again"


def _settled(finding: Finding, source: str, others: Iterable[str]) -> Finding:
    """A doubt that a model settled is no blocker any more, and still something to look at; by a person, if no run shows it."""
    shown = a_run_shows(finding) and not may_be_passed_by(source, finding.line, others)
    return Finding(
        rule=MODEL_RULE if shown else UNSHOWN_RULE,
        severity=Severity.WARNING,
        path=finding.path,
        line=finding.line,
        message=f"settled by a model: {finding.message}",
        action="compare these lines with the original"
        + ("" if shown else "; that both run alike here says nothing about them, so a person approves them"),
    )


def _added(path: str, line: int, step: str) -> Finding:
    return Finding(
        rule=UNSHOWN_RULE,
        severity=Severity.WARNING,
        path=path,
        line=line,
        message=f"a model wrote `{step}`, which the rules' draft has not there",
        action="compare with the original: rows that no sample has may come out otherwise, so a person approves it",
    )


def recommendations_of(findings: Iterable[Finding]) -> list[str]:
    """Return what the findings say to do next, each once, in order."""
    return list(dict.fromkeys(finding.action for finding in findings if finding.action))


def _imports(code: str) -> list[str]:
    return [line for line in code.split("\n") if line.startswith(("import ", "from ")) and is_import(line)]


def _tables(columns: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Return each table with its columns in one line."""
    tables: dict[str, list[str]] = {}
    for column in columns:
        tables.setdefault(str(column.get("table", "")), []).append(f"{column.get('name')} {column.get('type')}")
    return {table: ", ".join(parts)[:_LONGEST_COLUMNS] for table, parts in tables.items()}


def _facts(source: str) -> list[facts.Callable]:
    """Return the rows of what is known about the Glue names in a section, the longest names first."""
    found = [fact for name, fact in facts.callables().items() if f"{name.rpartition('.')[2]}(" in source]
    found += [fact for name, fact in facts.callables().items() if f"{name.rpartition('.')[2]}.apply(" in source]
    unique = {fact.name: fact for fact in sorted(found, key=lambda fact: -len(fact.name)) if "<" not in fact.name}
    return list(unique.values())[:_MOST_FACTS]
