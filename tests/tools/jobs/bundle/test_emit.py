"""Values as YAML: what is read back is what was written, whatever the comments."""

from typing import Any

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from glue2lakehouse.tools.jobs.bundle.emit import to_yaml

SCALARS = st.one_of(
    st.text(max_size=30),
    st.integers(),
    st.booleans(),
    st.sampled_from(["yes", "1e3", "0x1", "null", "a: b", "# c", "a\nb", "{{x}}", "*", ""]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=12,
)


@settings(max_examples=30, deadline=None)
@example(value={"a": [["\x85", 1]]}, comment="")
@given(value=st.dictionaries(st.text(max_size=8), VALUES, min_size=1, max_size=4), comment=st.text(max_size=20))
def test_what_is_read_back_is_what_was_written(value: dict[str, Any], comment: str) -> None:
    comments = {(key,): "x " + comment.encode("ascii", "ignore").decode() for key in value}
    assert yaml.safe_load(to_yaml(value, comments, "head")) == value


def test_a_comment_stands_at_the_end_of_its_line() -> None:
    text = to_yaml(
        {"a": 1, "b": [{"c": 2}, 3], "d": {"e": []}},
        {("a",): "one", ("b", 0): "first", ("b", 1): "three", ("d",): "dee"},
    )
    assert text == "a: 1  # one\nb:\n  # first\n  - c: 2\n  - 3  # three\nd:  # dee\n  e: []\n"
