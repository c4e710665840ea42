"""A sink that is set up above and written to in a branch is one write there; what may be another sink or another value is not."""

import pytest

from glue2lakehouse.domain import Evidence, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from tests.tools.rewrite.conftest import Convert

HEAD = (
    "from awsglue.context import GlueContext\n\nglueContext = GlueContext()\n"
    'frame = glueContext.create_dynamic_frame.from_catalog(database="d", table_name="t")\nwanted = frame.count() > 0\n'
)
SINK = 'sink = glueContext.getSink(connection_type="s3", path="s3://b/out/")\nsink.setFormat("json")\n'
TABLE = (
    'sink = glueContext.getSink(connection_type="s3", path="s3://b/out/", enableUpdateCatalog=True)\n'
    'sink.setCatalogInfo(catalogDatabase="g", catalogTableName="out")\nsink.setFormat("glueparquet")\n'
)


@pytest.mark.parametrize("sink", [SINK, TABLE])
@pytest.mark.parametrize(
    "block",
    [
        "if wanted:\n    sink.writeFrame(frame)\n",
        "if wanted:\n    print(1)\nelse:\n    sink.writeFrame(frame)\n",
        "try:\n    sink.writeFrame(frame)\nexcept ValueError:\n    raise\n",
        "try:\n    print(1)\nexcept ValueError:\n    sink.writeFrame(frame)\n",
        "try:\n    if wanted:\n        sink.writeFrame(frame)\nfinally:\n    print(1)\n",
    ],
)
def test_the_write_in_a_branch_is_the_sinks(convert, sink: str, block: str) -> None:
    done = convert(HEAD + sink + block)
    table = 'frame.write.mode("append").option("mergeSchema", True).saveAsTable("main.g.out")'
    write = table if sink is TABLE else 'frame.write.mode("append").json("s3://b/out/")'
    assert block.replace("sink.writeFrame(frame)", write) in done.after
    assert "getSink" not in done.after
    result = check(
        done.before, done.after, "job.py", {"job.py": done.before}, {"job.py": done.after}, done.findings, Settings()
    )
    assert result.evidence is Evidence.RESOLVED


@pytest.mark.parametrize(
    "body",
    [
        # Written as often as the loop runs; made anew in a branch; another path by then; in a function that may run later.
        f"{SINK}for day in range(3):\n    sink.writeFrame(frame)\n",
        f'{SINK}if wanted:\n    sink = glueContext.getSink(connection_type="s3", path="s3://b/x/")\n'
        '    sink.setFormat("json")\nsink.writeFrame(frame)\n',
        f'{SINK}if wanted:\n    sink = glueContext.getSink(connection_type="s3", path="s3://b/x/")\n'
        '    sink.setFormat("json")\n    sink.writeFrame(frame)\n',
        'path = "s3://b/1/"\nsink = glueContext.getSink(connection_type="s3", path=path)\nsink.setFormat("json")\n'
        'path = "s3://b/2/"\nsink.writeFrame(frame)\n',
        f"{SINK}sink = None\nsink.writeFrame(frame)\n",
        f"{SINK}def later():\n    sink.writeFrame(frame)\n",
        f"{SINK}if wanted:\n    sink.writeFrame(frame)\nelse:\n    sink.writeFrame(frame)\n",
        # Set in a branch that need not run.
        f'{SINK}if wanted:\n    sink.setFormat("csv")\nsink.writeFrame(frame)\n',
        f'{SINK}if wanted:\n    sink.setFormat("csv")\nelse:\n    sink.writeFrame(frame)\n',
        f'{SINK}try:\n    print(1)\nexcept ValueError:\n    sink.setFormat("csv")\nsink.writeFrame(frame)\n',
        TABLE.replace("sink.setC", "if wanted:\n    sink.setC") + "sink.writeFrame(frame)\n",
    ],
)
def test_what_may_be_another_sink_or_value_is_handed_off(convert, body: str) -> None:
    done = convert(HEAD + body)
    assert any(found.severity is Severity.BLOCKER and found.rule == "sink" for found in done.findings)
    assert "sink.writeFrame(frame)" in done.after


@pytest.mark.parametrize(
    "body",
    [
        'path = "s3://b/1/"\nsink = glueContext.getSink(connection_type="s3", path=path)\nsink.setFormat("json")\n'
        'sink.writeFrame(frame)\npath = "s3://b/2/"\n',
        f'if wanted:\n    path = "s3://b/1/"\nelse:\n    path = "s3://b/2/"\n{SINK}sink.writeFrame(frame)\n',
        f"{SINK}sink.writeFrame(frame)\n{SINK}sink.writeFrame(frame)\n",
        f'{SINK}if wanted:\n    sink.setFormat("csv")\n    sink.writeFrame(frame)\n',
    ],
)
def test_what_changes_before_or_after_the_sink_is_no_matter(convert, body: str) -> None:
    done = convert(HEAD + body)
    assert not any(found.severity is Severity.BLOCKER for found in done.findings)
    assert "getSink" not in done.after


@pytest.mark.parametrize(("form", "nulls", "times"), [("csv", 1, 1), ("json", 0, 1), ("glueparquet", 0, 0)])
def test_a_table_of_text_files_that_becomes_delta_says_what_its_text_lost(
    convert: Convert, form: str, nulls: int, times: int
) -> None:
    conditions = "; ".join(
        edit.condition
        for edit in convert(
            f'{HEAD}sink = glueContext.getSink("s3", path="s3://b/out/", enableUpdateCatalog=True)\nsink.setFormat("{form}")\n'
            'sink.setCatalogInfo(catalogDatabase="d", catalogTableName="t")\nsink.writeFrame(frame)\n'
        ).edits
    )
    assert "the target is a Delta table" in conditions
    assert conditions.count("no reader tells empty texts from nulls") == nulls
    assert conditions.count("no reader asks more of a timestamp") == times
