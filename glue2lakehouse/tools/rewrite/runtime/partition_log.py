"""Registering partitions as the AWS clients for Glue and Athena do, in Unity Catalog.

An external table with `nonDelta.partitionLog.enabled` has the partitions that are registered, as in Glue. One without it has those
whose folders lie below its location, and a Delta table those of its rows: there is nothing to register, and files that such a table
does not read are refused.
"""

import re

from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession

from glue2lakehouse.tools.rewrite.runtime.catalog import get_partitions
from glue2lakehouse.tools.rewrite.runtime.catalog_writes import _DONE, _bare_place, _run, _sql_name, _sql_text
from glue2lakehouse.tools.rewrite.runtime.glue_errors import _glue_error

_STATEMENT = re.compile(r"(?is)\s*(msck\s+repair\s+table|alter\s+table)\s+([`\"\w.$-]+)\s*(.*?)[\s;]*$")
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
_QUOTED = r"'[^']*'|\"[^\"]*\""
_ADDED = re.compile(rf"(?is)\bpartition\s*\(((?:{_QUOTED}|[^()'\"])*)\)(?:\s*location\s+({_QUOTED}))?")
_PAIR = re.compile(rf"[`\"]?(\w+)[`\"]?\s*=\s*({_QUOTED}|[^\s,]+)")


def create_partition(name, partition_input, errors=None):
    """Register a partition of a table as glue.create_partition does: its values and its Location.

    Raises AlreadyExistsException and EntityNotFoundException as Glue does, ValueError where its rows would not be found.
    """
    held = _held_partitions(name, "CreatePartition", errors)
    statement = _add_statement(name, held, partition_input)
    if statement:
        _run(statement, "CreatePartition", errors)
    return _DONE


def batch_create_partition(name, partition_inputs, errors=None):
    """Register partitions of a table as glue.batch_create_partition does; those that are there already are among the Errors."""
    held = _held_partitions(name, "BatchCreatePartition", errors)
    statements = [_add_statement(name, held, each) for each in partition_inputs]
    return _each_partition(partition_inputs, statements, "BatchCreatePartition")


def get_partition(name, values, errors=None):
    """Answer as glue.get_partition does for a partition that is registered, or has rows where none are: its Values.

    Raises EntityNotFoundException where there is none.
    """
    how, keys, _ = _held_partitions(name, "GetPartition", errors)
    if how == "registered":
        found = _run(
            f"SHOW PARTITIONS {name} PARTITION ({_sql_partition(name, keys, values)})", "GetPartition", errors
        ).collect()
    else:
        found = [each for each in get_partitions(name, errors)["Partitions"] if each["Values"] == list(values)]
    if not found:
        missing = AnalysisException(f"[PARTITIONS_NOT_FOUND] {name} has no partition {values}")
        raise _glue_error(missing, "GetPartition", errors)
    database, table = name.replace("`", "").rsplit(".", 2)[-2:]
    return {"Partition": {"Values": list(values), "DatabaseName": database, "TableName": table}}


def delete_partition(name, values, errors=None):
    """Take a registered partition from an external table as glue.delete_partition does; its files stay.

    Raises EntityNotFoundException where there is none, ValueError for other tables: rows leave them by DELETE.
    """
    held = _held_partitions(name, "DeletePartition", errors)
    _run(_drop_statement_of(name, held, values), "DeletePartition", errors)
    return _DONE


def batch_delete_partition(name, partitions, errors=None):
    """Take registered partitions from an external table as glue.batch_delete_partition does; missing ones are among the Errors."""
    held = _held_partitions(name, "BatchDeletePartition", errors)
    statements = [_drop_statement_of(name, held, each["Values"]) for each in partitions]
    return _each_partition(partitions, statements, "BatchDeletePartition")


def register_partitions(catalog, statement, database=None, name=None):
    """Run Athena's MSCK REPAIR TABLE or ALTER TABLE … ADD PARTITION on the table of that name in Unity Catalog.

    A name without a database is one of the database given; name is what the table is called now, if not the same. Raises
    ValueError where a LOCATION holds files that the table does not read.
    """
    verb, table, rest = _STATEMENT.match(statement).groups()
    parts = [part.strip('`"') for part in table.split(".")]
    if len(parts) == 1 and not database and not name:
        raise ValueError(f"the database of {table} is not known: {statement!r}")
    full = name or ".".join(map(_sql_name, [catalog, *(parts[-2:] if len(parts) > 1 else [database, *parts])]))
    held = _held_partitions(full, "StartQueryExecution", None)
    if held[0] == "registered":
        SparkSession.builder.getOrCreate().sql(f"{verb} {full} {rest}")
        return
    for pairs, place in _ADDED.findall(rest):
        given = {key.lower(): value.strip("'\"") for key, value in _PAIR.findall(pairs)}
        _refuse_unseen(full, held, [given.get(key.lower(), "") for key in held[1]], place.strip("'\""))


