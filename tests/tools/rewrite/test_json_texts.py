"""`read_json_texts` gives what spark.read.json gives of an RDD of the same texts, and running the rewritten RDD chains too."""

import json
from typing import Any

import pytest

from glue2lakehouse.tools.rewrite.runtime.reading import read_json_texts

pytestmark = pytest.mark.spark


@pytest.mark.parametrize(
    "texts",
    [
        ['{"id": 1, "name": "a"}', '{"id": 2, "extra": {"x": [1, 2]}}'],
        ['{"b": 1, "a": 1.5}', '{"a": 3000000000, "b": null}'],
        ['[{"id": 1}, {"id": "x"}]', "", '{"id": 2}'],
        ['{"big": 12345678901234567890123, "t": true, "n": null}'],
        [json.dumps({"a": 'it\'s "quoted" \\ and\nnew lines', "é": [{"y": None}, {"y": 1}]})],
        ["[]", '{"id": 1}'],
        [],
    ],
)
def test_texts_are_read_as_spark_reads_an_rdd_of_them(spark: Any, texts: list[str]) -> None:
    ours, theirs = read_json_texts(spark, texts), spark.read.json(spark.sparkContext.parallelize(texts, 2))
    assert ours.schema == theirs.schema
    assert ours.collect() == theirs.collect()


def test_a_text_that_is_no_json_is_an_error(spark: Any) -> None:
    with pytest.raises(Exception, match=r"(?i)malformed|PARSE|schema"):
        read_json_texts(spark, ['{"id": 1}', "{broken"]).collect()


def test_rewritten_chains_give_what_the_rdd_gives(spark: Any) -> None:
    frame = spark.createDataFrame([(1, "a"), (2, None)], "k int, v string")
    assert [r[0] for r in (r for r in frame.collect() if (r.v))] == (
        frame.rdd.filter(lambda r: r.v).map(lambda r: r[0]).collect()
    )
    assert dict(frame.collect()) == frame.rdd.collectAsMap()
    assert [value for x in frame.collect() for value in x] == frame.rdd.flatMap(lambda x: x).collect()
