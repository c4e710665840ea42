"""What is known of the sources of a script before anything is made: which there are, their columns, and the values that count."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from pydantic import BaseModel, Field

SourceKind = Literal["catalog", "path", "jdbc", "stream"]
LOOKS_LIKE_NUMBER = re.compile(
    r"(^|_)(id|key|num|number|no|count|qty|quantity|year|month|age|zip|code)$|[a-z]Id$|[a-z]ID$", re.IGNORECASE
)


DEFAULT_COLUMNS = {"id": "bigint", "name": "string", "amount": "double", "day": "string"}
"""The columns of a source of which nothing is told."""


class Read(BaseModel):
    """One source that the script reads."""

    kind: SourceKind
    name: str = Field(description="database.table, s3://… path, connection/table, or stream name")
    format: str = ""
    options: dict[str, str] = Field(default_factory=dict)
    columns: dict[str, str] = Field(default_factory=dict, description="column (dots for structs) -> Glue type, if told")
    keys: list[str] = Field(default_factory=list, description="columns that a catalog table is partitioned by")


class ScriptFacts(BaseModel):
    """Everything that making data needs."""

    arguments: list[str] = Field(default_factory=list, description="job arguments that the script requires")
    reads: list[Read] = Field(default_factory=list)
    literals: dict[str, list[Any]] = Field(default_factory=dict, description="column -> values it is compared with")
    keys: list[list[str]] = Field(default_factory=list, description="columns that are joined with each other")
    domains: dict[str, str] = Field(
        default_factory=dict, description="column -> the column whose values it shares, because they are joined"
    )
    casts: dict[str, str] = Field(default_factory=dict, description="column -> Glue type that the script turns it into")
    digits: bool = Field(default=False, description="clean texts are digits: the script turns them into numbers")
    calm: bool = Field(default=False, description="only clean rows: the script fails on odd values")
    narrow: bool = Field(default=False, description="no field of a JSON file holds int and bigint")


def joined_domains(keys: Iterable[Sequence[str]]) -> dict[str, str]:
    """Return for each column that is joined with another one the one of them that looks most like a number, else the first."""
    groups: list[set[str]] = []
    for pair in filter(None, keys):
        names = set(pair)
        touched = [group for group in groups if group & names]
        groups = [group for group in groups if not group & names] + [names.union(*touched)]
    domains: dict[str, str] = {}
    for group in groups:
        ordered = sorted(group, key=lambda name: (not LOOKS_LIKE_NUMBER.search(name), name))
        domains |= dict.fromkeys(group, ordered[0])
    return domains
