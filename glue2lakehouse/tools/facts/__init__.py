"""What is known of awsglue: every callable and every option, with its Spark equivalent and how certain that is.

`surface.csv` has a row a callable and `options.csv` a row an option; the rules, `explain` and the tests read them here.
"""

import ast
import csv
import re
from functools import cache
from importlib import resources
from typing import NamedTuple

from glue2lakehouse.domain import Certainty


class Parameter(NamedTuple):
    """One parameter of a Glue callable; `default` is its value, or `REQUIRED`."""

    name: str
    default: object


REQUIRED = object()


class Callable(NamedTuple):
    """One row of `surface.csv`."""

    name: str
    kind: str
    signature: str
    semantics: str
    equivalent: str
    certainty: Certainty
    condition: str
    glue_versions: str

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters without `self` and `cls`; empty where the signature is not a Python one."""
        return parse_signature(self.signature)


class Option(NamedTuple):
    """One row of `options.csv`; `action` is one of map, drop, warn, judgement, static."""

    group: str
    role: str
    key: str
    default: str
    meaning: str
    equivalent: str
    action: str


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(keepends=True)))


@cache
def callables() -> dict[str, Callable]:
    """Return the callables by their name in the table, for instance `context.GlueContext.getSink`."""
    return {
        row["name"]: Callable(
            row["name"],
            row["kind"],
            row["signature"],
            row["semantics_that_matter"],
            row["spark_databricks_equivalent"],
            Certainty(row["rewrite_certainty"]),
            row["conditions_or_reason"],
            row["glue_versions"],
        )
        for row in _rows("surface.csv")
    }


@cache
def options() -> tuple[Option, ...]:
    """Return the options in the order of the table."""
    return tuple(
        Option(
            row["group"],
            row["role"],
            row["key"],
            row["default"],
            row["meaning"],
            row["spark_databricks_equivalent"],
            row["action"],
        )
        for row in _rows("options.csv")
    )


@cache
def parse_signature(signature: str) -> tuple[Parameter, ...]:
    """Return the parameters of `self, a, b=1, **kwargs`; variadic ones are named with their stars."""
    text = re.sub(r"\[older:.*", "", signature).strip()
    try:
        arguments = ast.parse(f"def f({text}): pass").body[0].args  # type: ignore[attr-defined]
    except SyntaxError:
        return ()
    names = [argument.arg for argument in arguments.args]
    defaults = [REQUIRED] * (len(names) - len(arguments.defaults)) + [_value(node) for node in arguments.defaults]
    found = [Parameter(n, d) for n, d in zip(names, defaults, strict=True) if n not in ("self", "cls")]
    if arguments.vararg:
        found.append(Parameter("*" + arguments.vararg.arg, ()))
    if arguments.kwarg:
        found.append(Parameter("**" + arguments.kwarg.arg, {}))
    return tuple(found)


def _value(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return ast.unparse(node)
