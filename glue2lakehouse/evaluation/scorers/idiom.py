"""It reads as an engineer would have written it: no needless helper, no collect, no UDF where a column expression serves."""

import ast
from collections import Counter
from collections.abc import Mapping

from glue2lakehouse.evaluation.attempt import Attempt
from glue2lakehouse.evaluation.case import Ending
from glue2lakehouse.evaluation.scorers.score import NOTHING, Score
from glue2lakehouse.orchestrator.converting import COMPAT_FILE, helpers_used

_UNWANTED = ("collect", "toPandas", "udf", "pandas_udf", "rdd", "toLocalIterator", "foreach")


def idiom(attempt: Attempt) -> Score:
    """Return 1 / (1 + number of detours that the golden conversion goes without)."""
    golden = attempt.case.golden()
    if not golden or attempt.ending is not Ending.AUTOMATIC:
        return NOTHING
    wanted, found = _detours(golden), _detours(attempt.after)
    needless = found - wanted
    return Score(
        round(1 / (1 + needless.total()), 3), ", ".join(f"{name} x{n}" for name, n in sorted(needless.items()))
    )


def _detours(files: Mapping[str, str]) -> Counter[str]:
    texts = [text for path, text in files.items() if path != COMPAT_FILE and not path.endswith(".sql")]
    count = Counter({f"helper {name}": 1 for name in helpers_used(texts)})
    for text in texts:
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if name in _UNWANTED:
                count[name] += 1
    return count
