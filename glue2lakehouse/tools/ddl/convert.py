"""Turn one file of Hive or Athena SQL into Unity Catalog SQL, statement by statement, with nothing lost."""

import re
from collections.abc import Sequence

from glue2lakehouse.domain import Certainty, Edit, Evidence, Finding, Severity, Status
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.ddl.context import Answer, Context, Rule
from glue2lakehouse.tools.ddl.cursor import Unreadable
from glue2lakehouse.tools.ddl.dialect import foreign_product, guess_dialects
from glue2lakehouse.tools.ddl.known import KnownTables
from glue2lakehouse.tools.ddl.lexer import VARIABLE, Statement, split_statements
from glue2lakehouse.tools.ddl.model import DdlConversion, Dialect, Outcome, StatementResult, TableDefinition
from glue2lakehouse.tools.ddl.rules import rule_for

_VERBS = re.compile(
    r"(create|alter|drop|insert|select|with|msck|use|set|show|desc|describe|explain|load|analyze|truncate|merge|update|delete"
    r"|optimize|vacuum|unload|grant|revoke|from|add|export|import|values|dfs|reset|lock|unlock|prepare|execute|map|reduce"
    r"|start|commit|rollback|deallocate|reload|list|repl|abort|source|\()\b",
    re.IGNORECASE,
)


def convert_ddl(
    text: str,
    path: str,
    settings: Settings,
    dialect: Dialect | None = None,
    database: str = "",
    known: KnownTables | None = None,
) -> DdlConversion:
    """Convert the text of one file. Never raises.

    `database` is the current one, for names that do not say theirs; `known` are the tables of the project's other files.
    """
    dialect = dialect or settings.sql_dialect or None
    product = "" if dialect else foreign_product(text, path)
    if product:
        return _foreign(text, path, product)
    dialects: tuple[Dialect, ...] = (dialect,) if dialect else guess_dialects(text, path)
    context = Context(path=path, settings=settings, dialects=dialects, database=database, known=known or KnownTables())
    statements, tail = split_statements(text, athena="athena" in dialects)
    writer = _Writer()
    results = [_one(part, context, writer) for statement in statements for part in _without_junk(statement, context)]
    writer.add(tail.lstrip(";"))
    findings = tuple(finding for result in results for finding in result.findings)
    if VARIABLE.search(text):
        message = "the file has variables; the same name has to be filled in before Databricks runs it"
        findings = (context.finding("variables", Severity.INFO, 0, message), *findings)
    if any(not table.database for table in context.tables.values()):
        message = "names without a database belong to the schema that is current when the file runs"
        findings = (
            context.finding("current-schema", Severity.INFO, 0, message, "run USE first, or pass the database"),
            *findings,
        )
    return DdlConversion(
        path=path,
        dialect=" or ".join(dialects),
        sql=writer.text,
        status=_status(results),
        statements=tuple(results),
        findings=findings,
        tables=tuple(context.tables.values()),
        schemas=tuple(context.schemas),
        external_locations=tuple(context.external_locations),
        volumes=tuple(context.volumes),
    )


def extract_tables(
    text: str, path: str = "", settings: Settings | None = None, database: str = ""
) -> tuple[TableDefinition, ...]:
    """Return the tables that a file creates, for those who only need their schemas; none for another product's file."""
    return convert_ddl(text, path, settings or Settings(), database=database).tables


def _status(results: Sequence[StatementResult]) -> Status:
    states = {result.status for result in results}
    if Status.NEEDS_REVIEW in states:
        return Status.NEEDS_REVIEW
    return Status.CONVERTED if Status.CONVERTED in states else Status.UNCHANGED


def _foreign(text: str, path: str, product: str) -> DdlConversion:
    message = f"looks like SQL of {product}, not of Hive or Athena: left as it is"
    finding = Finding(rule="foreign-sql", severity=Severity.INFO, path=path, line=0, message=message)
    return DdlConversion(path, product, text, Status.UNCHANGED, (), (finding,))


def _without_junk(statement: Statement, context: Context) -> list[Statement]:
    """Cut lines of `=====` or `# remarks` off the front, which are no SQL; they stay in the output as a comment."""
    first = statement.tokens[0]
    if first.kind != "symbol" or first.text not in "=#*" or statement.opening.startswith("!"):
        return [statement]
    for index, token in enumerate(statement.tokens):
        previous = statement.tokens[index - 1] if index else None
        if previous and token.line > previous.line and _VERBS.match(token.text):
            cut = token.start - statement.start
            junk = statement.text[:cut].rstrip()
            lead = statement.lead + "\n".join("-- " + line for line in junk.split("\n")) + "\n"
            rest = statement.tokens[index:]
            return [Statement(statement.text[cut:], lead, token.line, rest, statement.comments, token.start)]
    return [statement]


