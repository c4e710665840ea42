"""Translate a query, or say why it cannot be proven to give the same rows.

Spark's SQL grew out of Hive's, so a Hive query keeps its text: only names are replaced, after every function and construct
in it was found in the list of proven ones. Athena's queries are Trino's and are written anew by sqlglot, under the same rule.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlglot
from sqlglot import exp

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.ddl.athena_functions import translate_calls
from glue2lakehouse.tools.ddl.athena_unnest import translate_unnest
from glue2lakehouse.tools.ddl.context import Context
from glue2lakehouse.tools.ddl.cursor import split_commas
from glue2lakehouse.tools.ddl.hive_text import hive_edits
from glue2lakehouse.tools.ddl.kinds import Kinds
from glue2lakehouse.tools.ddl.lexer import VARIABLE, Token, tokenize
from glue2lakehouse.tools.ddl.model import Dialect
from glue2lakehouse.tools.ddl.query_checks import Checks, merged_columns
from glue2lakehouse.tools.ddl.query_names import filled_in, name_edits, rename_in_tree
from glue2lakehouse.tools.ddl.types import quoted

# What sqlglot falls back on becomes a finding here; its own warnings would only repeat it on the terminal.
logging.getLogger("sqlglot").setLevel(logging.ERROR)
_STATEMENTS = (exp.Query, exp.Values, exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.MultitableInserts)
_NAMED = (exp.Alias, exp.Aliases, exp.Column, exp.Star)


@dataclass(frozen=True, slots=True)
class Translation:
    """The query for Databricks; with problems in it, `sql` must not be used. `said` is what a person has to look at or know.

    `dynamic`: it overwrites the partitions that its rows name, and no others.
    """

    sql: str
    problems: tuple[str, ...]
    said: tuple[tuple[Severity, str], ...] = ()
    dynamic: bool = False


def translate(text: str, context: Context, names_matter: bool = False) -> Translation:
    """Translate one query or data change; `names_matter` where its columns get stored (views, CREATE TABLE AS)."""
    try:
        answers = [_translate(text, context, dialect, names_matter) for dialect in context.dialects]
    except RecursionError:
        return Translation("", ("the query is nested too deeply to be read",))
    first = answers[0]
    if len(answers) == 2 and not _same(answers[0], answers[1]):
        problem = "the text can be read as Hive's and as Athena's SQL, with different results; set sql_dialect in glue2lakehouse.yaml"
        return Translation("", tuple(dict.fromkeys((*first.problems, *answers[1].problems))) or (problem,))
    # Whoever wrote it, what either engine does otherwise is said.
    return replace(first, said=tuple(dict.fromkeys(note for answer in answers for note in answer.said)))


def _same(one: Translation, other: Translation) -> bool:
    if one.problems or other.problems:
        return False
    trees = [sqlglot.parse_one(t.sql, read="databricks").sql(dialect="databricks") for t in (one, other)]
    return trees[0] == trees[1]


def _translate(text: str, context: Context, dialect: Dialect, names_matter: bool) -> Translation:
    masked, names = _mask(text)
    tokens = [t for t in tokenize(masked, presto=dialect == "athena") if t.kind not in ("space", "comment")]
    try:
        tree = sqlglot.parse_one(masked, read="hive" if dialect == "hive" else "trino")
    except sqlglot.errors.SqlglotError as error:
        return Translation("", (f"cannot be parsed as {dialect}: {_first_line(error)}",))
    if not isinstance(tree, exp.Query if names_matter else _STATEMENTS):
        return Translation("", (f"this is no query or change of data in {dialect}'s SQL",))
    checks = Checks(tree, tokens, context, dialect, names_matter, frozenset(names))
    problems = list(dict.fromkeys(checks.all()))
    if dialect == "athena":
        return _athena(tree, problems, checks.kinds, context, names)
    if problems:
        return Translation("", tuple(problems))
    renamed = _edit_text(masked, tree, tokens, context)
    renamed = _name_columns(renamed, tree) if names_matter else renamed
    problem = () if renamed else ("an unnamed column is called _c0, _c1, … in Hive",)
    filled = tuple((Severity.WARNING, text) for text in filled_in(tree, context, names))
    return Translation(_unmask(renamed, names), problem, filled, dynamic="dynamic" in checks.overwrites)


def _athena(
    tree: exp.Expr, problems: list[str], kinds: Kinds, context: Context, names: Mapping[str, str]
) -> Translation:
    more, said = translate_calls(tree, kinds)
    joins, about_joins = translate_unnest(tree, kinds)
    if problems or more or joins:
        return Translation("", tuple(dict.fromkeys([*problems, *more, *joins])))
    _name_merged(tree, merged_columns(tree, context))
    said += [(Severity.WARNING, text) for text in filled_in(tree, context, names)]
    rename_in_tree(tree, context)
    written = tree.sql(dialect="databricks", pretty=True)
    return Translation(_unmask(written, names), (), tuple(said + about_joins))


def _name_merged(tree: exp.Expr, columns: Sequence[str]) -> None:
    if isinstance(tree, exp.Merge):
        for insert in tree.args["whens"].find_all(exp.Insert):
            if not insert.this:
                insert.set(
                    "this",
                    exp.Tuple(expressions=[exp.to_identifier(name, quoted=quoted(name) != name) for name in columns]),
                )


def _first_line(error: Exception) -> str:
    return re.sub(r"\x1b\[\d+m", "", str(error).split("\n")[0])[:120]


def _mask(text: str) -> tuple[str, dict[str, str]]:
    """Put a name of the same length in the place of each variable; the text has no such name of its own."""
    names: dict[str, str] = {}
    letter = next((c for c in "gqzjkwxy" if not re.search(rf"{c}\d+v", text)), "g")

    def one(match: re.Match[str]) -> str:
        name = f"{letter}{len(names)}v".ljust(len(match[0]), "_")
        names[name] = match[0]
        return name

    return VARIABLE.sub(one, text), names


def _unmask(text: str, names: Mapping[str, str]) -> str:
    for name, variable in names.items():
        text = text.replace(name, variable)
    return text


def _edit_text(text: str, tree: exp.Expr, tokens: Sequence[Token], context: Context) -> str:
    edits = list(hive_edits(tokens, merged_columns(tree, context)))
    edits += name_edits(tree, context)
    for start, end, name in sorted(dict.fromkeys(edits), key=lambda edit: edit[:2], reverse=True):
        text = text[:start] + name + text[end:]
    return text


def _name_columns(text: str, tree: exp.Expr) -> str:
    """Write Hive's names for unnamed columns (`_c0`, `_c1`, …) behind them; "" when that cannot be done."""
    select = tree
    while isinstance(select, exp.SetOperation | exp.Subquery):
        select = select.this
    if not isinstance(select, exp.Select):
        return ""
    unnamed = [i for i, e in enumerate(select.expressions) if not isinstance(e, _NAMED)]
    if not unnamed:
        return text
    tokens = [t for t in tokenize(text) if t.kind not in ("space", "comment")]
    if not tokens[0].says("SELECT") or tokens[1].says("/"):
        return ""
    start = 2 if tokens[1].says("DISTINCT", "ALL") else 1
    depth, end = 0, start
    while end < len(tokens) and not (depth == 0 and tokens[end].says("FROM", "UNION", "LIMIT", "WHERE")):
        depth += tokens[end].says("(", "[") - tokens[end].says(")", "]")
        end += 1
    parts = split_commas(tokens[start:end], types=False)
    if len(parts) != len(select.expressions):
        return ""
    for index in reversed(unnamed):
        place = parts[index][-1].end
        text = f"{text[:place]} AS _c{index}{text[place:]}"
    return text
