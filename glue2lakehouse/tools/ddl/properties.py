"""Decide each table property: kept, moved into a clause of its own, or left out, always with the reason.

Hive: LanguageManual DDL (listing of TBLPROPERTIES). Athena: create-table, partition-projection. Databricks: tblproperties.
"""

import re

# Pattern on the lower-cased key -> why the property does not go on. The first match wins.
LEFT_OUT: tuple[tuple[str, str], ...] = (
    (r"external", "Unity Catalog tells external tables by their LOCATION"),
    (r"external\.table\.purge|auto\.purge", "Unity Catalog never deletes an external table's files on DROP"),
    (r"classification|typeofdata|grokpattern|xmlrowtag", "the format stands in USING"),
    (
        r"areColumnsQuoted|columnsordered|delimiter|exclusions|partition_filtering\.enabled".lower(),
        "for Glue's crawler",
    ),
    (r"crawler.*|updated_by_crawler|sizekey|objectcount|recordcount|averagerecordsize", "statistics of Glue's crawler"),
    (
        r"compressiontype|compression|write[._]compression|(parquet|orc)\.(compression|compress)",
        "an option where the format has one",
    ),
    (r"orc\.mask|orc\.encrypt.*", "ORC column encryption does not exist on Databricks"),
    (r"(orc|parquet)\.column\.index\.access", "says how files are read; see the findings"),
    (r"orc\..*|parquet\..*", "tunes Hive's file writer; results are the same"),
    (r"has_encrypted_data", "Databricks reads the encryption from the bucket"),
    (r"skip\.header\.line\.count", "an option of the text reader; other formats have no header lines"),
    (r"serialization\..*|field\.delim|line\.delim|escape\.delim", "an option where the format has one"),
    (r"column_stats_accurate|numrows|rawdatasize|totalsize|numfiles|numpartitions|stats.*", "statistics of Hive"),
    (r"transient_lastddltime|last_modified_(by|time)|bucketing_version|bucketing_format", "bookkeeping of Hive"),
    (r"transactional|transactional_properties|compact.*|no_auto_compaction", "every Delta table is transactional"),
    (r"projection\..*|storage\.location\.template", "partition projection is Athena's; see the finding"),
    (r"avro\.schema\..*", "an option where the format has one"),
    (r"table_type|format|is_external|location", "the format stands in USING"),
    (
        r"optimize_rewrite_.*|vacuum_.*|write[._].*|format_version|history\.expire\..*|commit\..*",
        "tunes Athena's Iceberg maintenance; Delta has its own",
    ),
    (r"hive\.exec\..*|hive\.merge.*|hive\.stats.*|discover\.partitions|partition\.retention.*", "steers Hive's engine"),
    (r"hive\.default\.fileformat|rewriting\.time\.window|hive\.orc.*", "steers Hive's engine"),
    (r"owner|provider|is_managed_location", "reserved on Databricks"),
    (r"spark\.sql\..*|spark\.version", "Spark's own copy of the schema"),
    (
        r"(previous_)?metadata_location|compression_level|presto_(view|version|query_id)|trino_.*",
        "bookkeeping of the old engine",
    ),
)
REFUSED: tuple[tuple[str, str], ...] = (
    (r"immutable", "Hive refuses INSERT INTO a non-empty immutable table; grant no MODIFY instead"),
    (r"skip\.footer\.line\.count", "Spark cannot skip lines at the end of a file; remove them when loading"),
    (
        r"spark\.sql\.sources\.provider",
        "a table that Spark made: its columns and options are in Spark's own properties",
    ),
    (r"orc\.schema\.resolution|hive\.sql\..*|hbase\..*|kafka\..*|druid\..*", "another system's storage"),
)


def sort_properties(properties: dict[str, str]) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Return what is kept (key -> value), what is left out (key -> reason) and what is refused (key -> reason)."""
    kept: dict[str, str] = {}
    left: dict[str, str] = {}
    refused: dict[str, str] = {}
    for key, value in properties.items():
        if key.startswith("with.") or key.lower() == "comment":
            continue
        lower = key.lower()
        if (reason := _reason(REFUSED, lower)) and value.lower() not in ("false", "0", ""):
            refused[key] = reason
        elif reason := _reason(LEFT_OUT, lower):
            left[key] = reason
        else:
            kept[key] = value
    return kept, left, refused


def _reason(table: tuple[tuple[str, str], ...], key: str) -> str:
    return next((reason for pattern, reason in table if re.fullmatch(pattern, key)), "")
