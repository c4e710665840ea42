"""Settings of Spark that serverless compute does not take: `conf.set` raises there, and a session's builder passes over them.

Databricks: configure Spark properties for serverless notebooks and jobs, which lists those that can be set. Spark Connect's builder
logs what a session refuses and goes on.
"""

import ast
import re
from collections.abc import Iterator

from glue2lakehouse.domain import Compute, Finding, Severity
from glue2lakehouse.tools.rewrite.rule import Place
from glue2lakehouse.tools.rewrite.sql.views import views_of

_TAKEN = frozenset(
    "spark.databricks.execution.timeout spark.sql.legacy.timeParserPolicy spark.sql.session.timeZone spark.sql.shuffle.partitions "
    "spark.sql.ansi.enabled spark.sql.files.maxPartitionBytes spark.app.name spark.master".split()
)
_TUNING = re.compile(
    r"spark\.(executor|driver|dynamicAllocation|serializer|kryo|memory|shuffle|speculation|network|rpc|locality|eventLog|ui|cores|"
    r"default\.parallelism|task|scheduler|cleaner|io|broadcast|yarn|jars|pyspark|python|metrics|extraListeners|stage|reducer)\b.*|"
    r"spark\.sql\.(adaptive|autoBroadcastJoinThreshold|broadcastTimeout|execution\.arrow|inMemoryColumnarStorage|codegen|"
    r"debug|ui|files\.(openCostInBytes|minPartitionNum)|parquet\.(compression\.codec|filterPushdown|fs\.optimized\S*)|"
    r"join\.preferSortMergeJoin|extensions|catalog|catalogImplementation|hive\.metastorePartitionPruning|"
    r"optimizer|cbo|statistics|warehouse\.dir|repl\.eagerEval|sources\.(parallelPartitionDiscovery|commitProtocolClass))\b.*|"
    r"spark\.hadoop\.(fs\.|mapreduce\.fileoutputcommitter\.).*|hive\.exec\.(max\.)?dynamic\.partition.*",
    re.IGNORECASE,
)
"""Settings that change how fast rows come or how much is shown, never which."""
_SETTERS = frozenset(("set", "config", "setConf", "setIfMissing"))
_IN_SQL = re.compile(r"\s*SET\s+([\w.]+)\s*=", re.IGNORECASE)


def serverless_settings(place: Place) -> Iterator[Finding]:
    """Yield a blocker for each setting that may change rows or what a write replaces, a warning for one that only tunes."""
    source = place.module.source
    if place.settings.compute is not Compute.SERVERLESS or not ("spark." in source or "hive." in source):
        return
    if not views_of(place.world).uses_glue:
        return
    told: set[str] = set()
    for node in place.nodes.of(ast.Call):
        for key in _keys(node):
            if key not in told and key not in _TAKEN:
                told.add(key)
                yield _finding(place, node, key)


def _keys(call: ast.Call) -> Iterator[str]:
    leaf = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    first = call.args[0] if call.args else None
    if leaf in _SETTERS:
        texts = [first, *(k.value for k in call.keywords if k.arg == "key")]
        texts += [
            key for k in call.keywords if k.arg == "map" and isinstance(k.value, ast.Dict) for key in k.value.keys
        ]
        for text in texts:
            if isinstance(text, ast.Constant) and str(text.value).startswith(("spark.", "hive.")):
                yield str(text.value)
    elif leaf == "setAll" and isinstance(first, ast.List | ast.Tuple):
        for pair in first.elts:
            if isinstance(pair, ast.Tuple | ast.List) and pair.elts and isinstance(pair.elts[0], ast.Constant):
                yield str(pair.elts[0].value)
    elif leaf == "sql" and isinstance(first, ast.Constant) and (asked := _IN_SQL.match(str(first.value))):
        yield asked[1]


def _finding(place: Place, node: ast.Call, key: str) -> Finding:
    place.rule = "serverless-settings"
    if _TUNING.fullmatch(key):
        return place.finding(
            node, Severity.WARNING, f"serverless compute refuses the setting {key}, which changes no rows", "drop it"
        )
    return place.finding(
        node, Severity.BLOCKER,
        f"serverless compute refuses the setting {key}, and a session's builder passes over it without an error",
        "say it at the read, write or statement that it is meant for, or set `compute: standard` for this job",
    )  # fmt: skip
