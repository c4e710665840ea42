"""Members of `class Name(str, Enum)` are other texts from Python 3.11 on, which is told where texts are made of them."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings

HEAD = "from enum import Enum\nimport enum\nfrom awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
ZONE = 'class Zone(str, Enum):\n    RAW = "raw"\n'


def severities(convert, body: str, version: str = "4.0") -> list[Severity]:
    found = convert(f"{HEAD}{body}\n", settings=Settings(glue_version=version)).findings
    return [each.severity for each in found if each.rule == "enum-text"]


@pytest.mark.parametrize(
    "use",
    [
        'spark.read.parquet(f"s3://b/{Zone.RAW}/x")',
        'spark.table(f"{Zone.RAW:s}.t")',
        'spark.table("{}.t".format(Zone.RAW))',
        'spark.table("{}.{}".format("a", Zone.RAW))',
    ],
)
def test_a_text_that_is_made_of_a_member_is_a_blocker(convert, use: str) -> None:
    assert severities(convert, ZONE + use) == [Severity.BLOCKER]
    assert severities(convert, ZONE.replace("Enum", "enum.Enum") + use) == [Severity.BLOCKER]
    assert severities(convert, ZONE + use, "5.0") == []


def test_a_member_that_goes_elsewhere_is_told(convert) -> None:
    assert severities(convert, ZONE + 'def path(zone):\n    return f"s3://b/{zone}"\n\n\npath(Zone.RAW)') == [
        Severity.WARNING
    ]


@pytest.mark.parametrize(
    "body",
    [
        'zone = Zone("raw")\nspark.read.parquet(f"s3://b/{zone}")',
        'spark.read.parquet(f"s3://b/{Zone[name]}")',
        'for zone in Zone:\n    spark.read.parquet(f"s3://b/{zone}")',
        'frames = [spark.read.parquet(f"s3://b/{zone}") for zone in Zone]',
    ],
)
def test_a_member_that_is_got_by_its_value_or_in_a_loop_is_told(convert, body: str) -> None:
    assert severities(convert, ZONE + body) == [Severity.WARNING]


@pytest.mark.parametrize(
    "body",
    [
        ZONE + 'spark.read.parquet(f"s3://b/{Zone.RAW.value}/x")',
        ZONE + 'Zone("raw")\nspark.read.parquet(f"s3://b/{Zone(name).value}", *[zone.value for zone in Zone])',
        ZONE + 'for zone in Zone:\n    spark.read.parquet(f"s3://b/{zone.name}")',
        ZONE + '    __format__ = str.__format__\n\n\nspark.read.parquet(f"s3://b/{Zone.RAW}/x")',
        ZONE + '    def __str__(self):\n        return self.value\n\n\nspark.read.parquet(f"s3://b/{Zone.RAW}/x")',
        'class Zone(Enum):\n    RAW = "raw"\n\n\nprint(f"{Zone.RAW}")',
        'class Zone(enum.StrEnum):\n    RAW = "raw"\n\n\nprint(f"{Zone.RAW}")',
    ],
)
def test_what_is_the_same_text_is_not_told(convert, body: str) -> None:
    assert severities(convert, body) == []