class _Writer:
    """Collects the output and knows the line it is at."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._last = ""
        self.line = 1

    @property
    def text(self) -> str:
        """Return everything that was added."""
        return "".join(self._parts)

    def add(self, text: str) -> None:
        """Append; whatever follows a line comment starts a line of its own."""
        if self._last.lstrip().startswith("--") and not text.startswith(("\n", "\r")):
            self._put("\n")
        self._put(text)

    def start_line(self) -> None:
        """Begin a new line unless only blanks stand on this one."""
        if self._last.strip():
            self._put("\n")

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self.line += text.count("\n")
        _, newline, tail = text.rpartition("\n")
        self._last = tail if newline else self._last + tail


def _one(statement: Statement, context: Context, writer: _Writer) -> StatementResult:
    rule = rule_for(statement)
    answer = _answered(rule, statement, context)
    outcome = _outcome(answer)
    target_line = _write(statement, answer, outcome, writer)
    output = answer.output if outcome in ("converted", "confirm") else ""
    return StatementResult(
        kind=rule.name,
        source_line=statement.line,
        target_line=target_line,
        source=statement.text,
        output=output,
        outcome=outcome,
        status=Status.CONVERTED if outcome in ("converted", "dropped") else Status.NEEDS_REVIEW,
        edits=(_edit(rule.name, answer, statement.line, target_line),) if outcome != "handed_off" else (),
        findings=tuple(answer.findings),
        around=answer.around if output else ("", ""),
        evidence=Evidence.PARSED if output else Evidence.NONE,
    )


def _answered(rule: Rule, statement: Statement, context: Context) -> Answer:
    """Return the rule's answer; what it cannot read is one of a single blocker."""
    try:
        _refuse_blocks(statement)
        return rule.apply(statement, context)
    except Unreadable as error:
        action = error.action or "write the statement for Databricks by hand"
        line = error.line or statement.line
        return Answer(findings=[context.finding(rule.name, Severity.BLOCKER, line, str(error), action)])
    except RecursionError:
        message = "the statement is nested too deeply to be read"
        action = "write the statement for Databricks by hand"
        return Answer(findings=[context.finding(rule.name, Severity.BLOCKER, statement.line, message, action)])


def _write(statement: Statement, answer: Answer, outcome: Outcome, writer: _Writer) -> int:
    """Write what becomes of a statement, below what is said of it, and return the line where it begins."""
    writer.add(statement.lead.lstrip(";"))
    shown = [f for f in answer.findings if f.severity is not Severity.INFO or outcome == "dropped"]
    if shown or outcome in ("handed_off", "dropped"):
        writer.start_line()
    for index, finding in enumerate(shown):
        repeated = index + 1 < len(shown) and shown[index + 1].action == finding.action
        writer.add(_as_comment(finding, outcome, not repeated))
    if outcome in ("handed_off", "dropped"):
        target_line = writer.line
        writer.add("\n".join("-- " + line for line in (statement.text + ";").split("\n")))
        return target_line
    for comment in statement.comments:
        if comment not in answer.output:
            writer.add("".join(f"{_line_comment(line)}\n" for line in comment.split("\n")))
    before, behind = answer.around
    if before:
        writer.start_line()
        writer.add(f"{before};\n")
    target_line = writer.line
    writer.add(answer.output + ";")
    if behind:
        writer.add(f"\n{behind};")
    return target_line


def _refuse_blocks(statement: Statement) -> None:
    """A template's `{% if %}` around a statement stays where it is; one inside decides what the statement says."""
    block = next((comment for comment in statement.comments if comment.startswith("{%")), "")
    if block:
        action = "fill the template in first, and migrate what comes out"
        raise Unreadable(f"the template block {block[:40]} decides what this statement says", statement.line, action)


def _outcome(answer: Answer) -> Outcome:
    severities = {finding.severity for finding in answer.findings}
    if Severity.BLOCKER in severities:
        return "handed_off"
    if not answer.output:
        return "dropped"
    return "confirm" if Severity.WARNING in severities else "converted"


def _edit(rule: str, answer: Answer, source_line: int, target_line: int) -> Edit:
    condition = "; ".join(dict.fromkeys(answer.conditions))
    certainty = answer.certainty if condition or answer.certainty is not Certainty.CONDITIONAL else Certainty.EXACT
    return Edit(rule=rule, certainty=certainty, source_line=source_line, target_line=target_line, condition=condition)


def _line_comment(line: str) -> str:
    bare = re.sub(r"^\s*(--|/\*)?\s?|\s*\*/\s*$", "", line)
    return f"-- {bare}".rstrip()


def _as_comment(finding: Finding, outcome: Outcome, with_action: bool) -> str:
    word = {"handed_off": "NEEDS REVIEW", "dropped": "left out", "confirm": "CHECK"}.get(outcome, "note")
    action = f"\n--   next: {finding.action}" if finding.action and with_action else ""
    return f"-- {word} [{finding.rule}] line {finding.line}: {finding.message}{action}\n".replace("\r", " ")
