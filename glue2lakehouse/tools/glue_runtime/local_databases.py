"""JDBC and MongoDB on this machine: a database is the folder `scratch/databases/<name>`, a table or collection a Parquet folder.

The name is the database's in the URL (or the connection's), in lower case; queries run on Spark over the tables.
"""

import re
import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment
from glue2lakehouse.tools.glue_runtime.refusals import refuse

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

JDBC_TYPES = frozenset(
    "jdbc mysql postgresql oracle sqlserver redshift snowflake teradata saphana azuresql vertica custom.jdbc "
    "marketplace.jdbc com.databricks.spark.redshift io.github.spark_redshift_community.spark.redshift "
    "net.snowflake.spark.snowflake mongodb mongo documentdb com.mongodb.spark.sql.defaultsource".split()
)
_HARMLESS = re.compile(r"(begin|end|commit|create\s+table\s+if\s+not\s+exists\b.*|create\s+schema\s+if\s+not\s+exists\b.*)", re.I | re.S)  # fmt: skip
_CLEARS = re.compile(r"(?:truncate(?:\s+table)?|delete\s+from|drop\s+table\s+if\s+exists)\s+([\w.\"`]+)", re.I)


def database_name(url: str) -> str:
    """Return the database of a JDBC URL, in lower case."""
    named = re.search(r"[;?&]database(?:name)?=([^;&]+)", url, re.I)
    if named:
        return named[1].lower()
    return re.split(r"[/:@]", url.split("?")[0].split(";")[0].rstrip("/"))[-1].lower() or "default"


def table_folder(environment: RuntimeEnvironment, connection_or_url: str, table: str) -> Path:
    """Return the Parquet folder of a table; `schema.table` also finds a folder `table`."""
    properties = environment.connections.get(connection_or_url, {})
    url = properties.get("fullUrl") or properties.get("url") or connection_or_url
    name = properties.get("database") or (database_name(url) if ":" in url else url.lower())
    folder = environment.scratch / "databases" / (name or "default").lower()
    plain = re.sub(r"[\"`\[\]]", "", table).lower()
    exact, bare = folder / plain, folder / plain.rpartition(".")[2]
    return bare if bare.is_dir() and not exact.is_dir() else exact


class LocalDatabase:
    """One connection's tables, by the options that a reader or writer was given."""

    def __init__(self, spark: "SparkSession", environment: RuntimeEnvironment, options: dict[str, Any]) -> None:
        self.spark = spark
        self.environment = environment
        self.options = {str(key).lower(): value for key, value in options.items()}
        self.where = str(
            self.options.get("connectionname") or self.options.get("sfdatabase") or self.options.get("url") or "default"
        )
        if self.options.get("database") and self.where not in environment.connections:
            self.where = str(self.options["database"])

    def read(self) -> "DataFrame":
        """Read `query`, `sampleQuery` or `dbtable` (a name or a subquery in brackets)."""
        query = self.options.get("samplequery") or self.options.get("query")
        table = str(self.options.get("dbtable") or self.options.get("collection") or "").strip()
        if query:
            return self._query(str(query))
        if table.startswith("("):
            return self._query(f"select * from {table}" if table.rstrip()[-1] != ")" else table.rstrip()[1:-1])
        return self.table(table)

    def table(self, name: str) -> "DataFrame":
        """Read one table; refuses when there is no local copy."""
        folder = table_folder(self.environment, self.where, name)
        if not folder.is_dir():
            refuse(f"JDBC table {name}", f"no local copy at {folder}; add one as Parquet")
        return self.spark.read.parquet(folder.resolve().as_uri())

    def _query(self, sql: str) -> "DataFrame":
        import sqlglot
        from sqlglot import exp

        tree = sqlglot.parse_one(sql.strip().rstrip(";"))
        local_names = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
        for table in list(tree.find_all(exp.Table)):
            if table.name.lower() in local_names:
                continue
            view = f"local_{uuid.uuid4().hex}"
            self.table(".".join(part for part in (table.db, table.name) if part)).createOrReplaceTempView(view)
            table.replace(exp.alias_(exp.to_table(view), table.alias or table.name, table=True))
        return self.spark.sql(tree.sql(dialect="spark"))

    def write(self, frame: "DataFrame", mode: str = "append") -> str:
        """Write rows into `dbtable`; returns `connection/table`. SQL around it is limited to emptying a table."""
        name = next(
            (str(self.options[key]) for key in ("dbtable", "tablename", "collection") if self.options.get(key)), ""
        )
        self._run_actions(str(self.options.get("preactions") or ""))
        folder = table_folder(self.environment, self.where, name)
        if mode == "append" and any(folder.glob("*.parquet")):
            frame = _fitted(frame, self.table(name))
        frame.write.mode(mode).parquet(folder.resolve().as_uri())
        self._run_actions(str(self.options.get("postactions") or ""))
        return f"{folder.parent.name}/{folder.name}"

    def _run_actions(self, sql: str) -> None:
        for statement in (part.strip() for part in sql.split(";")):
            cleared = _CLEARS.fullmatch(statement)
            if cleared:
                shutil.rmtree(table_folder(self.environment, self.where, cleared[1]), ignore_errors=True)
            elif statement and not _HARMLESS.fullmatch(statement):
                refuse("preactions/postactions", f"SQL of the target database does not run here: {statement[:80]}")


def _fitted(frame: "DataFrame", table: "DataFrame") -> "DataFrame":
    """Give each value the type of the table's column, as a database does; one that does not fit it ends the write."""
    from pyspark.sql import functions as F

    kinds = {field.name.lower(): field for field in table.schema.fields}
    columns = []
    for field in frame.schema.fields:
        given, wanted = F.col(f"`{field.name}`"), kinds.get(field.name.lower())
        if wanted is None or wanted.dataType == field.dataType:
            columns.append(given)
            continue
        fitting = given.try_cast(wanted.dataType)
        refused = F.raise_error(F.concat(F.lit(f"column {field.name} of the table takes no "), given.cast("string")))
        columns.append(
            F.when(given.isNull() | fitting.isNotNull(), fitting)
            .otherwise(refused.cast(wanted.dataType))
            .alias(field.name)
        )
    return frame.select(*columns)
