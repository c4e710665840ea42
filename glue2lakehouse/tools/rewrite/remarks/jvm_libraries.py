"""Libraries that reach Spark through the JVM: compute with Spark Connect has none.

Databricks: limitations of standard compute and of serverless compute; Spark ML works with Spark Connect from runtime 17.0 on. The
libraries' own sources: each wraps objects of `spark._jvm` or RDDs.
"""

import ast
from collections.abc import Iterator

from glue2lakehouse.domain import Compute, Finding, Severity
from glue2lakehouse.tools.rewrite.rule import Place
from glue2lakehouse.tools.rewrite.sql.views import views_of

_OF_THE_JVM = {
    "pydeequ": "PyDeequ",
    "sparknlp": "Spark NLP",
    "pyspark.mllib": "MLlib of RDDs",
    "synapse.ml": "SynapseML",
    "mmlspark": "MMLSpark",
}
_PURE = ("pyspark.ml.linalg", "pyspark.ml.functions", "pyspark.ml.connect", "pyspark.ml.torch")
"""Parts of Spark ML that need no JVM, or have their equal for Spark Connect."""
_WORDS = (*(name.rpartition(".")[2] for name in _OF_THE_JVM), "pyspark.ml", "pyspark import ml")


def jvm_libraries(place: Place) -> Iterator[Finding]:
    """Yield a blocker for each library that the target's compute cannot run, a warning where a later runtime can."""
    if place.settings.compute is Compute.CLASSIC or not any(word in place.module.source for word in _WORDS):
        return
    if not views_of(place.world).uses_glue:
        return
    told: set[str] = set()
    for node in place.nodes.of(ast.Import, ast.ImportFrom):
        for name in _imported(node):
            library = next((key for key in _OF_THE_JVM if name == key or name.startswith(f"{key}.")), "")
            if not library and (name == "pyspark.ml" or name.startswith("pyspark.ml.")) and not name.startswith(_PURE):
                library = "pyspark.ml"
            if library and library not in told:
                told.add(library)
                yield _finding(place, node, library)


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        # `from pyspark import ml`, `from pyspark.ml import linalg`: what is imported may be a module.
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _finding(place: Place, node: ast.AST, library: str) -> Finding:
    place.rule = "jvm-library"
    compute = place.settings.compute.value
    if library == "pyspark.ml":
        return place.finding(
            node, Severity.WARNING,
            f"Spark ML runs on {compute} compute from Databricks Runtime 17.0 on, with limits on what a model may hold; runtime "
            "16.4, which jobs of Spark 3 get, refuses it there",
            "choose an environment version that has Spark ML, or set `compute: classic` for the job"
            if place.settings.compute is Compute.SERVERLESS
            else "give the job runtime 17.3 (spark_version in its resource), or set `compute: classic` for it",
        )  # fmt: skip
    return place.finding(
        node, Severity.BLOCKER,
        f"{_OF_THE_JVM[library]} works on the JVM of the driver, which {compute} compute does not reach",
        "set `compute: classic` for this job and add the library to its cluster, or write what it does with DataFrames",
    )  # fmt: skip
