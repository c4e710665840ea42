"""What a translated call is: its Spark expression and what has to be said about it."""

import re

from sqlglot import exp

from glue2lakehouse.domain import Severity

Said = tuple[Severity, str]
Made = tuple[exp.Expr, tuple[Said, ...]]


class Unproven(Exception):
    """The call has no Spark expression that is known to give the same value; the text says why."""


def call(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    """Return a call of a Spark function under a name that is not translated again."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def warn(text: str) -> Said:
    """Say something that has to be looked at first."""
    return (Severity.WARNING, text)


def info(text: str) -> Said:
    """Say something that is good to know."""
    return (Severity.INFO, text)


# Measured on Spark 4.2.
JSON_TEXT = warn("get_json_object gives an object or array as its text, where Athena gives NULL, and 1.5 for 1.50")


def json_text(node: exp.JSONExtract | exp.JSONExtractScalar) -> exp.Expr:
    """Return get_json_object for a path of plain names and indexes. Raises Unproven."""
    path = node.expression.sql(dialect="trino").strip("'")
    if not re.fullmatch(r"\$(\.\w+|\[\d+\])*", path):
        raise Unproven(f"the JSON path {path} is not proven to mean the same to get_json_object")
    return call("GET_JSON_OBJECT", node.this, exp.Literal.string(path))
