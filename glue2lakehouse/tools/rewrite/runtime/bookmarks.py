"""Job bookmarks: each committed run of a job reads what came since the one before it."""

import json
import re
from functools import reduce

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

_BOOKMARKS: dict = {"table": "", "job": "", "since": None, "saved": {}, "advanced": {}, "sources": {}}
_BAND = 15 * 60 * 1000


def start_bookmarks(table: str, job: str, since=None) -> None:
    """Load what the job's committed runs have read from the Delta table that keeps it, as Glue's job.init does.

    `since` is a time with its zone, such as 2026-01-31T00:00:00+00:00: files that were there by then count as read. Without it the first
    run reads everything.
    """
    session = SparkSession.builder.getOrCreate()
    start = None
    if since is not None:
        start = session.range(1).select(F.unix_millis(F.lit(since).cast("timestamp"))).first()[0]
    saved: dict = {}
    if session.catalog.tableExists(table):
        rows = session.read.table(table).where(F.col("job") == job).orderBy("saved_at").collect()
        saved = {row["context"]: json.loads(row["state"]) for row in rows}
    _BOOKMARKS.update(table=table, job=job, since=start, saved=saved, advanced={}, sources={})


def commit_bookmarks() -> None:
    """Save what this run has read, as Glue's job.commit does; rows are only added, so that jobs do not wait for each other."""
    advanced = _BOOKMARKS["advanced"]
    if not _BOOKMARKS["job"] or not advanced:
        return
    session = SparkSession.builder.getOrCreate()
    rows = [(_BOOKMARKS["job"], context, json.dumps(state)) for context, state in advanced.items()]
    frame = session.createDataFrame(rows, "job string, context string, state string")
    frame = frame.withColumn("saved_at", F.current_timestamp())
    frame.write.format("delta").mode("append").saveAsTable(_BOOKMARKS["table"])
    _BOOKMARKS["saved"].update(advanced)
    _BOOKMARKS["advanced"] = {}


def read_new_files(
    reader, form: str, paths, context: str, recurse=False, most_files=None, most_bytes=None
) -> DataFrame:
    """Read the files that no committed run of the job has read: new ones, and changed ones again as a whole.

    Like Glue it goes by the time of a file's last change, and looks back 15 minutes for files that were listed late.
    `most_files` and `most_bytes` bound one run to the oldest of them. Without new files the frame has the columns of all
    files and no rows.
    """
    fresh = _fresh(paths, context, recurse, most_files, most_bytes)
    if fresh is None:
        return reader.format(form).load(paths)
    if not fresh:
        return reader.format(form).load(paths).limit(0)
    return _loaded(reader.format(form), fresh, str(recurse).lower() == "true")


def read_new_documents(read, session, paths, context: str, recurse=False, most_files=None, most_bytes=None, **given):
    """Read documents with a function of `session` and `paths`, those of the files that no committed run of the job has read."""
    fresh = _fresh(paths, context, recurse, most_files, most_bytes)
    if fresh is None:
        return read(session, paths, **given)
    return (
        read(session, [_escaped(row["path"]) for row in fresh], **given)
        if fresh
        else read(session, paths, **given).limit(0)
    )


def _fresh(paths, context, recurse, most_files, most_bytes):
    """Note what this run reads and return it: path, root, time in milliseconds and length of each file; None without a bookmark."""
    if not _is_kept(context, paths):
        return None
    session = SparkSession.builder.getOrCreate()
    lister = session.read.format("binaryFile").option("recursiveFileLookup", str(recurse).lower() == "true")
    times = F.unix_millis("modificationTime").alias("time")
    rows = [
        {**row.asDict(), "root": root}
        for root in ([paths] if isinstance(paths, str) else paths)
        for row in lister.load(root).select("path", times, "length").collect()
    ]
    saved = _saved(context)
    last, seen = saved.get("timestamp", -1), set(saved.get("files", []))
    found = {row["path"]: row for row in rows}.values()
    fresh = [row for row in found if row["time"] > last - _BAND and f"{row['path']}@{row['time']}" not in seen]
    if _BOOKMARKS["since"] is not None and context not in _BOOKMARKS["saved"]:
        fresh = [row for row in fresh if row["time"] > _BOOKMARKS["since"]]
    fresh = _bounded(sorted(fresh, key=lambda row: row["time"]), most_files, most_bytes)
    newest = max([last, *(row["time"] for row in fresh)])
    kept = {name for name in seen if int(name.rpartition("@")[2]) > newest - _BAND}
    kept |= {f"{row['path']}@{row['time']}" for row in fresh if row["time"] > newest - _BAND}
    _BOOKMARKS["advanced"][context] = {"timestamp": newest, "files": sorted(kept)}
    return fresh


def _is_kept(context, source):
    """Tell whether the source has a bookmark, and refuse a second source under its name.

    What Glue keeps for two sources of one transformation_ctx is not documented: rows would be read twice, or by nobody.
    """
    if not _BOOKMARKS["job"] or not context:
        return False
    first = _BOOKMARKS["sources"].setdefault(context, source)
    if first != source:
        raise ValueError(f"{first} and {source} are both read as {context}: give each a transformation_ctx of its own")
    return True


