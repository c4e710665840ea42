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
    (
        "PostgreSQL or Redshift",
        r"\b(begin|end)\s+transaction\b|^\s*\\[a-z]\w*|::\s*(text|int|integer|date|timestamp)\b",
    ),
    ("PostgreSQL", r"\b(big|small)?serial\b|\bnextval\s*\(|\bplpgsql\b|\btimestamptz\b|\bjsonb\b|\bbytea\b|\$\$"),
    (
        "PostgreSQL or Redshift",
        r"\bvacuum\s+(full|analyze|freeze|verbose|sort|delete|reindex)\b|\b(pg|stl|stv|svv|svl)_\w+",
    ),
    ("SQL Server", r"^\s*go\s*$|\bnvarchar\b|\w\s+bit\s*[,)]|\bidentity\s*\(\s*\d|\[dbo\]|\bdatetime2\b"),
    ("Oracle", r"\bvarchar2\b|\bnumber\s*\(\s*\d+"),
    ("Snowflake", r"\bvariant\b|\bcreate\s+(or\s+replace\s+)?(warehouse|stage|pipe)\b"),
)
_SPARK = r"\busing\s+(delta|parquet|csv|json|orc)\b|\bcluster\s+by\s+auto\b|\bcreate\s+(or\s+replace\s+)?temp(orary)?\s+view\b"
_HIVE = (
    r"\bset\s+hive|\binsert\s+overwrite\b|\binsert\s+into\s+table\b|\blateral\s+view\b|\$\{hiveconf|\bload\s+data\b|\bdfs\s+-"
    r"|\b(distribute|sort|cluster)\s+by\b|\bnovalidate\b|\buniontype\b|\bcollect_(set|list)\s*\(|\banalyze\s+table\b"
    r"|\bstored\s+as\s+(sequencefile|rcfile)\b|\bexplain\s+(extended|vectorization)\b|\bset\s+\w+\.[\w.]+\s*="
)
_ATHENA = (
    r"\bunload\s*\(|\bunnest\s*\(|\bdate_parse\s*\(|\bcast\s*\([^()]*\bas\s+varchar\s*\)|awsdatacatalog|\barray\s*\["
    r"|\bprojection\.\w+\.|\btable_type'\s*=\s*'iceberg'|\bjson_extract|\bregexp_like\s*\(|\brewrite\s+data\s+using\b"
    r"|\bwith\s*\(\s*(format|external_location|table_type|partitioned_by|bucketed_by|location)\s*="
)
_EITHER = (
    r"\bstored\s+(as|by)\b|\bclustered\s+by\b|\brow\s+format\b|\btblproperties\b|\bpartitioned\s+by\b|\bmsck\b"
    r"|\bdbproperties\b|\bexternal\s+table\b|\bdatabase\b"
)
_RELATIONAL = r"\breferences\b|\bunique\b|\bdefault\b|\bcreate\s+(unique\s+)?index\b|\bprimary\s+key\b|\bnumeric\b|\btext\b|\bvarchar\s*\(\d+\)"


_IN_PATHS = {
    "redshift": "Redshift", "postgres": "PostgreSQL", "postgresql": "PostgreSQL", "mysql": "MySQL", "mssql": "SQL Server",
    "sqlserver": "SQL Server", "oracle": "Oracle", "snowflake": "Snowflake", "bigquery": "BigQuery",
}  # fmt: skip


def foreign_product(text: str, path: str = "") -> str:
    """Return the name of the product whose SQL this looks like, or "" when it may be Hive's or Athena's.

    What the path names counts where the text has nothing of Hive's or Athena's own.
    """
    if re.match(r"\s*--\s*sql_dialect:", text):
        return ""
    bare = re.sub(r"--[^\n]*|/\*(.|\n)*?\*/", " ", text).lower()
    for product, pattern in _OTHERS:
        if re.search(pattern, _without_strings(bare) if product != "Redshift" else bare, re.MULTILINE):
            return product
    bare = _without_strings(bare)
    if re.search(_SPARK, bare):
        return "Spark"
    ours = any(re.search(pattern, bare) for pattern in (_HIVE, _ATHENA, _EITHER))
    named = next((_IN_PATHS[word] for word in re.split(r"[/\\._-]", path.lower()) if word in _IN_PATHS), "")
    if named and not ours:
        return named
    if re.search(r"\bcreate\s+table\b", bare) and not ours and len(re.findall(_RELATIONAL, bare)) >= 2:
        return "a relational database"
    return ""


def _without_strings(text: str) -> str:
    return re.sub(r"'(?:[^'\\]|\\.)*'", "''", text)


def guess_dialects(text: str, path: str) -> tuple[Dialect, ...]:
    """Return the dialects that the text may be in; both where nothing tells them apart, Hive first.

    A comment `-- sql_dialect: athena` at the head of a file settles it.
    """
    if told := re.match(r"\s*--\s*sql_dialect:\s*(hive|athena)\b", text, re.IGNORECASE):
        return ("athena",) if told[1].lower() == "athena" else ("hive",)
    bare = re.sub(r"--[^\n]*", " ", text).lower()
    folders = re.split(r"[/\\._-]", path.lower())
    hive = bool(re.search(_HIVE, _without_strings(bare))) or path.endswith((".hql", ".q", ".hive"))
    athena = bool(re.search(_ATHENA, bare))
    if hive == athena:
        hive, athena = "hive" in folders, "athena" in folders
    if hive == athena:
        athena = re.search(r"location\s+'s3:", bare) is not None
    if athena:
        return ("athena",)
    return ("hive",) if hive else ("hive", "athena")
