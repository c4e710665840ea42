"""Find what Unity Catalog compute refuses: the driver's Spark context, RDDs, the JVM, global temporary views, …

Source: Databricks manual, limitations of standard access mode and of serverless compute (Spark Connect).
"""

import ast
import re
from collections.abc import Iterable, Iterator

from glue2lakehouse.domain import Compute
from glue2lakehouse.tools.checks.syntax import walk
from glue2lakehouse.tools.checks.units import Unit

_SHARED = {
    "sparkContext": "the Spark context is not reachable; use the Spark session",
    "_sc": "the Spark context is not reachable; use the Spark session",
    "rdd": "RDDs do not exist there; use DataFrame methods or mapInPandas",
    "parallelize": "RDDs do not exist there; use spark.createDataFrame",
    "_jvm": "Python cannot reach the JVM; use the Python API",
    "_jsc": "Python cannot reach the JVM; use the Python API or spark.conf",
    "_jcatalog": "Python cannot reach the JVM; use the Python API",
    "_jdf": "Python cannot reach the JVM; use the Python API",
    "_jsparkSession": "Python cannot reach the JVM; use the Python API",
    "_gateway": "Python cannot reach the JVM; use the Python API",
    "textFile": "RDDs do not exist there; use spark.read.text",
    "wholeTextFiles": "RDDs do not exist there; use spark.read.text(path, wholetext=True)",
    "binaryFiles": "RDDs do not exist there; use spark.read.format('binaryFile')",
    "newAPIHadoopFile": "RDDs do not exist there; read with a Spark data source",
    "hadoopConfiguration": "Python cannot reach the JVM; set it in the compute's Spark config",
    "accumulator": "the Spark context is not reachable; count with an aggregation or observe()",
    "setCheckpointDir": "the Spark context is not reachable; set it for the compute",
    "setLogLevel": "the Spark context is not reachable; set the level for the compute",
    "enableHiveSupport": "Unity Catalog compute has no such switch; drop the call",
    "addPyFile": "the Spark context is not reachable; add a wheel or workspace files to the job's environment",
    "createGlobalTempView": "global temporary views do not exist there; use a table or a session view",
    "createOrReplaceGlobalTempView": "global temporary views do not exist there; use a table or a session view",
}
_SERVERLESS = dict.fromkeys(
    ("cache", "persist", "unpersist", "cacheTable"), "serverless compute has no cache; drop the call"
)
_CLASSES = {
    "SparkContext": "the Spark context is not reachable; use SparkSession.builder.getOrCreate()",
    "SQLContext": "use the Spark session",
    "HiveContext": "use the Spark session",
}
_CALLED = {
    "DataFrameWriter": "Spark Connect makes its own writer; use frame.write",
    "DataFrameReader": "Spark Connect makes its own reader; use spark.read",
}
_TEXTS = {
    "169.254.169.254": "instance metadata is blocked; read the region from a job parameter",
    "global_temp.": "global temporary views do not exist there; use a table or a session view",
}
_HINTS = sorted({*_SHARED, *_SERVERLESS, *_CLASSES, *_CALLED, *_TEXTS})


def refused(
    source: str, units: Iterable[Unit], compute: Compute, project: Iterable[str] = ()
) -> Iterator[tuple[int, str, str, bool]]:
    """Yield (line, what, what to do instead, whether the target refuses it) for what not all compute runs.

    Classic (dedicated) compute runs all of it, so there the last item is False. `project` are the texts of all files.
    """
    hints = [hint for hint in _HINTS if hint in source]
    if not hints:
        return
    names = dict(_SHARED) | (_SERVERLESS if compute is Compute.SERVERLESS else {})
    stops = compute is not Compute.CLASSIC
    own = _own_attributes(hints, project)
    for unit in units:
        if isinstance(unit.node, (ast.Import, ast.ImportFrom)) or not any(hint in unit.text for hint in hints):
            continue
        seen: set[str] = set()
        for part in unit.parts:
            # An RDD cannot be called, so that what is called `rdd` and called is a method of something else.
            methods = {id(node.func) for node in walk(part) if isinstance(node, ast.Call) and _leaf(node.func) == "rdd"}
            for node in walk(part):
                what, instead = _judge(node, names) if id(node) not in methods and not _is_own(node, own) else ("", "")
                if what and what not in seen:
                    seen.add(what)
                    yield getattr(node, "lineno", unit.start), what, instead, stops


def _own_attributes(names: Iterable[str], project: Iterable[str]) -> frozenset[str]:
    """Return which names classes give to attributes of their own, and nowhere to what is refused: `self._jvm = spark._jvm`."""
    given = re.compile(rf"\b(?:self|cls)\.({'|'.join(map(re.escape, names))})\s*(?::[^=\n]+)?=(?!=)([^\n]*)")
    found = [pair for text in project for pair in given.findall(text)]
    refusals = re.compile(rf"\b(?:{'|'.join(map(re.escape, _HINTS))})\b")
    passed_on = {name for name, value in found if refusals.search(value)}
    return frozenset(name for name, _ in found if name not in passed_on)


def _is_of_self(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")


def _is_own(node: ast.AST, own: frozenset[str]) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in own and _is_of_self(node)


def _leaf(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""


def _judge(node: ast.AST, names: dict[str, str]) -> tuple[str, str]:
    if isinstance(node, ast.Attribute) and node.attr in names:
        return node.attr, names[node.attr]
    if isinstance(node, ast.Name) and node.id in _CLASSES and isinstance(node.ctx, ast.Load):
        return node.id, _CLASSES[node.id]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLED:
        return node.func.id, _CALLED[node.func.id]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return next(((key, text) for key, text in _TEXTS.items() if key in node.value), ("", ""))
    return "", ""
