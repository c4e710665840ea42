"""The mapping file: one CSV row for each source table, with where it goes and what happens to its files. People edit it.

`settings.load_settings` applies the file that `mapping:` names, so that every phase obeys it.
"""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.errors import SettingsError

Action = Literal["keep_external", "convert_to_delta", "skip"]
ACTIONS: tuple[str, ...] = get_args(Action)
_TARGET = ("catalog", "schema", "table")
_IDENTIFIER = re.compile(r"[^./\s\x00-\x1f\x7f][^./\x00-\x1f\x7f]*")


class MappingRow(BaseModel):
    """One row. The target columns and the note are people's; the source columns are what was last found."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source_database: str
    source_table: str
    source_location: str = ""
    source_format: str = ""
    catalog: str
    schema_: str
    table: str
    location: str = ""
    format: str = ""
    action: Action = "keep_external"
    note: str = ""

    @property
    def source(self) -> str:
        """Return `database.table` in lower case, as Glue looks names up."""
        return f"{self.source_database}.{self.source_table}".lower()

    @property
    def target(self) -> str:
        """Return the three-level name, unquoted."""
        return f"{self.catalog}.{self.schema_}.{self.table}"


COLUMNS = tuple(name.rstrip("_") for name in MappingRow.model_fields)


def read_mapping(file: Path) -> list[MappingRow]:
    """Read a mapping file. Raises SettingsError, with the line, for what cannot be obeyed as it stands."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            lines = csv.DictReader(text, delimiter=_delimiter(text.readline()))
            text.seek(0)
            missing = [name for name in COLUMNS if name not in (lines.fieldnames or ())]
            if missing:
                raise SettingsError(
                    f"{file}:1: column {missing[0]} is missing; `glue2lakehouse map` writes all of them"
                )
            rows = [_row(file, lines.line_num, line) for line in lines if any(line.values())]
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file}: is no UTF-8 text; save it as 'CSV UTF-8' ({error.reason})") from error
    except FileNotFoundError as error:
        raise SettingsError(f"{file}: there is no such mapping file; `glue2lakehouse map` writes one") from error
    except (OSError, csv.Error) as error:
        raise SettingsError(f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    _check_once(file, rows)
    return rows


def write_mapping(file: Path, rows: Iterable[MappingRow]) -> None:
    """Write rows in the order of their sources; the file is replaced as a whole, in the dialect that it has now."""
    new = file.with_name(file.name + ".new")
    file.parent.mkdir(parents=True, exist_ok=True)
    head = file.read_bytes().partition(b"\n")[0] if file.exists() else b""
    encoding = "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"
    ending = "\r\n" if head.endswith(b"\r") else "\n"
    with new.open("w", encoding=encoding, newline="") as text:
        delimiter = _delimiter(head.decode("utf-8", errors="replace"))
        writer = csv.writer(text, delimiter=delimiter, lineterminator=ending)
        writer.writerow(COLUMNS)
        for row in sorted(rows, key=lambda row: row.source):
            writer.writerow(row.model_dump().values())
    new.replace(file)


def _delimiter(head: str) -> str:
    """Return what the first line separates its columns with: spreadsheets write commas, semicolons or tabs."""
    return max((",", ";", "\t"), key=head.count)


def merge_mapping(kept: Sequence[MappingRow], proposed: Sequence[MappingRow]) -> list[MappingRow]:
    """Return the rows of a new run: targets, actions and notes as in `kept`, sources as just found, new tables added.

    A row whose table was not found this time stays: it may come from a source that was not named.
    """
    found = {row.source: row for row in proposed}
    merged = [
        row.model_copy(
            update={
                "source_location": found[row.source].source_location or row.source_location,
                "source_format": found[row.source].source_format or row.source_format,
            }
        )
        if row.source in found
        else row
        for row in kept
    ]
    known = {row.source for row in kept}
    return merged + [row for row in proposed if row.source not in known]


def settings_of(rows: Sequence[MappingRow], catalog: str) -> dict[str, Any]:
    """Return the settings that the rows stand for: `tables`, `schemas`, `paths` and `table_actions`."""
    wanted = [row for row in rows if row.action != "skip"]
    schemas: dict[str, Counter[str]] = {}
    for row in wanted:
        if row.catalog == catalog:
            schemas.setdefault(row.source_database.lower(), Counter())[row.schema_] += 1
    moved = [row for row in wanted if row.source_location and row.location not in ("", row.source_location)]
    paths = {row.source_location: row.location for row in moved}
    folders = {_folder(place) for place in paths}
    # A table below one that moves goes where its own row says.
    for row in wanted:
        if row.location and row.source_location not in paths and folders.intersection(_above(row.source_location)):
            paths[row.source_location] = row.location
    return {
        "tables": {row.source: row.target for row in rows},
        "schemas": {database: counts.most_common(1)[0][0] for database, counts in schemas.items()},
        "paths": paths,
        "table_actions": {row.source: row.action for row in rows},
    }


def mapping_findings(path: str, rows: Sequence[MappingRow]) -> list[Finding]:
    """Return what Databricks would refuse or a person has to know: external tables whose files overlap."""
    external = [row for row in rows if row.action == "keep_external" and (row.location or row.source_location)]
    places = sorted((_folder(row.location or row.source_location), row.source) for row in external)
    found = []
    open_: list[tuple[str, str]] = []
    for place, source in places:
        while open_ and not place.startswith(open_[-1][0]):
            open_.pop()
        if open_:
            outer, other = open_[-1]
            message = (
                f"{source} at {place} overlaps {other} at {outer}: Unity Catalog refuses the second external table"
            )
            action = "make one a view of the other, convert it to Delta, or skip it"
            found.append(
                Finding(rule="mapping", severity=Severity.BLOCKER, path=path, line=0, message=message, action=action)
            )
        open_.append((place, source))
    return found


def _above(place: str) -> Iterator[str]:
    """Yield the folders that a place lies in."""
    folder = _folder(place)
    yield from (folder[: index + 1] for index, sign in enumerate(folder[:-1]) if sign == "/")


def _folder(location: str) -> str:
    return re.sub(r"^s3[an]://", "s3://", location).rstrip("/") + "/"


def _row(file: Path, number: int, line: Mapping[str | None, Any]) -> MappingRow:
    where = f"{file}:{number}"
    if None in line:
        raise SettingsError(f"{where}: more cells than columns; quote a value that has a comma")
    cells = {str(name): (value or "").strip() for name, value in line.items()}
    if cells["action"] not in ACTIONS:
        raise SettingsError(f"{where}: action is '{cells['action']}'; it is one of {', '.join(ACTIONS)}")
    for name in ("source_database", "source_table", *_TARGET):
        if not _IDENTIFIER.fullmatch(cells[name]):
            raise SettingsError(
                f"{where}: {name} is '{cells[name]}', which is no name (no dot, slash or blank at the start)"
            )
    if cells["action"] == "convert_to_delta" and cells["format"].lower() not in ("delta", ""):
        raise SettingsError(f"{where}: action is convert_to_delta and format is '{cells['format']}'; make it delta")
    return MappingRow(**{("schema_" if name == "schema" else name): cells[name] for name in COLUMNS})


def _check_once(file: Path, rows: Sequence[MappingRow]) -> None:
    """Two rows for one source leave open which holds; two sources for one target would mix their rows."""
    sources: dict[str, MappingRow] = {}
    targets: dict[str, MappingRow] = {}
    for row in rows:
        if row.source in sources:
            raise SettingsError(f"{file}: {row.source} has two rows; keep one")
        sources[row.source] = row
        if row.action == "skip":
            continue
        other = targets.setdefault(row.target.lower(), row)
        if other is not row:
            both = f"{other.source} and {row.source}"
            raise SettingsError(f"{file}: {both} both go to {row.target}; rename one, or make its action skip")
