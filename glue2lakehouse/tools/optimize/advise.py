"""Advice for one table, each with its reason, what it rests on and the page that says so. No figure that was not measured.

Each rule answers for one feature and says nothing where it does not apply; `RULES` is their order within one priority.
"""

import re
from collections.abc import Callable
from typing import Literal

from pydantic import BaseModel, ConfigDict

from glue2lakehouse.tools.optimize.facts import TableFacts, TableUses

Priority = Literal["high", "medium", "low"]
_DOCS = "https://docs.databricks.com/aws/en/"
CLUSTERING = _DOCS + "delta/clustering"
PARTITIONS = _DOCS + "tables/partitions"
FILE_SIZE = _DOCS + "delta/tune-file-size"
PREDICTIVE = _DOCS + "optimizations/predictive-optimization"
PHOTON = _DOCS + "compute/photon"
CHANGE_FEED = _DOCS + "delta/delta-change-data-feed"
DELTA = _DOCS + "delta/"

_GIB = 1024**3
# Smaller tables are a handful of files, of which clustering can skip none worth the rewrite: two files of the target size.
WORTH_CLUSTERING = 512 * 1024**2
SMALL_FILE = 16 * 1024**2
# Where only rows are counted: a table whose rows would have to be longer than this to reach the size counts as small.
LONG_ROW = 4096
# The documentation's minimum size of a partition.
PARTITION_BYTES = _GIB
# Fewer values than this cannot part the files of a large table.
FEW_VALUES = 100
# More keys dilute each other on tables under 10 TB.
KEYS = 2
_CLUSTERABLE = re.compile(
    r"(date|timestamp|timestamp_ntz|string|int|integer|bigint|long|smallint|short|tinyint|byte|float|double|decimal|varchar|char)\b"
)
_PLAIN = frozenset({"parquet", "orc", "csv", "json", "avro", "text", "xml"})