def _escaped(path):
    """Return the path with its glob characters escaped; Spark takes each path to load for a pattern."""
    return re.sub(r"([\[\]{}*?\\])", r"\\\1", path)


def _saved(context):
    start = {} if _BOOKMARKS["since"] is None else {"timestamp": _BOOKMARKS["since"]}
    return _BOOKMARKS["saved"].get(context, start)


def _bounded(rows, most_files, most_bytes):
    if most_files is not None:
        return rows[: int(most_files)]
    if most_bytes is None:
        return rows
    total, kept = 0, []
    for row in rows:
        total += row["length"]
        if kept and total > int(most_bytes):
            break
        kept.append(row)
    return kept


def _loaded(reader, rows, recurse):
    """Load single files; below key=value folders each root by itself, so that those become columns."""
    below = {}
    for row in rows:
        below.setdefault(row["root"], []).append(_escaped(row["path"]))
    if recurse or not any("=" in row["path"] for row in rows):
        return reader.load([path for paths in below.values() for path in paths])
    frames = [reader.option("basePath", root).load(paths) for root, paths in below.items()]
    return reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), frames)


def read_new_rows(session, name: str, context: str, where="", most_files=None, most_bytes=None) -> DataFrame:
    """Read the rows of a table over files that no committed run of the job has read, by the time of the files' last change.

    Looks back 15 minutes for files that were listed late. `most_files` and `most_bytes` bound one run to the oldest files. Raises
    ValueError for a table of Delta or another format that writes its files anew: read its change feed instead.
    """
    frame = session.read.table(name).where(where or "true")
    if not _is_kept(context, name):
        return frame
    provider = session.sql(f"DESCRIBE TABLE EXTENDED {name}").where("col_name = 'Provider'").first()
    kind = provider["data_type"].lower() if provider else ""
    if kind not in ("csv", "json", "parquet", "orc", "avro", "text", "xml"):
        raise ValueError(
            f"{name} is a table of {kind or 'unknown format'}, whose files tell no new rows: read its change feed"
        )
    time = F.unix_millis(F.col("_metadata.file_modification_time"))
    file = F.concat_ws("@", F.col("_metadata.file_path"), time)
    saved = _saved(context)
    last, seen = saved.get("timestamp", -1), saved.get("files", [])
    fresh = frame.where(time > (last - _BAND if "files" in saved else last)).where(~file.isin(seen))
    newest, files = _newest(fresh, time, file, most_files, most_bytes)
    newest = last if newest is None else max(newest, last)
    kept = [name for name in seen if int(name.rpartition("@")[2]) > newest - _BAND]
    _BOOKMARKS["advanced"][context] = {"timestamp": newest, "files": sorted({*kept, *files})}
    return fresh.where((time <= newest - _BAND) | file.isin(files))


def _newest(fresh, time, file, most_files, most_bytes):
    """Return the time of the newest file to read, and of the files to read those that are at most 15 minutes older."""
    if most_files is None and most_bytes is None:
        newest = fresh.agg(F.max(time)).first()[0]
        rows = [] if newest is None else fresh.where(time > newest - _BAND).select(file).distinct().collect()
        return newest, [row[0] for row in rows]
    listed = fresh.select(file.alias("file"), time.alias("time"), F.col("_metadata.file_size").alias("length"))
    rows = _bounded(listed.distinct().orderBy("time", "file").collect(), most_files, most_bytes)
    newest = rows[-1]["time"] if rows else None
    return newest, [row["file"] for row in rows if row["time"] > newest - _BAND]


def keep_new_rows(frame: DataFrame, keys, context: str, descending=False) -> DataFrame:
    """Keep the rows of a database table beyond the highest key that a committed run of the job has read.

    With `descending` the lowest. Rows without a key are never read, and changes to rows that were read are not seen.
    """
    columns = [keys] if isinstance(keys, str) else list(keys)
    if not _BOOKMARKS["job"] or not context:
        return frame
    _is_kept(context, f"the table with {', '.join(frame.columns)}")
    if context in _BOOKMARKS["advanced"]:
        raise ValueError(f"two tables are read as {context}: give each a transformation_ctx of its own")
    keyed = frame.dropna(subset=columns)
    last = _BOOKMARKS["saved"].get(context, {}).get("key")
    fresh = keyed if last is None else keyed.where(_beyond(keyed, columns, last, descending))
    order = [F.col(f"`{column}`").asc() if descending else F.col(f"`{column}`").desc() for column in columns]
    newest = fresh.orderBy(*order).select(*[F.col(f"`{column}`").cast("string") for column in columns]).first()
    if newest is None:
        return fresh
    _BOOKMARKS["advanced"][context] = {"key": list(newest)}
    return fresh.where(~_beyond(fresh, columns, list(newest), descending))


def _beyond(frame, columns, values, descending):
    """Return whether a row's keys come after the values, one column after the other."""
    condition = F.lit(False)
    for column, value in reversed(list(zip(columns, values, strict=True))):
        key, bound = F.col(f"`{column}`"), F.lit(value).cast(frame.schema[_column_named(frame, column)].dataType)
        condition = (key < bound if descending else key > bound) | ((key == bound) & condition)
    return condition


def _column_named(frame, column):
    return next(name for name in frame.columns if name.lower() == column.lower())
