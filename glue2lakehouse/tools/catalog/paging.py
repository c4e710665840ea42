"""A scan goes page by page, and each page says where the scan stands after it: that is all it takes to go on later."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from glue2lakehouse.errors import CatalogError, SourceNotFound, SourceUnreadable
from glue2lakehouse.tools.catalog.model import Item

_ITEM: TypeAdapter[Item] = TypeAdapter(Item)


class Position(BaseModel):
    """Where a scan stands. `token` is the page token of the catalog, `table` the last one whose partitions were read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: str
    database: str = ""
    token: str = ""
    table: str = ""
    partition_token: str = ""
    tables_written: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some items, and the position from which a scan goes on after them."""

    items: tuple[Item, ...]
    after: Position


class _Cursor(BaseModel):
    """The cursor file beside the output: what is scanned, how far, and how long the output was then."""

    source: str
    position: Position
    bytes: int
    items: int


def write_scan(
    source: str,
    pages: Callable[[Position | None], Iterable[Page]],
    out: Path,
    progress: Callable[[str, int], None] | None = None,
) -> int:
    """Write the items of a scan to `out`, one JSON object a line, and return how many; one page is in memory at a time.

    `out` is there only when the scan is complete. One that was cut short left `<out>.partial` and `<out>.cursor`; the next for
    the same `source` goes on from there, with what was half written cut off. Raises CatalogError when the catalog refuses.
    """
    cursor_file, partial = (out.with_name(out.name + suffix) for suffix in (".cursor", ".partial"))
    cursor = _read_cursor(cursor_file, partial, source)
    out.parent.mkdir(parents=True, exist_ok=True)
    count = cursor.items if cursor else 0
    found = iter(pages(cursor.position if cursor else None))
    # A catalog that cannot be read at all leaves no file behind.
    first = next(found, None)
    with partial.open("r+b" if cursor else "wb") as file:
        file.truncate(cursor.bytes if cursor else 0)
        file.seek(0, os.SEEK_END)
        for page in chain(() if first is None else (first,), found):
            file.writelines(item.model_dump_json(exclude_defaults=False).encode() + b"\n" for item in page.items)
            file.flush()
            count += len(page.items)
            reached = _Cursor(source=source, position=page.after, bytes=file.tell(), items=count)
            _replace(cursor_file, reached.model_dump_json())
            if progress:
                progress(page.after.database or page.after.stage, count)
    partial.replace(out)
    cursor_file.unlink(missing_ok=True)
    return count


def read_scan(file: Path) -> Iterator[Item]:
    """Read what `write_scan` wrote, item by item. Raises SourceNotFound, or SourceUnreadable with the line."""
    if not file.is_file():
        cut = file.with_name(file.name + ".partial").exists()
        why = "the scan was cut short; repeat it to complete it" if cut else "`glue2lakehouse scan` writes one"
        raise SourceNotFound(f"{file}: no such file; {why}")
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield _ITEM.validate_json(line)
            except ValidationError as error:
                first = error.errors()[0]["msg"]
                raise SourceUnreadable(f"{file}:{number}: not an item of a catalog scan: {first}") from error


def _read_cursor(file: Path, out: Path, source: str) -> _Cursor | None:
    if not file.exists() or not out.exists():
        return None
    try:
        cursor = _Cursor.model_validate(json.loads(file.read_text(encoding="utf-8")))
    except ValueError as error:
        raise CatalogError(f"{file}: cannot be read; delete it to scan from the start") from error
    if cursor.source != source:
        raise CatalogError(f"{file}: belongs to a scan of {cursor.source}, not of {source}; delete it to start anew")
    if out.stat().st_size < cursor.bytes:
        raise CatalogError(f"{out}: is shorter than its cursor says; delete {file.name} to scan from the start")
    return cursor


def _replace(file: Path, text: str) -> None:
    new = file.with_name(file.name + ".new")
    new.write_text(text, encoding="utf-8")
    new.replace(file)