def _each_partition(given, statements, operation):
    failed = []
    for each, statement in zip(given, statements, strict=True):
        try:
            if statement:
                SparkSession.builder.getOrCreate().sql(statement)
        except AnalysisException as error:
            told = _glue_error(error, operation)
            if told is error:
                raise
            code, message = (told.response["Error"][key] for key in ("Code", "Message"))
            detail = {"ErrorCode": code, "ErrorMessage": message}
            failed.append({"PartitionValues": each["Values"], "ErrorDetail": detail})
    return {**_DONE, "Errors": failed}


def _drop_statement_of(name, held, values):
    how, keys, _ = held
    kind = SparkSession.builder.getOrCreate().catalog.getTable(name).tableType
    if how != "registered" or kind != "EXTERNAL":
        raise ValueError(
            f"{name} is {kind}, and its partitions are {how}: take the rows of {values} out with DELETE FROM"
        )
    return f"ALTER TABLE {name} DROP PARTITION ({_sql_partition(name, keys, values)})"


def _sql_partition(name, keys, values):
    if len(keys) != len(values):
        raise ValueError(f"{name} has the partition columns {keys}, and {values} are other values")
    return ", ".join(f"{_sql_name(key)}={_sql_text(value)}" for key, value in zip(keys, values, strict=True))


def _held_partitions(name, operation, errors):
    """Return how a table's partitions come to be, its partition columns and its location."""
    told = [(row[0], row[1]) for row in _run(f"DESCRIBE TABLE EXTENDED {name}", operation, errors).collect()]
    at = next(at for at, (key, _) in enumerate(told) if key.startswith("# Detailed Table"))
    details = dict(told[at:])
    keys = [each.name for each in SparkSession.builder.getOrCreate().catalog.listColumns(name) if each.isPartition]
    if str(details.get("Provider")).lower() == "delta":
        return "of rows", keys, ""
    properties = {row[0]: row[1] for row in _run(f"SHOW TBLPROPERTIES {name}", operation, errors).collect()}
    logged = str(properties.get("nonDelta.partitionLog.enabled")).lower() == "true"
    return "registered" if logged else "of folders", keys, _bare_place(details.get("Location", ""))


def _add_statement(name, held, given):
    how, keys, _ = held
    values, wanted = given["Values"], (given.get("StorageDescriptor") or {}).get("Location") or ""
    if how == "registered":
        place = f" LOCATION {_sql_text(_bare_place(wanted))}" if wanted else ""
        return f"ALTER TABLE {name} ADD PARTITION ({_sql_partition(name, keys, values)}){place}"
    _refuse_unseen(name, held, values, wanted)
    return ""


def _refuse_unseen(name, held, values, wanted):
    """Refuse a partition whose files a table does not read that has nothing to register."""
    how, keys, place = held
    folder = "/".join([place, *(f"{key}={value}" for key, value in zip(keys, values, strict=False))])
    if how == "of folders" and (len(keys) != len(values) or _bare_place(wanted) not in ("", folder)):
        raise ValueError(
            f"{name} has the partitions whose folders are like {folder}: {wanted} of {values} is not found"
        )
    if how == "of rows" and wanted and not _has_rows(name, keys, values) and _has_files(wanted):
        raise ValueError(f"{name} is a Delta table without rows of {values}, which the files of {wanted} may hold")


def _has_rows(name, keys, values):
    if not keys or len(keys) != len(values):
        return False
    pairs = ((_sql_name(key), value) for key, value in zip(keys, values, strict=True))
    wanted = [f"{key} IS NULL" if value == _NO_VALUE else f"{key}={_sql_text(value)}" for key, value in pairs]
    return bool(SparkSession.builder.getOrCreate().table(name).where(" AND ".join(wanted)).head(1))


def _has_files(place):
    files = SparkSession.builder.getOrCreate().read.format("binaryFile").option("recursiveFileLookup", "true")
    try:
        return bool(files.load(place).select("path").head(1))
    except AnalysisException as error:
        if not str(error).startswith("[PATH_NOT_FOUND]"):
            raise
        return False
