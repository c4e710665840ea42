"""Where the frames of a job come from: files of a format with their oddities, and the lines that read them.

An oddity is a property of the files that Glue and Spark are known to treat differently; `naming` says what may name it.
"""

import gzip
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, NamedTuple, TypeVar

from glue2lakehouse.evaluation.differential.tables import Columns, Table, with_rows

ROOT = "s3://in/"


class Source(NamedTuple):
    """What lies below a folder of the input, how it is read, and what is likely to come out."""

    form: str
    columns: Columns
    files: tuple[tuple[str, bytes], ...] = ()
    parquet: tuple[tuple[str, Table], ...] = ()
    """Folders of Parquet files, by path below the source's folder."""
    options: tuple[tuple[str, Any], ...] = ()
    """Format options of the read."""
    oddities: frozenset[str] = frozenset()
    choices: tuple[str, ...] = ()
    """Columns that may hold several types."""
    ddl: str = ""
    """The table's definition, where the source is read through the catalog."""
    keys: tuple[str, ...] = ()
    """Partition keys of the table."""

    def reading(self, rng: Random, name: str, folder: str) -> str:
        """Return a line that reads the source into a variable, in one of the ways that people write it."""
        if self.ddl:
            return _from_catalog(rng, name, folder, self.keys)
        options: dict[str, Any] = {"paths": [f"{ROOT}{folder}/"]}
        if any("/" in file for file, _ in (*self.files, *self.parquet)):
            options |= {"recurse": True}
        if rng.random() < 0.1:
            options |= {"groupFiles": "inPartition", "groupSize": "1048576"}
        form, details = repr(self.form), repr(dict(self.options))
        context = rng.choice(("", ', transformation_ctx="source0"'))
        made = (
            f'{name} = glueContext.create_dynamic_frame.from_options(connection_type="s3", connection_options={options!r}, '
            f"format={form}, format_options={details}{context})",
            f'{name} = glueContext.create_dynamic_frame_from_options("s3", {options!r}, {form}, {details})',
            f"{name} = glueContext.create_dynamic_frame.from_options(\n    format_options={details},\n    connection_type='s3',\n"
            f"    format={form},\n    connection_options={options!r},\n)",
            f'source = glueContext.getSource("s3", paths={options["paths"]!r}{", recurse=True" if "recurse" in options else ""})\n'
            f"source.setFormat({form}{''.join(f', {key}={value!r}' for key, value in self.options)})\n{name} = source.getFrame()",
        )
        return rng.choices(made, (6, 1, 3, 1))[0]

    @property
    def shown(self) -> str:
        """The files, with what is in them."""
        parts = [f"{name}: {_opened(name, data)}" for name, data in self.files]
        parts += [f"{folder or '.'}: {table}" for folder, table in self.parquet]
        return "\n".join([self.ddl, *parts, f"oddities: {', '.join(sorted(self.oddities))}"])

    def smaller(self) -> Iterator["Source"]:
        """Yield the sources with a file or folder less, and with half of the lines or rows of one."""
        if len(self.files) > 1:
            for at in range(len(self.files)):
                yield self._replace(files=self.files[:at] + self.files[at + 1 :])
        for at, (name, data) in enumerate(self.files):
            for lines in _halves([] if name.endswith((".gz", ".xml")) else data.splitlines(keepends=True)):
                file = name, b"".join(lines)
                yield self._replace(files=(*self.files[:at], file, *self.files[at + 1 :]))
        for at, (folder, table) in enumerate(self.parquet):
            for rows in _halves(table.rows):
                part = folder, with_rows(table, rows)
                yield self._replace(parquet=(*self.parquet[:at], part, *self.parquet[at + 1 :]))


T = TypeVar("T")


def _halves(items: Sequence[T]) -> tuple[Sequence[T], ...]:
    return (items[: len(items) // 2], items[len(items) // 2 :]) if len(items) > 1 else ()


def _opened(name: str, data: bytes) -> str:
    return (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8")


_OF_YEAR = ("year = '2024'", "year >= 2023", "year=='2024'", "(year in ('2023'))", "year > '2023' and year < '2030'")
_OF_REGION = (
    "region = 'eu' and year = '2024'",
    "region='us'",
    "region is null",
    "region in ('eu', 'us') or year = '2023'",
)


def _from_catalog(rng: Random, name: str, folder: str, keys: tuple[str, ...]) -> str:
    predicate = ""
    if keys and rng.random() < 0.5:
        text = rng.choice((*_OF_YEAR, *_OF_REGION) if "region" in keys else _OF_YEAR)
        predicate = rng.choice((
            f', push_down_predicate="{text}"', f', push_down_predicate="{text}"',
            f', additional_options={{"catalogPartitionPredicate": "{text}"}}',
        ))  # fmt: skip
    return rng.choice((
        f'{name} = glueContext.create_dynamic_frame.from_catalog(database="db", table_name="{folder}"{predicate}, '
        'transformation_ctx="source0")',
        f'{name} = glueContext.create_dynamic_frame_from_catalog("db", "{folder}"{predicate})',
        f"{name} = glueContext.create_dynamic_frame.from_catalog(database='db', table_name='{folder}'{predicate})",
    ))  # fmt: skip
