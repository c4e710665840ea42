"""Say where DataFrame code names a column after a table that the settings rename: `col("sales.orders.id")`, `filter("old.id > 1")`.

Spark: a column is found by the last levels of its table's name (DataFrame.select, functions.col). SQL statements are renamed whole;
in the expressions of a DataFrame a dotted name may as well be a field of a struct or an alias, so that it stays.
"""

import ast
import re
from collections.abc import Iterator

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.rule import Place
from glue2lakehouse.tools.rewrite.sql.views import views_of

RULE = "table-names"
_TAKES_COLUMNS = frozenset(
    "select selectExpr filter where expr col column groupBy groupby orderBy sort agg withColumn drop join dropDuplicates colRegex".split()
)
_QUALIFIED = re.compile(r"(?<![\w.'\"])((?:`[^`]+`|\w+)\.(?:(?:`[^`]+`|\w+)\.)?)(?=[`\w*])")


def renamed_columns(place: Place) -> Iterator[Finding]:
    """Yield a warning at each text of a column expression that names a renamed table before a column."""
    if not place.settings.renames or not views_of(place.world).uses_glue:
        return
    tables = {key.lower().split(".", 1)[1] for key in place.settings.tables if _other_table(place, key)}
    for node in place.nodes.of(ast.Constant):
        if isinstance(node.value, str) and "." in node.value and _is_of_columns(place, node):
            for match in _QUALIFIED.finditer(node.value):
                levels = match[1].rstrip(".").replace("`", "").lower().split(".")
                if _is_renamed(place, levels, tables):
                    yield Finding(
                        rule=RULE, severity=Severity.WARNING, path=place.module.path, line=node.lineno,
                        message=f"a column is named after the table {match[1].rstrip('.')}, which the settings rename",
                        action="name the column by itself, or give the table an alias and name it by that",
                    )  # fmt: skip
                    break


def _is_of_columns(place: Place, node: ast.Constant) -> bool:
    above = place.parents.get(node)
    if isinstance(above, ast.List | ast.Tuple):
        above = place.parents.get(above)
    if isinstance(above, ast.Subscript):
        return above.slice is node
    called = above.func if isinstance(above, ast.Call) else None
    name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    return name in _TAKES_COLUMNS


def _other_table(place: Place, key: str) -> bool:
    database, _, table = key.lower().partition(".")
    return place.settings.table_for(database, table).lower().rsplit(".", 1)[-1] != table


def _is_renamed(place: Place, levels: list[str], tables: set[str]) -> bool:
    """Whether this is a table's name whose last levels are others in the target; a table alone may be an alias or a view."""
    if len(levels) == 2:
        return place.settings.table_for(*levels).lower().split(".", 1)[-1] != ".".join(levels)
    return levels[0] in tables and levels[0] not in views_of(place.world).names and not _is_alias(place, levels[0])


def _is_alias(place: Place, name: str) -> bool:
    return re.search(rf"\.alias\(\s*['\"]{re.escape(name)}['\"]", place.module.source, re.IGNORECASE) is not None
