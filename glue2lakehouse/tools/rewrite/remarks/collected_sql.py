"""Statements of SQL that a list or table holds, and that are run one after another: `for each in STATEMENTS: spark.sql(each)`.

Each text is known and none of them is converted, as the call that runs it sees no text. What Unity Catalog refuses is told at the text.
"""

import ast
import re
from collections.abc import Iterator

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.literals import read_literal
from glue2lakehouse.tools.rewrite.rule import Place
from glue2lakehouse.tools.rewrite.sql.hive_ddl import is_hive_statement
from glue2lakehouse.tools.rewrite.sql.iceberg import iceberg_only
from glue2lakehouse.tools.rewrite.sql.texts import without_leading_comments
from glue2lakehouse.tools.rewrite.sql.views import views_of

_WORTH_IT = re.compile(r"\b(?:CREATE|ALTER|LOAD|CALL|DROP)\b", re.IGNORECASE)
_RUN = re.compile(r"\.sql\s*\(")
# Their SQL is another one.
_OTHER_DATABASES = re.compile(
    r"\b(?:redshift_connector|psycopg2?|pg8000|pymysql|snowflake|pyodbc|athena)\b", re.IGNORECASE
)
_COLLECTIONS = (ast.List, ast.Tuple, ast.Set, ast.Dict)
_PUT_IN = frozenset({"append", "insert", "add", "extend"})


def collected_sql(place: Place) -> Iterator[Finding]:
    """Yield a blocker for each statement in a collection that Unity Catalog refuses, where the project runs SQL."""
    if not _WORTH_IT.search(place.module.source) or _OTHER_DATABASES.search(place.module.source):
        return
    modules = place.world.modules.values()
    if not views_of(place.world).uses_glue or not any(_RUN.search(module.source) for module in modules):
        return
    for node in place.nodes.of(ast.Constant, ast.JoinedStr):
        if not _is_worth_it(node) or not _is_collected(place, node):
            continue
        text = read_literal(place.source.of(node))
        statement = without_leading_comments(text) if text is not None else None
        if statement is None:
            continue
        told = iceberg_only(statement.text)
        if told is None and is_hive_statement(statement.text):
            told = (
                "Unity Catalog refuses this statement of Hive's, and one in a list or table is not converted",
                ("give it to spark.sql by itself and migrate again, or write it for Unity Catalog"),
            )
        if told is not None:
            place.rule = "sql-names"
            yield place.finding(node, Severity.BLOCKER, *told)


def _is_worth_it(node: ast.AST) -> bool:
    """Whether a text, or a piece of an f-string, holds a word that such a statement begins with."""
    pieces = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = (each.value for each in pieces if isinstance(each, ast.Constant))
    return any(isinstance(text, str) and _WORTH_IT.search(text) for text in texts)


def _is_collected(place: Place, node: ast.AST) -> bool:
    above = place.parents.get(node)
    if isinstance(above, ast.Dict):
        return any(node is value for value in above.values)
    put_in = isinstance(above, ast.Call) and isinstance(above.func, ast.Attribute) and above.func.attr in _PUT_IN
    return put_in or isinstance(above, _COLLECTIONS)
