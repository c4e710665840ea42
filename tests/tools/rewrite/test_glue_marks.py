"""What only Glue's own output makes true is told: names of its files, the type `choice`."""

from collections.abc import Callable

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.rewrite import Conversion

Convert = Callable[..., Conversion]
HEAD = (
    "import re\nimport boto3\nfrom awsglue.context import GlueContext\n\nglueContext = GlueContext()\ns3 = boto3.client('s3')\n"
    "frame = glueContext.create_dynamic_frame.from_catalog('d', 't')\n"
)
WRITE = "glueContext.write_dynamic_frame.from_options(frame, 's3', {'path': 's3://b/out/'}, 'json')\n"


def told(converted: Conversion, rule: str) -> list[Severity]:
    return [f.severity for f in converted.findings if f.rule == rule]


@pytest.mark.parametrize(
    "line",
    [
        "s3.list_objects(Bucket='b', Prefix='out/run-')",
        "names = [k for k in s3.keys if k.startswith('run-')]",
        r"found = re.search('/kind=(\w+)/run-\d{13}-part-r-(\d{5})$', 'x')",
        "names = glob('/tmp/out/run-*')",
    ],
)
def test_a_search_for_files_by_the_names_that_glue_gives_is_handed_off(convert: Convert, line: str) -> None:
    assert told(convert(HEAD + WRITE + line + "\n"), "glue-files") == [Severity.BLOCKER]
    assert told(convert(HEAD + "frame.toDF().write.json('s3://b/out')\n" + line + "\n"), "glue-files") == []


@pytest.mark.parametrize("text", ["run-id", "run-1", "dry-run-", "s3://b/run-001/", "the run-time", "re-run", "part-"])
def test_other_texts_are_not(convert: Convert, text: str) -> None:
    assert told(convert(HEAD + WRITE + f"name = '{text}'\n"), "glue-files") == []


@pytest.mark.parametrize(
    "test",
    [
        "field.dataType.typeName() == 'choice'",
        "'choice' != field.dataType.typeName()",
        "field.dataType.simpleString() in ('choice', 'x') and field.dataType.typeName() == 'choice'",
    ],
)
def test_a_test_for_choices_is_told(convert: Convert, test: str) -> None:
    body = f"for field in frame.schema().fields:\n    if {test}:\n        print(field.name)\n"
    assert told(convert(HEAD + body), "choice-text") == [Severity.WARNING]


def test_the_word_elsewhere_is_not(convert: Convert) -> None:
    assert told(convert(HEAD + "kind = 'choice'\nprint(kind == 'choice')\n"), "choice-text") == []
