"""Lake Formation transactions: one write is atomic in Delta as well, several together are not."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check

HEAD = (
    "from awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\n\n"
    "glueContext = GlueContext(SparkContext.getOrCreate())\n"
)
START = "tx = glueContext.start_transaction(read_only=False)\n"
READ = 'dyf = glueContext.create_dynamic_frame.from_catalog("db", "a", additional_options={"transactionId": tx})\n'
WRITE = 'glueContext.write_dynamic_frame.from_catalog(dyf, "db", "b", additional_options={"transactionId": tx, "callDeleteObjectsOnCancel": True})\n'
SINK = (
    'sink = glueContext.getSink(connection_type="s3", path="s3://b/t/", enableUpdateCatalog=True, transactionId=tx)\n'
    'sink.setFormat("glueparquet")\nsink.setCatalogInfo(catalogDatabase="db", catalogTableName="b")\nsink.writeFrame(dyf)\n'
)
COMMIT = "glueContext.commit_transaction(tx)\n"
WRITTEN = 'dyf.write.mode("append").saveAsTable("main.db.b")\n'
GROWN = 'dyf.write.mode("append").option("mergeSchema", True).saveAsTable("main.db.b")\n'
IS_READ = 'dyf = spark.read.table("main.db.a")\n'


def indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


@pytest.mark.parametrize(
    ("source", "after"),
    [
        (START + READ + WRITE + COMMIT, IS_READ + WRITTEN),
        (START + READ + SINK + COMMIT, IS_READ + GROWN),
        (
            START.replace("start", "begin").replace("read_only=False", "False")
            + READ + WRITE + "glueContext.commit_transaction(transaction_id=tx, wait_for_commit=True)\n",
            IS_READ + WRITTEN,
        ),
        (
            START + "try:\n" + indented(READ + SINK + COMMIT)
            + "except Exception:\n    glueContext.cancel_transaction(tx)\n    raise\n",
            "try:\n" + indented(IS_READ + GROWN) + "except Exception:\n    raise\n",
        ),
        ("for day in days:\n" + indented(START + READ + WRITE + COMMIT), "for day in days:\n" + indented(IS_READ + WRITTEN)),
        ("def load():\n" + indented(START + READ + WRITE + COMMIT), indented(IS_READ + WRITTEN)),
        (START + READ + COMMIT + "dyf.count()\n", IS_READ + "dyf.count()\n"),
    ],
)  # fmt: skip
def test_a_transaction_around_one_write_goes(convert, source: str, after: str) -> None:
    conversion = convert(HEAD + source)
    assert conversion.after.endswith(after)
    assert "tx" not in conversion.after
    assert Severity.BLOCKER not in {finding.severity for finding in conversion.findings}
    result = check(HEAD + source, conversion.after, "job.py", {}, {}, conversion.findings, Settings())
    assert [str(f) for f in result.findings if f.severity is Severity.BLOCKER] == []


@pytest.mark.parametrize(
    ("why", "source"),
    [
        ("2 writes", START + READ + WRITE + WRITE.replace('"b"', '"c"') + COMMIT),
        ("2 writes", START + READ + SINK + WRITE + COMMIT),
        ("may fail", START + READ + WRITE + "check(dyf)\n" + COMMIT),
        ("may fail", START + READ + WRITE + "for other in others:\n    pass\n" + COMMIT),
        ("different blocks", START + "for day in days:\n" + indented(READ + WRITE + COMMIT)),
        ("may fail", START + READ + "for day in days:\n" + indented(WRITE) + COMMIT),
        ("different blocks", START + READ + WRITE + "if dyf.count():\n" + indented(COMMIT)),
        ("cancelled elsewhere", START + READ + WRITE + COMMIT + "if bad:\n    glueContext.cancel_transaction(tx)\n"),
        (
            "cancelled elsewhere",
            START + "try:\n" + indented(READ + WRITE + COMMIT) + "finally:\n    glueContext.cancel_transaction(tx)\n",
        ),
        ("used otherwise", START + READ + WRITE + "print(tx)\n" + COMMIT),
        ("used otherwise", START + READ + 'options = {"transactionId": tx}\n' + COMMIT),
        ("plain statement", START + READ + WRITE),
        ("plain statement", START + READ + WRITE + "done = glueContext.commit_transaction(tx)\n"),
        ("more than once", START + READ + WRITE + COMMIT + START + COMMIT),
        ("not held in a variable", "load(glueContext.start_transaction(False))\n"),
        ("start is not seen", "glueContext.commit_transaction(given)\n"),
    ],
)
def test_one_that_is_more_than_one_write_is_handed_off(convert, why: str, source: str) -> None:
    conversion = convert(HEAD + source)
    blockers = [finding for finding in conversion.findings if finding.severity is Severity.BLOCKER]
    assert any(why in finding.message for finding in blockers if finding.rule == "transactions"), blockers
    assert "_transaction(" in conversion.after


def test_a_write_of_files_is_not_atomic(blockers) -> None:
    """Without the catalog, the sink writes files, which stay behind where the write fails."""
    source = START + READ + SINK.replace(", enableUpdateCatalog=True", "") + COMMIT
    assert any("transactionId" in each for each in blockers(HEAD + source))


def test_a_sink_that_stays_says_which_write_keeps_it(convert) -> None:
    source = HEAD + START + READ + SINK.replace("transactionId=tx", "unheard=tx") + COMMIT
    conversion = convert(source)
    result = check(source, conversion.after, "job.py", {}, {}, conversion.findings, Settings())
    told = [finding for finding in conversion.findings if finding.severity is Severity.BLOCKER]
    assert [finding.line for finding in told if "whose write in line 10" in finding.message] == [7, 8, 9]
    assert [f.severity for f in result.findings if f.rule == "check-glue-left" and f.severity is Severity.BLOCKER] == []
