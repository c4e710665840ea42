"""`scan`: one catalog into one file, and what of it could not be read."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from glue2lakehouse.errors import CatalogError
from glue2lakehouse.orchestrator.reading import Progress, silent
from glue2lakehouse.tools.catalog import (
    Item,
    Page,
    Position,
    Refusal,
    read_scan,
    scan_dump,
    scan_glue,
    scan_unity_catalog,
    unity_client,
    write_scan,
)
from glue2lakehouse.tools.jobs.account import glue_client

_PAGE = 500


@dataclass(frozen=True)
class Scanned:
    """How many items of each kind are in the file, and what could not be read."""

    counts: dict[str, int]
    refusals: tuple[Refusal, ...]


def scan_to_file(
    out: Path,
    *,
    dump: Path | None = None,
    unity_catalog: str | None = None,
    region: str | None = None,
    profile: str | None = None,
    host: str | None = None,
    partitions: bool = True,
    progress: Progress = silent,
) -> Scanned:
    """Scan a dump, a catalog of Unity Catalog, or else the account's Data Catalog. Raises CatalogError, SourceNotFound."""
    source, pages = _source(dump, unity_catalog, region, profile, host, partitions)
    if dump is not None:
        # A dump is read in seconds: one that was cut short starts anew.
        out.with_name(out.name + ".cursor").unlink(missing_ok=True)
    write_scan(source, pages, out, lambda _, count: progress("scan", count, count + 1))
    counts: Counter[str] = Counter()
    refusals = []
    for item in read_scan(out):
        if isinstance(item, Refusal):
            refusals.append(item)
        else:
            counts[item.kind] += 1
    return Scanned(dict(counts), tuple(refusals))


def _source(
    dump: Path | None,
    unity_catalog: str | None,
    region: str | None,
    profile: str | None,
    host: str | None,
    partitions: bool,
) -> tuple[str, Callable[[Position | None], Iterable[Page]]]:
    if dump is not None:
        return f"dump {dump.absolute()}", lambda _: _paged(scan_dump(dump))
    if unity_catalog is not None:
        workspace = unity_client(host, profile)
        place = f"unity {workspace.config.host} {unity_catalog}"
        return place, lambda start: scan_unity_catalog(workspace, unity_catalog, start)
    from botocore.exceptions import BotoCoreError

    try:
        client = glue_client(region, profile)
    except BotoCoreError as error:
        raise CatalogError(f"AWS: {error}; name a --region and a --profile, or log in") from error
    where = f"glue {profile or ''} {client.meta.region_name} partitions={partitions}"
    return where, lambda start: scan_glue(client, start, partitions=partitions)


def _paged(items: Iterator[Item]) -> Iterator[Page]:
    while page := tuple(islice(items, _PAGE)):
        yield Page(page, Position(stage="dump"))
