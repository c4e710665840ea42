"""Guess whose SQL a file is: Hive's, Athena's, both readings, Spark's own, or another product's."""

import re

from glue2lakehouse.tools.ddl.model import Dialect

_OTHERS: tuple[tuple[str, str], ...] = (
    (
        "Redshift",
        r"\b(distkey|sortkey|diststyle)\b|\bencode\s+(zstd|lzo|az64|bytedict|raw)\b|\bcopy\s+[\w.\"]+\s+from\s+'s3://",
    ),
    ("Redshift", r"\biam_role\b|\bcreate\s+external\s+schema\b|varchar\s*\(\s*max\s*\)"),
    ("MySQL", r"\bauto_increment\b|\bengine\s*=\s*(innodb|myisam)\b|\bunsigned\b"),
    ("PostgreSQL", r"\b(big|small)?serial\b|\bnextval\s*\(|\bplpgsql\b|\btimestamptz\b|\bjsonb\b|\bbytea\b|\$\$"),
    ("SQL Server", r"^\s*go\s*$|\bnvarchar\b|\bidentity\s*\(\s*\d|\[dbo\]|\bdatetime2\b"),
    ("Oracle", r"\bvarchar2\b|\bnumber\s*\(\s*\d+"),
    ("Snowflake", r"\bvariant\b|\bcreate\s+(or\s+replace\s+)?(warehouse|stage|pipe)\b"),
)
_SPARK = r"\busing\s+(delta|parquet|csv|json|orc)\b|\bcluster\s+by\s+auto\b|\bcreate\s+(or\s+replace\s+)?temp(orary)?\s+view\b"
_HIVE = (
    r"\bset\s+hive|\bstored\s+(as|by)\b|\binsert\s+(overwrite|into\s+table)\b|\blateral\s+view\b|\$\{hiveconf|\bload\s+data\b"
    r"|\bdistribute\s+by\b|\bclustered\s+by\b|\brow\s+format\b|\btblproperties\b|\bnovalidate\b|\buniontype\b|\bpartitioned\s+by\b"
    r"|\bmsck\b|\bdbproperties\b|\bcollect_(set|list)\s*\(|\banalyze\s+table\b|\bdfs\s+-"
)
_ATHENA = (
    r"\bunload\s*\(|\bunnest\s*\(|\bcross\s+join\s+unnest|\bdate_parse\s*\(|\bcast\s*\([^()]*\bas\s+varchar\b|awsdatacatalog"
    r"|\barray\s*\[|\bprojection\.|'table_type'\s*=\s*'iceberg'|\bjson_extract|\bregexp_like\s*\(|\bselect\b[^;']*\"\w+\""
    r"|\bwith\s*\(\s*(format|external_location|table_type|partitioned_by|bucketed_by|location)\s*=|athena"
)
_RELATIONAL = r"\breferences\b|\bunique\b|\bdefault\b|\bcreate\s+(unique\s+)?index\b|\bprimary\s+key\b|\bnumeric\b|\btext\b|\bvarchar\s*\(\d+\)"


def foreign_product(text: str) -> str:
    """Return the name of the product whose DDL this looks like, or "" when it may be Hive's or Athena's."""
    bare = re.sub(r"--[^\n]*|/\*(.|\n)*?\*/", " ", text).lower()
    for product, pattern in _OTHERS:
        if re.search(pattern, _without_strings(bare) if product != "Redshift" else bare, re.MULTILINE):
            return product
    bare = _without_strings(bare)
    if re.search(_SPARK, bare):
        return "Spark"
    ours = re.search(_HIVE, bare) or re.search(_ATHENA, bare) or re.search(r"\bexternal\s+table\b|\bdatabase\b", bare)
    if re.search(r"\bcreate\s+table\b", bare) and not ours and len(re.findall(_RELATIONAL, bare)) >= 2:
        return "a relational database"
    return ""


def _without_strings(text: str) -> str:
    return re.sub(r"'(?:[^'\\]|\\.)*'", "''", text)


def guess_dialects(text: str, path: str) -> tuple[Dialect, ...]:
    """Return the dialects that the text may be in; both where nothing tells them apart, Hive first."""
    lower, bare = text.lower(), re.sub(r"--[^\n]*", " ", text).lower()
    folders = re.split(r"[/\\._-]", path.lower())
    hive = bool(re.search(_HIVE, _without_strings(bare))) or "hive" in folders or path.endswith((".hql", ".q", ".hive"))
    athena = bool(re.search(_ATHENA, bare)) or "athena" in folders
    if athena or (
        re.search(r"location\s+'s3:", lower) and not re.search(r"\bset\s+hive|\$\{hiveconf|\bload\s+data", bare)
    ):
        return ("athena",)
    return ("hive",) if hive else ("hive", "athena")
