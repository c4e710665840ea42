"""Batch functions on compute that sends them: what they change outside of themselves, the objects they are methods of, plain streams."""

import pytest

from glue2lakehouse.domain import Compute, Severity
from glue2lakehouse.settings import Settings

HEAD = (
    "from collections import Counter\nfrom awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
    'stream = spark.readStream.format("rate").load()\n'
)
RUN = 'stream.writeStream.foreachBatch(work).trigger(availableNow=True).option("checkpointLocation", "c").start().awaitTermination()\n'


def _blockers(convert, source: str, compute: Compute = Compute.STANDARD) -> list[str]:
    done = convert(HEAD + source, settings=Settings(compute=compute))
    return [f.message for f in done.findings if f.severity is Severity.BLOCKER]


def _work(before: str, inside: str, after: str) -> str:
    return f"{before}\ndef work(batch, number):\n    {inside}\n    batch.write.parquet('s3://b/p')\n{RUN}{after}\n"


@pytest.mark.parametrize(
    ("before", "inside", "after"),
    [
        ("rows = {'n': 0}", "rows['n'] += batch.count()", "print(rows)"),
        ("seen = []", "seen.append(number)", "print(len(seen))"),
        ("seen = Counter()", "seen.update({1: number})", "if seen: print(1)"),
        ("class S: pass\nstate = S()", "state.last = number", "print(state.last)"),
        ("last = 0", "global last; last = number", "print(last)"),
        ("rows = {}", "del rows[number]", "def report():\n    return rows"),
    ],
)
def test_what_a_batch_function_changes_and_others_read_is_handed_off(
    convert, before: str, inside: str, after: str
) -> None:
    source = _work(before, inside, after)
    (told,) = _blockers(convert, source)
    assert "which is read outside of it" in told
    assert _blockers(convert, source, Compute.SERVERLESS) == [told.replace("standard", "serverless")]
    assert _blockers(convert, source, Compute.CLASSIC) == []


@pytest.mark.parametrize(
    ("why", "source"),
    [
        ("read by the function alone", _work("rows = {'n': 0}", "rows['n'] += 1; print(rows)", "")),
        ("a name of its own", _work("", "rows = {}; rows['n'] = 1", "rows = 3\nprint(rows)")),
        ("only read", _work("names = {'a': 1}", "print(names['a'])", "print(names)")),
        ("a column, not a change", _work("import logging", "logging.info(batch['a'])", "logging.info('x')")),
        ("a set of someone else's", _work("import boto3\nqueue = boto3.resource('sqs').Queue('q')", "queue.add(1)", "queue.add(2)")),
    ],
)  # fmt: skip
def test_what_changes_nothing_that_others_read_is_not(convert, why: str, source: str) -> None:
    assert _blockers(convert, source) == [], why


METHOD = """
class Job:
    def __init__(self):
        self.{name} = {value}

    def work(self, batch, number):
        batch.write.parquet("s3://b/p")

    def run(self):
        stream.writeStream.foreachBatch(self.work).option("checkpointLocation", "c").start()
"""


def test_a_method_is_sent_with_its_object(convert) -> None:
    (told,) = _blockers(convert, METHOD.format(name="spark", value="spark"))
    assert "`self.work` is a method of an object that holds `self.spark`" in told
    assert _blockers(convert, METHOD.format(name="spark", value="spark"), Compute.CLASSIC) == []
    assert _blockers(convert, METHOD.format(name="path", value='"s3://b"')) == []


def test_a_plain_stream_asks_the_batch_for_the_session_too(convert) -> None:
    done = convert(HEAD + _work("", "spark.sql('DELETE FROM a.b')", ""), settings=Settings())
    assert "    batch.sparkSession.sql('DELETE FROM main.a.b')\n" in done.after
