"""Say where Spark's own code gives another result in ANSI mode without an error, and nothing of ours sets the mode.

Glue before 6.0 runs Spark 3 without ANSI mode; Databricks has it on from runtime 17 and on serverless compute. Most of what it changes
fails at run time, which nobody can miss. Spark's ANSI compliance page and SQLConf say what does not: `size` of null is -1 without
and null with it; where text meets numbers, the text becomes a number with it and the number a text without it.
"""

import ast
import re
from collections.abc import Iterator

from glue2lakehouse.domain import Compute, Finding, Severity
from glue2lakehouse.tools.rewrite.kinds.values import DATA_FRAME
from glue2lakehouse.tools.rewrite.rule import Place
from glue2lakehouse.tools.rewrite.sql.views import views_of

RULE = "ansi-mode"
_SETTING = "spark.sql.ansi.enabled"
_FUNCTIONS = "pyspark.sql.functions"
_SIZES = frozenset({"size", "cardinality"})
_SIZE_IN_SQL = re.compile(r"(?i)(?<![\w.])(?:size|cardinality)\s*\(")
_MIXING = frozenset({"coalesce", "when", "greatest", "least", "array", "create_map", "nvl", "nvl2", "ifnull"})
_OF_COLUMNS = frozenset({"otherwise", "isin"})
_OF_FRAMES = frozenset({"union", "unionAll", "unionByName", "intersect", "intersectAll", "subtract", "exceptAll"})
_MIXING_IN_SQL = re.compile(
    r"(?i)\b(?:coalesce|nvl2?|ifnull|case|union|intersect|except|minus|greatest|least|in)\b|\bif\s*\(|\bdecode\s*\("
)
"""Functions, methods and SQL in which a text may meet a number, and one of them is cast without being asked for."""
_SQL = re.compile(r"[ (\s]")
"""What every text has that is SQL with a function or an operator of these."""
_QUERY = re.compile(r"(?i)\bselect\b")
_TAKES_SQL = frozenset({"sql", "expr", "selectExpr", "where", "filter"})


def ansi_remarks(place: Place) -> Iterator[Finding]:
    """Yield a warning at each `size`, and one word at the first expression that may mix texts and numbers."""
    if place.glue_version >= (6, 0) or _is_set(place) or not views_of(place.world).uses_glue:
        return
    names = _names_of_functions(place)
    texts = [node for node in place.nodes.of(ast.Constant) if isinstance(node.value, str) and _SQL.search(node.value)]
    found: list[ast.Call | ast.Constant] = [*place.nodes.of(ast.Call), *texts]
    told = False
    for node in sorted(found, key=lambda each: each.lineno):
        if _has(place, node, names, _SIZES, _SIZE_IN_SQL):
            yield _finding(
                place, node, Severity.WARNING, "size of an array or map that is null is -1 in Glue, and null in ANSI mode",
                f"set {_SETTING}=false where the job runs, or write coalesce(size(…), -1)",
            )  # fmt: skip
        elif not told and (_has(place, node, names, _MIXING, _MIXING_IN_SQL) or _is_mixing_method(place, node)):
            told = True
            yield _finding(
                place, node, Severity.INFO,
                f"{_where(place)}: Glue has ANSI mode off, in which a number that meets a text (coalesce, CASE, IN, UNION) "
                "becomes a text, and in ANSI mode the text becomes a number",
                f"set {_SETTING}=false in the Spark configuration where the job runs",
            )  # fmt: skip


def _is_set(place: Place) -> bool:
    """Whether the bundle's cluster has the mode off, or the script sets it."""
    on_cluster = place.facts.defined and place.settings.compute is not Compute.SERVERLESS
    return on_cluster or _SETTING in place.module.source


def _where(place: Place) -> str:
    return "serverless compute has ANSI mode on" if place.facts.defined else "no job definition says where this runs"


def _names_of_functions(place: Place) -> dict[str, str]:
    """Return what the module calls Spark's functions -> their names, `*` for all; the module that has them is called ""."""
    found: dict[str, str] = {}
    for node in place.nodes.of(ast.Import, ast.ImportFrom):
        if isinstance(node, ast.ImportFrom) and node.module == _FUNCTIONS:
            found |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "pyspark.sql":
            found |= {alias.asname or alias.name: "" for alias in node.names if alias.name == "functions"}
        elif isinstance(node, ast.Import):
            found |= {alias.asname or alias.name: "" for alias in node.names if alias.name == _FUNCTIONS}
    return found


def _has(
    place: Place,
    node: ast.Call | ast.Constant,
    names: dict[str, str],
    functions: frozenset[str],
    in_sql: re.Pattern[str],
) -> bool:
    """Whether the node is a call of one of Spark's functions, or SQL that the pattern finds one in."""
    if isinstance(node, ast.Constant):
        text = node.value
        found = isinstance(text, str) and in_sql.search(text) is not None
        return found and (_QUERY.search(str(text)) is not None or _is_expression(place, node))
    called = _called(node)
    if isinstance(node.func, ast.Name):
        return names.get(called, called if "*" in names else "") in functions
    owner = ast.unparse(node.func.value) if isinstance(node.func, ast.Attribute) and called in functions else None
    return owner is not None and names.get(owner) == ""


def _is_mixing_method(place: Place, node: ast.Call | ast.Constant) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return node.func.attr in _OF_COLUMNS or (
        node.func.attr in _OF_FRAMES and place.kind(node.func.value).is_a(DATA_FRAME)
    )


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _is_expression(place: Place, node: ast.expr) -> bool:
    """Whether a text stands in what a call takes for SQL, or is a predicate on partitions."""
    above: ast.AST | None = node
    while isinstance(above, ast.expr):
        above = place.parents.get(above)
        if isinstance(above, ast.keyword) and above.arg == "push_down_predicate":
            return True
        if isinstance(above, ast.Call):
            return _called(above) in _TAKES_SQL
    return False


def _finding(place: Place, node: ast.expr, severity: Severity, message: str, action: str) -> Finding:
    place.rule = RULE
    return place.finding(node, severity, message, action)
