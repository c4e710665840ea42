"""Judge one option of a Glue source or sink: droppable, or found under which facts."""

import ast
from dataclasses import dataclass

from glue2lakehouse.tools.checks.facts import Fact
from glue2lakehouse.tools.checks.options import DEFAULTS, DROPPED, NAMES, SAME_VALUE, SECRET, VALUE_CHANGES
from glue2lakehouse.tools.checks.syntax import constant

WRITE_MODES = frozenset({"savemode", "mode", "writemode"})
STREAM_READERS = ("read_json_stream", "read_json_counted")
"""Helpers that read JSON values wherever they begin and end."""


@dataclass(frozen=True, slots=True)
class Option:
    """`dropped`: nothing has to remain; `visit`: its value is looked up too; `secret`: it may move to a secret scope."""

    dropped: bool = False
    alternatives: tuple[Fact, ...] = ()
    visit: bool = True
    secret: bool = False


def read_option(key: str, value: ast.expr, connection: str, updates_catalog: bool) -> Option:
    """Return how an option may live on; `connection` is the lower-case connection type, empty when not known."""
    low = key.lower()
    literal = constant(value)
    text = literal.lower() if literal is not None else None
    if _droppable(key, low, text, connection, updates_catalog):
        return Option(dropped=True)
    if isinstance(value, (ast.List, ast.Tuple)) and not value.elts:
        return Option(dropped=True)
    names = NAMES.get(low, low).split()
    secret = low in SECRET
    if low in WRITE_MODES and text is not None:
        return Option(alternatives=(("op", text), ("opt", "mode", text), ("opt", low, text)), visit=False)
    if low == "quotechar" and text == "-1":
        return Option(alternatives=(("opt", "quote", ""),), visit=False)
    if low == "multiline" and text == "true":
        # The value itself is what Spark's reader has for CSV; a JSON file is a stream of values, whatever their lines.
        streams: tuple[Fact, ...] = tuple(("name", name) for name in STREAM_READERS)
        return Option(alternatives=(("opt", "multiline", "true"), *streams), visit=False)
    if text is not None and set(names) & SAME_VALUE and low not in VALUE_CHANGES:
        return Option(alternatives=tuple(("opt", name, text) for name in (*names, low)), visit=False)
    facts: list[Fact] = [("low", name) for name in (*names, low)] if names else []
    if secret and names:
        facts.append(("low", "secrets"))
    return Option(
        alternatives=tuple(facts), visit=low not in VALUE_CHANGES and text not in ("true", "false"), secret=secret
    )


def _droppable(key: str, low: str, text: str | None, connection: str, updates_catalog: bool) -> bool:
    if key in DROPPED or low.startswith("partitioneroptions"):
        return not (key == "autopushdown" and connection == "snowflake")
    if connection == "kinesis" and low in ("numretries", "retryintervalms"):
        return True
    if low == "updatebehavior" and not updates_catalog:
        return True
    if (low, text) in (("compression", "snappy"), ("retentionperiod", "0"), ("version", "1.8")):
        return True
    return text is not None and (text == "" or DEFAULTS.get(low, "\0").lower() == text)
