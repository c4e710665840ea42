"""Read CSV that a job wrote, with a header or without: what was written says nothing of which.

A header that is taken for a row, or a row for a header, would hide that row from the comparison, and part files hold their rows
in no order. So a first line counts as a header only where every file begins with it and it reads like names of columns.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_NAME = re.compile(r"[^\W\d].*")


def read_csv(session: "SparkSession", place: Path, uri: str) -> "DataFrame":
    """Return all rows of the folder as text, named by the header where there is one, else `_c0`, `_c1`, …"""
    reader = session.read.option("multiLine", "true").option("escape", '"').option("inferSchema", "false")
    lines = _first_lines(place)
    header = looks_like_header(lines)
    return reader.option("header", str(header).lower()).option("sep", separator_of(lines)).csv(uri)


def form_of(place: Path) -> str:
    """Return what the folder's files are, their separator among it where it is no comma: another one is a difference."""
    mark = separator_of(_first_lines(place))
    return "csv" if mark == "," else f"csv separated by {mark!r}"


def separator_of(lines: list[str]) -> str:
    """Return what separates the values: a comma, or of tab, bar and semicolon the one that all first lines have and no comma."""
    others = (mark for mark in "\t|;" if lines and all(mark in line and "," not in line for line in lines))
    return next(others, ",")


def looks_like_header(lines: list[str]) -> bool:
    """Say whether these first lines of files are one header: the same in all, distinct, and no value a number or empty."""
    if not lines or len(set(lines)) > 1:
        return False
    values = [value.strip().strip('"') for value in lines[0].split(separator_of(lines))]
    return len(set(values)) == len(values) and all(_NAME.fullmatch(value) for value in values)


def _first_lines(place: Path) -> list[str]:
    files = [file for file in place.rglob("*") if file.is_file() and not file.name.startswith(("_", "."))]
    return [line for file in files if (line := _first_line(file))]


def _first_line(file: Path) -> str:
    import gzip

    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8", errors="replace") as lines:
        return str(lines.readline()).rstrip("\r\n")
