"""Read an exported Data Catalog: files of `aws glue get-databases`, `get-tables` and friends, or a folder of them.

A file holds one answer or several, one after the other (as pages are appended), or is what `glue2lakehouse scan` wrote.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from glue2lakehouse.errors import SourceNotFound
from glue2lakehouse.tools.catalog.glue_shapes import ANSWERS, SINGLE
from glue2lakehouse.tools.catalog.model import Item, Refusal
from glue2lakehouse.tools.jobs.readers.texts import decoded, encoding_of

_SUFFIXES = (".json", ".jsonl", ".ndjson")
_ITEM: TypeAdapter[Item] = TypeAdapter(Item)


def scan_dump(path: Path) -> Iterator[Item]:
    """Yield what a file, or all JSON files of a folder, tell of a catalog. A file is in memory at a time, unless it has lines.

    What is no answer of Glue, or breaks off, is a `Refusal` with the file and line. Raises SourceNotFound.
    """
    if not path.exists():
        raise SourceNotFound(f"{path}: no such file or folder; export one with `aws glue get-tables --database-name …`")
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES)
    if not files:
        raise SourceNotFound(f"{path}: no {' or '.join(_SUFFIXES)} file in this folder")
    pages = _Pages()
    for file in files:
        yield from _file(file, pages)
    yield from pages.refusals()


class _Pages:
    """Which lists end with a token, as `--max-items` and `--no-paginate` leave them: what follows was not exported."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], str] = {}
        self._complete: set[tuple[str, str]] = set()
        self._previous: dict[str, tuple[str, str]] = {}

    def seen(self, answer: Mapping[str, Any], where: str) -> bool:
        """Note an answer; False if it holds no list of a catalog."""
        lists = {key: answer[key] for key in ANSWERS if isinstance(answer.get(key), list)}
        for key, elements in lists.items():
            of = (key, _list_of(elements)) if key in ("TableList", "Partitions") else (key, "")
            if not elements:
                # The last page may hold nothing.
                of = self._previous.get(key, of)
            self._previous[key] = of
            if answer.get("NextToken"):
                self._open[of] = where
            else:
                self._complete.add(of)
        return bool(lists)

    def refusals(self) -> Iterator[Refusal]:
        for of, where in self._open.items():
            if of not in self._complete:
                message = f"{of[0]} ends with a NextToken, and no page that follows it was found"
                action = "export it without --max-items and --no-paginate, or add the pages that follow"
                yield Refusal(where=where, message=message, action=action)


def _list_of(elements: list[Any]) -> str:
    """Tables are listed database by database, partitions table by table."""
    last = elements[-1] if elements and isinstance(elements[-1], Mapping) else {}
    return f"{last.get('DatabaseName', '')}.{last.get('TableName', '')}"


def _file(file: Path, pages: _Pages) -> Iterator[Item]:
    found = False
    try:
        for line, value in _values(file):
            for answer in value if isinstance(value, list) else [value]:
                if isinstance(answer, Mapping):
                    # A list without an element is an answer too.
                    found = pages.seen(answer, f"{file}:{line}") or found
            for item in _items(value, f"{file}:{line}"):
                found = True
                yield item
    except (UnicodeDecodeError, OSError) as error:
        yield Refusal(
            where=str(file), message=f"cannot be read: {error}", action="save it as UTF-8 or UTF-16 and run again"
        )
        return
    except json.JSONDecodeError as error:
        where = f"{file}:{error.lineno}"
        yield Refusal(where=where, message=f"breaks off or is no JSON: {error.msg}", action="export it again")
        return
    if not found:
        yield Refusal(where=str(file), message="no database, table, partition, connection, crawler or classifier in it")


def _values(file: Path) -> Iterator[tuple[int, Any]]:
    if file.suffix in (".jsonl", ".ndjson"):
        with file.open("rb") as start:
            encoding = encoding_of(start.read(4))
        with file.open(encoding=encoding) as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    try:
                        value = json.loads(line)
                    except json.JSONDecodeError as error:
                        raise json.JSONDecodeError(error.msg, "\n" * (number - 1), number - 1) from error
                    yield number, value
        return
    text, decoder, at = decoded(file.read_bytes()), json.JSONDecoder(), 0
    while at < len(text):
        # Each page that is appended may bring a byte order mark of its own.
        if text[at].isspace() or text[at] == "\ufeff":
            at += 1
            continue
        value, end = decoder.raw_decode(text, at)
        yield text.count("\n", 0, at) + 1, value
        at = end


def _items(value: Any, where: str) -> Iterator[Item]:
    if isinstance(value, list):
        for part in value:
            yield from _items(part, where)
        return
    if not isinstance(value, Mapping):
        yield Refusal(where=where, message=f"expected an answer of Glue, found {type(value).__name__}")
        return
    if isinstance(value.get("kind"), str):
        yield _scanned(value, where)
        return
    known = {key: value[key] for key in ANSWERS if isinstance(value.get(key), list)}
    known |= {SINGLE[key]: [value[key]] for key in SINGLE if isinstance(value.get(key), Mapping)}
    for key, elements in (known or _bare(value)).items():
        for raw in elements:
            yield _made(key, raw, where)


def _bare(value: Mapping[str, Any]) -> dict[str, list[Any]]:
    """A table or database on its own, as `--query` makes them; empty for anything else."""
    if "Name" in value and ("StorageDescriptor" in value or "TableType" in value or "PartitionKeys" in value):
        return {"TableList": [value]}
    if "Values" in value and "StorageDescriptor" in value:
        return {"Partitions": [value]}
    if "Name" in value and ("CreateTableDefaultPermissions" in value or "LocationUri" in value):
        return {"DatabaseList": [value]}
    return {}


def _made(key: str, raw: Any, where: str) -> Item:
    try:
        item: Item = ANSWERS[key](raw)
    except (KeyError, ValidationError, AttributeError, TypeError) as error:
        name = raw.get("Name", "?") if isinstance(raw, Mapping) else raw
        reason = str(error).splitlines()[0]
        return Refusal(where=where, message=f"an element of {key} ({name}) is not what Glue answers: {reason}")
    missing = item.kind == "table" and not item.database
    if missing:
        message = f"table {item.name} does not say its database"  # type: ignore[union-attr]
        return Refusal(where=where, message=message, action="export it with get-tables, which names the database")
    return item


def _scanned(value: Mapping[str, Any], where: str) -> Item:
    try:
        return _ITEM.validate_python(value)
    except ValidationError as error:
        return Refusal(where=where, message=f"not an item of a scan: {error.errors()[0]['msg']}")
