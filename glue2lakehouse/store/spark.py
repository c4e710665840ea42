"""The Spark backend: the same tables as `catalog.schema.table`, on Databricks or any Spark with Delta."""

import random
import re
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from glue2lakehouse.errors import StoreError
from glue2lakehouse.store.types import Column

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_TRIES = 10
_CONFLICT = re.compile(r"DELTA_CONCURRENT_|Concurrent\w+Exception")
_CATALOG_MANAGED = "DELTA_UNSUPPORTED_CATALOG_MANAGED_TABLE_OPERATION"


class CatalogBackend:
    """Tables in one schema of a catalog. The session is the caller's and stays open."""

    def __init__(self, spark: "SparkSession", catalog: str, schema: str) -> None:
        self._spark = spark
        self._schema_name = f"{_quoted(catalog)}.{_quoted(schema)}"
        self._location = f"{catalog}.{schema}"
        with self._guard(""):
            self._sql(f"CREATE SCHEMA IF NOT EXISTS {self._schema_name}")

    @property
    def location(self) -> str:
        """Where the tables are, for messages."""
        return self._location

    def create(self, table: str, columns: Sequence[Column], partition_by: Sequence[str]) -> None:
        """Create a table unless it exists."""
        lines = ", ".join(column.ddl() for column in columns)
        partitions = f" PARTITIONED BY ({', '.join(map(_quoted, partition_by))})" if partition_by else ""
        with self._guard(table):
            self._sql(f"CREATE TABLE IF NOT EXISTS {self._name(table)} ({lines}) USING DELTA{partitions}")

    def add_columns(self, table: str, columns: Sequence[Column]) -> None:
        """Add columns at the end."""
        with self._guard(table):
            self._sql(f"ALTER TABLE {self._name(table)} ADD COLUMNS ({', '.join(column.ddl() for column in columns)})")

    def columns(self, table: str) -> list[str]:
        """Return the names of the columns."""
        with self._guard(table):
            return list(self._spark.table(self._name(table)).columns)

    def property_of(self, table: str, name: str) -> str | None:
        """Return a table property, None if the table or the property is not there."""
        with self._guard(table):
            if not self._spark.catalog.tableExists(self._name(table)):
                return None
            shown = self._sql(f"SHOW TBLPROPERTIES {self._name(table)}").collect()
            return {row["key"]: row["value"] for row in shown}.get(name)

    def set_property(self, table: str, name: str, value: str) -> None:
        """Set a table property."""
        with self._guard(table):
            self._sql(f"ALTER TABLE {self._name(table)} SET TBLPROPERTIES ('{name}' = '{value}')")

    def version(self, table: str) -> None:
        """Return None: the history is no cheaper to read than the keys of a project."""

    def query(self, table: str, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a SELECT in which `{table}` stands for the table."""
        with self._guard(table):
            # Through Arrow: rows collected one by one carry times without their zone.
            found: list[dict[str, Any]] = self._sql(sql.replace("{table}", self._name(table))).toArrow().to_pylist()
            return found

    def quote(self, text: str) -> str:
        """Return a text as a literal of Spark's SQL, in which backslashes escape."""
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def append(self, table: str, rows: Sequence[dict[str, Any]]) -> None:
        """Add rows in one commit."""
        with self._guard(table):
            self._frame(table, rows).write.format("delta").mode("append").saveAsTable(self._name(table))

    def merge(self, table: str, key: str, rows: Sequence[dict[str, Any]], project_id: str) -> None:
        """Replace the rows of a project that have the same key and add the others, in one commit."""
        # A session's views are seen by all its threads: each merge needs its own, or it writes another one's rows.
        source = f"glue2lakehouse_{table}_{uuid.uuid4().hex}"
        literal = self.quote(project_id)
        statement = (
            f"MERGE INTO {self._name(table)} t USING {source} s "
            f"ON t.project_id = {literal} AND s.project_id = {literal} AND t.{key} = s.{key} "
            "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
        )
        with self._guard(table):
            self._frame(table, rows).createOrReplaceTempView(source)
            try:
                self._again_on_conflict(statement)
            finally:
                self._spark.catalog.dropTempView(source)

    def delete(self, table: str, condition: str) -> None:
        """Delete the rows for which the condition holds, in one commit."""
        with self._guard(table):
            self._again_on_conflict(f"DELETE FROM {self._name(table)} WHERE {condition}")

    def maintain(self, table: str, project_id: str | None) -> None:
        """Merge small files (of one project, or all); VACUUM is left to predictive optimization or the tables' owner.

        Outside Databricks VACUUM starts 10,000 listing tasks a table, which is minutes for six small ones.
        """
        with self._guard(table):
            partitions = self._sql(f"DESCRIBE DETAIL {self._name(table)}").collect()[0]["partitionColumns"]
            chosen = project_id is not None and "project_id" in partitions
            condition = f" WHERE project_id = {self.quote(project_id or '')}" if chosen else ""
            try:
                self._sql(f"OPTIMIZE {self._name(table)}{condition}")
            except _spark_errors() as error:
                # A catalog that commits for its tables merges their files itself.
                if _CATALOG_MANAGED not in str(error):
                    raise

    def _again_on_conflict(self, statement: str) -> None:
        """Run a change again when another writer committed first; the wait grows, with chance in it."""
        for number in range(1, _TRIES + 1):
            try:
                self._sql(statement)
                return
            except _spark_errors() as error:
                if number == _TRIES or not _CONFLICT.search(str(error)):
                    raise
            time.sleep(random.uniform(0, min(0.2 * number, 2)))

    def _name(self, table: str) -> str:
        return f"{self._schema_name}.{_quoted(table)}"

    def _sql(self, statement: str) -> "DataFrame":
        return self._spark.sql(statement)

    def _frame(self, table: str, rows: Sequence[dict[str, Any]]) -> "DataFrame":
        schema = self._spark.table(self._name(table)).schema
        names = schema.fieldNames()
        return self._spark.createDataFrame([tuple(row.get(name) for name in names) for row in rows], schema)

    @contextmanager
    def _guard(self, table: str) -> Iterator[None]:
        """Turn what Spark raises into one line."""
        try:
            yield
        except _spark_errors() as error:
            said = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
            where = f"{self._location}.{table}".rstrip(".")
            raise StoreError(f"{where}: Spark cannot do this: {said.strip()[:300]}") from error


def _spark_errors() -> tuple[type[Exception], ...]:
    """Return what a session raises; a Spark Connect client has no py4j."""
    from pyspark.errors import PySparkException

    try:
        from py4j.protocol import Py4JError
    except ImportError:
        return (PySparkException,)
    return (PySparkException, Py4JError)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
