"""Targets of a mapping: one source for each, and one spelling, because Spark tells no names apart by their case."""

import pytest

from glue2lakehouse.tools.rewrite.runtime.mapping import apply_mapping

HEAD = (
    "from awsglue.context import GlueContext\nfrom awsglue.transforms import ApplyMapping\n\nglue = GlueContext()\n"
    "frame = glue.create_dynamic_frame.from_catalog('d', 't')\n"
)
TWICE = [
    ["a", "a"], ["a", "A"], ["p.a", "p.A"], ["p.a", "P.b"], ["p.q.a", "p.Q.b"], ["p", "P.b"], ["P.b", "p"], ["p.a", "p.a.b"],
    ["p.a.b", "p.a"],
]  # fmt: skip
ONCE = [["p.a", "p.b"], ["p.q.a", "p.q.b"], ["a.a", "b.a"], ["a.a", "a.b"], ["a", "b.A"], ["a.a.a", "a.a.b"]]


class Frame:
    """A frame that keeps the expressions which it is to select."""

    def selectExpr(self, *expressions: str) -> tuple[str, ...]:
        return expressions


def _mappings(targets: list[str]) -> list[tuple[str, str, str, str]]:
    return [(f"s{number}", "string", target, "string") for number, target in enumerate(targets)]


@pytest.mark.parametrize("targets", TWICE)
def test_targets_that_spark_takes_for_one_are_handed_off(blockers, targets: list[str]) -> None:
    source = HEAD + f"made = ApplyMapping.apply(frame=frame, mappings={_mappings(targets)})\nmade.toDF().show()\n"
    assert any("is mapped twice" in text for text in blockers(source))
    with pytest.raises(ValueError, match="is mapped twice"):
        apply_mapping(Frame(), _mappings(targets))


@pytest.mark.parametrize("targets", ONCE)
def test_targets_of_their_own_are_columns(convert, blockers, targets: list[str]) -> None:
    source = HEAD + f"made = ApplyMapping.apply(frame=frame, mappings={_mappings(targets)})\nmade.toDF().show()\n"
    assert not blockers(source)
    columns = {target.split(".")[0] for target in targets}
    assert len(apply_mapping(Frame(), _mappings(targets))) == len(columns)
    assert convert(source).after.count(" AS ") >= len(columns)


def test_a_mapping_of_nothing_is_handed_off(blockers) -> None:
    (found,) = blockers(HEAD + "made = ApplyMapping.apply(frame=frame, mappings=[])\nmade.toDF().show()\n")
    assert "names no column" in found
