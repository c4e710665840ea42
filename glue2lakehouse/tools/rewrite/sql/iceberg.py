"""SQL that only Iceberg's catalog and extensions know: procedures, metadata tables, partition transforms and fields; and Hudi's.

Source: iceberg.apache.org/docs/latest (spark-procedures, spark-queries, spark-ddl). Tables of Unity Catalog, Delta or managed
Iceberg, have none of it: their history is asked for by DESCRIBE HISTORY, their files are kept by OPTIMIZE and VACUUM.
"""

import re

from glue2lakehouse.tools.ddl.qualifiers import GLUE_CATALOGS
from glue2lakehouse.tools.rewrite.literals import HOLE

_PART = rf"(?:`[^`]+`|[\w{HOLE}-]+)"
_CALL = re.compile(rf"\s*CALL\s+(?:{_PART}\.)?system\.(?P<name>\w+)", re.IGNORECASE)
_METADATA = "snapshots history files manifests partitions refs entries position_deletes metadata_log_entries"
_METADATA += " all_data_files all_delete_files all_entries all_manifests"
_STATE = r"(?:branch|tag)_\w+|(?:snapshot_id|at_timestamp)_\d+"
_DEEP = re.compile(
    rf"\b(?:FROM|JOIN)\s+(?:{_PART}\.){{3}}(?P<name>{'|'.join(_METADATA.split())}|{_STATE})\b", re.IGNORECASE
)
_EXTENSION = re.compile(
    rf"\s*ALTER\s+TABLE\s+{_PART}(?:\.{_PART})*\s+(?P<what>(?:ADD|DROP|REPLACE)\s+PARTITION\s+FIELD"
    r"|WRITE\s+(?:LOCALLY\s+|DISTRIBUTED\s+)?(?:ORDERED|UNORDERED|DISTRIBUTED)\b|(?:SET|DROP)\s+IDENTIFIER\s+FIELDS"
    r"|(?:CREATE|REPLACE|CREATE\s+OR\s+REPLACE|DROP)\s+(?:BRANCH|TAG))",
    re.IGNORECASE,
)
_TRANSFORM = re.compile(
    r"\bPARTITIONED\s+BY\s*\((?:[^()]|\([^()]*\))*?\b(?P<name>years?|months?|days?|hours?|date_hour|bucket|truncate)\s*\(",
    re.IGNORECASE,
)
_SNAPSHOT = re.compile(
    rf"\b(?:FROM|JOIN)\s+(?!`?spark_catalog\b){_PART}\.{_PART}\.{_PART}\s+(?:FOR\s+)?(?:SYSTEM_)?VERSION\s+AS\s+OF\b",
    re.IGNORECASE,
)
_HUDI = re.compile(r"\s*CREATE\s[\s\S]*?\bUSING\s+hudi\b", re.IGNORECASE)
_HUDI_CALL = re.compile(
    r"\s*CALL\s+(?P<name>run_(?:compaction|clustering|clean)|show_(?:commits?|compaction|clustering|savepoints|cleans|table_properties)\w*"
    r"|(?:create|delete|rollback_to)_savepoint|rollback_to_instant(?:_time)?|archive_commits|(?:up|down)grade_table|stats_(?:wa|file_sizes))\b",
    re.IGNORECASE,
)
_UPKEEP = {
    "expire_snapshots": "drop it: predictive optimization or VACUUM removes what is old",
    "remove_orphan_files": "drop it: predictive optimization or VACUUM removes what is old",
    "rewrite_data_files": "write OPTIMIZE with the table's name, or leave it to predictive optimization",
    "rewrite_manifests": "drop it: the table has no manifests to rewrite",
    "rewrite_position_delete_files": "drop it: OPTIMIZE does what is needed",
    "rollback_to_snapshot": "write RESTORE TABLE ... TO VERSION AS OF",
    "rollback_to_timestamp": "write RESTORE TABLE ... TO TIMESTAMP AS OF",
}


def iceberg_only(sql: str) -> tuple[str, str] | None:
    """Return what a text says that only Iceberg understands, and what to do about it."""
    if called := _CALL.match(sql):
        name = called["name"].lower()
        advice = _UPKEEP.get(name, "do by Delta's own statements what it is for")
        return f"the procedure {name} of Iceberg's catalog is not there", advice
    if asked := _DEEP.search(sql):
        return _no_metadata(asked["name"])
    if _SNAPSHOT.search(sql):
        return (
            "VERSION AS OF names a snapshot of an Iceberg table, which the table in its place does not have",
            "name a version of the Delta table: DESCRIBE HISTORY lists them",
        )
    if called := _HUDI_CALL.match(sql):
        return (
            f"the procedure {called['name'].lower()} of Hudi is not there",
            "drop it: OPTIMIZE, VACUUM and DESCRIBE HISTORY do for a Delta table what is needed",
        )
    if _HUDI.match(sql):
        return "Databricks cannot make a Hudi table", "make a Delta table, and upsert by its record key with MERGE INTO"
    if changed := _EXTENSION.match(sql):
        what = " ".join(changed["what"].upper().split())
        return f"{what} is a statement of Iceberg's own", "cluster the table: ALTER TABLE ... CLUSTER BY (columns)"
    if partitioned := _TRANSFORM.search(sql):
        return (
            f"the table is partitioned by {partitioned['name'].lower()}(...), which tables of Unity Catalog cannot be",
            "write CLUSTER BY (column), or partition by a generated column",
        )
    return None


def metadata_asked(name: str) -> tuple[str, str] | None:
    """Return what to say of the name of a metadata table, `glue_catalog.db.table.snapshots` or `db.table.snapshots`."""
    levels = name.replace("`", "").split(".")
    known = levels[-1].lower() in _METADATA.split()
    of_session = len(levels) == 3 and levels[0].lower() not in GLUE_CATALOGS
    state = len(levels) == 4 and re.fullmatch(_STATE, levels[-1], re.IGNORECASE)
    return _no_metadata(levels[-1]) if state or (known and (len(levels) == 4 or of_session)) else None


def _no_metadata(name: str) -> tuple[str, str]:
    if re.fullmatch(_STATE, name, re.IGNORECASE):
        return (
            f"{name} names a state of an Iceberg table, which the table in its place does not have",
            "name a version of the Delta table: DESCRIBE HISTORY lists them",
        )
    return (
        f"the metadata table {name.lower()} of an Iceberg table is not there",
        "ask DESCRIBE HISTORY or DESCRIBE DETAIL",
    )
