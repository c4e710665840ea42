"""A conditional in the place of a call stays one operand of what stands beside it."""

import pytest

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check

HEAD = "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\na = b = spark.range(1)\nnew = True\n"


@pytest.mark.parametrize(
    ("before", "apart", "together"),
    [
        ("fromDF({}, g, 'x').count()", "{}.count()", "({}).count()"),
        ("not fromDF({}, g, 'x')", "not {}", "not ({})"),
        ("DropFields.apply(fromDF({}, g, 'x'), ['c'])", "{}.drop('c')", "({}).drop('c')"),
    ],
)
@pytest.mark.parametrize("loose", ["a if new else b", "a or b", "a and new and b"])
def test_what_comes_apart_is_a_blocker(before: str, apart: str, together: str, loose: str) -> None:
    def lost(after: str) -> list[str]:
        old, new = (HEAD + f"x = {text.format(loose)}\n" for text in (before, after))
        result = check(old, new, "job.py", {"job.py": old}, {"job.py": new}, [], Settings())
        return [f.message for f in result.findings if "operand" in f.message]

    assert lost(together) == []
    assert lost(apart)