class Advice(BaseModel):
    """One recommendation in the shape of the requirements, with its reason and source.

    `estimated_improvement` is None unless it was measured on the table's own rows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    priority: Priority
    benefit: str
    reason: str
    source: str
    columns: tuple[str, ...] = ()
    sql: str = ""
    estimated_improvement: str | None = None


def advise(facts: TableFacts, uses: TableUses | None = None) -> list[Advice]:
    """Return the advice for a table, the most valuable first."""
    found = [advice for rule in RULES if (advice := rule(facts, uses or TableUses())) is not None]
    order = {"high": 0, "medium": 1, "low": 2}
    return sorted(found, key=lambda advice: order[advice.priority])


def convert_to_delta(facts: TableFacts, uses: TableUses) -> Advice | None:
    """Plain files gain transactions; it matters most where several jobs write, or rows are changed."""
    if facts.format.lower() not in _PLAIN:
        return None
    changed = len(uses.writers) > 1 or uses.merges or uses.streams
    text = facts.format.lower() in ("csv", "json", "text", "xml")
    why = [f"its files are {facts.format}"]
    why += [f"{len(uses.writers)} jobs write it ({_some(uses.writers)})"] if len(uses.writers) > 1 else []
    why += [f"{_some(uses.merges)} change rows in place"] if uses.merges else []
    why += ["text files carry no types or statistics, so every query reads all of them"] if text else []
    return Advice(
        type="CONVERT_TO_DELTA",
        priority="high" if changed or text else "medium",
        benefit="transactions, time travel, and statistics by which queries skip files",
        reason="; ".join(why),
        source=DELTA,
    )


def liquid_clustering(facts: TableFacts, uses: TableUses) -> Advice | None:
    """Cluster by the columns that code filters and joins by, those with few values left out."""
    if facts.clustering or _smaller_than(WORTH_CLUSTERING, facts):
        return None
    ranked = _ranked(facts, uses)
    few = [name for name in ranked if facts.distinct.get(name, FEW_VALUES) < FEW_VALUES]
    kept = [name for name in ranked if name not in few]
    # A partition column that was chosen for its few values comes last, and only if its values are known to be many.
    unknown_keys = [name for name in kept if name in facts.partition_columns and not _many(facts, name)]
    kept = [name for name in kept if name not in unknown_keys][:KEYS]
    if not kept:
        return None
    why = [f"{name}: {_used(uses, name)}{_values(facts, name)}" for name in kept]
    why += [f"left out {name}: {facts.distinct[name]} different values do not part the files" for name in few]
    why += [f"left out partition column {name}: how many values it has is not known" for name in unknown_keys]
    if facts.bytes is None:
        why.append(f"the table's size is not known; under {WORTH_CLUSTERING // 1024**2} MiB it would gain nothing")
    measured = all(name in facts.distinct for name in kept) and facts.bytes is not None
    return Advice(
        type="LIQUID_CLUSTERING",
        priority="medium" if measured else "low",
        benefit="queries with these filters skip files; keys can be changed without rewriting the table",
        reason="; ".join(why),
        source=CLUSTERING,
        columns=tuple(kept),
        sql=_cluster(facts, ", ".join(kept)),
    )


def _cluster(facts: TableFacts, keys: str) -> str:
    """Delta clusters no table in place that is partitioned: it has to be written anew."""
    if facts.partition_columns:
        return f"CREATE TABLE {{table}}_clustered CLUSTER BY ({keys}) AS SELECT * FROM {{table}}"
    return f"ALTER TABLE {{table}} CLUSTER BY ({keys})"


def do_not_partition(facts: TableFacts, uses: TableUses) -> Advice | None:
    """Partitions of less than a gigabyte make small files; an unused partition column skips nothing."""
    if not facts.partition_columns:
        return None
    unused = [name for name in facts.partition_columns if name not in uses.filters]
    average = facts.bytes / facts.partitions if facts.bytes is not None and facts.partitions else None
    why = []
    if average is not None and average < PARTITION_BYTES:
        why.append(f"{facts.partitions} partitions hold {average / 1024**2:.1f} MiB on average, less than a GiB each")
    elif facts.bytes is not None and facts.bytes < PARTITION_BYTES:
        why.append(f"the whole table has {facts.bytes / 1024**2:.1f} MiB, less than one partition should have")
    elif _smaller_than(PARTITION_BYTES, facts):
        why.append(f"the whole table has {facts.rows} rows, too few to fill one partition")
    if unused and uses.readers:
        why.append(f"no filter on {', '.join(unused)} was found in {_some(uses.readers)}")
    if not why:
        return None
    return Advice(
        type="DO_NOT_PARTITION",
        priority="medium" if average is not None else "low",
        benefit="fewer and larger files",
        reason="; ".join(why),
        source=PARTITIONS,
        columns=facts.partition_columns,
    )


def predictive_optimization(facts: TableFacts, uses: TableUses) -> Advice | None:
    """Databricks maintains managed tables on its own; external ones it does not touch."""
    if facts.format.lower() in ("iceberg", "hudi") or not facts.format:
        return None
    if facts.managed or facts.format.lower() != "delta":
        reason = "the table is managed" if facts.managed else "once converted into a managed Delta table"
        benefit = "Databricks runs OPTIMIZE, VACUUM and ANALYZE when they pay"
        return Advice(
            type="PREDICTIVE_OPTIMIZATION",
            priority="medium",
            benefit=benefit,
            reason=f"{reason}; it applies to Unity Catalog managed tables only",
            source=PREDICTIVE,
            sql="ALTER TABLE {table} ENABLE PREDICTIVE OPTIMIZATION",
        )
    return None


def auto_optimize(facts: TableFacts, uses: TableUses) -> Advice | None:
    """An external Delta table that is appended to in small portions needs compaction at its writes."""
    if facts.format.lower() != "delta" or facts.managed or not (uses.streams or len(uses.writers) > 1):
        return None
    who = uses.streams or uses.writers
    return Advice(
        type="AUTO_OPTIMIZE",
        priority="medium",
        benefit="small files are merged as they are written",
        reason=f"an external table that {_some(who)} append to; predictive optimization does not reach it",
        source=FILE_SIZE,
        sql="ALTER TABLE {table} SET TBLPROPERTIES "
        "('delta.autoOptimize.optimizeWrite' = 'true', 'delta.autoOptimize.autoCompact' = 'true')",
    )


def photon(facts: TableFacts, uses: TableUses) -> Advice | None:
    """Photon runs joins, aggregations and scans; not Python functions, RDDs or typed Datasets."""
    busy = uses.joins or uses.merges
    if not busy:
        return None
    slow = (
        f"; {_some(uses.python_functions)} run Python on rows, which Photon does not" if uses.python_functions else ""
    )
    what = "joined" if uses.joins else "merged into"
    return Advice(
        type="ENABLE_PHOTON",
        priority="low" if uses.python_functions else "medium",
        benefit="joins, aggregations and writes run vectorised; compare its price on one real job",
        reason=f"the table is {what} in {_some(_files(uses.joins) or uses.merges)}{slow}",
        source=PHOTON,
    )


def file_sizes(facts: TableFacts, uses: TableUses) -> Advice | None:
    """Many small files cost a request each."""
    if not facts.files or facts.bytes is None or facts.files < 100 or facts.bytes / facts.files >= SMALL_FILE:
        return None
    average = facts.bytes / facts.files / 1024**2
    return Advice(
        type="FILE_SIZE",
        priority="medium",
        benefit="fewer requests and less planning for each query",
        reason=f"{facts.files} files of {average:.1f} MiB on average",
        source=FILE_SIZE,
        sql="OPTIMIZE {table}",
    )


def change_data_feed(facts: TableFacts, uses: TableUses) -> Advice | None:
    """Readers downstream of a table whose rows change can take the changes instead of everything."""
    others = tuple(path for path in uses.readers if path not in uses.writers)
    if not uses.merges or not others:
        return None
    return Advice(
        type="CHANGE_DATA_FEED",
        priority="medium",
        benefit="readers take the rows that changed instead of the whole table",
        reason=f"{_some(uses.merges)} change rows, and {_some(others)} read the table",
        source=CHANGE_FEED,
        sql="ALTER TABLE {table} SET TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true')",
    )


RULES: tuple[Callable[[TableFacts, TableUses], Advice | None], ...] = (
    convert_to_delta,
    liquid_clustering,
    do_not_partition,
    predictive_optimization,
    auto_optimize,
    photon,
    file_sizes,
    change_data_feed,
)


def _smaller_than(size: int, facts: TableFacts) -> bool:
    if facts.bytes is not None:
        return facts.bytes < size
    return facts.rows is not None and facts.rows * LONG_ROW < size


def _ranked(facts: TableFacts, uses: TableUses) -> list[str]:
    """Columns that can be keys, most used first; a filter counts twice a join, because it skips files by itself."""
    scores = {
        name: 2 * len(uses.filters.get(name, ())) + len(uses.joins.get(name, ()))
        for name in dict.fromkeys((*uses.filters, *uses.joins))
        # Without a schema nothing is known against a column.
        if not facts.columns or _CLUSTERABLE.match(facts.columns.get(name, ""))
    }
    return sorted(scores, key=lambda name: (-scores[name], -facts.distinct.get(name, 0), name))


def _many(facts: TableFacts, name: str) -> bool:
    values = facts.distinct.get(name)
    if values is None and facts.partition_columns == (name,):
        values = facts.partitions
    return values is not None and values >= FEW_VALUES


def _used(uses: TableUses, name: str) -> str:
    parts = []
    if name in uses.filters:
        parts.append(f"filtered in {_some(uses.filters[name])}")
    if name in uses.joins:
        parts.append(f"joined in {_some(uses.joins[name])}")
    return " and ".join(parts)


def _values(facts: TableFacts, name: str) -> str:
    return f", {facts.distinct[name]} different values" if name in facts.distinct else ", number of values not known"


def _files(by_column: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path for paths in by_column.values() for path in paths))


def _some(paths: tuple[str, ...]) -> str:
    return ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
